-- Who follows a problem that his own was merged into sees it no more: he keeps the view of his own number (S-60). His row
-- goes unless something else lets him see it: his own report, an enterprise that authorises him, his recording, his visit.
DELETE FROM problem_scope
WHERE EXISTS (SELECT 1 FROM problem_reporter x JOIN reporter r ON r.id = x.reporter_id
        WHERE x.problem_id = problem_scope.problem_id AND x.part = 'follower' AND r.person_id = problem_scope.scope_id)
    AND NOT EXISTS (SELECT 1 FROM problem_reporter x JOIN reporter r ON r.id = x.reporter_id
        WHERE x.problem_id = problem_scope.problem_id AND x.part = 'primary' AND (r.person_id = problem_scope.scope_id
            OR (r.kind = 'enterprise' AND EXISTS (SELECT 1 FROM enterprise_authorisation a
                WHERE a.person_id = problem_scope.scope_id AND a.enterprise_id = r.object_id AND a.ended_at IS NULL))))
    AND NOT EXISTS (SELECT 1 FROM problem p LEFT JOIN visit v ON v.id = p.visit_id
        WHERE p.id = problem_scope.problem_id AND (p.recorded_by = problem_scope.scope_id
            OR v.leader_id = problem_scope.scope_id
            OR EXISTS (SELECT 1 FROM visit_member m
                WHERE m.visit_id = p.visit_id AND m.person_id = problem_scope.scope_id)));

-- A comment is criticism and stays. The one exception is that of a statement: a passage about a third person, blotted out;
-- each such change is counted and leaves its mark.
ALTER TABLE comment ADD COLUMN redactions bigint NOT NULL DEFAULT 0 CHECK (redactions >= 0);

DROP TRIGGER comment_text_is_only_erased ON comment;
CREATE TRIGGER comment_text_is_only_erased BEFORE UPDATE OF text ON comment
FOR EACH ROW WHEN (NEW.text <> OLD.text AND NOT (NEW.text = '' AND NEW.erased_at IS NOT NULL)
    AND NOT (NEW.redactions = OLD.redactions + 1 AND position('（已隐去）' in NEW.text) > 0))
EXECUTE FUNCTION refuse_change('may only be erased');
