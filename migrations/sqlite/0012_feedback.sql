-- What those served say: look-backs, ratings, comments, surveys (S-21, S-75, S-79, S-81 to S-84).
-- A rating belongs to one cycle and one reporter; silence is never counted as satisfaction, so invitations are counted
-- apart. Criticism is never deleted: hiding leaves a stub with its reason.

CREATE TABLE look_back (
    id            BLOB PRIMARY KEY NOT NULL,
    problem_id    BLOB NOT NULL REFERENCES problem (id),
    cycle_no      INTEGER NOT NULL,
    interval_days INTEGER,  -- 30 or 90 calendar days after closure; null: out of turn
    due_on        TEXT NOT NULL,
    method        TEXT CHECK (method IN ('phone', 'visit', 'records')),
    result        TEXT CHECK (result IN ('holds', 'partly', 'relapsed')),  -- null: not done yet
    evidence      TEXT,
    done_by       BLOB REFERENCES person (id),
    done_org_id   BLOB REFERENCES org (id),
    done_at       INTEGER,
    ended_at      INTEGER,
    end_reason    TEXT,
    version       INTEGER NOT NULL DEFAULT 1,
    created_at    INTEGER NOT NULL,
    created_by    BLOB,
    updated_at    INTEGER NOT NULL,
    updated_by    BLOB,
    CHECK ((result IS NULL) = (done_at IS NULL))
) STRICT;

CREATE UNIQUE INDEX look_back_once_per_interval
    ON look_back (problem_id, cycle_no, interval_days)
    WHERE interval_days IS NOT NULL;
CREATE INDEX look_back_problem ON look_back (problem_id, due_on);
CREATE INDEX look_back_due ON look_back (due_on) WHERE done_at IS NULL AND ended_at IS NULL;
CREATE INDEX look_back_done_by ON look_back (done_by, done_at) WHERE done_by IS NOT NULL;

CREATE TABLE rating_invitation (
    problem_id  BLOB NOT NULL REFERENCES problem (id),
    cycle_no    INTEGER NOT NULL,
    reporter_id BLOB NOT NULL REFERENCES reporter (id),
    invited_at  INTEGER NOT NULL,
    PRIMARY KEY (problem_id, cycle_no, reporter_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX rating_invitation_at ON rating_invitation (invited_at);

CREATE TABLE rating (
    id          BLOB PRIMARY KEY NOT NULL,
    problem_id  BLOB NOT NULL REFERENCES problem (id),
    cycle_no    INTEGER NOT NULL,
    reporter_id BLOB NOT NULL REFERENCES reporter (id),
    result      INTEGER NOT NULL CHECK (result BETWEEN 1 AND 5),  -- 1 worst to 5 best
    speed       INTEGER NOT NULL CHECK (speed BETWEEN 1 AND 5),
    attitude    INTEGER NOT NULL CHECK (attitude BETWEEN 1 AND 5),
    words       TEXT,  -- null: none, or erased
    anonymous   INTEGER NOT NULL DEFAULT 0 CHECK (anonymous IN (0, 1)),  -- the handler sees no identity
    via         TEXT NOT NULL CHECK (via IN ('account', 'link', 'portal')),
    rated_at    INTEGER NOT NULL,
    review      TEXT,  -- due where result is 2 or less
    reviewed_by BLOB REFERENCES person (id),
    reviewed_at INTEGER,
    erased_at   INTEGER,
    created_at  INTEGER NOT NULL,
    created_by  BLOB,
    UNIQUE (problem_id, cycle_no, reporter_id)
) STRICT;

CREATE INDEX rating_at ON rating (rated_at);
CREATE INDEX rating_reporter ON rating (reporter_id);

CREATE TABLE comment (
    id            BLOB PRIMARY KEY NOT NULL,
    problem_id    BLOB NOT NULL REFERENCES problem (id),
    parent_id     BLOB REFERENCES comment (id),
    reporter_id   BLOB REFERENCES reporter (id),  -- null: anonymous
    author_name   TEXT,  -- as shown
    author_hash   BLOB,  -- HMAC of whatever identified the author: one author, one vote
    text          TEXT NOT NULL,  -- '' once erased
    state         TEXT NOT NULL CHECK (state IN ('waiting', 'visible', 'hidden')),
    hidden_reason TEXT,  -- code of a term of kind reason: law and privacy only
    hidden_by     BLOB REFERENCES person (id),
    hidden_at     INTEGER,
    reply         TEXT,
    replied_by    BLOB REFERENCES person (id),
    replied_at    INTEGER,
    supporters    INTEGER NOT NULL DEFAULT 0,
    at            INTEGER NOT NULL,
    erased_at     INTEGER,
    version       INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX comment_problem ON comment (problem_id, at, id);
CREATE INDEX comment_parent ON comment (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX comment_waiting ON comment (at, id) WHERE state = 'waiting';

CREATE TABLE comment_supporter (
    comment_id     BLOB NOT NULL REFERENCES comment (id),
    supporter_hash BLOB NOT NULL,  -- HMAC of whatever identified the supporter
    at             INTEGER NOT NULL,
    PRIMARY KEY (comment_id, supporter_hash)
) STRICT, WITHOUT ROWID;

-- Others may support a published problem.
CREATE TABLE problem_supporter (
    problem_id     BLOB NOT NULL REFERENCES problem (id),
    supporter_hash BLOB NOT NULL,
    at             INTEGER NOT NULL,
    PRIMARY KEY (problem_id, supporter_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE survey_template (
    id         BLOB PRIMARY KEY NOT NULL,
    audience   TEXT NOT NULL CHECK (audience IN ('enterprise', 'masses', 'grassroots')),
    number     INTEGER NOT NULL,  -- from 1, per audience; a change is a new number
    title      TEXT NOT NULL,
    items      TEXT NOT NULL,  -- array of {code, zh, en, scale}
    valid_from TEXT NOT NULL,
    valid_to   TEXT,  -- exclusive
    version    INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    updated_by BLOB,
    UNIQUE (audience, number)
) STRICT;

CREATE TABLE survey_answer (
    id                 BLOB PRIMARY KEY NOT NULL,
    survey_template_id BLOB NOT NULL REFERENCES survey_template (id),
    object_id          BLOB REFERENCES service_object (id),
    problem_id         BLOB REFERENCES problem (id),
    visit_id           BLOB REFERENCES visit (id),
    -- before and after give the change of confidence, S-79
    moment             TEXT NOT NULL CHECK (moment IN ('before', 'after', 'once')),
    answers            TEXT NOT NULL,  -- item code to integer
    answered_at        INTEGER NOT NULL,
    created_at         INTEGER NOT NULL,
    created_by         BLOB
) STRICT;

CREATE INDEX survey_answer_template ON survey_answer (survey_template_id, answered_at);
CREATE INDEX survey_answer_object ON survey_answer (object_id) WHERE object_id IS NOT NULL;
CREATE INDEX survey_answer_problem ON survey_answer (problem_id) WHERE problem_id IS NOT NULL;
