-- What those served say: look-backs, ratings, comments, surveys (S-21, S-75, S-79, S-81 to S-84).
-- A rating belongs to one cycle and one reporter; silence is never counted as satisfaction, so invitations are counted
-- apart. Criticism is never deleted: hiding leaves a stub with its reason.

CREATE TABLE look_back (
    id            uuid PRIMARY KEY,
    problem_id    uuid NOT NULL REFERENCES problem (id),
    cycle_no      bigint NOT NULL,
    interval_days bigint,  -- 30 or 90 calendar days after closure; null: out of turn
    due_on        date NOT NULL,
    method        text CHECK (method IN ('phone', 'visit', 'records')),
    result        text CHECK (result IN ('holds', 'partly', 'relapsed')),  -- null: not done yet
    evidence      text,
    done_by       uuid REFERENCES person (id),
    done_org_id   uuid REFERENCES org (id),
    done_at       timestamptz,
    ended_at      timestamptz,
    end_reason    text,
    version       bigint NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL,
    created_by    uuid,
    updated_at    timestamptz NOT NULL,
    updated_by    uuid,
    CHECK ((result IS NULL) = (done_at IS NULL))
);

CREATE UNIQUE INDEX look_back_once_per_interval
    ON look_back (problem_id, cycle_no, interval_days)
    WHERE interval_days IS NOT NULL;
CREATE INDEX look_back_problem ON look_back (problem_id, due_on);
CREATE INDEX look_back_due ON look_back (due_on) WHERE done_at IS NULL AND ended_at IS NULL;
CREATE INDEX look_back_done_by ON look_back (done_by, done_at) WHERE done_by IS NOT NULL;

CREATE TABLE rating_invitation (
    problem_id  uuid NOT NULL REFERENCES problem (id),
    cycle_no    bigint NOT NULL,
    reporter_id uuid NOT NULL REFERENCES reporter (id),
    invited_at  timestamptz NOT NULL,
    PRIMARY KEY (problem_id, cycle_no, reporter_id)
);

CREATE INDEX rating_invitation_at ON rating_invitation (invited_at);

CREATE TABLE rating (
    id          uuid PRIMARY KEY,
    problem_id  uuid NOT NULL REFERENCES problem (id),
    cycle_no    bigint NOT NULL,
    reporter_id uuid NOT NULL REFERENCES reporter (id),
    result      bigint NOT NULL CHECK (result BETWEEN 1 AND 5),  -- 1 worst to 5 best
    speed       bigint NOT NULL CHECK (speed BETWEEN 1 AND 5),
    attitude    bigint NOT NULL CHECK (attitude BETWEEN 1 AND 5),
    words       text,  -- null: none, or erased
    anonymous   boolean NOT NULL DEFAULT false,  -- the handler sees no identity
    via         text NOT NULL CHECK (via IN ('account', 'link', 'portal')),
    rated_at    timestamptz NOT NULL,
    review      text,  -- due where result is 2 or less
    reviewed_by uuid REFERENCES person (id),
    reviewed_at timestamptz,
    erased_at   timestamptz,
    created_at  timestamptz NOT NULL,
    created_by  uuid,
    UNIQUE (problem_id, cycle_no, reporter_id)
);

CREATE INDEX rating_at ON rating (rated_at);
CREATE INDEX rating_reporter ON rating (reporter_id);

CREATE TABLE comment (
    id            uuid PRIMARY KEY,
    problem_id    uuid NOT NULL REFERENCES problem (id),
    parent_id     uuid REFERENCES comment (id),
    reporter_id   uuid REFERENCES reporter (id),  -- null: anonymous
    author_name   text,  -- as shown
    author_hash   bytea,  -- HMAC of whatever identified the author: one author, one vote
    text          text NOT NULL,  -- '' once erased
    state         text NOT NULL CHECK (state IN ('waiting', 'visible', 'hidden')),
    hidden_reason text,  -- code of a term of kind reason: law and privacy only
    hidden_by     uuid REFERENCES person (id),
    hidden_at     timestamptz,
    reply         text,
    replied_by    uuid REFERENCES person (id),
    replied_at    timestamptz,
    supporters    bigint NOT NULL DEFAULT 0,
    at            timestamptz NOT NULL,
    erased_at     timestamptz,
    version       bigint NOT NULL DEFAULT 1
);

CREATE INDEX comment_problem ON comment (problem_id, at, id);
CREATE INDEX comment_parent ON comment (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX comment_waiting ON comment (at, id) WHERE state = 'waiting';

CREATE TABLE comment_supporter (
    comment_id     uuid NOT NULL REFERENCES comment (id),
    supporter_hash bytea NOT NULL,  -- HMAC of whatever identified the supporter
    at             timestamptz NOT NULL,
    PRIMARY KEY (comment_id, supporter_hash)
);

-- Others may support a published problem.
CREATE TABLE problem_supporter (
    problem_id     uuid NOT NULL REFERENCES problem (id),
    supporter_hash bytea NOT NULL,
    at             timestamptz NOT NULL,
    PRIMARY KEY (problem_id, supporter_hash)
);

CREATE TABLE survey_template (
    id         uuid PRIMARY KEY,
    audience   text NOT NULL CHECK (audience IN ('enterprise', 'masses', 'grassroots')),
    number     bigint NOT NULL,  -- from 1, per audience; a change is a new number
    title      text NOT NULL,
    items      jsonb NOT NULL,  -- array of {code, zh, en, scale}
    valid_from date NOT NULL,
    valid_to   date,  -- exclusive
    version    bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    created_by uuid,
    updated_at timestamptz NOT NULL,
    updated_by uuid,
    UNIQUE (audience, number)
);

CREATE TABLE survey_answer (
    id                 uuid PRIMARY KEY,
    survey_template_id uuid NOT NULL REFERENCES survey_template (id),
    object_id          uuid REFERENCES service_object (id),
    problem_id         uuid REFERENCES problem (id),
    visit_id           uuid REFERENCES visit (id),
    -- before and after give the change of confidence, S-79
    moment             text NOT NULL CHECK (moment IN ('before', 'after', 'once')),
    answers            jsonb NOT NULL,  -- item code to integer
    answered_at        timestamptz NOT NULL,
    created_at         timestamptz NOT NULL,
    created_by         uuid
);

CREATE INDEX survey_answer_template ON survey_answer (survey_template_id, answered_at);
CREATE INDEX survey_answer_object ON survey_answer (object_id) WHERE object_id IS NOT NULL;
CREATE INDEX survey_answer_problem ON survey_answer (problem_id) WHERE problem_id IS NOT NULL;
