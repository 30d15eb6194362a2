-- How what was closed was confirmed: by one of the four ways, or not at all. The five outcomes sum to `closed`, and count
-- since the day of closing. What was closed before is counted here.

ALTER TABLE outcome_rollup DROP CONSTRAINT outcome_rollup_outcome_check;
ALTER TABLE outcome_rollup ADD CONSTRAINT outcome_rollup_outcome_check
    CHECK (outcome IN (
            'settled', 'closed', 'solved', 'invited', 'rated', 'satisfied', 'points',
            'confirmed_account', 'confirmed_link', 'confirmed_portal', 'confirmed_call_back', 'unconfirmed'));

INSERT INTO outcome_rollup (campaign_year_id, day, division_id, audience, category_id, leading_body, disposition, outcome,
    since, amount)
SELECT p.campaign_year_id, CAST(p.recorded_at AT TIME ZONE 'Asia/Shanghai' AS date), p.division_id, p.audience,
    p.category_id, COALESCE(v.leading_body, ''), COALESCE(p.disposition, ''),
    CASE WHEN c.confirmed_via IS NULL THEN 'unconfirmed' ELSE 'confirmed_' || c.confirmed_via END,
    CAST(c.closed_at AT TIME ZONE 'Asia/Shanghai' AS date), COUNT(*)
FROM problem p
JOIN cycle c ON c.problem_id = p.id AND c.n = p.cycle_no
LEFT JOIN visit v ON v.id = p.visit_id
WHERE p.state = 'closed' AND c.closed_at IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
