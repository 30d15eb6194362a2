-- What the service keeps for itself: answers to replay, number series, settings.
-- These rows are no history: an expired answer is deleted, a counter and a setting are overwritten.

-- The key is client, person, operation and the caller's key. A row without a status is a request still running.
CREATE TABLE idempotency (
    key_hash   bytea PRIMARY KEY,  -- SHA-256
    operation  text NOT NULL,  -- operation_id
    body_hash  bytea NOT NULL,  -- SHA-256: the same key with another body is refused
    status     bigint,
    headers    jsonb,
    body       bytea,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX idempotency_expires ON idempotency (expires_at);

-- The last n given in SFW-<year>-<code6>-<n>; gaps are allowed.
CREATE TABLE counter (
    year  bigint NOT NULL,
    code6 text NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (year, code6)
);

CREATE TABLE setting (
    key        text PRIMARY KEY,
    value      jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);
