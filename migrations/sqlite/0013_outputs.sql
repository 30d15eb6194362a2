-- From many problems to one change: members of themes, and outputs (制度成果), S-08, S-47.
-- An institutional problem closes only with a theme or an output. Outputs and depersonalised cases travel to all.

CREATE TABLE theme_problem (
    theme_id     BLOB NOT NULL REFERENCES theme (id),
    problem_id   BLOB NOT NULL REFERENCES problem (id),
    since        INTEGER NOT NULL,
    added_by     BLOB REFERENCES person (id),
    left_at      INTEGER,
    leave_reason TEXT,
    PRIMARY KEY (theme_id, problem_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX theme_problem_one_current ON theme_problem (problem_id) WHERE left_at IS NULL;
CREATE INDEX theme_problem_problem ON theme_problem (problem_id);

CREATE TABLE output (
    id             BLOB PRIMARY KEY NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('policy', 'rule', 'case')),
    title          TEXT NOT NULL,
    document_no    TEXT,
    effective_on   TEXT,
    issuing_org_id BLOB NOT NULL REFERENCES org (id),
    theme_id       BLOB REFERENCES theme (id),
    summary        TEXT NOT NULL,  -- holds no personal data: every official may read it
    audience       TEXT CHECK (audience IN ('enterprise', 'masses', 'grassroots')),
    category_id    BLOB REFERENCES term (id),
    published      INTEGER NOT NULL DEFAULT 0 CHECK (published IN (0, 1)),  -- the public too
    ended_at       INTEGER,
    end_reason     TEXT,
    version        INTEGER NOT NULL DEFAULT 1,
    created_at     INTEGER NOT NULL,
    created_by     BLOB,
    updated_at     INTEGER NOT NULL,
    updated_by     BLOB
) STRICT;

CREATE INDEX output_theme ON output (theme_id) WHERE theme_id IS NOT NULL;
CREATE INDEX output_issuing_org ON output (issuing_org_id);
CREATE INDEX output_category ON output (category_id, kind);

CREATE TABLE output_problem (
    output_id  BLOB NOT NULL REFERENCES output (id),
    problem_id BLOB NOT NULL REFERENCES problem (id),
    PRIMARY KEY (output_id, problem_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX output_problem_problem ON output_problem (problem_id);
