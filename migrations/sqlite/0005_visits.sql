-- Visits (走访服务): who went where, how, and what was heard (S-02, S-04, S-61, S-62, S-65).
-- A visit has exactly one leading person and that person's body. `visit_scope` has one row for every scope that may see
-- the visit (an ancestor division, an organisation or one above it, a person), so that a page of a list is a range of
-- an index however many visits there are.

CREATE TABLE visit (
    id               BLOB PRIMARY KEY NOT NULL,
    campaign_year_id BLOB NOT NULL REFERENCES campaign_year (id),
    client_app_id    BLOB REFERENCES client_app (id),  -- null: recorded through the installation's own clients
    client_ref       BLOB,  -- made by the client: makes offline recording safe
    mode             TEXT NOT NULL,  -- code of a term of kind visit_mode: data, so that modes can be added (S-10)
    mode_note        TEXT,  -- for mode other
    origin           TEXT NOT NULL CHECK (origin IN ('proactive', 'requested')),
    place_kind       TEXT NOT NULL,  -- code of a term of kind place_kind
    place_note       TEXT,
    division_id      BLOB NOT NULL REFERENCES division (id),
    planned_at       INTEGER NOT NULL,  -- for a visit recorded afterwards: when it began
    started_at       INTEGER,
    ended_at         INTEGER,  -- the end of the visit itself; visits are cancelled, not ended
    leader_id        BLOB NOT NULL REFERENCES person (id),
    leading_body     TEXT NOT NULL
        CHECK (leading_body IN ('party_committee', 'peoples_congress', 'government', 'cppcc')),
    org_id           BLOB NOT NULL REFERENCES org (id),  -- the organisation that visits
    recorded_by      BLOB REFERENCES person (id),
    observations     TEXT,  -- seen
    heard            TEXT,  -- heard
    state            TEXT NOT NULL CHECK (state IN ('planned', 'in_progress', 'completed', 'cancelled')),
    cancel_reason    TEXT,
    batch_id         BLOB REFERENCES batch (id),
    completed_at     INTEGER,  -- when the record was completed
    event_seq        INTEGER NOT NULL DEFAULT 0,  -- aggregate_seq of the last event
    event_hash       BLOB,  -- hash of the last event: the chain's head
    version          INTEGER NOT NULL DEFAULT 1,
    created_at       INTEGER NOT NULL,
    created_by       BLOB,
    updated_at       INTEGER NOT NULL,
    updated_by       BLOB,
    CHECK (mode <> 'other' OR mode_note IS NOT NULL)
) STRICT;

-- Unique for ever per client; the installation's own clients count as one.
CREATE UNIQUE INDEX visit_client_ref
    ON visit (client_ref, coalesce(client_app_id, x'00000000000000000000000000000000'))
    WHERE client_ref IS NOT NULL;
CREATE INDEX visit_campaign_year ON visit (campaign_year_id, planned_at);
CREATE INDEX visit_division ON visit (division_id, planned_at);
CREATE INDEX visit_leader ON visit (leader_id, planned_at);
CREATE INDEX visit_org ON visit (org_id, planned_at);
CREATE INDEX visit_batch ON visit (batch_id) WHERE batch_id IS NOT NULL;

CREATE TABLE visit_member (
    visit_id  BLOB NOT NULL REFERENCES visit (id),
    person_id BLOB NOT NULL REFERENCES person (id),
    attended  INTEGER NOT NULL DEFAULT 1 CHECK (attended IN (0, 1)),  -- a visit counts for a person only then, S-65
    note      TEXT,
    PRIMARY KEY (visit_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX visit_member_person ON visit_member (person_id);

CREATE TABLE visit_object (
    visit_id  BLOB NOT NULL REFERENCES visit (id),
    object_id BLOB NOT NULL REFERENCES service_object (id),
    PRIMARY KEY (visit_id, object_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX visit_object_object ON visit_object (object_id);

CREATE TABLE visit_scope (
    scope_id   BLOB NOT NULL,  -- a division's, organisation's or person's id; therefore without a foreign key
    visit_id   BLOB NOT NULL REFERENCES visit (id),
    state      TEXT NOT NULL CHECK (state IN ('planned', 'in_progress', 'completed', 'cancelled')),
    planned_at INTEGER NOT NULL,
    PRIMARY KEY (scope_id, visit_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX visit_scope_planned ON visit_scope (scope_id, planned_at DESC, visit_id DESC);
CREATE INDEX visit_scope_state_planned ON visit_scope (scope_id, state, planned_at DESC, visit_id DESC);
CREATE INDEX visit_scope_visit ON visit_scope (visit_id);
