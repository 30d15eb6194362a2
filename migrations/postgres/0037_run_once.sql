-- Run once (S-60): how often the reporter had to come. He came to speak with whoever handles his problem, or brought in person
-- what was still needed.
ALTER TABLE contact_log ADD COLUMN reporter_came boolean NOT NULL DEFAULT FALSE;
ALTER TABLE supplement ADD COLUMN in_person boolean NOT NULL DEFAULT FALSE;

ALTER TABLE outcome_rollup DROP CONSTRAINT outcome_rollup_outcome_check;
ALTER TABLE outcome_rollup ADD CONSTRAINT outcome_rollup_outcome_check
    CHECK (outcome IN (
            'settled', 'closed', 'solved', 'invited', 'rated', 'satisfied', 'points',
            'confirmed_account', 'confirmed_link', 'confirmed_portal', 'confirmed_call_back', 'unconfirmed',
            'returned', 'transferred', 'ping_pong', 'claimed', 'assigned', 'own_level', 'run_once'));

-- Until now nobody noted a trip: what is closed was done with the one that may have been made, if he was asked once at most.
INSERT INTO outcome_rollup (campaign_year_id, day, division_id, audience, category_id, leading_body, disposition, outcome,
    since, amount)
SELECT p.campaign_year_id, CAST(p.recorded_at AT TIME ZONE 'Asia/Shanghai' AS date), p.division_id, p.audience, p.category_id, COALESCE(v.leading_body, ''),
    COALESCE(p.disposition, ''), 'run_once', CAST(c.closed_at AT TIME ZONE 'Asia/Shanghai' AS date), COUNT(*)
FROM problem p
JOIN cycle c ON c.problem_id = p.id AND c.n = p.cycle_no
LEFT JOIN visit v ON v.id = p.visit_id
WHERE p.state = 'closed' AND c.closed_at IS NOT NULL AND p.reporter_trips <= 1 AND p.info_requests <= 1
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

-- A comment that waits for its reply is somebody's to-do (S-84): found by its problem.
CREATE INDEX comment_unanswered ON comment (problem_id) WHERE replied_at IS NULL AND reply_due_at IS NOT NULL;
