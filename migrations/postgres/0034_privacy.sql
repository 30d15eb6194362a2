-- Privacy: passages that are blotted out of texts, erasure 24 months after the final closure, what is kept about somebody.

-- The statement is the reporter's and stays; the one exception is a passage about a third person, blotted out: each such
-- change is counted and leaves its mark.
ALTER TABLE problem ADD COLUMN redactions bigint NOT NULL DEFAULT 0 CHECK (redactions >= 0);

DROP TRIGGER problem_keeps_its_words ON problem;
CREATE TRIGGER problem_keeps_its_words BEFORE UPDATE OF statement, tracking_no, recorded_at ON problem
FOR EACH ROW WHEN (NEW.tracking_no IS DISTINCT FROM OLD.tracking_no
    OR NEW.recorded_at IS DISTINCT FROM OLD.recorded_at
    OR (NEW.statement IS DISTINCT FROM OLD.statement
        AND NOT (NEW.statement = '' AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL)
        AND NOT (NEW.redactions = OLD.redactions + 1 AND position('（已隐去）' in NEW.statement) > 0)))
EXECUTE FUNCTION refuse_change('statement, tracking_no and recorded_at are immutable');

-- The salt goes with the text: with it, a short text could be guessed by the hash that stays.
DROP TRIGGER event_text_is_only_erased ON event_text;
CREATE TRIGGER event_text_is_only_erased BEFORE UPDATE ON event_text
FOR EACH ROW WHEN (NOT (NEW.event_id = OLD.event_id AND (NEW.salt = OLD.salt OR length(NEW.salt) = 0)
    AND NEW.text IS NULL AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL))
EXECUTE FUNCTION refuse_change('may only be erased');

-- A plan that has lost its texts, since the last of its problems has.
ALTER TABLE action_plan ADD COLUMN erased_at timestamptz;

-- What somebody is told is kept about him.
CREATE INDEX comment_by_reporter ON comment (reporter_id) WHERE reporter_id IS NOT NULL;
CREATE INDEX attachment_author ON attachment (created_by, created_at) WHERE created_by IS NOT NULL;
CREATE INDEX urge_person ON urge (person_id, at) WHERE person_id IS NOT NULL;
