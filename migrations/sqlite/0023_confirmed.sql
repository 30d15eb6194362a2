-- How what was closed was confirmed: by one of the four ways, or not at all. The five outcomes sum to `closed`, and count
-- since the day of closing. What was closed before is counted here.

-- SQLite cannot change a CHECK: the table is made anew.
CREATE TABLE outcome_rollup_new (
    campaign_year_id BLOB NOT NULL,
    day              TEXT NOT NULL,
    division_id      BLOB NOT NULL,
    audience         TEXT NOT NULL CHECK (audience IN ('enterprise', 'masses', 'grassroots')),
    category_id      BLOB NOT NULL,
    leading_body     TEXT NOT NULL
        CHECK (leading_body IN ('', 'party_committee', 'peoples_congress', 'government', 'cppcc')),
    disposition      TEXT NOT NULL CHECK (disposition IN ('', 'resolved_on_site', 'follow_up', 'typical')),
    -- settled: due or closed. points: the sum of the ratings' results, 1 to 5 each
    outcome          TEXT NOT NULL
        CHECK (outcome IN (
            'settled', 'closed', 'solved', 'invited', 'rated', 'satisfied', 'points',
            'confirmed_account', 'confirmed_link', 'confirmed_portal', 'confirmed_call_back', 'unconfirmed')),
    since            TEXT NOT NULL,
    amount           INTEGER NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (campaign_year_id, day, division_id, audience, category_id, leading_body, disposition, outcome, since)
) STRICT, WITHOUT ROWID;

INSERT INTO outcome_rollup_new (campaign_year_id, day, division_id, audience, category_id, leading_body, disposition, outcome, since, amount)
SELECT campaign_year_id, day, division_id, audience, category_id, leading_body, disposition, outcome, since, amount FROM outcome_rollup;
DROP TABLE outcome_rollup;
ALTER TABLE outcome_rollup_new RENAME TO outcome_rollup;

CREATE INDEX outcome_rollup_division ON outcome_rollup (division_id, day);
CREATE INDEX outcome_rollup_day ON outcome_rollup (day);

INSERT INTO outcome_rollup (campaign_year_id, day, division_id, audience, category_id, leading_body, disposition, outcome,
    since, amount)
SELECT p.campaign_year_id, date(p.recorded_at / 1000000, 'unixepoch', '+8 hours'), p.division_id, p.audience,
    p.category_id, COALESCE(v.leading_body, ''), COALESCE(p.disposition, ''),
    CASE WHEN c.confirmed_via IS NULL THEN 'unconfirmed' ELSE 'confirmed_' || c.confirmed_via END,
    date(c.closed_at / 1000000, 'unixepoch', '+8 hours'), COUNT(*)
FROM problem p
JOIN cycle c ON c.problem_id = p.id AND c.n = p.cycle_no
LEFT JOIN visit v ON v.id = p.visit_id
WHERE p.state = 'closed' AND c.closed_at IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
