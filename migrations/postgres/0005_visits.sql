-- Visits (走访服务): who went where, how, and what was heard (S-02, S-04, S-61, S-62, S-65).
-- A visit has exactly one leading person and that person's body. `visit_scope` has one row for every scope that may see
-- the visit (an ancestor division, an organisation or one above it, a person), so that a page of a list is a range of
-- an index however many visits there are.

CREATE TABLE visit (
    id               uuid PRIMARY KEY,
    campaign_year_id uuid NOT NULL REFERENCES campaign_year (id),
    client_app_id    uuid REFERENCES client_app (id),  -- null: recorded through the installation's own clients
    client_ref       uuid,  -- made by the client: makes offline recording safe
    mode             text NOT NULL,  -- code of a term of kind visit_mode: data, so that modes can be added (S-10)
    mode_note        text,  -- for mode other
    origin           text NOT NULL CHECK (origin IN ('proactive', 'requested')),
    place_kind       text NOT NULL,  -- code of a term of kind place_kind
    place_note       text,
    division_id      uuid NOT NULL REFERENCES division (id),
    planned_at       timestamptz NOT NULL,  -- for a visit recorded afterwards: when it began
    started_at       timestamptz,
    ended_at         timestamptz,  -- the end of the visit itself; visits are cancelled, not ended
    leader_id        uuid NOT NULL REFERENCES person (id),
    leading_body     text NOT NULL
        CHECK (leading_body IN ('party_committee', 'peoples_congress', 'government', 'cppcc')),
    org_id           uuid NOT NULL REFERENCES org (id),  -- the organisation that visits
    recorded_by      uuid REFERENCES person (id),
    observations     text,  -- seen
    heard            text,  -- heard
    state            text NOT NULL CHECK (state IN ('planned', 'in_progress', 'completed', 'cancelled')),
    cancel_reason    text,
    batch_id         uuid REFERENCES batch (id),
    completed_at     timestamptz,  -- when the record was completed
    event_seq        bigint NOT NULL DEFAULT 0,  -- aggregate_seq of the last event
    event_hash       bytea,  -- hash of the last event: the chain's head
    version          bigint NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    created_by       uuid,
    updated_at       timestamptz NOT NULL,
    updated_by       uuid,
    CHECK (mode <> 'other' OR mode_note IS NOT NULL)
);

-- Unique for ever per client; the installation's own clients count as one.
CREATE UNIQUE INDEX visit_client_ref
    ON visit (client_ref, coalesce(client_app_id, '00000000-0000-0000-0000-000000000000'::uuid))
    WHERE client_ref IS NOT NULL;
CREATE INDEX visit_campaign_year ON visit (campaign_year_id, planned_at);
CREATE INDEX visit_division ON visit (division_id, planned_at);
CREATE INDEX visit_leader ON visit (leader_id, planned_at);
CREATE INDEX visit_org ON visit (org_id, planned_at);
CREATE INDEX visit_batch ON visit (batch_id) WHERE batch_id IS NOT NULL;

CREATE TABLE visit_member (
    visit_id  uuid NOT NULL REFERENCES visit (id),
    person_id uuid NOT NULL REFERENCES person (id),
    attended  boolean NOT NULL DEFAULT true,  -- a visit counts for a person only then, S-65
    note      text,
    PRIMARY KEY (visit_id, person_id)
);

CREATE INDEX visit_member_person ON visit_member (person_id);

CREATE TABLE visit_object (
    visit_id  uuid NOT NULL REFERENCES visit (id),
    object_id uuid NOT NULL REFERENCES service_object (id),
    PRIMARY KEY (visit_id, object_id)
);

CREATE INDEX visit_object_object ON visit_object (object_id);

CREATE TABLE visit_scope (
    scope_id   uuid NOT NULL,  -- a division's, organisation's or person's id; therefore without a foreign key
    visit_id   uuid NOT NULL REFERENCES visit (id),
    state      text NOT NULL CHECK (state IN ('planned', 'in_progress', 'completed', 'cancelled')),
    planned_at timestamptz NOT NULL,
    PRIMARY KEY (scope_id, visit_id)
);

CREATE INDEX visit_scope_planned ON visit_scope (scope_id, planned_at DESC, visit_id DESC);
CREATE INDEX visit_scope_state_planned ON visit_scope (scope_id, state, planned_at DESC, visit_id DESC);
CREATE INDEX visit_scope_visit ON visit_scope (visit_id);
