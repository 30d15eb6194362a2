-- Themes and outputs are listed latest first; a theme's members in the order in which they came.
CREATE INDEX theme_created ON theme (created_at DESC, id DESC);
CREATE INDEX theme_problem_member ON theme_problem (theme_id, since, problem_id) WHERE left_at IS NULL;
CREATE INDEX output_created ON output (created_at DESC, id DESC);

-- Templates of plans (分类指导, S-49): measures and steps to begin with. A version is never changed: the next one replaces
-- it, so that a plan can be held against the one that it began with.
CREATE TABLE plan_template (
    id          BLOB PRIMARY KEY NOT NULL,
    series_id   BLOB NOT NULL,  -- the id of the first version
    number      INTEGER NOT NULL,  -- from 1, per series
    division_id BLOB NOT NULL REFERENCES division (id),  -- for this one and what lies below
    audience    TEXT NOT NULL CHECK (audience IN ('enterprise', 'masses', 'grassroots')),
    category_id BLOB REFERENCES term (id),  -- null: any
    nature      TEXT CHECK (nature IN ('institutional', 'operational')),  -- null: any
    title       TEXT NOT NULL,
    guidance    TEXT,
    measures    TEXT NOT NULL DEFAULT '[]',
    steps       TEXT NOT NULL DEFAULT '[]',
    replaced_at INTEGER,  -- null: the latest of its series
    ended_at    INTEGER,
    end_reason  TEXT,
    version     INTEGER NOT NULL DEFAULT 1,
    created_at  INTEGER NOT NULL,
    created_by  BLOB,
    updated_at  INTEGER NOT NULL,
    updated_by  BLOB,
    UNIQUE (series_id, number)
) STRICT;

CREATE UNIQUE INDEX plan_template_one_latest ON plan_template (series_id) WHERE replaced_at IS NULL;
CREATE INDEX plan_template_created ON plan_template (created_at DESC, id DESC);

ALTER TABLE action_plan ADD COLUMN template_id BLOB REFERENCES plan_template (id);
ALTER TABLE action_plan ADD COLUMN template_unchanged_reason TEXT;

-- Which plans read alike (S-48): bands of MinHash values of their texts; plans whose texts are nearly the same share one.
CREATE TABLE plan_print (
    action_plan_id BLOB PRIMARY KEY NOT NULL REFERENCES action_plan (id),
    subject_id     BLOB NOT NULL,  -- the object, or the problem where it is about none; therefore without a foreign key
    text_hash      BLOB NOT NULL  -- of the text that the bands were made of
) STRICT, WITHOUT ROWID;

CREATE TABLE plan_band (
    band           INTEGER NOT NULL,
    action_plan_id BLOB NOT NULL REFERENCES action_plan (id),
    PRIMARY KEY (band, action_plan_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX plan_band_plan ON plan_band (action_plan_id);
