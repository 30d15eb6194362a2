-- Whom the campaign serves: enterprises, households and communities; and who speaks for them.
-- A service object is one row with a 1:1 row of its type beside it. A household counts once however many people were
-- met. A reporter's telephone number stands encrypted, with a blind index to find it by and a masked form to show.

CREATE TABLE service_object (
    id                   uuid PRIMARY KEY,
    type                 text NOT NULL CHECK (type IN ('enterprise', 'household', 'community')),
    name                 text NOT NULL,
    division_id          uuid NOT NULL REFERENCES division (id),
    address              text,
    latitude             double precision,  -- WGS-84 degrees
    longitude            double precision,
    hardship             bigint NOT NULL DEFAULT 0 CHECK (hardship BETWEEN 0 AND 3),  -- 0 none to 3 severe
    contact_cadence_days bigint,  -- planned interval between contacts, calendar days (S-74)
    last_visit_at        timestamptz,  -- of the last completed visit; null: never visited
    owner_org_id         uuid REFERENCES org (id),
    ended_at             timestamptz,
    end_reason           text,
    version              bigint NOT NULL DEFAULT 1,
    created_at           timestamptz NOT NULL,
    created_by           uuid,
    updated_at           timestamptz NOT NULL,
    updated_by           uuid
);

CREATE INDEX service_object_division ON service_object (division_id, type);
CREATE INDEX service_object_owner_org ON service_object (owner_org_id);
-- The orders of their lists.
CREATE INDEX service_object_name ON service_object (name, id);
CREATE INDEX service_object_updated ON service_object (updated_at DESC, id DESC);

CREATE TABLE enterprise (
    object_id              uuid PRIMARY KEY REFERENCES service_object (id),
    uscc                   text,  -- unified social credit code, 18 characters, GB 32100-2015
    uscc_unverified        boolean NOT NULL DEFAULT false,  -- the check digit fails and somebody answers for it
    uscc_unverified_reason text,
    industry_section       text,  -- A to T, GB/T 4754-2017
    industry_division      text,  -- 01 to 97
    size                   text CHECK (size IN ('large', 'medium', 'small', 'micro')),
    ownership              text CHECK (ownership IN ('state', 'collective', 'private', 'foreign', 'mixed', 'other')),
    is_star                boolean NOT NULL DEFAULT false,  -- 明星企业: watched for concentration, S-29
    CHECK (NOT uscc_unverified OR uscc_unverified_reason IS NOT NULL)
);

CREATE UNIQUE INDEX enterprise_uscc ON enterprise (uscc) WHERE uscc IS NOT NULL;

CREATE TABLE household (
    object_id uuid PRIMARY KEY REFERENCES service_object (id),
    alias     text NOT NULL  -- what the public may read instead of a name
);

CREATE TABLE community (
    object_id        uuid PRIMARY KEY REFERENCES service_object (id),
    -- the town or village division that the community is; null: a neighbourhood without a code
    unit_division_id uuid REFERENCES division (id),
    kind             text CHECK (kind IN ('town', 'village', 'neighbourhood'))
);

-- A town or village is one object: it counts once (S-24).
CREATE UNIQUE INDEX community_unit_division ON community (unit_division_id) WHERE unit_division_id IS NOT NULL;

CREATE TABLE liaison (
    id         uuid PRIMARY KEY,
    object_id  uuid NOT NULL REFERENCES service_object (id),
    person_id  uuid NOT NULL REFERENCES person (id),
    kind       text NOT NULL CHECK (kind IN ('liaison', 'linked_leader')),
    valid_from date NOT NULL,
    valid_to   date,  -- exclusive
    ended_at   timestamptz,
    end_reason text,
    version    bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    created_by uuid,
    updated_at timestamptz NOT NULL,
    updated_by uuid
);

CREATE INDEX liaison_object ON liaison (object_id);
CREATE INDEX liaison_person ON liaison (person_id);

-- What other systems call our rows; the key for their upserts.
CREATE TABLE external_id (
    id            uuid PRIMARY KEY,
    -- service_object, reporter, problem, visit, org, person or division; grows with the code
    kind          text NOT NULL,
    entity_id     uuid NOT NULL,  -- of the kind; therefore without a foreign key
    client_app_id uuid NOT NULL REFERENCES client_app (id),
    system        text NOT NULL,
    value         text NOT NULL,
    created_at    timestamptz NOT NULL,
    created_by    uuid,
    UNIQUE (client_app_id, kind, system, value)
);

CREATE INDEX external_id_entity ON external_id (entity_id);

CREATE TABLE reporter (
    id                uuid PRIMARY KEY,
    kind              text NOT NULL CHECK (kind IN ('person', 'enterprise', 'org')),
    display_name      text,  -- null once erased, or when unknown
    phone_cipher      bytea,  -- AES-256-GCM, nonce first
    phone_index       bytea,  -- HMAC-SHA-256 of the normalised number: equal numbers meet, nothing can be read from it
    phone_masked      text,  -- 138****1234
    preferred_channel text CHECK (preferred_channel IN ('phone', 'sms', 'wechat', 'portal', 'visit', 'none')),
    person_id         uuid REFERENCES person (id),  -- the account, where there is one
    object_id         uuid REFERENCES service_object (id),  -- the enterprise or household it speaks for
    org_id            uuid REFERENCES org (id),  -- for kind org
    anonymity         text NOT NULL CHECK (anonymity IN ('named', 'masked', 'unknown')),
    erased_at         timestamptz,
    version           bigint NOT NULL DEFAULT 1,
    created_at        timestamptz NOT NULL,
    created_by        uuid,
    updated_at        timestamptz NOT NULL,
    updated_by        uuid
);

CREATE INDEX reporter_phone_index ON reporter (phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX reporter_person ON reporter (person_id);
CREATE INDEX reporter_object ON reporter (object_id);

-- Who may speak for an enterprise.
CREATE TABLE enterprise_authorisation (
    id            uuid PRIMARY KEY,
    person_id     uuid NOT NULL REFERENCES person (id),
    enterprise_id uuid NOT NULL REFERENCES service_object (id),
    valid_from    timestamptz NOT NULL,
    valid_to      timestamptz,  -- exclusive
    granted_by    uuid NOT NULL REFERENCES person (id),
    ended_at      timestamptz,
    end_reason    text,
    version       bigint NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL,
    created_by    uuid,
    updated_at    timestamptz NOT NULL,
    updated_by    uuid
);

CREATE INDEX enterprise_authorisation_person ON enterprise_authorisation (person_id);
CREATE INDEX enterprise_authorisation_enterprise ON enterprise_authorisation (enterprise_id);
