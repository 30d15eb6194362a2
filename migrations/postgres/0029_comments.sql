-- What is said of published problems, who hides it and why, public replies, internal notes (S-59, S-81, S-84).
-- Criticism stays: a comment is never deleted, and its words change only by being erased.

ALTER TABLE comment ADD COLUMN kind text NOT NULL DEFAULT 'comment' CHECK (kind IN ('comment', 'suggestion', 'criticism'));
-- Whether nobody who handles the problem is to know the author; `reporter_id` is there all the same.
ALTER TABLE comment ADD COLUMN anonymous boolean NOT NULL DEFAULT FALSE;
ALTER TABLE comment ADD COLUMN reply_due_at timestamptz;  -- null: none is due, as for a reply of another reader
ALTER TABLE comment ADD COLUMN replied_org_id uuid REFERENCES org (id);
ALTER TABLE comment ADD COLUMN hidden_note text;

CREATE INDEX comment_at ON comment (at DESC, id DESC);
CREATE INDEX comment_hidden ON comment (hidden_reason, at DESC, id DESC) WHERE state = 'hidden';
CREATE INDEX comment_awaiting_reply ON comment (reply_due_at, id)
    WHERE state = 'visible' AND replied_at IS NULL AND reply_due_at IS NOT NULL;

CREATE TRIGGER comment_is_never_deleted BEFORE DELETE ON comment
FOR EACH ROW EXECUTE FUNCTION refuse_change('criticism stays');

CREATE TRIGGER comment_text_is_only_erased BEFORE UPDATE OF text ON comment
FOR EACH ROW WHEN (NEW.text <> OLD.text AND NOT (NEW.text = '' AND NEW.erased_at IS NOT NULL))
EXECUTE FUNCTION refuse_change('may only be erased');

-- Every hiding and every end of one, for ever.
CREATE TABLE comment_moderation (
    id         uuid PRIMARY KEY,
    comment_id uuid NOT NULL REFERENCES comment (id),
    act        text NOT NULL CHECK (act IN ('hide', 'unhide')),
    reason     text,  -- code of a term of kind reason, below `hide`; null: shown again
    note       text NOT NULL,
    person_id  uuid NOT NULL REFERENCES person (id),
    org_id     uuid REFERENCES org (id),
    at         timestamptz NOT NULL,
    CHECK ((act = 'hide') = (reason IS NOT NULL))
);

CREATE INDEX comment_moderation_comment ON comment_moderation (comment_id, at);
CREATE INDEX comment_moderation_at ON comment_moderation (at DESC, id DESC);

-- 公开回复: what the handling side tells the reporter, and everybody where the problem is published.
CREATE TABLE problem_reply (
    id         uuid PRIMARY KEY,
    problem_id uuid NOT NULL REFERENCES problem (id),
    cycle_no   bigint NOT NULL,
    text       text NOT NULL,  -- '' once erased
    person_id  uuid NOT NULL REFERENCES person (id),
    org_id     uuid REFERENCES org (id),
    at         timestamptz NOT NULL,
    erased_at  timestamptz
);

CREATE INDEX problem_reply_problem ON problem_reply (problem_id, at, id);

-- 内部备注: never shown to reporters, to the public, or to clients.
CREATE TABLE problem_note (
    id         uuid PRIMARY KEY,
    problem_id uuid NOT NULL REFERENCES problem (id),
    text       text NOT NULL,  -- '' once erased
    person_id  uuid NOT NULL REFERENCES person (id),
    org_id     uuid REFERENCES org (id),
    at         timestamptz NOT NULL,
    erased_at  timestamptz
);

CREATE INDEX problem_note_problem ON problem_note (problem_id, at, id);

-- Why a comment may be hidden: for the law and for privacy, and for nothing else. New installations get these terms
-- with the others that ship.
INSERT INTO term (id, kind, code, parent_id, zh, en, sort_order, valid_from, created_at, updated_at)
SELECT t.id, 'reason', t.code, t.parent_id, t.zh, t.en, t.sort_order, DATE '2019-01-01',
    TIMESTAMPTZ '2019-01-01T00:00:00Z', TIMESTAMPTZ '2019-01-01T00:00:00Z'
FROM (
    SELECT UUID '016806b5-bc00-71dc-b19b-7ad3353a453c' AS id, 'hide' AS code, CAST(NULL AS uuid) AS parent_id,
        '隐藏评论理由' AS zh, 'Reasons to hide a comment' AS en, 310 AS sort_order
    UNION ALL SELECT UUID '016806b5-bc00-765d-8c67-fcb2262fb3a4', 'unlawful_content',
        UUID '016806b5-bc00-71dc-b19b-7ad3353a453c', '内容违反法律法规', 'Its content is against the law', 320
    UNION ALL SELECT UUID '016806b5-bc00-7f40-aeb2-521dd9dc82dc', 'personal_privacy',
        UUID '016806b5-bc00-71dc-b19b-7ad3353a453c', '泄露个人隐私', 'It discloses what is private', 330
    UNION ALL SELECT UUID '016806b5-bc00-776f-9c9a-fc5307a021f8', 'secrecy',
        UUID '016806b5-bc00-71dc-b19b-7ad3353a453c', '泄露国家秘密、商业秘密',
        'It discloses a secret of the State or of a business', 340
) t
WHERE EXISTS (SELECT 1 FROM setting WHERE key = 'shipped');
