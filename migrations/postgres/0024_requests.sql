-- Requests (退回、提级、挂起、延期、不予办理、申诉): from which division one level up is counted, and the document of what was
-- decided outside. What is to be decided is listed by its time, so that no request is without one. What was moved from
-- organisation to organisation is counted (S-36, S-58).

ALTER TABLE request ADD COLUMN from_division_id uuid REFERENCES division (id);
ALTER TABLE request ADD COLUMN outside_attachment_id uuid REFERENCES attachment (id);

UPDATE request SET decide_by = COALESCE(decide_by, asked_at),
    from_division_id = (SELECT p.division_id FROM problem p WHERE p.id = request.problem_id);

CREATE INDEX request_by_time ON request (state, decide_by, id);

ALTER TABLE outcome_rollup DROP CONSTRAINT outcome_rollup_outcome_check;
ALTER TABLE outcome_rollup ADD CONSTRAINT outcome_rollup_outcome_check
    CHECK (outcome IN (
            'settled', 'closed', 'solved', 'invited', 'rated', 'satisfied', 'points',
            'confirmed_account', 'confirmed_link', 'confirmed_portal', 'confirmed_call_back', 'unconfirmed',
            'returned', 'transferred', 'ping_pong'));

INSERT INTO outcome_rollup (campaign_year_id, day, division_id, audience, category_id, leading_body, disposition, outcome,
    since, amount)
SELECT p.campaign_year_id, CAST(p.recorded_at AT TIME ZONE 'Asia/Shanghai' AS date), p.division_id, p.audience,
    p.category_id, COALESCE(v.leading_body, ''), COALESCE(p.disposition, ''), 'transferred',
    CAST(e.occurred_at AT TIME ZONE 'Asia/Shanghai' AS date), COUNT(*)
FROM problem p
JOIN event e ON e.aggregate_id = p.id AND e.type = 'problem.transferred'
LEFT JOIN visit v ON v.id = p.visit_id
WHERE p.state NOT IN ('merged', 'withdrawn')
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
