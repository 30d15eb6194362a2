-- How each problem was disposed of (现场处置) and the cycles it went through (办理轮次).
-- One current disposition per problem; `redispose` replaces it with a reason and keeps the old one (S-05). A cycle owns
-- the clock: its first starts at `problem.recorded_at`, and neither returns nor transfers stop or reset it.

CREATE TABLE disposition (
    id           uuid PRIMARY KEY,
    problem_id   uuid NOT NULL REFERENCES problem (id),
    class        text NOT NULL CHECK (class IN ('resolved_on_site', 'follow_up', 'typical')),
    on_site_kind text CHECK (on_site_kind IN ('answered', 'coordinated')),  -- for resolved_on_site
    text         text,
    policy_ref   text,
    resolved_at  timestamptz,
    resolved_by  uuid REFERENCES person (id),
    lead_org_id  uuid REFERENCES org (id),  -- for follow_up
    due_on       date,  -- for follow_up and typical; Asia/Shanghai
    study_org_id uuid REFERENCES org (id),  -- for typical
    signed_by    uuid REFERENCES person (id),  -- the leader who took a typical problem along
    decided_by   uuid REFERENCES person (id),
    decided_at   timestamptz NOT NULL,
    replaced_at  timestamptz,  -- null: the current one
    reason       text,  -- of a redisposition
    created_at   timestamptz NOT NULL,
    created_by   uuid,
    CHECK (class <> 'resolved_on_site' OR on_site_kind IS NOT NULL),
    CHECK (class <> 'typical' OR study_org_id IS NOT NULL)
);

CREATE UNIQUE INDEX disposition_one_current ON disposition (problem_id) WHERE replaced_at IS NULL;
CREATE INDEX disposition_problem ON disposition (problem_id, decided_at);

-- Organisations present and what each agreed (S-41), or proposed as supporting.
CREATE TABLE disposition_org (
    disposition_id uuid NOT NULL REFERENCES disposition (id),
    org_id         uuid NOT NULL REFERENCES org (id),
    part           text NOT NULL CHECK (part IN ('present', 'proposed_supporting')),
    agreed         text,
    PRIMARY KEY (disposition_id, org_id)
);

CREATE INDEX disposition_org_org ON disposition_org (org_id);

CREATE TABLE cycle (
    id                 uuid PRIMARY KEY,
    problem_id         uuid NOT NULL REFERENCES problem (id),
    n                  bigint NOT NULL,  -- from 1
    origin             text NOT NULL CHECK (origin IN ('first', 'rejected', 'relapsed', 'reopened', 'appealed')),
    started_at         timestamptz NOT NULL,
    first_response_due timestamptz NOT NULL,
    first_response_at  timestamptz,
    resolution_days    bigint,  -- working days chosen; null until chosen
    resolution_due     timestamptz,  -- null until chosen, and while paused
    resolution_at      timestamptz,  -- when work was reported done
    paused_minutes     bigint NOT NULL DEFAULT 0,  -- working minutes of ended pauses
    pause_began        timestamptz,
    paused_due         timestamptz,  -- resolution_due as it was when the pause began
    provisional        boolean NOT NULL,  -- a due date rests on a year whose calendar is not published
    calendar_version   text NOT NULL,
    lengthened         boolean NOT NULL DEFAULT false,  -- to 30 working days by an institutional analysis, once
    extensions         bigint NOT NULL DEFAULT 0,  -- granted, at most 2
    extended_days      bigint NOT NULL DEFAULT 0,  -- working days in all, at most 30
    asked_at           timestamptz,  -- ask_reporter, once per cycle
    result             text,  -- what was done, in public words
    closed_at          timestamptz,
    confirmed_via      text CHECK (confirmed_via IN ('account', 'link', 'portal', 'call_back')),
    unconfirmed        boolean NOT NULL DEFAULT false,  -- closed without an answer; never counted as confirmed
    UNIQUE (problem_id, n)
);
