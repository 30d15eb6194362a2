-- Supervision, spot checks, formalism signals and evaluation snapshots (S-14, S-23, S-26, S-28, S-85).
-- A signal is advisory: it carries its evidence, a right of reply and a ruling, and changes no figure. A snapshot is
-- immutable and can be made again from its formula version and cut-off; the database refuses to change one.

CREATE TABLE supervision_order (
    id            uuid PRIMARY KEY,
    inspection_id uuid REFERENCES inspection (id),
    problem_id    uuid REFERENCES problem (id),
    org_id        uuid NOT NULL REFERENCES org (id),  -- who must answer
    issuer_org_id uuid NOT NULL REFERENCES org (id),
    issued_by     uuid NOT NULL REFERENCES person (id),
    issued_at     timestamptz NOT NULL,
    text          text NOT NULL,
    due_on        date NOT NULL,
    state         text NOT NULL CHECK (state IN ('open', 'answered', 'closed')),
    answer        text,
    answered_by   uuid REFERENCES person (id),
    answered_at   timestamptz,
    closed_at     timestamptz,
    closed_by     uuid REFERENCES person (id),
    version       bigint NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL,
    created_by    uuid,
    updated_at    timestamptz NOT NULL,
    updated_by    uuid,
    CHECK (inspection_id IS NOT NULL OR problem_id IS NOT NULL)
);

CREATE INDEX supervision_order_inspection ON supervision_order (inspection_id) WHERE inspection_id IS NOT NULL;
CREATE INDEX supervision_order_problem ON supervision_order (problem_id) WHERE problem_id IS NOT NULL;
CREATE INDEX supervision_order_org ON supervision_order (org_id, state, due_on);

-- The same seed, number and filter at the same cut-off draw the same problems.
CREATE TABLE inspection_sample (
    id            uuid PRIMARY KEY,
    inspection_id uuid NOT NULL REFERENCES inspection (id),
    seed          bigint NOT NULL,
    size          bigint NOT NULL,  -- problems asked for
    filter        jsonb NOT NULL,
    as_of         timestamptz NOT NULL,  -- cut-off of the population
    population    bigint NOT NULL,
    created_at    timestamptz NOT NULL,
    created_by    uuid
);

CREATE INDEX inspection_sample_inspection ON inspection_sample (inspection_id);

CREATE TABLE inspection_sample_problem (
    inspection_sample_id uuid NOT NULL REFERENCES inspection_sample (id),
    problem_id           uuid NOT NULL REFERENCES problem (id),
    position             bigint NOT NULL,  -- order of the draw, from 1
    finding              text,
    upheld               boolean,  -- null: not checked yet; true: the record proved true
    checked_by           uuid REFERENCES person (id),
    checked_at           timestamptz,
    PRIMARY KEY (inspection_sample_id, problem_id)
);

CREATE INDEX inspection_sample_problem_problem ON inspection_sample_problem (problem_id);

CREATE TABLE formalism_signal (
    id                uuid PRIMARY KEY,
    rule              text NOT NULL,  -- revisit_concentration, ping_pong, …: grows with the code
    dedupe_key        text NOT NULL UNIQUE,  -- rule, subject and window: found again is not raised again
    subject_kind      text NOT NULL
        CHECK (subject_kind IN ('person', 'org', 'division', 'service_object', 'problem', 'action_plan')),
    subject_id        uuid NOT NULL,  -- of the kind; therefore without a foreign key
    org_id            uuid REFERENCES org (id),  -- who may reply
    division_id       uuid NOT NULL REFERENCES division (id),
    value             double precision NOT NULL,
    threshold         double precision NOT NULL,
    threshold_version text NOT NULL,
    evidence          jsonb NOT NULL,  -- array of ids and numbers
    raised_at         timestamptz NOT NULL,
    state             text NOT NULL CHECK (state IN ('open', 'replied', 'upheld', 'dismissed')),
    reply             text,
    replied_by        uuid REFERENCES person (id),
    replied_at        timestamptz,
    ruling            text,
    decided_by        uuid REFERENCES person (id),
    decided_at        timestamptz,
    referred_to       text,  -- the body that answers for it, S-86
    referred_by       uuid REFERENCES person (id),
    referred_at       timestamptz,
    referral_outcome  text,
    outcome_at        timestamptz,
    version           bigint NOT NULL DEFAULT 1,
    created_at        timestamptz NOT NULL,
    created_by        uuid,
    updated_at        timestamptz NOT NULL,
    updated_by        uuid
);

CREATE INDEX formalism_signal_division ON formalism_signal (division_id, state, raised_at);
CREATE INDEX formalism_signal_org ON formalism_signal (org_id, state, raised_at);
CREATE INDEX formalism_signal_subject ON formalism_signal (subject_id, rule);

CREATE TABLE evaluation_snapshot (
    id               uuid PRIMARY KEY,
    subject_kind     text NOT NULL CHECK (subject_kind IN ('region', 'org', 'person')),
    subject_id       uuid NOT NULL,  -- of the kind; therefore without a foreign key
    division_id      uuid NOT NULL REFERENCES division (id),
    campaign_year_id uuid REFERENCES campaign_year (id),
    from_on          date NOT NULL,
    to_on            date NOT NULL,  -- exclusive
    as_of            timestamptz NOT NULL,
    formula_version  text NOT NULL,
    figures          jsonb NOT NULL,
    figures_hash     bytea NOT NULL,  -- SHA-256 of the canonical form: made again it must be equal
    preliminary      boolean NOT NULL,
    created_at       timestamptz NOT NULL,
    created_by       uuid
);

CREATE INDEX evaluation_snapshot_subject ON evaluation_snapshot (subject_id, as_of);
CREATE INDEX evaluation_snapshot_division ON evaluation_snapshot (division_id, subject_kind, as_of);

CREATE TRIGGER evaluation_snapshot_is_immutable BEFORE UPDATE ON evaluation_snapshot
FOR EACH ROW EXECUTE FUNCTION refuse_change('immutable');

CREATE TRIGGER evaluation_snapshot_is_never_deleted BEFORE DELETE ON evaluation_snapshot
FOR EACH ROW EXECUTE FUNCTION refuse_change('immutable');

CREATE TRIGGER evaluation_snapshot_is_never_truncated BEFORE TRUNCATE ON evaluation_snapshot
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('immutable');
