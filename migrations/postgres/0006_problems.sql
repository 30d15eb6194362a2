-- Problems (问题清单): what was reported, by whom, where it stands, and who may see it.
-- The reporter's own words, the tracking number and the time of recording never change; a trigger keeps them, and lets
-- only an erasure empty the words. `state` moves by the workflow table in the code alone. A row of `problem_scope`
-- exists exactly when the problem is in that scope (an ancestor of its division, an organisation that takes part or one
-- above it, a person, a reporter); it repeats the sort keys, so that a page of a list is a range of one index.

-- Themes (共性问题) stand here because problems point to them; see also theme_problem and output.
CREATE TABLE theme (
    id           uuid PRIMARY KEY,
    title        text NOT NULL,
    description  text,
    division_id  uuid NOT NULL REFERENCES division (id),
    org_id       uuid NOT NULL REFERENCES org (id),  -- who studies it
    audience     text CHECK (audience IN ('enterprise', 'masses', 'grassroots')),
    category_id  uuid REFERENCES term (id),
    state        text NOT NULL CHECK (state IN ('open', 'closed')),
    closed_at    timestamptz,
    closing_note text,
    event_seq    bigint NOT NULL DEFAULT 0,
    event_hash   bytea,
    ended_at     timestamptz,
    end_reason   text,
    version      bigint NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL,
    created_by   uuid,
    updated_at   timestamptz NOT NULL,
    updated_by   uuid
);

CREATE INDEX theme_division ON theme (division_id, state);
CREATE INDEX theme_org ON theme (org_id);

CREATE TABLE problem (
    id               uuid PRIMARY KEY,
    tracking_no      text NOT NULL UNIQUE,  -- SFW-<year>-<code6>-<n>; immutable
    client_app_id    uuid REFERENCES client_app (id),
    client_ref       uuid,
    campaign_year_id uuid NOT NULL REFERENCES campaign_year (id),
    visit_id         uuid REFERENCES visit (id),
    channel          text NOT NULL CHECK (channel IN ('visit', 'portal', 'hotline', 'open311', 'import')),
    audience         text NOT NULL CHECK (audience IN ('enterprise', 'masses', 'grassroots')),
    category_id      uuid NOT NULL REFERENCES term (id),
    statement        text NOT NULL,  -- the reporter's own words; immutable, '' once erased
    summary          text,  -- the officer's
    object_id        uuid REFERENCES service_object (id),
    division_id      uuid NOT NULL REFERENCES division (id),
    place            text,  -- in words
    urgency          text NOT NULL DEFAULT 'normal' CHECK (urgency IN ('normal', 'urgent', 'critical')),
    matter           text NOT NULL DEFAULT 'complex' CHECK (matter IN ('simple', 'complex', 'institutional')),
    -- later cycles leave it, only redispose changes it; null: undisposed
    disposition      text CHECK (disposition IN ('resolved_on_site', 'follow_up', 'typical')),
    state            text NOT NULL
        CHECK (state IN ('recorded', 'open', 'assigned', 'accepted', 'studying', 'in_progress', 'awaiting_reporter',
            'on_hold', 'in_dispute', 'escalated', 'pending_confirmation', 'closed', 'declined', 'merged',
            'withdrawn')),
    -- where on_hold, awaiting_reporter, in_dispute and escalated go back to
    return_state     text
        CHECK (return_state IN ('recorded', 'open', 'assigned', 'accepted', 'studying', 'in_progress',
            'awaiting_reporter', 'on_hold', 'in_dispute', 'escalated', 'pending_confirmation', 'closed', 'declined',
            'merged', 'withdrawn')),
    lead_org_id      uuid REFERENCES org (id),
    lead_person_id   uuid REFERENCES person (id),
    cycle_no         bigint NOT NULL DEFAULT 1,
    observed_at      timestamptz,
    recorded_at      timestamptz NOT NULL,  -- immutable; the clock of cycle 1 starts here
    recorded_by      uuid REFERENCES person (id),  -- null: the reporter without an account, or a client
    recorder_org_id  uuid REFERENCES org (id),
    due_at           timestamptz,  -- of the current cycle; null: none or paused
    -- µs of due_at, or 253402214400000000 (9999-12-31) without: a sort key is never null
    due_key          bigint NOT NULL,
    -- due_key + 2^58 × (critical 0, urgent 1, normal 2): sorts by -urgency,due_at in one integer
    urgency_due_key  bigint NOT NULL,
    last_progress_at timestamptz NOT NULL,  -- last step, plan or transition; stalled is measured from here, S-34
    merged_into      uuid REFERENCES problem (id),
    theme_id         uuid REFERENCES theme (id),
    -- no competent organisation was found; the dispatch office holds it
    unrouted         boolean NOT NULL DEFAULT false,
    published        boolean NOT NULL DEFAULT false,
    publish_consent  boolean NOT NULL DEFAULT false,  -- the firm agreed to be named in public
    reporter_trips   bigint NOT NULL DEFAULT 0,  -- S-60
    info_requests    bigint NOT NULL DEFAULT 0,
    event_seq        bigint NOT NULL DEFAULT 0,  -- aggregate_seq of the last event
    event_hash       bytea,  -- hash of the last event: the chain's head
    erased_at        timestamptz,
    ended_at         timestamptz,
    end_reason       text,
    version          bigint NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    created_by       uuid,
    updated_at       timestamptz NOT NULL,
    updated_by       uuid
);

-- Unique for ever per client; the installation's own clients count as one.
CREATE UNIQUE INDEX problem_client_ref
    ON problem (client_ref, coalesce(client_app_id, '00000000-0000-0000-0000-000000000000'::uuid))
    WHERE client_ref IS NOT NULL;
CREATE INDEX problem_visit ON problem (visit_id) WHERE visit_id IS NOT NULL;
CREATE INDEX problem_object ON problem (object_id, category_id, recorded_at) WHERE object_id IS NOT NULL;
CREATE INDEX problem_merged_into ON problem (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX problem_theme ON problem (theme_id) WHERE theme_id IS NOT NULL;
CREATE INDEX problem_campaign_year ON problem (campaign_year_id, recorded_at);
CREATE INDEX problem_division ON problem (division_id, recorded_at);
CREATE INDEX problem_category ON problem (category_id, recorded_at);
CREATE INDEX problem_lead_org ON problem (lead_org_id, state) WHERE lead_org_id IS NOT NULL;
CREATE INDEX problem_lead_person ON problem (lead_person_id, state) WHERE lead_person_id IS NOT NULL;
CREATE INDEX problem_published ON problem (recorded_at DESC, id DESC) WHERE published;

-- The one refusal that all protecting triggers call; its argument says what is protected.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER problem_keeps_its_words BEFORE UPDATE OF statement, tracking_no, recorded_at ON problem
FOR EACH ROW WHEN (NEW.tracking_no IS DISTINCT FROM OLD.tracking_no
    OR NEW.recorded_at IS DISTINCT FROM OLD.recorded_at
    OR (NEW.statement IS DISTINCT FROM OLD.statement
        AND NOT (NEW.statement = '' AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL)))
EXECUTE FUNCTION refuse_change('statement, tracking_no and recorded_at are immutable');

CREATE TABLE problem_goal (
    problem_id uuid NOT NULL REFERENCES problem (id),
    term_id    uuid NOT NULL REFERENCES term (id),
    PRIMARY KEY (problem_id, term_id)
);

CREATE INDEX problem_goal_term ON problem_goal (term_id);

-- Several causes per problem, apart from its category (S-53).
CREATE TABLE problem_cause (
    problem_id uuid NOT NULL REFERENCES problem (id),
    term_id    uuid NOT NULL REFERENCES term (id),
    PRIMARY KEY (problem_id, term_id)
);

CREATE INDEX problem_cause_term ON problem_cause (term_id);

CREATE TABLE problem_org (
    problem_id uuid NOT NULL REFERENCES problem (id),
    org_id     uuid NOT NULL REFERENCES org (id),
    part       text NOT NULL
        CHECK (part IN ('recorder', 'lead', 'former_lead', 'supporting', 'study', 'proposed_lead',
            'proposed_supporting')),
    since      timestamptz NOT NULL,
    PRIMARY KEY (problem_id, org_id, part)
);

CREATE UNIQUE INDEX problem_org_one_lead ON problem_org (problem_id) WHERE part = 'lead';
CREATE INDEX problem_org_org ON problem_org (org_id, part);

-- Every act on a problem; every rule of separation reads it. The act names the transition or 'recorded_for_other'.
CREATE TABLE problem_actor (
    id         uuid PRIMARY KEY,
    problem_id uuid NOT NULL REFERENCES problem (id),
    person_id  uuid NOT NULL REFERENCES person (id),
    org_id     uuid REFERENCES org (id),
    act        text NOT NULL,
    at         timestamptz NOT NULL
);

CREATE INDEX problem_actor_problem ON problem_actor (problem_id, person_id, act);
CREATE INDEX problem_actor_person ON problem_actor (person_id, at);

CREATE TABLE problem_reporter (
    problem_id   uuid NOT NULL REFERENCES problem (id),
    reporter_id  uuid NOT NULL REFERENCES reporter (id),
    part         text NOT NULL CHECK (part IN ('primary', 'follower')),
    -- the merged problem that brought a follower, whose number's view it keeps
    came_with_id uuid REFERENCES problem (id),
    since        timestamptz NOT NULL,
    PRIMARY KEY (problem_id, reporter_id)
);

CREATE UNIQUE INDEX problem_reporter_one_primary ON problem_reporter (problem_id) WHERE part = 'primary';
CREATE INDEX problem_reporter_reporter ON problem_reporter (reporter_id);

-- The secret of a receipt: the bearer speaks for the reporter of this one problem.
CREATE TABLE case_link (
    hash        bytea PRIMARY KEY,  -- SHA-256 of the secret
    problem_id  uuid NOT NULL REFERENCES problem (id),
    reporter_id uuid REFERENCES reporter (id),
    cycle_no    bigint NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz,  -- 30 days after the last closure; null: not closed yet
    replaced_at timestamptz
);

CREATE UNIQUE INDEX case_link_one_current
    ON case_link (problem_id, coalesce(reporter_id, '00000000-0000-0000-0000-000000000000'::uuid))
    WHERE replaced_at IS NULL;

CREATE TABLE supplement (
    id               uuid PRIMARY KEY,
    problem_id       uuid NOT NULL REFERENCES problem (id),
    text             text NOT NULL,  -- '' once erased
    text_salt        bytea NOT NULL,
    text_hash        bytea NOT NULL,  -- SHA-256 of salt and text, as the event carries it
    reporter_id      uuid REFERENCES reporter (id),
    person_id        uuid REFERENCES person (id),
    answers_question boolean NOT NULL DEFAULT false,  -- supplied on request, not by itself
    at               timestamptz NOT NULL,
    erased_at        timestamptz
);

CREATE INDEX supplement_problem ON supplement (problem_id, at, id);

CREATE TABLE problem_scope (
    -- a division's, organisation's, person's or reporter's id; therefore without a foreign key
    scope_id        uuid NOT NULL,
    problem_id      uuid NOT NULL REFERENCES problem (id),
    state           text NOT NULL
        CHECK (state IN ('recorded', 'open', 'assigned', 'accepted', 'studying', 'in_progress', 'awaiting_reporter',
            'on_hold', 'in_dispute', 'escalated', 'pending_confirmation', 'closed', 'declined', 'merged',
            'withdrawn')),
    recorded_at     timestamptz NOT NULL,
    due_key         bigint NOT NULL,
    updated_at      timestamptz NOT NULL,
    urgency_due_key bigint NOT NULL,
    PRIMARY KEY (scope_id, problem_id)
);

CREATE INDEX problem_scope_recorded ON problem_scope (scope_id, recorded_at DESC, problem_id DESC);
CREATE INDEX problem_scope_due ON problem_scope (scope_id, due_key, problem_id);
CREATE INDEX problem_scope_updated ON problem_scope (scope_id, updated_at DESC, problem_id DESC);
CREATE INDEX problem_scope_urgency ON problem_scope (scope_id, urgency_due_key, problem_id);
CREATE INDEX problem_scope_state_recorded ON problem_scope (scope_id, state, recorded_at DESC, problem_id DESC);
CREATE INDEX problem_scope_state_due ON problem_scope (scope_id, state, due_key, problem_id);
CREATE INDEX problem_scope_state_updated ON problem_scope (scope_id, state, updated_at DESC, problem_id DESC);
CREATE INDEX problem_scope_state_urgency ON problem_scope (scope_id, state, urgency_due_key, problem_id);
CREATE INDEX problem_scope_problem ON problem_scope (problem_id);
