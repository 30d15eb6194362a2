-- What happens later and what goes out: tasks, notices, watches, attachments, webhooks, jobs.
-- Any replica takes the next due row by a lease (`taken_by`, `taken_until`); a lease that ran out may be taken again,
-- so every kind of work must bear being done twice. Subscriptions and watches are the only rows here that users delete.

CREATE TABLE task (
    id          BLOB PRIMARY KEY NOT NULL,
    kind        TEXT NOT NULL,  -- grows with the code
    -- service: by itself; person: somebody's to-do
    performer   TEXT NOT NULL CHECK (performer IN ('service', 'person')),
    dedupe_key  TEXT NOT NULL UNIQUE,  -- one task for one occasion, however often it is asked for
    problem_id  BLOB REFERENCES problem (id),
    object_id   BLOB REFERENCES service_object (id),
    org_id      BLOB REFERENCES org (id),
    person_id   BLOB REFERENCES person (id),
    payload     TEXT NOT NULL DEFAULT '{}',
    due_at      INTEGER NOT NULL,
    taken_by    TEXT,  -- name of the process
    taken_until INTEGER,
    attempts    INTEGER NOT NULL DEFAULT 0,
    last_error  TEXT,
    done_at     INTEGER,
    done_by     BLOB REFERENCES person (id),
    outcome     TEXT CHECK (outcome IN ('done', 'lapsed', 'failed')),
    created_at  INTEGER NOT NULL,
    created_by  BLOB
) STRICT;

CREATE INDEX task_next_due ON task (due_at, id) WHERE done_at IS NULL AND performer = 'service';
CREATE INDEX task_org_open ON task (org_id, due_at, id) WHERE done_at IS NULL AND performer = 'person';
CREATE INDEX task_person_open ON task (person_id, due_at, id) WHERE done_at IS NULL AND performer = 'person';
CREATE INDEX task_problem ON task (problem_id) WHERE problem_id IS NOT NULL;
CREATE INDEX task_object ON task (object_id) WHERE object_id IS NOT NULL;

-- 盯办: somebody follows a problem in person.
CREATE TABLE watch (
    person_id  BLOB NOT NULL REFERENCES person (id),
    problem_id BLOB NOT NULL REFERENCES problem (id),
    note       TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (person_id, problem_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX watch_problem ON watch (problem_id);

CREATE TABLE notice (
    id          BLOB PRIMARY KEY NOT NULL,
    kind        TEXT NOT NULL,  -- grows with the code
    person_id   BLOB REFERENCES person (id),
    reporter_id BLOB REFERENCES reporter (id),
    problem_id  BLOB REFERENCES problem (id),
    -- a hint for whoever delivers it
    channel     TEXT CHECK (channel IN ('phone', 'sms', 'wechat', 'portal', 'visit', 'none')),
    payload     TEXT NOT NULL DEFAULT '{}',  -- codes, ids and numbers
    state       TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'read', 'failed')),
    created_at  INTEGER NOT NULL,
    sent_at     INTEGER,
    read_at     INTEGER,
    CHECK (person_id IS NOT NULL OR reporter_id IS NOT NULL)
) STRICT;

CREATE INDEX notice_person ON notice (person_id, created_at DESC, id DESC) WHERE person_id IS NOT NULL;
CREATE INDEX notice_reporter ON notice (reporter_id, created_at DESC, id DESC) WHERE reporter_id IS NOT NULL;
CREATE INDEX notice_pending ON notice (created_at, id) WHERE state = 'pending';
CREATE INDEX notice_problem ON notice (problem_id) WHERE problem_id IS NOT NULL;

-- The bytes of attachments, once for equal contents; removed when the last attachment of them is erased.
CREATE TABLE blob (
    sha256     BLOB PRIMARY KEY NOT NULL,
    size       INTEGER NOT NULL,  -- bytes
    content    BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE attachment (
    id         BLOB PRIMARY KEY NOT NULL,
    owner_kind TEXT NOT NULL,  -- visit, problem, supplement, look_back, …: grows with the code
    owner_id   BLOB NOT NULL,  -- of the kind; therefore without a foreign key
    problem_id BLOB REFERENCES problem (id),  -- whose scope guards it
    file_name  TEXT NOT NULL,
    media_type TEXT NOT NULL,  -- found from the bytes, not believed
    size       INTEGER NOT NULL,  -- bytes
    sha256     BLOB NOT NULL,  -- stays when the bytes are erased
    taken_at   INTEGER,  -- when the author says it was made
    public     INTEGER NOT NULL DEFAULT 0 CHECK (public IN (0, 1)),
    erased_at  INTEGER,
    ended_at   INTEGER,
    end_reason TEXT,
    created_at INTEGER NOT NULL,
    created_by BLOB
) STRICT;

CREATE INDEX attachment_owner ON attachment (owner_id, created_at);
CREATE INDEX attachment_problem ON attachment (problem_id) WHERE problem_id IS NOT NULL;
CREATE INDEX attachment_sha256 ON attachment (sha256);

CREATE TABLE subscription (
    id                     BLOB PRIMARY KEY NOT NULL,
    client_app_id          BLOB NOT NULL REFERENCES client_app (id),
    url                    TEXT NOT NULL,
    event_types            TEXT NOT NULL,  -- array; empty: all
    secret_cipher          BLOB NOT NULL,  -- AES-256-GCM, nonce first: it signs, so it must be readable
    previous_secret_cipher BLOB,
    active                 INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    start_pos              INTEGER NOT NULL,  -- feed_pos after which it begins
    queued_pos             INTEGER NOT NULL,  -- feed_pos up to which deliveries were made out
    failures               INTEGER NOT NULL DEFAULT 0,  -- in a row
    disabled_reason        TEXT,
    version                INTEGER NOT NULL DEFAULT 1,
    created_at             INTEGER NOT NULL,
    created_by             BLOB,
    updated_at             INTEGER NOT NULL,
    updated_by             BLOB
) STRICT;

CREATE INDEX subscription_client_app ON subscription (client_app_id);

CREATE TABLE delivery (
    id              BLOB PRIMARY KEY NOT NULL,
    subscription_id BLOB NOT NULL REFERENCES subscription (id),
    event_id        BLOB NOT NULL REFERENCES event (id),
    feed_pos        INTEGER NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'abandoned')),
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_try_at     INTEGER NOT NULL,
    taken_by        TEXT,
    taken_until     INTEGER,
    last_status     INTEGER,  -- HTTP
    last_error      TEXT,
    created_at      INTEGER NOT NULL,
    delivered_at    INTEGER,
    UNIQUE (subscription_id, feed_pos)
) STRICT;

CREATE INDEX delivery_next_try ON delivery (next_try_at, id) WHERE state = 'pending';

CREATE TABLE job (
    id            BLOB PRIMARY KEY NOT NULL,
    kind          TEXT NOT NULL,  -- grows with the code: imports, exports, recomputations
    state         TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    person_id     BLOB REFERENCES person (id),
    client_app_id BLOB REFERENCES client_app (id),
    org_id        BLOB REFERENCES org (id),
    parameters    TEXT NOT NULL DEFAULT '{}',
    done_items    INTEGER NOT NULL DEFAULT 0,
    total_items   INTEGER,  -- null: not known
    result        TEXT,
    error         TEXT,
    taken_by      TEXT,
    taken_until   INTEGER,
    attempts      INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL,
    started_at    INTEGER,
    finished_at   INTEGER,
    expires_at    INTEGER  -- of the result
) STRICT;

CREATE INDEX job_next ON job (created_at, id) WHERE state IN ('queued', 'running');
CREATE INDEX job_person ON job (person_id, created_at) WHERE person_id IS NOT NULL;
CREATE INDEX job_client_app ON job (client_app_id, created_at) WHERE client_app_id IS NOT NULL;
