-- Following a problem: what is referred, urged, told, waited for, and how long it stayed where.
-- An organisation that is asked to study a question has the part `referred`: it sees the problem and handles none of it.

-- SQLite cannot change a CHECK: the table is made anew.
CREATE TABLE problem_org_new (
    problem_id BLOB NOT NULL REFERENCES problem (id),
    org_id     BLOB NOT NULL REFERENCES org (id),
    part       TEXT NOT NULL
        CHECK (part IN ('recorder', 'lead', 'former_lead', 'supporting', 'study', 'proposed_lead',
            'proposed_supporting', 'referred')),
    since      INTEGER NOT NULL,
    PRIMARY KEY (problem_id, org_id, part)
) STRICT, WITHOUT ROWID;

INSERT INTO problem_org_new (problem_id, org_id, part, since) SELECT problem_id, org_id, part, since FROM problem_org;
DROP TABLE problem_org;
ALTER TABLE problem_org_new RENAME TO problem_org;

CREATE UNIQUE INDEX problem_org_one_lead ON problem_org (problem_id) WHERE part = 'lead';
CREATE INDEX problem_org_org ON problem_org (org_id, part);

CREATE INDEX referral_due ON referral (due_on, id);
CREATE INDEX referral_org ON referral (org_id, due_on, id);
CREATE INDEX referral_open ON referral (due_on, id) WHERE answered_at IS NULL AND ended_at IS NULL;

CREATE INDEX watch_person ON watch (person_id, created_at DESC, problem_id DESC);

-- 催办: once in five working days for the reporter, by whichever voice, and for each person of the administration. The
-- words stand with the event.
CREATE TABLE urge (
    id          BLOB PRIMARY KEY NOT NULL,
    problem_id  BLOB NOT NULL REFERENCES problem (id),
    cycle_no    INTEGER NOT NULL,
    by_reporter INTEGER NOT NULL CHECK (by_reporter IN (0, 1)),
    person_id   BLOB REFERENCES person (id),  -- null: the reporter without an account, or through a client
    at          INTEGER NOT NULL
) STRICT;

CREATE INDEX urge_problem ON urge (problem_id, by_reporter, at);

-- A notice to a reporter is told by the office of a county (or the city or province of a problem that has none), which
-- lists what is still to be told; where nobody has opened it, a person's is unread.
ALTER TABLE notice ADD COLUMN division_id BLOB REFERENCES division (id);
ALTER TABLE notice ADD COLUMN told_by BLOB REFERENCES person (id);
CREATE INDEX notice_unread ON notice (person_id, created_at DESC, id DESC) WHERE read_at IS NULL AND person_id IS NOT NULL;
CREATE INDEX notice_to_tell ON notice (created_at, id) WHERE state = 'pending' AND reporter_id IS NOT NULL;
CREATE INDEX notice_to_tell_division ON notice (division_id, created_at, id)
    WHERE state = 'pending' AND reporter_id IS NOT NULL;

-- What waits for an organisation or a person, most urgent first; the same beginnings as the indexes that they replace.
DROP INDEX problem_lead_org;
DROP INDEX problem_lead_person;
CREATE INDEX problem_lead_org ON problem (lead_org_id, state, urgency_due_key, id) WHERE lead_org_id IS NOT NULL;
CREATE INDEX problem_lead_person ON problem (lead_person_id, state, urgency_due_key, id) WHERE lead_person_id IS NOT NULL;

-- Since when a problem is in its present stage with whom it is now; null: since it was recorded.
ALTER TABLE problem ADD COLUMN stage_entered_at INTEGER;

UPDATE problem SET stage_entered_at = (
    SELECT MAX(e.occurred_at) FROM event e
    WHERE e.aggregate_id = problem.id AND e.from_state IS NOT NULL
        AND (e.from_state <> e.to_state OR e.type = 'problem.transferred')
);

-- How long problems stayed in a stage with an organisation (S-69): a row for each stay that is over. `minutes` are those
-- of working hours, 480 a working day; `left_on` is the day of leaving in Asia/Shanghai.
CREATE TABLE stay (
    problem_id       BLOB NOT NULL REFERENCES problem (id),
    left_seq         INTEGER NOT NULL,  -- aggregate_seq of the event by which it was left
    cycle_no         INTEGER NOT NULL,
    stage            TEXT NOT NULL,  -- a state that is not ended
    org_id           BLOB REFERENCES org (id),  -- who led or studied; null: nobody yet
    division_id      BLOB NOT NULL,  -- the problem's own
    campaign_year_id BLOB NOT NULL,
    audience         TEXT NOT NULL CHECK (audience IN ('enterprise', 'masses', 'grassroots')),
    entered_at       INTEGER NOT NULL,
    left_at          INTEGER NOT NULL,
    left_on          TEXT NOT NULL,
    minutes          INTEGER NOT NULL CHECK (minutes >= 0),
    PRIMARY KEY (problem_id, left_seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX stay_division ON stay (division_id, left_on);
CREATE INDEX stay_left_on ON stay (left_on);
