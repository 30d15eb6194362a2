-- The one event table is timeline, audit of writes, outbox and change feed at once; the access log holds what is no
-- change: reads of personal or financing data, logins, refusals.
-- Both are append-only and the database keeps them so: of an event only `feed_pos` may be set, once, after commit.
-- An event holds codes, ids and numbers; free text and personal data stand in `event_text`, which may be erased, and
-- the event carries their salted SHA-256, so that an erasure keeps the chain whole. `type`, `aggregate_kind` and the
-- log's `kind` have no CHECK: they grow with the code, and SQLite would have to copy the whole table to widen one.

CREATE TABLE event (
    id              uuid PRIMARY KEY,
    aggregate_kind  text NOT NULL,
    aggregate_id    uuid NOT NULL,  -- of the kind; therefore without a foreign key
    aggregate_seq   bigint NOT NULL,  -- from 1, without gaps
    problem_id      uuid REFERENCES problem (id),
    type            text NOT NULL,
    from_state      text,
    to_state        text,
    actor_id        uuid REFERENCES person (id),  -- null: the service itself, a reporter by link, or a client
    actor_org_id    uuid REFERENCES org (id),
    actor_client_id uuid REFERENCES client_app (id),
    on_behalf_of    uuid REFERENCES person (id),
    occurred_at     timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,
    public          boolean NOT NULL,  -- the reporter and, where published, everybody may see it
    reason_hash     bytea,  -- SHA-256 of event_text's salt and text
    payload         jsonb NOT NULL,  -- hashed in canonical form: jsonb keeps no key order
    prev_hash       bytea,  -- null for the first of the aggregate
    hash            bytea NOT NULL,
    feed_pos        bigint,  -- place in the change feed, gap-free; null until numbered
    UNIQUE (aggregate_id, aggregate_seq)
);

CREATE INDEX event_problem ON event (problem_id, recorded_at, id) WHERE problem_id IS NOT NULL;
CREATE UNIQUE INDEX event_feed_pos ON event (feed_pos) WHERE feed_pos IS NOT NULL;
CREATE INDEX event_unnumbered ON event (recorded_at, id) WHERE feed_pos IS NULL;

CREATE TABLE event_text (
    event_id  uuid PRIMARY KEY REFERENCES event (id),
    salt      bytea NOT NULL,
    text      text,  -- null once erased
    erased_at timestamptz,
    CHECK (text IS NOT NULL OR erased_at IS NOT NULL)
);

CREATE TABLE access_log (
    id            uuid PRIMARY KEY,
    at            timestamptz NOT NULL,
    kind          text NOT NULL,  -- login, login_refused, refused, read_personal, reveal_phone, read_evaluation, …
    person_id     uuid,  -- without foreign keys: a refusal is logged whatever it named
    client_app_id uuid,
    on_behalf_of  uuid,
    subject_kind  text,
    subject_id    uuid,
    address       text,  -- of the network peer
    request_id    text,
    detail        jsonb NOT NULL DEFAULT '{}'
);

CREATE INDEX access_log_at ON access_log (at, id);
CREATE INDEX access_log_person ON access_log (person_id, at) WHERE person_id IS NOT NULL;
CREATE INDEX access_log_subject ON access_log (subject_id, at) WHERE subject_id IS NOT NULL;

CREATE TRIGGER event_is_immutable BEFORE UPDATE OF
    id, aggregate_kind, aggregate_id, aggregate_seq, problem_id, type, from_state, to_state, actor_id, actor_org_id,
    actor_client_id, on_behalf_of, occurred_at, recorded_at, public, reason_hash, payload, prev_hash, hash ON event
FOR EACH ROW EXECUTE FUNCTION refuse_change('append-only');

CREATE TRIGGER event_is_numbered_once BEFORE UPDATE OF feed_pos ON event
FOR EACH ROW WHEN (OLD.feed_pos IS NOT NULL) EXECUTE FUNCTION refuse_change('feed_pos is set once');

CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
FOR EACH ROW EXECUTE FUNCTION refuse_change('append-only');

CREATE TRIGGER event_is_never_truncated BEFORE TRUNCATE ON event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('append-only');

-- An erasure empties the text; nothing else may change or go.
CREATE TRIGGER event_text_is_only_erased BEFORE UPDATE ON event_text
FOR EACH ROW WHEN (NOT (NEW.event_id = OLD.event_id AND NEW.salt = OLD.salt AND NEW.text IS NULL
    AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL))
EXECUTE FUNCTION refuse_change('may only be erased');

CREATE TRIGGER event_text_is_never_deleted BEFORE DELETE ON event_text
FOR EACH ROW EXECUTE FUNCTION refuse_change('may only be erased');

CREATE TRIGGER event_text_is_never_truncated BEFORE TRUNCATE ON event_text
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('may only be erased');

CREATE TRIGGER access_log_is_immutable BEFORE UPDATE ON access_log
FOR EACH ROW EXECUTE FUNCTION refuse_change('append-only');

CREATE TRIGGER access_log_is_never_deleted BEFORE DELETE ON access_log
FOR EACH ROW EXECUTE FUNCTION refuse_change('append-only');

CREATE TRIGGER access_log_is_never_truncated BEFORE TRUNCATE ON access_log
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('append-only');
