-- Supervision, spot checks, formalism signals and evaluation snapshots (S-14, S-23, S-26, S-28, S-85).
-- A signal is advisory: it carries its evidence, a right of reply and a ruling, and changes no figure. A snapshot is
-- immutable and can be made again from its formula version and cut-off; the database refuses to change one.

CREATE TABLE supervision_order (
    id            BLOB PRIMARY KEY NOT NULL,
    inspection_id BLOB REFERENCES inspection (id),
    problem_id    BLOB REFERENCES problem (id),
    org_id        BLOB NOT NULL REFERENCES org (id),  -- who must answer
    issuer_org_id BLOB NOT NULL REFERENCES org (id),
    issued_by     BLOB NOT NULL REFERENCES person (id),
    issued_at     INTEGER NOT NULL,
    text          TEXT NOT NULL,
    due_on        TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('open', 'answered', 'closed')),
    answer        TEXT,
    answered_by   BLOB REFERENCES person (id),
    answered_at   INTEGER,
    closed_at     INTEGER,
    closed_by     BLOB REFERENCES person (id),
    version       INTEGER NOT NULL DEFAULT 1,
    created_at    INTEGER NOT NULL,
    created_by    BLOB,
    updated_at    INTEGER NOT NULL,
    updated_by    BLOB,
    CHECK (inspection_id IS NOT NULL OR problem_id IS NOT NULL)
) STRICT;

CREATE INDEX supervision_order_inspection ON supervision_order (inspection_id) WHERE inspection_id IS NOT NULL;
CREATE INDEX supervision_order_problem ON supervision_order (problem_id) WHERE problem_id IS NOT NULL;
CREATE INDEX supervision_order_org ON supervision_order (org_id, state, due_on);

-- The same seed, number and filter at the same cut-off draw the same problems.
CREATE TABLE inspection_sample (
    id            BLOB PRIMARY KEY NOT NULL,
    inspection_id BLOB NOT NULL REFERENCES inspection (id),
    seed          INTEGER NOT NULL,
    size          INTEGER NOT NULL,  -- problems asked for
    filter        TEXT NOT NULL,
    as_of         INTEGER NOT NULL,  -- cut-off of the population
    population    INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    created_by    BLOB
) STRICT;

CREATE INDEX inspection_sample_inspection ON inspection_sample (inspection_id);

CREATE TABLE inspection_sample_problem (
    inspection_sample_id BLOB NOT NULL REFERENCES inspection_sample (id),
    problem_id           BLOB NOT NULL REFERENCES problem (id),
    position             INTEGER NOT NULL,  -- order of the draw, from 1
    finding              TEXT,
    upheld               INTEGER CHECK (upheld IN (0, 1)),  -- null: not checked yet; true: the record proved true
    checked_by           BLOB REFERENCES person (id),
    checked_at           INTEGER,
    PRIMARY KEY (inspection_sample_id, problem_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX inspection_sample_problem_problem ON inspection_sample_problem (problem_id);

CREATE TABLE formalism_signal (
    id                BLOB PRIMARY KEY NOT NULL,
    rule              TEXT NOT NULL,  -- revisit_concentration, ping_pong, …: grows with the code
    dedupe_key        TEXT NOT NULL UNIQUE,  -- rule, subject and window: found again is not raised again
    subject_kind      TEXT NOT NULL
        CHECK (subject_kind IN ('person', 'org', 'division', 'service_object', 'problem', 'action_plan')),
    subject_id        BLOB NOT NULL,  -- of the kind; therefore without a foreign key
    org_id            BLOB REFERENCES org (id),  -- who may reply
    division_id       BLOB NOT NULL REFERENCES division (id),
    value             REAL NOT NULL,
    threshold         REAL NOT NULL,
    threshold_version TEXT NOT NULL,
    evidence          TEXT NOT NULL,  -- array of ids and numbers
    raised_at         INTEGER NOT NULL,
    state             TEXT NOT NULL CHECK (state IN ('open', 'replied', 'upheld', 'dismissed')),
    reply             TEXT,
    replied_by        BLOB REFERENCES person (id),
    replied_at        INTEGER,
    ruling            TEXT,
    decided_by        BLOB REFERENCES person (id),
    decided_at        INTEGER,
    referred_to       TEXT,  -- the body that answers for it, S-86
    referred_by       BLOB REFERENCES person (id),
    referred_at       INTEGER,
    referral_outcome  TEXT,
    outcome_at        INTEGER,
    version           INTEGER NOT NULL DEFAULT 1,
    created_at        INTEGER NOT NULL,
    created_by        BLOB,
    updated_at        INTEGER NOT NULL,
    updated_by        BLOB
) STRICT;

CREATE INDEX formalism_signal_division ON formalism_signal (division_id, state, raised_at);
CREATE INDEX formalism_signal_org ON formalism_signal (org_id, state, raised_at);
CREATE INDEX formalism_signal_subject ON formalism_signal (subject_id, rule);

CREATE TABLE evaluation_snapshot (
    id               BLOB PRIMARY KEY NOT NULL,
    subject_kind     TEXT NOT NULL CHECK (subject_kind IN ('region', 'org', 'person')),
    subject_id       BLOB NOT NULL,  -- of the kind; therefore without a foreign key
    division_id      BLOB NOT NULL REFERENCES division (id),
    campaign_year_id BLOB REFERENCES campaign_year (id),
    from_on          TEXT NOT NULL,
    to_on            TEXT NOT NULL,  -- exclusive
    as_of            INTEGER NOT NULL,
    formula_version  TEXT NOT NULL,
    figures          TEXT NOT NULL,
    figures_hash     BLOB NOT NULL,  -- SHA-256 of the canonical form: made again it must be equal
    preliminary      INTEGER NOT NULL CHECK (preliminary IN (0, 1)),
    created_at       INTEGER NOT NULL,
    created_by       BLOB
) STRICT;

CREATE INDEX evaluation_snapshot_subject ON evaluation_snapshot (subject_id, as_of);
CREATE INDEX evaluation_snapshot_division ON evaluation_snapshot (division_id, subject_kind, as_of);

CREATE TRIGGER evaluation_snapshot_is_immutable BEFORE UPDATE ON evaluation_snapshot
BEGIN
    SELECT RAISE(ABORT, 'evaluation_snapshot: immutable');
END;

CREATE TRIGGER evaluation_snapshot_is_never_deleted BEFORE DELETE ON evaluation_snapshot
BEGIN
    SELECT RAISE(ABORT, 'evaluation_snapshot: immutable');
END;
