-- What is said of published problems, who hides it and why, public replies, internal notes (S-59, S-81, S-84).
-- Criticism stays: a comment is never deleted, and its words change only by being erased.

ALTER TABLE comment ADD COLUMN kind TEXT NOT NULL DEFAULT 'comment' CHECK (kind IN ('comment', 'suggestion', 'criticism'));
-- Whether nobody who handles the problem is to know the author; `reporter_id` is there all the same.
ALTER TABLE comment ADD COLUMN anonymous INTEGER NOT NULL DEFAULT 0 CHECK (anonymous IN (0, 1));
ALTER TABLE comment ADD COLUMN reply_due_at INTEGER;  -- null: none is due, as for a reply of another reader
ALTER TABLE comment ADD COLUMN replied_org_id BLOB REFERENCES org (id);
ALTER TABLE comment ADD COLUMN hidden_note TEXT;

CREATE INDEX comment_at ON comment (at DESC, id DESC);
CREATE INDEX comment_hidden ON comment (hidden_reason, at DESC, id DESC) WHERE state = 'hidden';
CREATE INDEX comment_awaiting_reply ON comment (reply_due_at, id)
    WHERE state = 'visible' AND replied_at IS NULL AND reply_due_at IS NOT NULL;

CREATE TRIGGER comment_is_never_deleted BEFORE DELETE ON comment
BEGIN
    SELECT RAISE(ABORT, 'comment: criticism stays');
END;

CREATE TRIGGER comment_text_is_only_erased BEFORE UPDATE OF text ON comment
WHEN NEW.text <> OLD.text AND NOT (NEW.text = '' AND NEW.erased_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'comment: may only be erased');
END;

-- Every hiding and every end of one, for ever.
CREATE TABLE comment_moderation (
    id         BLOB PRIMARY KEY NOT NULL,
    comment_id BLOB NOT NULL REFERENCES comment (id),
    act        TEXT NOT NULL CHECK (act IN ('hide', 'unhide')),
    reason     TEXT,  -- code of a term of kind reason, below `hide`; null: shown again
    note       TEXT NOT NULL,
    person_id  BLOB NOT NULL REFERENCES person (id),
    org_id     BLOB REFERENCES org (id),
    at         INTEGER NOT NULL,
    CHECK ((act = 'hide') = (reason IS NOT NULL))
) STRICT;

CREATE INDEX comment_moderation_comment ON comment_moderation (comment_id, at);
CREATE INDEX comment_moderation_at ON comment_moderation (at DESC, id DESC);

-- 公开回复: what the handling side tells the reporter, and everybody where the problem is published.
CREATE TABLE problem_reply (
    id         BLOB PRIMARY KEY NOT NULL,
    problem_id BLOB NOT NULL REFERENCES problem (id),
    cycle_no   INTEGER NOT NULL,
    text       TEXT NOT NULL,  -- '' once erased
    person_id  BLOB NOT NULL REFERENCES person (id),
    org_id     BLOB REFERENCES org (id),
    at         INTEGER NOT NULL,
    erased_at  INTEGER
) STRICT;

CREATE INDEX problem_reply_problem ON problem_reply (problem_id, at, id);

-- 内部备注: never shown to reporters, to the public, or to clients.
CREATE TABLE problem_note (
    id         BLOB PRIMARY KEY NOT NULL,
    problem_id BLOB NOT NULL REFERENCES problem (id),
    text       TEXT NOT NULL,  -- '' once erased
    person_id  BLOB NOT NULL REFERENCES person (id),
    org_id     BLOB REFERENCES org (id),
    at         INTEGER NOT NULL,
    erased_at  INTEGER
) STRICT;

CREATE INDEX problem_note_problem ON problem_note (problem_id, at, id);

-- Why a comment may be hidden: for the law and for privacy, and for nothing else. New installations get these terms
-- with the others that ship.
INSERT INTO term (id, kind, code, parent_id, zh, en, sort_order, valid_from, created_at, updated_at)
SELECT t.id, 'reason', t.code, t.parent_id, t.zh, t.en, t.sort_order, '2019-01-01', 1546300800000000, 1546300800000000
FROM (
    SELECT x'016806b5bc0071dcb19b7ad3353a453c' AS id, 'hide' AS code, NULL AS parent_id,
        '隐藏评论理由' AS zh, 'Reasons to hide a comment' AS en, 310 AS sort_order
    UNION ALL SELECT x'016806b5bc00765d8c67fcb2262fb3a4', 'unlawful_content', x'016806b5bc0071dcb19b7ad3353a453c',
        '内容违反法律法规', 'Its content is against the law', 320
    UNION ALL SELECT x'016806b5bc007f40aeb2521dd9dc82dc', 'personal_privacy', x'016806b5bc0071dcb19b7ad3353a453c',
        '泄露个人隐私', 'It discloses what is private', 330
    UNION ALL SELECT x'016806b5bc00776f9c9afc5307a021f8', 'secrecy', x'016806b5bc0071dcb19b7ad3353a453c',
        '泄露国家秘密、商业秘密', 'It discloses a secret of the State or of a business', 340
) t
WHERE EXISTS (SELECT 1 FROM setting WHERE key = 'shipped');
