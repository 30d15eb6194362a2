-- What the service keeps for itself: answers to replay, number series, settings.
-- These rows are no history: an expired answer is deleted, a counter and a setting are overwritten.

-- The key is client, person, operation and the caller's key. A row without a status is a request still running.
CREATE TABLE idempotency (
    key_hash   BLOB PRIMARY KEY NOT NULL,  -- SHA-256
    operation  TEXT NOT NULL,  -- operation_id
    body_hash  BLOB NOT NULL,  -- SHA-256: the same key with another body is refused
    status     INTEGER,
    headers    TEXT,
    body       BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX idempotency_expires ON idempotency (expires_at);

-- The last n given in SFW-<year>-<code6>-<n>; gaps are allowed.
CREATE TABLE counter (
    year  INTEGER NOT NULL,
    code6 TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (year, code6)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
    key        TEXT PRIMARY KEY NOT NULL,
    value      TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
