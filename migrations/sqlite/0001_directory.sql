-- The directory: divisions, organisations, people, client applications, terms and who is competent for what.
-- Nothing is deleted; rows end (`ended_at`, or the exclusive `valid_to`). Trees are closure tables that hold every node
-- as its own ancestor at depth 0. `created_by` and `updated_by` name a person and bear no foreign key: people are never
-- deleted, and a check at every write buys nothing. Every integer is a bigint, so that one codec serves them all.
-- uuid is BLOB, timestamptz INTEGER (µs since the epoch), date TEXT ('YYYY-MM-DD'), jsonb TEXT, boolean INTEGER 0 or 1.

CREATE TABLE division (
    id         BLOB PRIMARY KEY NOT NULL,
    code       TEXT NOT NULL,  -- 6, 9 or 12 digits: an attribute, references are by id
    name       TEXT NOT NULL,
    full_name  TEXT NOT NULL,  -- with all ancestors, e.g. 浙江省杭州市上城区
    level      TEXT NOT NULL CHECK (level IN ('province', 'city', 'county', 'town', 'village')),
    parent_id  BLOB REFERENCES division (id),
    valid_from TEXT,  -- null: not known
    valid_to   TEXT,  -- exclusive; null: not known or still valid
    sort_order INTEGER NOT NULL DEFAULT 0,
    version    INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    updated_by BLOB
) STRICT;

-- One code may stand for different areas over time, never for two that begin on the same day.
CREATE UNIQUE INDEX division_code_valid_from ON division (code, coalesce(valid_from, '0001-01-01'));
CREATE INDEX division_parent ON division (parent_id, sort_order, code);
CREATE INDEX division_level ON division (level, code);

CREATE TABLE division_ancestor (
    ancestor_id   BLOB NOT NULL REFERENCES division (id),
    descendant_id BLOB NOT NULL REFERENCES division (id),
    depth         INTEGER NOT NULL,  -- 0 for the division itself
    PRIMARY KEY (ancestor_id, descendant_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX division_ancestor_descendant ON division_ancestor (descendant_id, depth);

CREATE TABLE division_successor (
    old_id BLOB NOT NULL REFERENCES division (id),
    new_id BLOB NOT NULL REFERENCES division (id),
    share  TEXT NOT NULL CHECK (share IN ('main', 'part')),  -- main: where most of the old area went
    PRIMARY KEY (old_id, new_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX division_successor_one_main ON division_successor (old_id) WHERE share = 'main';
CREATE INDEX division_successor_new ON division_successor (new_id);

CREATE TABLE org (
    id           BLOB PRIMARY KEY NOT NULL,
    name         TEXT NOT NULL,
    public_name  TEXT,  -- what the public reads as the responsible body; null: name
    kind         TEXT NOT NULL
        CHECK (kind IN ('party_committee', 'congress', 'government', 'cppcc', 'department', 'office',
            'dispatch_office', 'supervision_office', 'enterprise', 'other')),
    level        TEXT NOT NULL CHECK (level IN ('province', 'city', 'county', 'town', 'village')),
    division_id  BLOB NOT NULL REFERENCES division (id),
    parent_id    BLOB REFERENCES org (id),
    -- of the four bodies (四套班子), S-02
    leading_body TEXT CHECK (leading_body IN ('party_committee', 'peoples_congress', 'government', 'cppcc')),
    valid_from   TEXT,
    valid_to     TEXT,  -- exclusive
    ended_at     INTEGER,
    end_reason   TEXT,
    version      INTEGER NOT NULL DEFAULT 1,
    created_at   INTEGER NOT NULL,
    created_by   BLOB,
    updated_at   INTEGER NOT NULL,
    updated_by   BLOB
) STRICT;

CREATE INDEX org_division ON org (division_id, kind);
CREATE INDEX org_parent ON org (parent_id);

CREATE TABLE org_ancestor (
    ancestor_id   BLOB NOT NULL REFERENCES org (id),
    descendant_id BLOB NOT NULL REFERENCES org (id),
    depth         INTEGER NOT NULL,  -- 0 for the organisation itself
    PRIMARY KEY (ancestor_id, descendant_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX org_ancestor_descendant ON org_ancestor (descendant_id, depth);

CREATE TABLE org_successor (
    old_id          BLOB NOT NULL REFERENCES org (id),
    new_id          BLOB NOT NULL REFERENCES org (id),
    -- exactly one successor takes the open work along
    takes_open_work INTEGER NOT NULL CHECK (takes_open_work IN (0, 1)),
    PRIMARY KEY (old_id, new_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX org_successor_one_heir ON org_successor (old_id) WHERE takes_open_work;
CREATE INDEX org_successor_new ON org_successor (new_id);

CREATE TABLE person (
    id                BLOB PRIMARY KEY NOT NULL,
    name              TEXT NOT NULL,
    org_id            BLOB REFERENCES org (id),  -- null: a reporter or another person outside the administration
    title             TEXT,
    locale            TEXT,  -- zh-CN or en; null: by the request
    active            INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    disabled_at       INTEGER,
    -- grows with every change of memberships, delegations or activity; carried by tokens
    rights            INTEGER NOT NULL DEFAULT 1,
    rights_changed_at INTEGER NOT NULL,
    version           INTEGER NOT NULL DEFAULT 1,
    created_at        INTEGER NOT NULL,
    created_by        BLOB,
    updated_at        INTEGER NOT NULL,
    updated_by        BLOB
) STRICT;

CREATE INDEX person_org ON person (org_id);
-- Every process asks every few seconds whose rights changed since it last asked.
CREATE INDEX person_rights_changed ON person (rights_changed_at);

CREATE TABLE client_app (
    id                    BLOB PRIMARY KEY NOT NULL,
    client_id             TEXT NOT NULL UNIQUE,  -- what the client calls itself in OAuth
    name                  TEXT NOT NULL,
    org_id                BLOB NOT NULL REFERENCES org (id),
    division_id           BLOB NOT NULL REFERENCES division (id),
    scopes                TEXT NOT NULL DEFAULT '[]',  -- array of strings
    secret_hash           TEXT,  -- sha256:<hex> (a secret is 256 random bits); null where the client signs (jwks)
    previous_secret_hash  TEXT,  -- good until previous_secret_until, so that a secret can be rotated at leisure
    previous_secret_until INTEGER,
    jwks                  TEXT,
    rate_policy           TEXT,  -- null: the installation's default
    rights                INTEGER NOT NULL DEFAULT 1,
    rights_changed_at     INTEGER NOT NULL,
    ended_at              INTEGER,
    end_reason            TEXT,
    version               INTEGER NOT NULL DEFAULT 1,
    created_at            INTEGER NOT NULL,
    created_by            BLOB,
    updated_at            INTEGER NOT NULL,
    updated_by            BLOB
) STRICT;

CREATE INDEX client_app_org ON client_app (org_id);
CREATE INDEX client_app_rights_changed ON client_app (rights_changed_at);

-- Every taxonomy is data (S-10); only the state machine and the dispositions are code.
CREATE TABLE term (
    id         BLOB PRIMARY KEY NOT NULL,
    -- category, cause, visit_mode, place_kind, measure_type, reason, goal; grows with the code
    kind       TEXT NOT NULL,
    code       TEXT NOT NULL,
    audience   TEXT CHECK (audience IN ('enterprise', 'masses', 'grassroots')),  -- null: any
    parent_id  BLOB REFERENCES term (id),
    zh         TEXT NOT NULL,
    en         TEXT NOT NULL,
    sort_order INTEGER NOT NULL DEFAULT 0,
    valid_from TEXT,
    valid_to   TEXT,  -- exclusive; a retired term is refused on new rows and still shown on old ones
    version    INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    updated_by BLOB,
    UNIQUE (kind, code)
) STRICT;

CREATE INDEX term_parent ON term (parent_id);

-- Who is competent: longest division match, then category over audience over none, then priority.
CREATE TABLE competence (
    id          BLOB PRIMARY KEY NOT NULL,
    org_id      BLOB NOT NULL REFERENCES org (id),
    category_id BLOB REFERENCES term (id),
    audience    TEXT CHECK (audience IN ('enterprise', 'masses', 'grassroots')),
    division_id BLOB NOT NULL REFERENCES division (id),  -- with its subtree
    priority    INTEGER NOT NULL DEFAULT 0,  -- higher wins
    valid_from  INTEGER NOT NULL,
    valid_to    INTEGER,  -- exclusive
    ended_at    INTEGER,
    end_reason  TEXT,
    version     INTEGER NOT NULL DEFAULT 1,
    created_at  INTEGER NOT NULL,
    created_by  BLOB,
    updated_at  INTEGER NOT NULL,
    updated_by  BLOB
) STRICT;

CREATE INDEX competence_division ON competence (division_id, category_id, audience);
CREATE INDEX competence_org ON competence (org_id);
CREATE INDEX competence_category ON competence (category_id);
