-- Campaigns, their years, batches and inspections (S-09, S-13, S-14, S-78).
-- A year goes through deployment, inspection and summary, each with a document and a date, and cannot be closed while
-- one is missing. Closing makes its figures final.

CREATE TABLE campaign (
    id           BLOB PRIMARY KEY NOT NULL,
    slug         TEXT NOT NULL UNIQUE,  -- stands in addresses, e.g. 2019
    name         TEXT NOT NULL,
    theme        TEXT,
    parent_id    BLOB REFERENCES campaign (id),
    goals        TEXT NOT NULL DEFAULT '[]',  -- array of goal term codes
    -- demonstration data: every answer about it says so
    illustrative INTEGER NOT NULL DEFAULT 0 CHECK (illustrative IN (0, 1)),
    ended_at     INTEGER,
    end_reason   TEXT,
    version      INTEGER NOT NULL DEFAULT 1,
    created_at   INTEGER NOT NULL,
    created_by   BLOB,
    updated_at   INTEGER NOT NULL,
    updated_by   BLOB
) STRICT;

CREATE INDEX campaign_parent ON campaign (parent_id);

CREATE TABLE campaign_year (
    id                     BLOB PRIMARY KEY NOT NULL,
    campaign_id            BLOB NOT NULL REFERENCES campaign (id),
    year                   INTEGER NOT NULL,
    stage                  TEXT NOT NULL CHECK (stage IN ('deployment', 'inspection', 'summary')),
    opens_on               TEXT NOT NULL,
    closes_on              TEXT NOT NULL,  -- inclusive
    focus                  TEXT NOT NULL DEFAULT '[]',  -- e.g. [{"audience":"enterprise","ownership":"private"}], S-77
    weights                TEXT NOT NULL DEFAULT '{}',
    deployment_title       TEXT,
    deployment_document_no TEXT,
    deployment_on          TEXT,
    inspection_title       TEXT,
    inspection_document_no TEXT,
    inspection_on          TEXT,
    summary_title          TEXT,
    summary_document_no    TEXT,
    summary_on             TEXT,
    closed_at              INTEGER,  -- set: figures are final
    version                INTEGER NOT NULL DEFAULT 1,
    created_at             INTEGER NOT NULL,
    created_by             BLOB,
    updated_at             INTEGER NOT NULL,
    updated_by             BLOB,
    UNIQUE (campaign_id, year),
    CHECK (opens_on <= closes_on)
) STRICT;

CREATE INDEX campaign_year_period ON campaign_year (opens_on, closes_on);

CREATE TABLE batch (
    id               BLOB PRIMARY KEY NOT NULL,
    campaign_year_id BLOB NOT NULL REFERENCES campaign_year (id),
    number           INTEGER NOT NULL,  -- wave, from 1
    name             TEXT NOT NULL,
    starts_on        TEXT NOT NULL,
    ends_on          TEXT NOT NULL,  -- inclusive
    target_objects   INTEGER NOT NULL DEFAULT 0,  -- planned number of service objects
    ended_at         INTEGER,
    end_reason       TEXT,
    version          INTEGER NOT NULL DEFAULT 1,
    created_at       INTEGER NOT NULL,
    created_by       BLOB,
    updated_at       INTEGER NOT NULL,
    updated_by       BLOB,
    UNIQUE (campaign_year_id, number)
) STRICT;

CREATE TABLE inspection (
    id               BLOB PRIMARY KEY NOT NULL,
    campaign_year_id BLOB NOT NULL REFERENCES campaign_year (id),
    division_id      BLOB NOT NULL REFERENCES division (id),  -- inspected, with its subtree
    kind             TEXT NOT NULL CHECK (kind IN ('scheduled', 'spot_check', 'special')),
    title            TEXT NOT NULL,
    starts_on        TEXT NOT NULL,
    ends_on          TEXT NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('planned', 'in_progress', 'completed', 'cancelled')),
    findings         TEXT,
    ended_at         INTEGER,
    end_reason       TEXT,
    version          INTEGER NOT NULL DEFAULT 1,
    created_at       INTEGER NOT NULL,
    created_by       BLOB,
    updated_at       INTEGER NOT NULL,
    updated_by       BLOB
) STRICT;

CREATE INDEX inspection_campaign_year ON inspection (campaign_year_id, starts_on);
CREATE INDEX inspection_division ON inspection (division_id);

-- The offices that lead an inspection jointly (S-14).
CREATE TABLE inspection_org (
    inspection_id BLOB NOT NULL REFERENCES inspection (id),
    org_id        BLOB NOT NULL REFERENCES org (id),
    PRIMARY KEY (inspection_id, org_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX inspection_org_org ON inspection_org (org_id);
