-- Problems (问题清单): what was reported, by whom, where it stands, and who may see it.
-- The reporter's own words, the tracking number and the time of recording never change; a trigger keeps them, and lets
-- only an erasure empty the words. `state` moves by the workflow table in the code alone. A row of `problem_scope`
-- exists exactly when the problem is in that scope (an ancestor of its division, an organisation that takes part or one
-- above it, a person, a reporter); it repeats the sort keys, so that a page of a list is a range of one index.

-- Themes (共性问题) stand here because problems point to them; see also theme_problem and output.
CREATE TABLE theme (
    id           BLOB PRIMARY KEY NOT NULL,
    title        TEXT NOT NULL,
    description  TEXT,
    division_id  BLOB NOT NULL REFERENCES division (id),
    org_id       BLOB NOT NULL REFERENCES org (id),  -- who studies it
    audience     TEXT CHECK (audience IN ('enterprise', 'masses', 'grassroots')),
    category_id  BLOB REFERENCES term (id),
    state        TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    closed_at    INTEGER,
    closing_note TEXT,
    event_seq    INTEGER NOT NULL DEFAULT 0,
    event_hash   BLOB,
    ended_at     INTEGER,
    end_reason   TEXT,
    version      INTEGER NOT NULL DEFAULT 1,
    created_at   INTEGER NOT NULL,
    created_by   BLOB,
    updated_at   INTEGER NOT NULL,
    updated_by   BLOB
) STRICT;

CREATE INDEX theme_division ON theme (division_id, state);
CREATE INDEX theme_org ON theme (org_id);

CREATE TABLE problem (
    id               BLOB PRIMARY KEY NOT NULL,
    tracking_no      TEXT NOT NULL UNIQUE,  -- SFW-<year>-<code6>-<n>; immutable
    client_app_id    BLOB REFERENCES client_app (id),
    client_ref       BLOB,
    campaign_year_id BLOB NOT NULL REFERENCES campaign_year (id),
    visit_id         BLOB REFERENCES visit (id),
    channel          TEXT NOT NULL CHECK (channel IN ('visit', 'portal', 'hotline', 'open311', 'import')),
    audience         TEXT NOT NULL CHECK (audience IN ('enterprise', 'masses', 'grassroots')),
    category_id      BLOB NOT NULL REFERENCES term (id),
    statement        TEXT NOT NULL,  -- the reporter's own words; immutable, '' once erased
    summary          TEXT,  -- the officer's
    object_id        BLOB REFERENCES service_object (id),
    division_id      BLOB NOT NULL REFERENCES division (id),
    place            TEXT,  -- in words
    urgency          TEXT NOT NULL DEFAULT 'normal' CHECK (urgency IN ('normal', 'urgent', 'critical')),
    matter           TEXT NOT NULL DEFAULT 'complex' CHECK (matter IN ('simple', 'complex', 'institutional')),
    -- later cycles leave it, only redispose changes it; null: undisposed
    disposition      TEXT CHECK (disposition IN ('resolved_on_site', 'follow_up', 'typical')),
    state            TEXT NOT NULL
        CHECK (state IN ('recorded', 'open', 'assigned', 'accepted', 'studying', 'in_progress', 'awaiting_reporter',
            'on_hold', 'in_dispute', 'escalated', 'pending_confirmation', 'closed', 'declined', 'merged',
            'withdrawn')),
    -- where on_hold, awaiting_reporter, in_dispute and escalated go back to
    return_state     TEXT
        CHECK (return_state IN ('recorded', 'open', 'assigned', 'accepted', 'studying', 'in_progress',
            'awaiting_reporter', 'on_hold', 'in_dispute', 'escalated', 'pending_confirmation', 'closed', 'declined',
            'merged', 'withdrawn')),
    lead_org_id      BLOB REFERENCES org (id),
    lead_person_id   BLOB REFERENCES person (id),
    cycle_no         INTEGER NOT NULL DEFAULT 1,
    observed_at      INTEGER,
    recorded_at      INTEGER NOT NULL,  -- immutable; the clock of cycle 1 starts here
    recorded_by      BLOB REFERENCES person (id),  -- null: the reporter without an account, or a client
    recorder_org_id  BLOB REFERENCES org (id),
    due_at           INTEGER,  -- of the current cycle; null: none or paused
    -- µs of due_at, or 253402214400000000 (9999-12-31) without: a sort key is never null
    due_key          INTEGER NOT NULL,
    -- due_key + 2^58 × (critical 0, urgent 1, normal 2): sorts by -urgency,due_at in one integer
    urgency_due_key  INTEGER NOT NULL,
    last_progress_at INTEGER NOT NULL,  -- last step, plan or transition; stalled is measured from here, S-34
    merged_into      BLOB REFERENCES problem (id),
    theme_id         BLOB REFERENCES theme (id),
    -- no competent organisation was found; the dispatch office holds it
    unrouted         INTEGER NOT NULL DEFAULT 0 CHECK (unrouted IN (0, 1)),
    published        INTEGER NOT NULL DEFAULT 0 CHECK (published IN (0, 1)),
    -- the firm agreed to be named in public
    publish_consent  INTEGER NOT NULL DEFAULT 0 CHECK (publish_consent IN (0, 1)),
    reporter_trips   INTEGER NOT NULL DEFAULT 0,  -- S-60
    info_requests    INTEGER NOT NULL DEFAULT 0,
    event_seq        INTEGER NOT NULL DEFAULT 0,  -- aggregate_seq of the last event
    event_hash       BLOB,  -- hash of the last event: the chain's head
    erased_at        INTEGER,
    ended_at         INTEGER,
    end_reason       TEXT,
    version          INTEGER NOT NULL DEFAULT 1,
    created_at       INTEGER NOT NULL,
    created_by       BLOB,
    updated_at       INTEGER NOT NULL,
    updated_by       BLOB
) STRICT;

-- Unique for ever per client; the installation's own clients count as one.
CREATE UNIQUE INDEX problem_client_ref
    ON problem (client_ref, coalesce(client_app_id, x'00000000000000000000000000000000'))
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

CREATE TRIGGER problem_keeps_its_words BEFORE UPDATE OF statement, tracking_no, recorded_at ON problem
WHEN NEW.tracking_no IS NOT OLD.tracking_no
    OR NEW.recorded_at IS NOT OLD.recorded_at
    OR (NEW.statement IS NOT OLD.statement
        AND NOT (NEW.statement = '' AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL))
BEGIN
    SELECT RAISE(ABORT, 'problem: statement, tracking_no and recorded_at are immutable');
END;

CREATE TABLE problem_goal (
    problem_id BLOB NOT NULL REFERENCES problem (id),
    term_id    BLOB NOT NULL REFERENCES term (id),
    PRIMARY KEY (problem_id, term_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX problem_goal_term ON problem_goal (term_id);

-- Several causes per problem, apart from its category (S-53).
CREATE TABLE problem_cause (
    problem_id BLOB NOT NULL REFERENCES problem (id),
    term_id    BLOB NOT NULL REFERENCES term (id),
    PRIMARY KEY (problem_id, term_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX problem_cause_term ON problem_cause (term_id);

CREATE TABLE problem_org (
    problem_id BLOB NOT NULL REFERENCES problem (id),
    org_id     BLOB NOT NULL REFERENCES org (id),
    part       TEXT NOT NULL
        CHECK (part IN ('recorder', 'lead', 'former_lead', 'supporting', 'study', 'proposed_lead',
            'proposed_supporting')),
    since      INTEGER NOT NULL,
    PRIMARY KEY (problem_id, org_id, part)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX problem_org_one_lead ON problem_org (problem_id) WHERE part = 'lead';
CREATE INDEX problem_org_org ON problem_org (org_id, part);

-- Every act on a problem; every rule of separation reads it. The act names the transition or 'recorded_for_other'.
CREATE TABLE problem_actor (
    id         BLOB PRIMARY KEY NOT NULL,
    problem_id BLOB NOT NULL REFERENCES problem (id),
    person_id  BLOB NOT NULL REFERENCES person (id),
    org_id     BLOB REFERENCES org (id),
    act        TEXT NOT NULL,
    at         INTEGER NOT NULL
) STRICT;

CREATE INDEX problem_actor_problem ON problem_actor (problem_id, person_id, act);
CREATE INDEX problem_actor_person ON problem_actor (person_id, at);

CREATE TABLE problem_reporter (
    problem_id   BLOB NOT NULL REFERENCES problem (id),
    reporter_id  BLOB NOT NULL REFERENCES reporter (id),
    part         TEXT NOT NULL CHECK (part IN ('primary', 'follower')),
    -- the merged problem that brought a follower, whose number's view it keeps
    came_with_id BLOB REFERENCES problem (id),
    since        INTEGER NOT NULL,
    PRIMARY KEY (problem_id, reporter_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX problem_reporter_one_primary ON problem_reporter (problem_id) WHERE part = 'primary';
CREATE INDEX problem_reporter_reporter ON problem_reporter (reporter_id);

-- The secret of a receipt: the bearer speaks for the reporter of this one problem.
CREATE TABLE case_link (
    hash        BLOB PRIMARY KEY NOT NULL,  -- SHA-256 of the secret
    problem_id  BLOB NOT NULL REFERENCES problem (id),
    reporter_id BLOB REFERENCES reporter (id),
    cycle_no    INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER,  -- 30 days after the last closure; null: not closed yet
    replaced_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX case_link_one_current
    ON case_link (problem_id, coalesce(reporter_id, x'00000000000000000000000000000000'))
    WHERE replaced_at IS NULL;

CREATE TABLE supplement (
    id               BLOB PRIMARY KEY NOT NULL,
    problem_id       BLOB NOT NULL REFERENCES problem (id),
    text             TEXT NOT NULL,  -- '' once erased
    text_salt        BLOB NOT NULL,
    text_hash        BLOB NOT NULL,  -- SHA-256 of salt and text, as the event carries it
    reporter_id      BLOB REFERENCES reporter (id),
    person_id        BLOB REFERENCES person (id),
    -- supplied on request, not by itself
    answers_question INTEGER NOT NULL DEFAULT 0 CHECK (answers_question IN (0, 1)),
    at               INTEGER NOT NULL,
    erased_at        INTEGER
) STRICT;

CREATE INDEX supplement_problem ON supplement (problem_id, at, id);

CREATE TABLE problem_scope (
    -- a division's, organisation's, person's or reporter's id; therefore without a foreign key
    scope_id        BLOB NOT NULL,
    problem_id      BLOB NOT NULL REFERENCES problem (id),
    state           TEXT NOT NULL
        CHECK (state IN ('recorded', 'open', 'assigned', 'accepted', 'studying', 'in_progress', 'awaiting_reporter',
            'on_hold', 'in_dispute', 'escalated', 'pending_confirmation', 'closed', 'declined', 'merged',
            'withdrawn')),
    recorded_at     INTEGER NOT NULL,
    due_key         INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    urgency_due_key INTEGER NOT NULL,
    PRIMARY KEY (scope_id, problem_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX problem_scope_recorded ON problem_scope (scope_id, recorded_at DESC, problem_id DESC);
CREATE INDEX problem_scope_due ON problem_scope (scope_id, due_key, problem_id);
CREATE INDEX problem_scope_updated ON problem_scope (scope_id, updated_at DESC, problem_id DESC);
CREATE INDEX problem_scope_urgency ON problem_scope (scope_id, urgency_due_key, problem_id);
CREATE INDEX problem_scope_state_recorded ON problem_scope (scope_id, state, recorded_at DESC, problem_id DESC);
CREATE INDEX problem_scope_state_due ON problem_scope (scope_id, state, due_key, problem_id);
CREATE INDEX problem_scope_state_updated ON problem_scope (scope_id, state, updated_at DESC, problem_id DESC);
CREATE INDEX problem_scope_state_urgency ON problem_scope (scope_id, state, urgency_due_key, problem_id);
CREATE INDEX problem_scope_problem ON problem_scope (problem_id);
