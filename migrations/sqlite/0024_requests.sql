-- Requests (退回、提级、挂起、延期、不予办理、申诉): from which division one level up is counted, and the document of what was
-- decided outside. What is to be decided is listed by its time, so that no request is without one. What was moved from
-- organisation to organisation is counted (S-36, S-58).

ALTER TABLE request ADD COLUMN from_division_id BLOB REFERENCES division (id);
ALTER TABLE request ADD COLUMN outside_attachment_id BLOB REFERENCES attachment (id);

UPDATE request SET decide_by = COALESCE(decide_by, asked_at),
    from_division_id = (SELECT p.division_id FROM problem p WHERE p.id = request.problem_id);

CREATE INDEX request_by_time ON request (state, decide_by, id);

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
            'confirmed_account', 'confirmed_link', 'confirmed_portal', 'confirmed_call_back', 'unconfirmed',
            'returned', 'transferred', 'ping_pong')),
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
    p.category_id, COALESCE(v.leading_body, ''), COALESCE(p.disposition, ''), 'transferred',
    date(e.occurred_at / 1000000, 'unixepoch', '+8 hours'), COUNT(*)
FROM problem p
JOIN event e ON e.aggregate_id = p.id AND e.type = 'problem.transferred'
LEFT JOIN visit v ON v.id = p.visit_id
WHERE p.state NOT IN ('merged', 'withdrawn')
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
