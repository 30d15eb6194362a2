-- The directory: divisions, organisations, people, client applications, terms and who is competent for what.
-- Nothing is deleted; rows end (`ended_at`, or the exclusive `valid_to`). Trees are closure tables that hold every node
-- as its own ancestor at depth 0. `created_by` and `updated_by` name a person and bear no foreign key: people are never
-- deleted, and a check at every write buys nothing. Every integer is a bigint, so that one codec serves them all.

CREATE TABLE division (
    id         uuid PRIMARY KEY,
    code       text NOT NULL,  -- 6, 9 or 12 digits: an attribute, references are by id
    name       text NOT NULL,
    full_name  text NOT NULL,  -- with all ancestors, e.g. 浙江省杭州市上城区
    level      text NOT NULL CHECK (level IN ('province', 'city', 'county', 'town', 'village')),
    parent_id  uuid REFERENCES division (id),
    valid_from date,  -- null: not known
    valid_to   date,  -- exclusive; null: not known or still valid
    sort_order bigint NOT NULL DEFAULT 0,
    version    bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    created_by uuid,
    updated_at timestamptz NOT NULL,
    updated_by uuid
);

-- One code may stand for different areas over time, never for two that begin on the same day.
CREATE UNIQUE INDEX division_code_valid_from ON division (code, coalesce(valid_from, '0001-01-01'));
CREATE INDEX division_parent ON division (parent_id, sort_order, code);
CREATE INDEX division_level ON division (level, code);

CREATE TABLE division_ancestor (
    ancestor_id   uuid NOT NULL REFERENCES division (id),
    descendant_id uuid NOT NULL REFERENCES division (id),
    depth         bigint NOT NULL,  -- 0 for the division itself
    PRIMARY KEY (ancestor_id, descendant_id)
);

CREATE INDEX division_ancestor_descendant ON division_ancestor (descendant_id, depth);

CREATE TABLE division_successor (
    old_id uuid NOT NULL REFERENCES division (id),
    new_id uuid NOT NULL REFERENCES division (id),
    share  text NOT NULL CHECK (share IN ('main', 'part')),  -- main: where most of the old area went
    PRIMARY KEY (old_id, new_id)
);

CREATE UNIQUE INDEX division_successor_one_main ON division_successor (old_id) WHERE share = 'main';
CREATE INDEX division_successor_new ON division_successor (new_id);

CREATE TABLE org (
    id           uuid PRIMARY KEY,
    name         text NOT NULL,
    public_name  text,  -- what the public reads as the responsible body; null: name
    kind         text NOT NULL
        CHECK (kind IN ('party_committee', 'congress', 'government', 'cppcc', 'department', 'office',
            'dispatch_office', 'supervision_office', 'enterprise', 'other')),
    level        text NOT NULL CHECK (level IN ('province', 'city', 'county', 'town', 'village')),
    division_id  uuid NOT NULL REFERENCES division (id),
    parent_id    uuid REFERENCES org (id),
    -- of the four bodies (四套班子), S-02
    leading_body text CHECK (leading_body IN ('party_committee', 'peoples_congress', 'government', 'cppcc')),
    valid_from   date,
    valid_to     date,  -- exclusive
    ended_at     timestamptz,
    end_reason   text,
    version      bigint NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL,
    created_by   uuid,
    updated_at   timestamptz NOT NULL,
    updated_by   uuid
);

CREATE INDEX org_division ON org (division_id, kind);
CREATE INDEX org_parent ON org (parent_id);

CREATE TABLE org_ancestor (
    ancestor_id   uuid NOT NULL REFERENCES org (id),
    descendant_id uuid NOT NULL REFERENCES org (id),
    depth         bigint NOT NULL,  -- 0 for the organisation itself
    PRIMARY KEY (ancestor_id, descendant_id)
);

CREATE INDEX org_ancestor_descendant ON org_ancestor (descendant_id, depth);

CREATE TABLE org_successor (
    old_id          uuid NOT NULL REFERENCES org (id),
    new_id          uuid NOT NULL REFERENCES org (id),
    takes_open_work boolean NOT NULL,  -- exactly one successor takes the open work along
    PRIMARY KEY (old_id, new_id)
);

CREATE UNIQUE INDEX org_successor_one_heir ON org_successor (old_id) WHERE takes_open_work;
CREATE INDEX org_successor_new ON org_successor (new_id);

CREATE TABLE person (
    id                uuid PRIMARY KEY,
    name              text NOT NULL,
    org_id            uuid REFERENCES org (id),  -- null: a reporter or another person outside the administration
    title             text,
    locale            text,  -- zh-CN or en; null: by the request
    active            boolean NOT NULL DEFAULT true,
    disabled_at       timestamptz,
    -- grows with every change of memberships, delegations or activity; carried by tokens
    rights            bigint NOT NULL DEFAULT 1,
    rights_changed_at timestamptz NOT NULL,
    version           bigint NOT NULL DEFAULT 1,
    created_at        timestamptz NOT NULL,
    created_by        uuid,
    updated_at        timestamptz NOT NULL,
    updated_by        uuid
);

CREATE INDEX person_org ON person (org_id);
-- Every process asks every few seconds whose rights changed since it last asked.
CREATE INDEX person_rights_changed ON person (rights_changed_at);

CREATE TABLE client_app (
    id                    uuid PRIMARY KEY,
    client_id             text NOT NULL UNIQUE,  -- what the client calls itself in OAuth
    name                  text NOT NULL,
    org_id                uuid NOT NULL REFERENCES org (id),
    division_id           uuid NOT NULL REFERENCES division (id),
    scopes                jsonb NOT NULL DEFAULT '[]',  -- array of strings
    secret_hash           text,  -- sha256:<hex> (a secret is 256 random bits); null where the client signs (jwks)
    previous_secret_hash  text,  -- good until previous_secret_until, so that a secret can be rotated at leisure
    previous_secret_until timestamptz,
    jwks                  jsonb,
    rate_policy           jsonb,  -- null: the installation's default
    rights                bigint NOT NULL DEFAULT 1,
    rights_changed_at     timestamptz NOT NULL,
    ended_at              timestamptz,
    end_reason            text,
    version               bigint NOT NULL DEFAULT 1,
    created_at            timestamptz NOT NULL,
    created_by            uuid,
    updated_at            timestamptz NOT NULL,
    updated_by            uuid
);

CREATE INDEX client_app_org ON client_app (org_id);
CREATE INDEX client_app_rights_changed ON client_app (rights_changed_at);

-- Every taxonomy is data (S-10); only the state machine and the dispositions are code.
CREATE TABLE term (
    id         uuid PRIMARY KEY,
    -- category, cause, visit_mode, place_kind, measure_type, reason, goal; grows with the code
    kind       text NOT NULL,
    code       text NOT NULL,
    audience   text CHECK (audience IN ('enterprise', 'masses', 'grassroots')),  -- null: any
    parent_id  uuid REFERENCES term (id),
    zh         text NOT NULL,
    en         text NOT NULL,
    sort_order bigint NOT NULL DEFAULT 0,
    valid_from date,
    valid_to   date,  -- exclusive; a retired term is refused on new rows and still shown on old ones
    version    bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    created_by uuid,
    updated_at timestamptz NOT NULL,
    updated_by uuid,
    UNIQUE (kind, code)
);

CREATE INDEX term_parent ON term (parent_id);

-- Who is competent: longest division match, then category over audience over none, then priority.
CREATE TABLE competence (
    id          uuid PRIMARY KEY,
    org_id      uuid NOT NULL REFERENCES org (id),
    category_id uuid REFERENCES term (id),
    audience    text CHECK (audience IN ('enterprise', 'masses', 'grassroots')),
    division_id uuid NOT NULL REFERENCES division (id),  -- with its subtree
    priority    bigint NOT NULL DEFAULT 0,  -- higher wins
    valid_from  timestamptz NOT NULL,
    valid_to    timestamptz,  -- exclusive
    ended_at    timestamptz,
    end_reason  text,
    version     bigint NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    created_by  uuid,
    updated_at  timestamptz NOT NULL,
    updated_by  uuid
);

CREATE INDEX competence_division ON competence (division_id, category_id, audience);
CREATE INDEX competence_org ON competence (org_id);
CREATE INDEX competence_category ON competence (category_id);
