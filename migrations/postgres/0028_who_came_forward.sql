-- Who came forward by himself (S-55), and what was solved where it was recorded (S-57): how the first lead of a problem came
-- to it, and, at closing, whether it went to no higher level than that at which it was recorded.

ALTER TABLE problem ADD COLUMN first_lead_origin text CHECK (first_lead_origin IN ('claimed', 'assigned', 'ruled'));
ALTER TABLE problem ADD COLUMN first_led_at timestamptz;
ALTER TABLE cycle ADD COLUMN own_level boolean;  -- null: not closed

UPDATE problem SET
    first_lead_origin = (SELECT a.origin FROM assignment a WHERE a.problem_id = problem.id AND a.role = 'lead'
        ORDER BY a.assigned_at, a.id LIMIT 1),
    first_led_at = (SELECT MIN(a.assigned_at) FROM assignment a WHERE a.problem_id = problem.id AND a.role = 'lead');

-- The levels from the highest down, as their order is in the code.
UPDATE cycle SET own_level = (
    SELECT CASE COALESCE(l.level, s.level, r.level, d.level)
            WHEN 'province' THEN 0 WHEN 'city' THEN 1 WHEN 'county' THEN 2 WHEN 'town' THEN 3 ELSE 4 END
        >= CASE CASE WHEN p.visit_id IS NULL THEN d.level ELSE COALESCE(r.level, d.level) END
            WHEN 'province' THEN 0 WHEN 'city' THEN 1 WHEN 'county' THEN 2 WHEN 'town' THEN 3 ELSE 4 END
    FROM problem p JOIN division d ON d.id = p.division_id
    LEFT JOIN org r ON r.id = p.recorder_org_id
    LEFT JOIN org l ON l.id = p.lead_org_id
    LEFT JOIN disposition q ON q.problem_id = p.id AND q.replaced_at IS NULL
    LEFT JOIN org s ON s.id = q.study_org_id
    WHERE p.id = cycle.problem_id)
WHERE closed_at IS NOT NULL;

ALTER TABLE outcome_rollup DROP CONSTRAINT outcome_rollup_outcome_check;
ALTER TABLE outcome_rollup ADD CONSTRAINT outcome_rollup_outcome_check
    CHECK (outcome IN (
            'settled', 'closed', 'solved', 'invited', 'rated', 'satisfied', 'points',
            'confirmed_account', 'confirmed_link', 'confirmed_portal', 'confirmed_call_back', 'unconfirmed',
            'returned', 'transferred', 'ping_pong', 'claimed', 'assigned', 'own_level'));

INSERT INTO outcome_rollup (campaign_year_id, day, division_id, audience, category_id, leading_body, disposition, outcome,
    since, amount)
SELECT p.campaign_year_id, CAST(p.recorded_at AT TIME ZONE 'Asia/Shanghai' AS date), p.division_id, p.audience, p.category_id, COALESCE(v.leading_body, ''),
    COALESCE(p.disposition, ''), CASE p.first_lead_origin WHEN 'claimed' THEN 'claimed' ELSE 'assigned' END,
    CAST(p.first_led_at AT TIME ZONE 'Asia/Shanghai' AS date), COUNT(*)
FROM problem p
LEFT JOIN visit v ON v.id = p.visit_id
WHERE p.state NOT IN ('merged', 'withdrawn') AND p.first_lead_origin IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

INSERT INTO outcome_rollup (campaign_year_id, day, division_id, audience, category_id, leading_body, disposition, outcome,
    since, amount)
SELECT p.campaign_year_id, CAST(p.recorded_at AT TIME ZONE 'Asia/Shanghai' AS date), p.division_id, p.audience, p.category_id, COALESCE(v.leading_body, ''),
    COALESCE(p.disposition, ''), 'own_level', LEAST(CAST(c.closed_at AT TIME ZONE 'Asia/Shanghai' AS date) + 90,
        (SELECT CAST(MIN(l.done_at) AT TIME ZONE 'Asia/Shanghai' AS date) FROM look_back l WHERE l.problem_id = p.id
            AND l.cycle_no = p.cycle_no AND l.done_at IS NOT NULL)), COUNT(*)
FROM problem p
JOIN cycle c ON c.problem_id = p.id AND c.n = p.cycle_no
LEFT JOIN visit v ON v.id = p.visit_id
WHERE p.state = 'closed' AND c.closed_at IS NOT NULL AND c.confirmed_via IS NOT NULL AND c.own_level
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
