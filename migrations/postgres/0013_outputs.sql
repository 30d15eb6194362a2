-- From many problems to one change: members of themes, and outputs (制度成果), S-08, S-47.
-- An institutional problem closes only with a theme or an output. Outputs and depersonalised cases travel to all.

CREATE TABLE theme_problem (
    theme_id     uuid NOT NULL REFERENCES theme (id),
    problem_id   uuid NOT NULL REFERENCES problem (id),
    since        timestamptz NOT NULL,
    added_by     uuid REFERENCES person (id),
    left_at      timestamptz,
    leave_reason text,
    PRIMARY KEY (theme_id, problem_id)
);

CREATE UNIQUE INDEX theme_problem_one_current ON theme_problem (problem_id) WHERE left_at IS NULL;
CREATE INDEX theme_problem_problem ON theme_problem (problem_id);

CREATE TABLE output (
    id             uuid PRIMARY KEY,
    kind           text NOT NULL CHECK (kind IN ('policy', 'rule', 'case')),
    title          text NOT NULL,
    document_no    text,
    effective_on   date,
    issuing_org_id uuid NOT NULL REFERENCES org (id),
    theme_id       uuid REFERENCES theme (id),
    summary        text NOT NULL,  -- holds no personal data: every official may read it
    audience       text CHECK (audience IN ('enterprise', 'masses', 'grassroots')),
    category_id    uuid REFERENCES term (id),
    published      boolean NOT NULL DEFAULT false,  -- the public too
    ended_at       timestamptz,
    end_reason     text,
    version        bigint NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL,
    created_by     uuid,
    updated_at     timestamptz NOT NULL,
    updated_by     uuid
);

CREATE INDEX output_theme ON output (theme_id) WHERE theme_id IS NOT NULL;
CREATE INDEX output_issuing_org ON output (issuing_org_id);
CREATE INDEX output_category ON output (category_id, kind);

CREATE TABLE output_problem (
    output_id  uuid NOT NULL REFERENCES output (id),
    problem_id uuid NOT NULL REFERENCES problem (id),
    PRIMARY KEY (output_id, problem_id)
);

CREATE INDEX output_problem_problem ON output_problem (problem_id);
