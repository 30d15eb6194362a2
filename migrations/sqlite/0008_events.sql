-- The one event table is timeline, audit of writes, outbox and change feed at once; the access log holds what is no
-- change: reads of personal or financing data, logins, refusals.
-- Both are append-only and the database keeps them so: of an event only `feed_pos` may be set, once, after commit.
-- An event holds codes, ids and numbers; free text and personal data stand in `event_text`, which may be erased, and
-- the event carries their salted SHA-256, so that an erasure keeps the chain whole. `type`, `aggregate_kind` and the
-- log's `kind` have no CHECK: they grow with the code, and SQLite would have to copy the whole table to widen one.

CREATE TABLE event (
    id              BLOB PRIMARY KEY NOT NULL,
    aggregate_kind  TEXT NOT NULL,
    aggregate_id    BLOB NOT NULL,  -- of the kind; therefore without a foreign key
    aggregate_seq   INTEGER NOT NULL,  -- from 1, without gaps
    problem_id      BLOB REFERENCES problem (id),
    type            TEXT NOT NULL,
    from_state      TEXT,
    to_state        TEXT,
    actor_id        BLOB REFERENCES person (id),  -- null: the service itself, a reporter by link, or a client
    actor_org_id    BLOB REFERENCES org (id),
    actor_client_id BLOB REFERENCES client_app (id),
    on_behalf_of    BLOB REFERENCES person (id),
    occurred_at     INTEGER NOT NULL,
    recorded_at     INTEGER NOT NULL,
    -- the reporter and, where published, everybody may see it
    public          INTEGER NOT NULL CHECK (public IN (0, 1)),
    reason_hash     BLOB,  -- SHA-256 of event_text's salt and text
    payload         TEXT NOT NULL,  -- hashed in canonical form: jsonb keeps no key order
    prev_hash       BLOB,  -- null for the first of the aggregate
    hash            BLOB NOT NULL,
    feed_pos        INTEGER,  -- place in the change feed, gap-free; null until numbered
    UNIQUE (aggregate_id, aggregate_seq)
) STRICT;

CREATE INDEX event_problem ON event (problem_id, recorded_at, id) WHERE problem_id IS NOT NULL;
CREATE UNIQUE INDEX event_feed_pos ON event (feed_pos) WHERE feed_pos IS NOT NULL;
CREATE INDEX event_unnumbered ON event (recorded_at, id) WHERE feed_pos IS NULL;

CREATE TABLE event_text (
    event_id  BLOB PRIMARY KEY NOT NULL REFERENCES event (id),
    salt      BLOB NOT NULL,
    text      TEXT,  -- null once erased
    erased_at INTEGER,
    CHECK (text IS NOT NULL OR erased_at IS NOT NULL)
) STRICT;

CREATE TABLE access_log (
    id            BLOB PRIMARY KEY NOT NULL,
    at            INTEGER NOT NULL,
    kind          TEXT NOT NULL,  -- login, login_refused, refused, read_personal, reveal_phone, read_evaluation, …
    person_id     BLOB,  -- without foreign keys: a refusal is logged whatever it named
    client_app_id BLOB,
    on_behalf_of  BLOB,
    subject_kind  TEXT,
    subject_id    BLOB,
    address       TEXT,  -- of the network peer
    request_id    TEXT,
    detail        TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE INDEX access_log_at ON access_log (at, id);
CREATE INDEX access_log_person ON access_log (person_id, at) WHERE person_id IS NOT NULL;
CREATE INDEX access_log_subject ON access_log (subject_id, at) WHERE subject_id IS NOT NULL;

CREATE TRIGGER event_is_immutable BEFORE UPDATE OF
    id, aggregate_kind, aggregate_id, aggregate_seq, problem_id, type, from_state, to_state, actor_id, actor_org_id,
    actor_client_id, on_behalf_of, occurred_at, recorded_at, public, reason_hash, payload, prev_hash, hash ON event
BEGIN
    SELECT RAISE(ABORT, 'event: append-only');
END;

CREATE TRIGGER event_is_numbered_once BEFORE UPDATE OF feed_pos ON event WHEN OLD.feed_pos IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'event: feed_pos is set once');
END;

CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN
    SELECT RAISE(ABORT, 'event: append-only');
END;

-- An erasure empties the text; nothing else may change or go.
CREATE TRIGGER event_text_is_only_erased BEFORE UPDATE ON event_text
WHEN NOT (NEW.event_id = OLD.event_id AND NEW.salt = OLD.salt AND NEW.text IS NULL
    AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'event_text: may only be erased');
END;

CREATE TRIGGER event_text_is_never_deleted BEFORE DELETE ON event_text
BEGIN
    SELECT RAISE(ABORT, 'event_text: may only be erased');
END;

CREATE TRIGGER access_log_is_immutable BEFORE UPDATE ON access_log
BEGIN
    SELECT RAISE(ABORT, 'access_log: append-only');
END;

CREATE TRIGGER access_log_is_never_deleted BEFORE DELETE ON access_log
BEGIN
    SELECT RAISE(ABORT, 'access_log: append-only');
END;
