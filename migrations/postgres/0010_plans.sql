-- From a problem to what is to be done: analyses and action plans (落实清单), S-44 to S-54.
-- An analysis is signed and numbered; a correction is a new one with a reason, so that history shows both. A plan
-- belongs to one enterprise (一企一策, several of its problems) or to one matter (一事一议, with its discussion); each
-- step names its problem and cycle. Plan: draft, submitted, approved, executing, done; or abandoned.

CREATE TABLE analysis (
    id                uuid PRIMARY KEY,
    problem_id        uuid NOT NULL REFERENCES problem (id),
    number            bigint NOT NULL,  -- from 1, per problem
    cycle_no          bigint NOT NULL,
    horizon           text NOT NULL CHECK (horizon IN ('long', 'short')),
    nature            text NOT NULL CHECK (nature IN ('institutional', 'operational')),
    key_factor        text,  -- enterprise: what keeps it from growing
    dimensions        jsonb NOT NULL DEFAULT '[]',  -- masses: one or more of gain, happiness, security
    shortfall         text,  -- grassroots
    causes            jsonb NOT NULL DEFAULT '[]',  -- codes of terms of kind cause, as signed
    findings          text NOT NULL,
    signed_by         uuid NOT NULL REFERENCES person (id),
    signed_org_id     uuid REFERENCES org (id),
    signed_at         timestamptz NOT NULL,
    correction_reason text,
    replaced_at       timestamptz,  -- null: the current one
    created_at        timestamptz NOT NULL,
    created_by        uuid,
    UNIQUE (problem_id, number)
);

CREATE UNIQUE INDEX analysis_one_current ON analysis (problem_id) WHERE replaced_at IS NULL;

CREATE TABLE action_plan (
    id                      uuid PRIMARY KEY,
    kind                    text NOT NULL CHECK (kind IN ('one_enterprise_one_policy', 'one_matter_one_discussion')),
    title                   text NOT NULL,
    object_id               uuid REFERENCES service_object (id),  -- the enterprise of a 一企一策
    org_id                  uuid NOT NULL REFERENCES org (id),  -- the lead organisation that works it out
    division_id             uuid NOT NULL REFERENCES division (id),
    state                   text NOT NULL
        CHECK (state IN ('draft', 'submitted', 'approved', 'executing', 'done', 'abandoned')),
    need                    text,  -- 需求点
    blockage                text,  -- 堵点
    pain_point              text,  -- 痛点
    liaison_id              uuid REFERENCES person (id),  -- the one named person, S-51
    discussion_on           date,  -- of a 一事一议
    discussion_participants jsonb NOT NULL DEFAULT '[]',
    discussion_conclusion   text,
    submitted_by            uuid REFERENCES person (id),
    submitted_at            timestamptz,
    approved_by             uuid REFERENCES person (id),
    approved_at             timestamptz,
    started_at              timestamptz,
    done_at                 timestamptz,
    send_back_reason        text,
    event_seq               bigint NOT NULL DEFAULT 0,
    event_hash              bytea,
    ended_at                timestamptz,
    end_reason              text,
    version                 bigint NOT NULL DEFAULT 1,
    created_at              timestamptz NOT NULL,
    created_by              uuid,
    updated_at              timestamptz NOT NULL,
    updated_by              uuid,
    CHECK (kind <> 'one_enterprise_one_policy' OR object_id IS NOT NULL)
);

CREATE INDEX action_plan_object ON action_plan (object_id) WHERE object_id IS NOT NULL;
CREATE INDEX action_plan_org ON action_plan (org_id, state);
CREATE INDEX action_plan_division ON action_plan (division_id, state);

CREATE TABLE action_plan_problem (
    action_plan_id uuid NOT NULL REFERENCES action_plan (id),
    problem_id     uuid NOT NULL REFERENCES problem (id),
    since          timestamptz NOT NULL,
    left_at        timestamptz,  -- set when the problem moves to another plan
    PRIMARY KEY (action_plan_id, problem_id)
);

CREATE UNIQUE INDEX action_plan_problem_one_current ON action_plan_problem (problem_id) WHERE left_at IS NULL;
CREATE INDEX action_plan_problem_problem ON action_plan_problem (problem_id);

CREATE TABLE measure (
    id             uuid PRIMARY KEY,
    action_plan_id uuid NOT NULL REFERENCES action_plan (id),
    type           text NOT NULL,  -- code of a term of kind measure_type, S-54
    text           text NOT NULL,
    policy_ref     text,
    sort_order     bigint NOT NULL DEFAULT 0,
    ended_at       timestamptz,
    end_reason     text,
    version        bigint NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL,
    created_by     uuid,
    updated_at     timestamptz NOT NULL,
    updated_by     uuid,
    CHECK (type <> 'implement_policy' OR policy_ref IS NOT NULL)
);

CREATE INDEX measure_action_plan ON measure (action_plan_id, sort_order);

CREATE TABLE plan_step (
    id              uuid PRIMARY KEY,
    action_plan_id  uuid NOT NULL REFERENCES action_plan (id),
    problem_id      uuid NOT NULL REFERENCES problem (id),
    cycle_no        bigint NOT NULL,
    owner_id        uuid NOT NULL REFERENCES person (id),
    owner_org_id    uuid NOT NULL REFERENCES org (id),
    text            text NOT NULL,
    due_on          date NOT NULL,
    expected_result text NOT NULL,
    result          text,
    done_at         timestamptz,
    done_by         uuid REFERENCES person (id),
    waived_at       timestamptz,
    waive_reason    text,
    sort_order      bigint NOT NULL DEFAULT 0,
    ended_at        timestamptz,
    end_reason      text,
    version         bigint NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    created_by      uuid,
    updated_at      timestamptz NOT NULL,
    updated_by      uuid
);

CREATE INDEX plan_step_action_plan ON plan_step (action_plan_id, sort_order);
CREATE INDEX plan_step_problem ON plan_step (problem_id, cycle_no);
CREATE INDEX plan_step_owner ON plan_step (owner_id, due_on) WHERE done_at IS NULL AND waived_at IS NULL;
