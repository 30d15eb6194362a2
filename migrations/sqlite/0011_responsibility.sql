-- Who answers for a problem (责任清单), and what is asked, referred and promised on the way (S-55 to S-58, S-64).
-- A row is open while `ended_at` is null. One open lead per problem, one open row per problem and organisation, and one
-- open request per problem: unique indexes, so that no race can make a second.

CREATE TABLE assignment (
    id           BLOB PRIMARY KEY NOT NULL,
    problem_id   BLOB NOT NULL REFERENCES problem (id),
    cycle_no     INTEGER NOT NULL,
    org_id       BLOB NOT NULL REFERENCES org (id),
    role         TEXT NOT NULL CHECK (role IN ('lead', 'supporting')),
    person_id    BLOB REFERENCES person (id),  -- the one responsible person; null until accepted
    duty         TEXT,  -- a supporting organisation's stated part
    due_on       TEXT,
    origin       TEXT NOT NULL CHECK (origin IN ('claimed', 'assigned', 'ruled')),
    final        INTEGER NOT NULL DEFAULT 0 CHECK (final IN (0, 1)),  -- ruled: may not be returned again
    state        TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'done', 'refused', 'waived', 'superseded')),
    state_reason TEXT,
    assigned_by  BLOB REFERENCES person (id),  -- null: by itself
    assigned_at  INTEGER NOT NULL,
    accepted_at  INTEGER,
    done_at      INTEGER,
    ended_at     INTEGER,
    end_reason   TEXT,
    version      INTEGER NOT NULL DEFAULT 1,
    created_at   INTEGER NOT NULL,
    created_by   BLOB,
    updated_at   INTEGER NOT NULL,
    updated_by   BLOB,
    CHECK (role = 'lead' OR duty IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX assignment_one_open_lead ON assignment (problem_id) WHERE role = 'lead' AND ended_at IS NULL;
CREATE UNIQUE INDEX assignment_one_open_per_org ON assignment (problem_id, org_id) WHERE ended_at IS NULL;
CREATE INDEX assignment_problem ON assignment (problem_id, assigned_at);
CREATE INDEX assignment_org ON assignment (org_id, state, due_on);
CREATE INDEX assignment_person ON assignment (person_id, state) WHERE person_id IS NOT NULL;

CREATE TABLE contact_log (
    id            BLOB PRIMARY KEY NOT NULL,
    problem_id    BLOB NOT NULL REFERENCES problem (id),
    cycle_no      INTEGER NOT NULL,
    -- attempt: nobody was reached
    purpose       TEXT NOT NULL CHECK (purpose IN ('contact', 'reply', 'call_back', 'attempt')),
    channel       TEXT NOT NULL CHECK (channel IN ('phone', 'sms', 'wechat', 'portal', 'letter', 'visit', 'meeting')),
    at            INTEGER NOT NULL,
    face_to_face  INTEGER NOT NULL DEFAULT 0 CHECK (face_to_face IN (0, 1)),
    with_reporter INTEGER NOT NULL CHECK (with_reporter IN (0, 1)),
    person_id     BLOB NOT NULL REFERENCES person (id),
    org_id        BLOB REFERENCES org (id),
    words         TEXT,  -- null once erased
    public        INTEGER NOT NULL DEFAULT 0 CHECK (public IN (0, 1)),  -- a public reply
    erased_at     INTEGER,
    version       INTEGER NOT NULL DEFAULT 1,
    created_at    INTEGER NOT NULL,
    created_by    BLOB,
    updated_at    INTEGER NOT NULL,
    updated_by    BLOB
) STRICT;

CREATE INDEX contact_log_problem ON contact_log (problem_id, at, id);
CREATE INDEX contact_log_person ON contact_log (person_id, at);

-- What one side asks and another decides; `facts` holds what the kind must carry (alternatives, tried, impact, …).
CREATE TABLE request (
    id                  BLOB PRIMARY KEY NOT NULL,
    kind                TEXT NOT NULL CHECK (kind IN ('return', 'escalate', 'hold', 'extend', 'decline', 'appeal')),
    problem_id          BLOB NOT NULL REFERENCES problem (id),
    cycle_no            INTEGER NOT NULL,
    from_state          TEXT NOT NULL,  -- where a refusal leads back to
    state               TEXT NOT NULL CHECK (state IN ('open', 'granted', 'refused', 'lapsed')),
    asked_by            BLOB REFERENCES person (id),  -- null: the reporter, or by itself
    asked_org_id        BLOB REFERENCES org (id),
    reporter_id         BLOB REFERENCES reporter (id),
    asked_at            INTEGER NOT NULL,
    reason_code         TEXT,  -- of a term of kind reason
    reason              TEXT,  -- null once erased
    facts               TEXT NOT NULL DEFAULT '{}',
    proposed_org_id     BLOB REFERENCES org (id),
    until_on            TEXT,  -- hold: until; extend: the new due date
    decider_division_id BLOB REFERENCES division (id),  -- one level up; null: decided as outside this installation
    decide_by           INTEGER,  -- past it, it is listed one level up
    decided_by          BLOB REFERENCES person (id),
    decided_org_id      BLOB REFERENCES org (id),
    decided_at          INTEGER,
    ruled_org_id        BLOB REFERENCES org (id),
    ruling              TEXT,
    outside_body        TEXT,  -- a decision taken outside: body, document and date
    outside_document_no TEXT,
    outside_decided_on  TEXT,
    erased_at           INTEGER,
    event_seq           INTEGER NOT NULL DEFAULT 0,
    event_hash          BLOB,
    version             INTEGER NOT NULL DEFAULT 1,
    created_at          INTEGER NOT NULL,
    created_by          BLOB,
    updated_at          INTEGER NOT NULL,
    updated_by          BLOB,
    CHECK ((state = 'open') = (decided_at IS NULL))
) STRICT;

CREATE UNIQUE INDEX request_one_open ON request (problem_id) WHERE state = 'open';
CREATE INDEX request_problem ON request (problem_id, asked_at);
CREATE INDEX request_decider ON request (decider_division_id, decide_by) WHERE state = 'open';
CREATE INDEX request_asked_org ON request (asked_org_id, asked_at);

-- A department is asked to study something and answers in writing by a date (S-43).
CREATE TABLE referral (
    id          BLOB PRIMARY KEY NOT NULL,
    problem_id  BLOB NOT NULL REFERENCES problem (id),
    org_id      BLOB NOT NULL REFERENCES org (id),
    question    TEXT NOT NULL,
    due_on      TEXT NOT NULL,
    referred_by BLOB NOT NULL REFERENCES person (id),
    referred_at INTEGER NOT NULL,
    result      TEXT,
    answered_by BLOB REFERENCES person (id),
    answered_at INTEGER,
    ended_at    INTEGER,
    end_reason  TEXT,
    version     INTEGER NOT NULL DEFAULT 1,
    created_at  INTEGER NOT NULL,
    created_by  BLOB,
    updated_at  INTEGER NOT NULL,
    updated_by  BLOB
) STRICT;

CREATE INDEX referral_problem ON referral (problem_id);
CREATE INDEX referral_org_open ON referral (org_id, due_on) WHERE answered_at IS NULL AND ended_at IS NULL;

-- A promise made on site (S-64). Overdue is computed, never stored.
CREATE TABLE commitment (
    id         BLOB PRIMARY KEY NOT NULL,
    visit_id   BLOB NOT NULL REFERENCES visit (id),
    problem_id BLOB REFERENCES problem (id),
    object_id  BLOB REFERENCES service_object (id),
    org_id     BLOB NOT NULL REFERENCES org (id),
    made_by    BLOB NOT NULL REFERENCES person (id),
    text       TEXT NOT NULL,
    due_on     TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('open', 'kept', 'broken')),
    settled_at INTEGER,
    settled_by BLOB REFERENCES person (id),
    settlement TEXT,
    ended_at   INTEGER,
    end_reason TEXT,
    version    INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    updated_by BLOB
) STRICT;

CREATE INDEX commitment_visit ON commitment (visit_id);
CREATE INDEX commitment_problem ON commitment (problem_id) WHERE problem_id IS NOT NULL;
CREATE INDEX commitment_org ON commitment (org_id, state, due_on);
CREATE INDEX commitment_made_by ON commitment (made_by, state, due_on);
