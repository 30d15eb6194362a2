-- What happens later and what goes out: tasks, notices, watches, attachments, webhooks, jobs.
-- Any replica takes the next due row by a lease (`taken_by`, `taken_until`); a lease that ran out may be taken again,
-- so every kind of work must bear being done twice. Subscriptions and watches are the only rows here that users delete.

CREATE TABLE task (
    id          uuid PRIMARY KEY,
    kind        text NOT NULL,  -- grows with the code
    -- service: by itself; person: somebody's to-do
    performer   text NOT NULL CHECK (performer IN ('service', 'person')),
    dedupe_key  text NOT NULL UNIQUE,  -- one task for one occasion, however often it is asked for
    problem_id  uuid REFERENCES problem (id),
    object_id   uuid REFERENCES service_object (id),
    org_id      uuid REFERENCES org (id),
    person_id   uuid REFERENCES person (id),
    payload     jsonb NOT NULL DEFAULT '{}',
    due_at      timestamptz NOT NULL,
    taken_by    text,  -- name of the process
    taken_until timestamptz,
    attempts    bigint NOT NULL DEFAULT 0,
    last_error  text,
    done_at     timestamptz,
    done_by     uuid REFERENCES person (id),
    outcome     text CHECK (outcome IN ('done', 'lapsed', 'failed')),
    created_at  timestamptz NOT NULL,
    created_by  uuid
);

CREATE INDEX task_next_due ON task (due_at, id) WHERE done_at IS NULL AND performer = 'service';
CREATE INDEX task_org_open ON task (org_id, due_at, id) WHERE done_at IS NULL AND performer = 'person';
CREATE INDEX task_person_open ON task (person_id, due_at, id) WHERE done_at IS NULL AND performer = 'person';
CREATE INDEX task_problem ON task (problem_id) WHERE problem_id IS NOT NULL;
CREATE INDEX task_object ON task (object_id) WHERE object_id IS NOT NULL;

-- 盯办: somebody follows a problem in person.
CREATE TABLE watch (
    person_id  uuid NOT NULL REFERENCES person (id),
    problem_id uuid NOT NULL REFERENCES problem (id),
    note       text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, problem_id)
);

CREATE INDEX watch_problem ON watch (problem_id);

CREATE TABLE notice (
    id          uuid PRIMARY KEY,
    kind        text NOT NULL,  -- grows with the code
    person_id   uuid REFERENCES person (id),
    reporter_id uuid REFERENCES reporter (id),
    problem_id  uuid REFERENCES problem (id),
    -- a hint for whoever delivers it
    channel     text CHECK (channel IN ('phone', 'sms', 'wechat', 'portal', 'visit', 'none')),
    payload     jsonb NOT NULL DEFAULT '{}',  -- codes, ids and numbers
    state       text NOT NULL CHECK (state IN ('pending', 'sent', 'read', 'failed')),
    created_at  timestamptz NOT NULL,
    sent_at     timestamptz,
    read_at     timestamptz,
    CHECK (person_id IS NOT NULL OR reporter_id IS NOT NULL)
);

CREATE INDEX notice_person ON notice (person_id, created_at DESC, id DESC) WHERE person_id IS NOT NULL;
CREATE INDEX notice_reporter ON notice (reporter_id, created_at DESC, id DESC) WHERE reporter_id IS NOT NULL;
CREATE INDEX notice_pending ON notice (created_at, id) WHERE state = 'pending';
CREATE INDEX notice_problem ON notice (problem_id) WHERE problem_id IS NOT NULL;

-- The bytes of attachments, once for equal contents; removed when the last attachment of them is erased.
CREATE TABLE blob (
    sha256     bytea PRIMARY KEY,
    size       bigint NOT NULL,  -- bytes
    content    bytea NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE attachment (
    id         uuid PRIMARY KEY,
    owner_kind text NOT NULL,  -- visit, problem, supplement, look_back, …: grows with the code
    owner_id   uuid NOT NULL,  -- of the kind; therefore without a foreign key
    problem_id uuid REFERENCES problem (id),  -- whose scope guards it
    file_name  text NOT NULL,
    media_type text NOT NULL,  -- found from the bytes, not believed
    size       bigint NOT NULL,  -- bytes
    sha256     bytea NOT NULL,  -- stays when the bytes are erased
    taken_at   timestamptz,  -- when the author says it was made
    public     boolean NOT NULL DEFAULT false,
    erased_at  timestamptz,
    ended_at   timestamptz,
    end_reason text,
    created_at timestamptz NOT NULL,
    created_by uuid
);

CREATE INDEX attachment_owner ON attachment (owner_id, created_at);
CREATE INDEX attachment_problem ON attachment (problem_id) WHERE problem_id IS NOT NULL;
CREATE INDEX attachment_sha256 ON attachment (sha256);

CREATE TABLE subscription (
    id                     uuid PRIMARY KEY,
    client_app_id          uuid NOT NULL REFERENCES client_app (id),
    url                    text NOT NULL,
    event_types            jsonb NOT NULL,  -- array; empty: all
    secret_cipher          bytea NOT NULL,  -- AES-256-GCM, nonce first: it signs, so it must be readable
    previous_secret_cipher bytea,
    active                 boolean NOT NULL DEFAULT true,
    start_pos              bigint NOT NULL,  -- feed_pos after which it begins
    queued_pos             bigint NOT NULL,  -- feed_pos up to which deliveries were made out
    failures               bigint NOT NULL DEFAULT 0,  -- in a row
    disabled_reason        text,
    version                bigint NOT NULL DEFAULT 1,
    created_at             timestamptz NOT NULL,
    created_by             uuid,
    updated_at             timestamptz NOT NULL,
    updated_by             uuid
);

CREATE INDEX subscription_client_app ON subscription (client_app_id);

CREATE TABLE delivery (
    id              uuid PRIMARY KEY,
    subscription_id uuid NOT NULL REFERENCES subscription (id),
    event_id        uuid NOT NULL REFERENCES event (id),
    feed_pos        bigint NOT NULL,
    state           text NOT NULL CHECK (state IN ('pending', 'delivered', 'abandoned')),
    attempts        bigint NOT NULL DEFAULT 0,
    next_try_at     timestamptz NOT NULL,
    taken_by        text,
    taken_until     timestamptz,
    last_status     bigint,  -- HTTP
    last_error      text,
    created_at      timestamptz NOT NULL,
    delivered_at    timestamptz,
    UNIQUE (subscription_id, feed_pos)
);

CREATE INDEX delivery_next_try ON delivery (next_try_at, id) WHERE state = 'pending';

CREATE TABLE job (
    id            uuid PRIMARY KEY,
    kind          text NOT NULL,  -- grows with the code: imports, exports, recomputations
    state         text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    person_id     uuid REFERENCES person (id),
    client_app_id uuid REFERENCES client_app (id),
    org_id        uuid REFERENCES org (id),
    parameters    jsonb NOT NULL DEFAULT '{}',
    done_items    bigint NOT NULL DEFAULT 0,
    total_items   bigint,  -- null: not known
    result        jsonb,
    error         jsonb,
    taken_by      text,
    taken_until   timestamptz,
    attempts      bigint NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL,
    started_at    timestamptz,
    finished_at   timestamptz,
    expires_at    timestamptz  -- of the result
);

CREATE INDEX job_next ON job (created_at, id) WHERE state IN ('queued', 'running');
CREATE INDEX job_person ON job (person_id, created_at) WHERE person_id IS NOT NULL;
CREATE INDEX job_client_app ON job (client_app_id, created_at) WHERE client_app_id IS NOT NULL;
