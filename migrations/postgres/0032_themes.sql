-- Themes and outputs are listed latest first; a theme's members in the order in which they came.
CREATE INDEX theme_created ON theme (created_at DESC, id DESC);
CREATE INDEX theme_problem_member ON theme_problem (theme_id, since, problem_id) WHERE left_at IS NULL;
CREATE INDEX output_created ON output (created_at DESC, id DESC);

-- Templates of plans (分类指导, S-49): measures and steps to begin with. A version is never changed: the next one replaces
-- it, so that a plan can be held against the one that it began with.
CREATE TABLE plan_template (
    id          uuid PRIMARY KEY,
    series_id   uuid NOT NULL,  -- the id of the first version
    number      bigint NOT NULL,  -- from 1, per series
    division_id uuid NOT NULL REFERENCES division (id),  -- for this one and what lies below
    audience    text NOT NULL CHECK (audience IN ('enterprise', 'masses', 'grassroots')),
    category_id uuid REFERENCES term (id),  -- null: any
    nature      text CHECK (nature IN ('institutional', 'operational')),  -- null: any
    title       text NOT NULL,
    guidance    text,
    measures    jsonb NOT NULL DEFAULT '[]',
    steps       jsonb NOT NULL DEFAULT '[]',
    replaced_at timestamptz,  -- null: the latest of its series
    ended_at    timestamptz,
    end_reason  text,
    version     bigint NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    created_by  uuid,
    updated_at  timestamptz NOT NULL,
    updated_by  uuid,
    UNIQUE (series_id, number)
);

CREATE UNIQUE INDEX plan_template_one_latest ON plan_template (series_id) WHERE replaced_at IS NULL;
CREATE INDEX plan_template_created ON plan_template (created_at DESC, id DESC);

ALTER TABLE action_plan ADD COLUMN template_id uuid REFERENCES plan_template (id);
ALTER TABLE action_plan ADD COLUMN template_unchanged_reason text;

-- Which plans read alike (S-48): bands of MinHash values of their texts; plans whose texts are nearly the same share one.
CREATE TABLE plan_print (
    action_plan_id uuid PRIMARY KEY REFERENCES action_plan (id),
    subject_id     uuid NOT NULL,  -- the object, or the problem where it is about none; therefore without a foreign key
    text_hash      bytea NOT NULL  -- of the text that the bands were made of
);

CREATE TABLE plan_band (
    band           bigint NOT NULL,
    action_plan_id uuid NOT NULL REFERENCES action_plan (id),
    PRIMARY KEY (band, action_plan_id)
);

CREATE INDEX plan_band_plan ON plan_band (action_plan_id);
