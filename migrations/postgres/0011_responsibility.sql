-- Who answers for a problem (责任清单), and what is asked, referred and promised on the way (S-55 to S-58, S-64).
-- A row is open while `ended_at` is null. One open lead per problem, one open row per problem and organisation, and one
-- open request per problem: unique indexes, so that no race can make a second.

CREATE TABLE assignment (
    id           uuid PRIMARY KEY,
    problem_id   uuid NOT NULL REFERENCES problem (id),
    cycle_no     bigint NOT NULL,
    org_id       uuid NOT NULL REFERENCES org (id),
    role         text NOT NULL CHECK (role IN ('lead', 'supporting')),
    person_id    uuid REFERENCES person (id),  -- the one responsible person; null until accepted
    duty         text,  -- a supporting organisation's stated part
    due_on       date,
    origin       text NOT NULL CHECK (origin IN ('claimed', 'assigned', 'ruled')),
    final        boolean NOT NULL DEFAULT false,  -- ruled: may not be returned again
    state        text NOT NULL CHECK (state IN ('pending', 'accepted', 'done', 'refused', 'waived', 'superseded')),
    state_reason text,
    assigned_by  uuid REFERENCES person (id),  -- null: by itself
    assigned_at  timestamptz NOT NULL,
    accepted_at  timestamptz,
    done_at      timestamptz,
    ended_at     timestamptz,
    end_reason   text,
    version      bigint NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL,
    created_by   uuid,
    updated_at   timestamptz NOT NULL,
    updated_by   uuid,
    CHECK (role = 'lead' OR duty IS NOT NULL)
);

CREATE UNIQUE INDEX assignment_one_open_lead ON assignment (problem_id) WHERE role = 'lead' AND ended_at IS NULL;
CREATE UNIQUE INDEX assignment_one_open_per_org ON assignment (problem_id, org_id) WHERE ended_at IS NULL;
CREATE INDEX assignment_problem ON assignment (problem_id, assigned_at);
CREATE INDEX assignment_org ON assignment (org_id, state, due_on);
CREATE INDEX assignment_person ON assignment (person_id, state) WHERE person_id IS NOT NULL;

CREATE TABLE contact_log (
    id            uuid PRIMARY KEY,
    problem_id    uuid NOT NULL REFERENCES problem (id),
    cycle_no      bigint NOT NULL,
    -- attempt: nobody was reached
    purpose       text NOT NULL CHECK (purpose IN ('contact', 'reply', 'call_back', 'attempt')),
    channel       text NOT NULL CHECK (channel IN ('phone', 'sms', 'wechat', 'portal', 'letter', 'visit', 'meeting')),
    at            timestamptz NOT NULL,
    face_to_face  boolean NOT NULL DEFAULT false,
    with_reporter boolean NOT NULL,
    person_id     uuid NOT NULL REFERENCES person (id),
    org_id        uuid REFERENCES org (id),
    words         text,  -- null once erased
    public        boolean NOT NULL DEFAULT false,  -- a public reply
    erased_at     timestamptz,
    version       bigint NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL,
    created_by    uuid,
    updated_at    timestamptz NOT NULL,
    updated_by    uuid
);

CREATE INDEX contact_log_problem ON contact_log (problem_id, at, id);
CREATE INDEX contact_log_person ON contact_log (person_id, at);

-- What one side asks and another decides; `facts` holds what the kind must carry (alternatives, tried, impact, …).
CREATE TABLE request (
    id                  uuid PRIMARY KEY,
    kind                text NOT NULL CHECK (kind IN ('return', 'escalate', 'hold', 'extend', 'decline', 'appeal')),
    problem_id          uuid NOT NULL REFERENCES problem (id),
    cycle_no            bigint NOT NULL,
    from_state          text NOT NULL,  -- where a refusal leads back to
    state               text NOT NULL CHECK (state IN ('open', 'granted', 'refused', 'lapsed')),
    asked_by            uuid REFERENCES person (id),  -- null: the reporter, or by itself
    asked_org_id        uuid REFERENCES org (id),
    reporter_id         uuid REFERENCES reporter (id),
    asked_at            timestamptz NOT NULL,
    reason_code         text,  -- of a term of kind reason
    reason              text,  -- null once erased
    facts               jsonb NOT NULL DEFAULT '{}',
    proposed_org_id     uuid REFERENCES org (id),
    until_on            date,  -- hold: until; extend: the new due date
    decider_division_id uuid REFERENCES division (id),  -- one level up; null: decided as outside this installation
    decide_by           timestamptz,  -- past it, it is listed one level up
    decided_by          uuid REFERENCES person (id),
    decided_org_id      uuid REFERENCES org (id),
    decided_at          timestamptz,
    ruled_org_id        uuid REFERENCES org (id),
    ruling              text,
    outside_body        text,  -- a decision taken outside: body, document and date
    outside_document_no text,
    outside_decided_on  date,
    erased_at           timestamptz,
    event_seq           bigint NOT NULL DEFAULT 0,
    event_hash          bytea,
    version             bigint NOT NULL DEFAULT 1,
    created_at          timestamptz NOT NULL,
    created_by          uuid,
    updated_at          timestamptz NOT NULL,
    updated_by          uuid,
    CHECK ((state = 'open') = (decided_at IS NULL))
);

CREATE UNIQUE INDEX request_one_open ON request (problem_id) WHERE state = 'open';
CREATE INDEX request_problem ON request (problem_id, asked_at);
CREATE INDEX request_decider ON request (decider_division_id, decide_by) WHERE state = 'open';
CREATE INDEX request_asked_org ON request (asked_org_id, asked_at);

-- A department is asked to study something and answers in writing by a date (S-43).
CREATE TABLE referral (
    id          uuid PRIMARY KEY,
    problem_id  uuid NOT NULL REFERENCES problem (id),
    org_id      uuid NOT NULL REFERENCES org (id),
    question    text NOT NULL,
    due_on      date NOT NULL,
    referred_by uuid NOT NULL REFERENCES person (id),
    referred_at timestamptz NOT NULL,
    result      text,
    answered_by uuid REFERENCES person (id),
    answered_at timestamptz,
    ended_at    timestamptz,
    end_reason  text,
    version     bigint NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    created_by  uuid,
    updated_at  timestamptz NOT NULL,
    updated_by  uuid
);

CREATE INDEX referral_problem ON referral (problem_id);
CREATE INDEX referral_org_open ON referral (org_id, due_on) WHERE answered_at IS NULL AND ended_at IS NULL;

-- A promise made on site (S-64). Overdue is computed, never stored.
CREATE TABLE commitment (
    id         uuid PRIMARY KEY,
    visit_id   uuid NOT NULL REFERENCES visit (id),
    problem_id uuid REFERENCES problem (id),
    object_id  uuid REFERENCES service_object (id),
    org_id     uuid NOT NULL REFERENCES org (id),
    made_by    uuid NOT NULL REFERENCES person (id),
    text       text NOT NULL,
    due_on     date NOT NULL,
    state      text NOT NULL CHECK (state IN ('open', 'kept', 'broken')),
    settled_at timestamptz,
    settled_by uuid REFERENCES person (id),
    settlement text,
    ended_at   timestamptz,
    end_reason text,
    version    bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    created_by uuid,
    updated_at timestamptz NOT NULL,
    updated_by uuid
);

CREATE INDEX commitment_visit ON commitment (visit_id);
CREATE INDEX commitment_problem ON commitment (problem_id) WHERE problem_id IS NOT NULL;
CREATE INDEX commitment_org ON commitment (org_id, state, due_on);
CREATE INDEX commitment_made_by ON commitment (made_by, state, due_on);
