-- How each problem was disposed of (现场处置) and the cycles it went through (办理轮次).
-- One current disposition per problem; `redispose` replaces it with a reason and keeps the old one (S-05). A cycle owns
-- the clock: its first starts at `problem.recorded_at`, and neither returns nor transfers stop or reset it.

CREATE TABLE disposition (
    id           BLOB PRIMARY KEY NOT NULL,
    problem_id   BLOB NOT NULL REFERENCES problem (id),
    class        TEXT NOT NULL CHECK (class IN ('resolved_on_site', 'follow_up', 'typical')),
    on_site_kind TEXT CHECK (on_site_kind IN ('answered', 'coordinated')),  -- for resolved_on_site
    text         TEXT,
    policy_ref   TEXT,
    resolved_at  INTEGER,
    resolved_by  BLOB REFERENCES person (id),
    lead_org_id  BLOB REFERENCES org (id),  -- for follow_up
    due_on       TEXT,  -- for follow_up and typical; Asia/Shanghai
    study_org_id BLOB REFERENCES org (id),  -- for typical
    signed_by    BLOB REFERENCES person (id),  -- the leader who took a typical problem along
    decided_by   BLOB REFERENCES person (id),
    decided_at   INTEGER NOT NULL,
    replaced_at  INTEGER,  -- null: the current one
    reason       TEXT,  -- of a redisposition
    created_at   INTEGER NOT NULL,
    created_by   BLOB,
    CHECK (class <> 'resolved_on_site' OR on_site_kind IS NOT NULL),
    CHECK (class <> 'typical' OR study_org_id IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX disposition_one_current ON disposition (problem_id) WHERE replaced_at IS NULL;
CREATE INDEX disposition_problem ON disposition (problem_id, decided_at);

-- Organisations present and what each agreed (S-41), or proposed as supporting.
CREATE TABLE disposition_org (
    disposition_id BLOB NOT NULL REFERENCES disposition (id),
    org_id         BLOB NOT NULL REFERENCES org (id),
    part           TEXT NOT NULL CHECK (part IN ('present', 'proposed_supporting')),
    agreed         TEXT,
    PRIMARY KEY (disposition_id, org_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX disposition_org_org ON disposition_org (org_id);

CREATE TABLE cycle (
    id                 BLOB PRIMARY KEY NOT NULL,
    problem_id         BLOB NOT NULL REFERENCES problem (id),
    n                  INTEGER NOT NULL,  -- from 1
    origin             TEXT NOT NULL CHECK (origin IN ('first', 'rejected', 'relapsed', 'reopened', 'appealed')),
    started_at         INTEGER NOT NULL,
    first_response_due INTEGER NOT NULL,
    first_response_at  INTEGER,
    resolution_days    INTEGER,  -- working days chosen; null until chosen
    resolution_due     INTEGER,  -- null until chosen, and while paused
    resolution_at      INTEGER,  -- when work was reported done
    paused_minutes     INTEGER NOT NULL DEFAULT 0,  -- working minutes of ended pauses
    pause_began        INTEGER,
    paused_due         INTEGER,  -- resolution_due as it was when the pause began
    -- a due date rests on a year whose calendar is not published
    provisional        INTEGER NOT NULL CHECK (provisional IN (0, 1)),
    calendar_version   TEXT NOT NULL,
    -- to 30 working days by an institutional analysis, once
    lengthened         INTEGER NOT NULL DEFAULT 0 CHECK (lengthened IN (0, 1)),
    extensions         INTEGER NOT NULL DEFAULT 0,  -- granted, at most 2
    extended_days      INTEGER NOT NULL DEFAULT 0,  -- working days in all, at most 30
    asked_at           INTEGER,  -- ask_reporter, once per cycle
    result             TEXT,  -- what was done, in public words
    closed_at          INTEGER,
    confirmed_via      TEXT CHECK (confirmed_via IN ('account', 'link', 'portal', 'call_back')),
    -- closed without an answer; never counted as confirmed
    unconfirmed        INTEGER NOT NULL DEFAULT 0 CHECK (unconfirmed IN (0, 1)),
    UNIQUE (problem_id, n)
) STRICT;
