-- From a problem to what is to be done: analyses and action plans (落实清单), S-44 to S-54.
-- An analysis is signed and numbered; a correction is a new one with a reason, so that history shows both. A plan
-- belongs to one enterprise (一企一策, several of its problems) or to one matter (一事一议, with its discussion); each
-- step names its problem and cycle. Plan: draft, submitted, approved, executing, done; or abandoned.

CREATE TABLE analysis (
    id                BLOB PRIMARY KEY NOT NULL,
    problem_id        BLOB NOT NULL REFERENCES problem (id),
    number            INTEGER NOT NULL,  -- from 1, per problem
    cycle_no          INTEGER NOT NULL,
    horizon           TEXT NOT NULL CHECK (horizon IN ('long', 'short')),
    nature            TEXT NOT NULL CHECK (nature IN ('institutional', 'operational')),
    key_factor        TEXT,  -- enterprise: what keeps it from growing
    dimensions        TEXT NOT NULL DEFAULT '[]',  -- masses: one or more of gain, happiness, security
    shortfall         TEXT,  -- grassroots
    causes            TEXT NOT NULL DEFAULT '[]',  -- codes of terms of kind cause, as signed
    findings          TEXT NOT NULL,
    signed_by         BLOB NOT NULL REFERENCES person (id),
    signed_org_id     BLOB REFERENCES org (id),
    signed_at         INTEGER NOT NULL,
    correction_reason TEXT,
    replaced_at       INTEGER,  -- null: the current one
    created_at        INTEGER NOT NULL,
    created_by        BLOB,
    UNIQUE (problem_id, number)
) STRICT;

CREATE UNIQUE INDEX analysis_one_current ON analysis (problem_id) WHERE replaced_at IS NULL;

CREATE TABLE action_plan (
    id                      BLOB PRIMARY KEY NOT NULL,
    kind                    TEXT NOT NULL CHECK (kind IN ('one_enterprise_one_policy', 'one_matter_one_discussion')),
    title                   TEXT NOT NULL,
    object_id               BLOB REFERENCES service_object (id),  -- the enterprise of a 一企一策
    org_id                  BLOB NOT NULL REFERENCES org (id),  -- the lead organisation that works it out
    division_id             BLOB NOT NULL REFERENCES division (id),
    state                   TEXT NOT NULL
        CHECK (state IN ('draft', 'submitted', 'approved', 'executing', 'done', 'abandoned')),
    need                    TEXT,  -- 需求点
    blockage                TEXT,  -- 堵点
    pain_point              TEXT,  -- 痛点
    liaison_id              BLOB REFERENCES person (id),  -- the one named person, S-51
    discussion_on           TEXT,  -- of a 一事一议
    discussion_participants TEXT NOT NULL DEFAULT '[]',
    discussion_conclusion   TEXT,
    submitted_by            BLOB REFERENCES person (id),
    submitted_at            INTEGER,
    approved_by             BLOB REFERENCES person (id),
    approved_at             INTEGER,
    started_at              INTEGER,
    done_at                 INTEGER,
    send_back_reason        TEXT,
    event_seq               INTEGER NOT NULL DEFAULT 0,
    event_hash              BLOB,
    ended_at                INTEGER,
    end_reason              TEXT,
    version                 INTEGER NOT NULL DEFAULT 1,
    created_at              INTEGER NOT NULL,
    created_by              BLOB,
    updated_at              INTEGER NOT NULL,
    updated_by              BLOB,
    CHECK (kind <> 'one_enterprise_one_policy' OR object_id IS NOT NULL)
) STRICT;

CREATE INDEX action_plan_object ON action_plan (object_id) WHERE object_id IS NOT NULL;
CREATE INDEX action_plan_org ON action_plan (org_id, state);
CREATE INDEX action_plan_division ON action_plan (division_id, state);

CREATE TABLE action_plan_problem (
    action_plan_id BLOB NOT NULL REFERENCES action_plan (id),
    problem_id     BLOB NOT NULL REFERENCES problem (id),
    since          INTEGER NOT NULL,
    left_at        INTEGER,  -- set when the problem moves to another plan
    PRIMARY KEY (action_plan_id, problem_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX action_plan_problem_one_current ON action_plan_problem (problem_id) WHERE left_at IS NULL;
CREATE INDEX action_plan_problem_problem ON action_plan_problem (problem_id);

CREATE TABLE measure (
    id             BLOB PRIMARY KEY NOT NULL,
    action_plan_id BLOB NOT NULL REFERENCES action_plan (id),
    type           TEXT NOT NULL,  -- code of a term of kind measure_type, S-54
    text           TEXT NOT NULL,
    policy_ref     TEXT,
    sort_order     INTEGER NOT NULL DEFAULT 0,
    ended_at       INTEGER,
    end_reason     TEXT,
    version        INTEGER NOT NULL DEFAULT 1,
    created_at     INTEGER NOT NULL,
    created_by     BLOB,
    updated_at     INTEGER NOT NULL,
    updated_by     BLOB,
    CHECK (type <> 'implement_policy' OR policy_ref IS NOT NULL)
) STRICT;

CREATE INDEX measure_action_plan ON measure (action_plan_id, sort_order);

CREATE TABLE plan_step (
    id              BLOB PRIMARY KEY NOT NULL,
    action_plan_id  BLOB NOT NULL REFERENCES action_plan (id),
    problem_id      BLOB NOT NULL REFERENCES problem (id),
    cycle_no        INTEGER NOT NULL,
    owner_id        BLOB NOT NULL REFERENCES person (id),
    owner_org_id    BLOB NOT NULL REFERENCES org (id),
    text            TEXT NOT NULL,
    due_on          TEXT NOT NULL,
    expected_result TEXT NOT NULL,
    result          TEXT,
    done_at         INTEGER,
    done_by         BLOB REFERENCES person (id),
    waived_at       INTEGER,
    waive_reason    TEXT,
    sort_order      INTEGER NOT NULL DEFAULT 0,
    ended_at        INTEGER,
    end_reason      TEXT,
    version         INTEGER NOT NULL DEFAULT 1,
    created_at      INTEGER NOT NULL,
    created_by      BLOB,
    updated_at      INTEGER NOT NULL,
    updated_by      BLOB
) STRICT;

CREATE INDEX plan_step_action_plan ON plan_step (action_plan_id, sort_order);
CREATE INDEX plan_step_problem ON plan_step (problem_id, cycle_no);
CREATE INDEX plan_step_owner ON plan_step (owner_id, due_on) WHERE done_at IS NULL AND waived_at IS NULL;
