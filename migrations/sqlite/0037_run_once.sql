-- Run once (S-60): how often the reporter had to come. He came to speak with whoever handles his problem, or brought in person
-- what was still needed.
ALTER TABLE contact_log ADD COLUMN reporter_came INTEGER NOT NULL DEFAULT 0 CHECK (reporter_came IN (0, 1));
ALTER TABLE supplement ADD COLUMN in_person INTEGER NOT NULL DEFAULT 0 CHECK (in_person IN (0, 1));

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
            'returned', 'transferred', 'ping_pong', 'claimed', 'assigned', 'own_level', 'run_once')),
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

-- Until now nobody noted a trip: what is closed was done with the one that may have been made, if he was asked once at most.
INSERT INTO outcome_rollup (campaign_year_id, day, division_id, audience, category_id, leading_body, disposition, outcome,
    since, amount)
SELECT p.campaign_year_id, date(p.recorded_at / 1000000, 'unixepoch', '+8 hours'), p.division_id, p.audience, p.category_id, COALESCE(v.leading_body, ''),
    COALESCE(p.disposition, ''), 'run_once', date(c.closed_at / 1000000, 'unixepoch', '+8 hours'), COUNT(*)
FROM problem p
JOIN cycle c ON c.problem_id = p.id AND c.n = p.cycle_no
LEFT JOIN visit v ON v.id = p.visit_id
WHERE p.state = 'closed' AND c.closed_at IS NOT NULL AND p.reporter_trips <= 1 AND p.info_requests <= 1
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

-- A comment that waits for its reply is somebody's to-do (S-84): found by its problem.
CREATE INDEX comment_unanswered ON comment (problem_id) WHERE replied_at IS NULL AND reply_due_at IS NOT NULL;
