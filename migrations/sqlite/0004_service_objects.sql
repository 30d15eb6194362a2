-- Whom the campaign serves: enterprises, households and communities; and who speaks for them.
-- A service object is one row with a 1:1 row of its type beside it. A household counts once however many people were
-- met. A reporter's telephone number stands encrypted, with a blind index to find it by and a masked form to show.

CREATE TABLE service_object (
    id                   BLOB PRIMARY KEY NOT NULL,
    type                 TEXT NOT NULL CHECK (type IN ('enterprise', 'household', 'community')),
    name                 TEXT NOT NULL,
    division_id          BLOB NOT NULL REFERENCES division (id),
    address              TEXT,
    latitude             REAL,  -- WGS-84 degrees
    longitude            REAL,
    hardship             INTEGER NOT NULL DEFAULT 0 CHECK (hardship BETWEEN 0 AND 3),  -- 0 none to 3 severe
    contact_cadence_days INTEGER,  -- planned interval between contacts, calendar days (S-74)
    last_visit_at        INTEGER,  -- of the last completed visit; null: never visited
    owner_org_id         BLOB REFERENCES org (id),
    ended_at             INTEGER,
    end_reason           TEXT,
    version              INTEGER NOT NULL DEFAULT 1,
    created_at           INTEGER NOT NULL,
    created_by           BLOB,
    updated_at           INTEGER NOT NULL,
    updated_by           BLOB
) STRICT;

CREATE INDEX service_object_division ON service_object (division_id, type);
CREATE INDEX service_object_owner_org ON service_object (owner_org_id);
-- The orders of their lists.
CREATE INDEX service_object_name ON service_object (name, id);
CREATE INDEX service_object_updated ON service_object (updated_at DESC, id DESC);

CREATE TABLE enterprise (
    object_id              BLOB PRIMARY KEY NOT NULL REFERENCES service_object (id),
    uscc                   TEXT,  -- unified social credit code, 18 characters, GB 32100-2015
    -- the check digit fails and somebody answers for it
    uscc_unverified        INTEGER NOT NULL DEFAULT 0 CHECK (uscc_unverified IN (0, 1)),
    uscc_unverified_reason TEXT,
    industry_section       TEXT,  -- A to T, GB/T 4754-2017
    industry_division      TEXT,  -- 01 to 97
    size                   TEXT CHECK (size IN ('large', 'medium', 'small', 'micro')),
    ownership              TEXT CHECK (ownership IN ('state', 'collective', 'private', 'foreign', 'mixed', 'other')),
    -- 明星企业: watched for concentration, S-29
    is_star                INTEGER NOT NULL DEFAULT 0 CHECK (is_star IN (0, 1)),
    CHECK (NOT uscc_unverified OR uscc_unverified_reason IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX enterprise_uscc ON enterprise (uscc) WHERE uscc IS NOT NULL;

CREATE TABLE household (
    object_id BLOB PRIMARY KEY NOT NULL REFERENCES service_object (id),
    alias     TEXT NOT NULL  -- what the public may read instead of a name
) STRICT;

CREATE TABLE community (
    object_id        BLOB PRIMARY KEY NOT NULL REFERENCES service_object (id),
    -- the town or village division that the community is; null: a neighbourhood without a code
    unit_division_id BLOB REFERENCES division (id),
    kind             TEXT CHECK (kind IN ('town', 'village', 'neighbourhood'))
) STRICT;

-- A town or village is one object: it counts once (S-24).
CREATE UNIQUE INDEX community_unit_division ON community (unit_division_id) WHERE unit_division_id IS NOT NULL;

CREATE TABLE liaison (
    id         BLOB PRIMARY KEY NOT NULL,
    object_id  BLOB NOT NULL REFERENCES service_object (id),
    person_id  BLOB NOT NULL REFERENCES person (id),
    kind       TEXT NOT NULL CHECK (kind IN ('liaison', 'linked_leader')),
    valid_from TEXT NOT NULL,
    valid_to   TEXT,  -- exclusive
    ended_at   INTEGER,
    end_reason TEXT,
    version    INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    updated_by BLOB
) STRICT;

CREATE INDEX liaison_object ON liaison (object_id);
CREATE INDEX liaison_person ON liaison (person_id);

-- What other systems call our rows; the key for their upserts.
CREATE TABLE external_id (
    id            BLOB PRIMARY KEY NOT NULL,
    -- service_object, reporter, problem, visit, org, person or division; grows with the code
    kind          TEXT NOT NULL,
    entity_id     BLOB NOT NULL,  -- of the kind; therefore without a foreign key
    client_app_id BLOB NOT NULL REFERENCES client_app (id),
    system        TEXT NOT NULL,
    value         TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    created_by    BLOB,
    UNIQUE (client_app_id, kind, system, value)
) STRICT;

CREATE INDEX external_id_entity ON external_id (entity_id);

CREATE TABLE reporter (
    id                BLOB PRIMARY KEY NOT NULL,
    kind              TEXT NOT NULL CHECK (kind IN ('person', 'enterprise', 'org')),
    display_name      TEXT,  -- null once erased, or when unknown
    phone_cipher      BLOB,  -- AES-256-GCM, nonce first
    phone_index       BLOB,  -- HMAC-SHA-256 of the normalised number: equal numbers meet, nothing can be read from it
    phone_masked      TEXT,  -- 138****1234
    preferred_channel TEXT CHECK (preferred_channel IN ('phone', 'sms', 'wechat', 'portal', 'visit', 'none')),
    person_id         BLOB REFERENCES person (id),  -- the account, where there is one
    object_id         BLOB REFERENCES service_object (id),  -- the enterprise or household it speaks for
    org_id            BLOB REFERENCES org (id),  -- for kind org
    anonymity         TEXT NOT NULL CHECK (anonymity IN ('named', 'masked', 'unknown')),
    erased_at         INTEGER,
    version           INTEGER NOT NULL DEFAULT 1,
    created_at        INTEGER NOT NULL,
    created_by        BLOB,
    updated_at        INTEGER NOT NULL,
    updated_by        BLOB
) STRICT;

CREATE INDEX reporter_phone_index ON reporter (phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX reporter_person ON reporter (person_id);
CREATE INDEX reporter_object ON reporter (object_id);

-- Who may speak for an enterprise.
CREATE TABLE enterprise_authorisation (
    id            BLOB PRIMARY KEY NOT NULL,
    person_id     BLOB NOT NULL REFERENCES person (id),
    enterprise_id BLOB NOT NULL REFERENCES service_object (id),
    valid_from    INTEGER NOT NULL,
    valid_to      INTEGER,  -- exclusive
    granted_by    BLOB NOT NULL REFERENCES person (id),
    ended_at      INTEGER,
    end_reason    TEXT,
    version       INTEGER NOT NULL DEFAULT 1,
    created_at    INTEGER NOT NULL,
    created_by    BLOB,
    updated_at    INTEGER NOT NULL,
    updated_by    BLOB
) STRICT;

CREATE INDEX enterprise_authorisation_person ON enterprise_authorisation (person_id);
CREATE INDEX enterprise_authorisation_enterprise ON enterprise_authorisation (enterprise_id);
