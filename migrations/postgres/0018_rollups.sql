-- Figures that cost the same at any number of problems: roll-ups, and a narrow fact table for distinct objects.
-- Written in the transaction that changes what they count, so they are never behind. A row counts what agrees in all
-- its keys; no key is null: '' or the zero id stands for none. Merged and withdrawn problems are taken out of the count
-- (a merged one counts at its target). `day` is that of Asia/Shanghai.

CREATE TABLE problem_rollup (
    campaign_year_id uuid NOT NULL,
    day              date NOT NULL,  -- of recording
    division_id      uuid NOT NULL,  -- the problem's own; a subtree is summed through division_ancestor
    audience         text NOT NULL CHECK (audience IN ('enterprise', 'masses', 'grassroots')),
    category_id      uuid NOT NULL,
    -- of the visit; '' without one
    leading_body     text NOT NULL
        CHECK (leading_body IN ('', 'party_committee', 'peoples_congress', 'government', 'cppcc')),
    -- '' undisposed
    disposition      text NOT NULL CHECK (disposition IN ('', 'resolved_on_site', 'follow_up', 'typical')),
    problems         bigint NOT NULL CHECK (problems >= 0),
    PRIMARY KEY (campaign_year_id, day, division_id, audience, category_id, leading_body, disposition)
);

CREATE INDEX problem_rollup_division ON problem_rollup (division_id, day);
CREATE INDEX problem_rollup_day ON problem_rollup (day);

-- What became of the problems that problem_rollup counts: how many had reached an outcome by a day. `since` is the first
-- day on which one counts, so that figures as of an earlier day leave it out. Taken back when a problem is reopened.
CREATE TABLE outcome_rollup (
    campaign_year_id uuid NOT NULL,
    day              date NOT NULL,
    division_id      uuid NOT NULL,
    audience         text NOT NULL CHECK (audience IN ('enterprise', 'masses', 'grassroots')),
    category_id      uuid NOT NULL,
    leading_body     text NOT NULL
        CHECK (leading_body IN ('', 'party_committee', 'peoples_congress', 'government', 'cppcc')),
    disposition      text NOT NULL CHECK (disposition IN ('', 'resolved_on_site', 'follow_up', 'typical')),
    -- settled: due or closed. points: the sum of the ratings' results, 1 to 5 each
    outcome          text NOT NULL
        CHECK (outcome IN ('settled', 'closed', 'solved', 'invited', 'rated', 'satisfied', 'points')),
    since            date NOT NULL,
    amount           bigint NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (campaign_year_id, day, division_id, audience, category_id, leading_body, disposition, outcome, since)
);

CREATE INDEX outcome_rollup_division ON outcome_rollup (division_id, day);
CREATE INDEX outcome_rollup_day ON outcome_rollup (day);

-- Completed visits.
CREATE TABLE visit_rollup (
    campaign_year_id uuid NOT NULL,
    day              date NOT NULL,  -- of the beginning
    division_id      uuid NOT NULL,
    leading_body     text NOT NULL
        CHECK (leading_body IN ('party_committee', 'peoples_congress', 'government', 'cppcc')),
    mode             text NOT NULL,
    origin           text NOT NULL CHECK (origin IN ('proactive', 'requested')),
    place_kind       text NOT NULL,
    visits           bigint NOT NULL CHECK (visits >= 0),
    PRIMARY KEY (campaign_year_id, day, division_id, leading_body, mode, origin, place_kind)
);

CREATE INDEX visit_rollup_division ON visit_rollup (division_id, day);
CREATE INDEX visit_rollup_day ON visit_rollup (day);

-- One row per completed visit and object: distinct objects, first visits, balance and concentration read this alone.
CREATE TABLE visit_fact (
    visit_id         uuid NOT NULL REFERENCES visit (id),
    object_id        uuid NOT NULL REFERENCES service_object (id),
    object_type      text NOT NULL CHECK (object_type IN ('enterprise', 'household', 'community')),
    division_id      uuid NOT NULL,  -- of the object
    day              date NOT NULL,
    campaign_year_id uuid NOT NULL,
    org_id           uuid NOT NULL,  -- that visited
    PRIMARY KEY (visit_id, object_id)
);

CREATE INDEX visit_fact_object ON visit_fact (object_id, day);
CREATE INDEX visit_fact_division ON visit_fact (division_id, day, object_type, object_id);
CREATE INDEX visit_fact_campaign_year ON visit_fact (campaign_year_id, day);
CREATE INDEX visit_fact_org ON visit_fact (org_id, day);
