-- A kept answer gives nothing back that was erased or blotted out.

-- Since when it is given no more: the key stays used, its words are gone.
ALTER TABLE idempotency ADD COLUMN gone_at INTEGER;

-- The problems, visits and service objects that an answer is about.
CREATE TABLE idempotency_about (
    about_id BLOB NOT NULL,
    key_hash BLOB NOT NULL REFERENCES idempotency (key_hash) ON DELETE CASCADE,
    PRIMARY KEY (about_id, key_hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_about_key ON idempotency_about (key_hash);
