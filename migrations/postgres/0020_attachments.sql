-- Attachments: their bytes stand outside the database, in a folder or a bucket, once for equal contents. A row of
-- `attachment_content` is what keeps bytes: it is there before they are, and they are removed with it. While an upload
-- may still be under way, `pending_since` protects bytes to which no attachment refers yet.
-- An attachment may come before its owner: `owner_kind` is then `none`, `owner_id` its own id, and it expires.

DROP TABLE blob;

CREATE TABLE attachment_content (
    sha256        bytea PRIMARY KEY,
    size          bigint NOT NULL,  -- bytes
    created_at    timestamptz NOT NULL,  -- real time
    pending_since timestamptz  -- real time; null: an attachment refers to it
);

CREATE INDEX attachment_content_pending ON attachment_content (pending_since) WHERE pending_since IS NOT NULL;

ALTER TABLE attachment ADD COLUMN client_app_id uuid REFERENCES client_app (id);  -- through which it came
ALTER TABLE attachment ADD COLUMN org_id uuid REFERENCES org (id);  -- for which its author acted
ALTER TABLE attachment ADD COLUMN expires_at timestamptz;  -- real time; null once it has an owner
ALTER TABLE attachment ADD COLUMN ended_by uuid;
ALTER TABLE attachment ADD COLUMN version bigint NOT NULL DEFAULT 1;

CREATE INDEX attachment_expires ON attachment (expires_at) WHERE expires_at IS NOT NULL;

-- Lists are pages in the order of (created_at, id).
DROP INDEX attachment_owner;
DROP INDEX attachment_problem;
CREATE INDEX attachment_owner ON attachment (owner_id, created_at, id);
CREATE INDEX attachment_problem ON attachment (problem_id, created_at, id) WHERE problem_id IS NOT NULL;
