-- Campaigns, their years, batches and inspections (S-09, S-13, S-14, S-78).
-- A year goes through deployment, inspection and summary, each with a document and a date, and cannot be closed while
-- one is missing. Closing makes its figures final.

CREATE TABLE campaign (
    id           uuid PRIMARY KEY,
    slug         text NOT NULL UNIQUE,  -- stands in addresses, e.g. 2019
    name         text NOT NULL,
    theme        text,
    parent_id    uuid REFERENCES campaign (id),
    goals        jsonb NOT NULL DEFAULT '[]',  -- array of goal term codes
    illustrative boolean NOT NULL DEFAULT false,  -- demonstration data: every answer about it says so
    ended_at     timestamptz,
    end_reason   text,
    version      bigint NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL,
    created_by   uuid,
    updated_at   timestamptz NOT NULL,
    updated_by   uuid
);

CREATE INDEX campaign_parent ON campaign (parent_id);

CREATE TABLE campaign_year (
    id                     uuid PRIMARY KEY,
    campaign_id            uuid NOT NULL REFERENCES campaign (id),
    year                   bigint NOT NULL,
    stage                  text NOT NULL CHECK (stage IN ('deployment', 'inspection', 'summary')),
    opens_on               date NOT NULL,
    closes_on              date NOT NULL,  -- inclusive
    focus                  jsonb NOT NULL DEFAULT '[]',  -- e.g. [{"audience":"enterprise","ownership":"private"}], S-77
    weights                jsonb NOT NULL DEFAULT '{}',
    deployment_title       text,
    deployment_document_no text,
    deployment_on          date,
    inspection_title       text,
    inspection_document_no text,
    inspection_on          date,
    summary_title          text,
    summary_document_no    text,
    summary_on             date,
    closed_at              timestamptz,  -- set: figures are final
    version                bigint NOT NULL DEFAULT 1,
    created_at             timestamptz NOT NULL,
    created_by             uuid,
    updated_at             timestamptz NOT NULL,
    updated_by             uuid,
    UNIQUE (campaign_id, year),
    CHECK (opens_on <= closes_on)
);

CREATE INDEX campaign_year_period ON campaign_year (opens_on, closes_on);

CREATE TABLE batch (
    id               uuid PRIMARY KEY,
    campaign_year_id uuid NOT NULL REFERENCES campaign_year (id),
    number           bigint NOT NULL,  -- wave, from 1
    name             text NOT NULL,
    starts_on        date NOT NULL,
    ends_on          date NOT NULL,  -- inclusive
    target_objects   bigint NOT NULL DEFAULT 0,  -- planned number of service objects
    ended_at         timestamptz,
    end_reason       text,
    version          bigint NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    created_by       uuid,
    updated_at       timestamptz NOT NULL,
    updated_by       uuid,
    UNIQUE (campaign_year_id, number)
);

CREATE TABLE inspection (
    id               uuid PRIMARY KEY,
    campaign_year_id uuid NOT NULL REFERENCES campaign_year (id),
    division_id      uuid NOT NULL REFERENCES division (id),  -- inspected, with its subtree
    kind             text NOT NULL CHECK (kind IN ('scheduled', 'spot_check', 'special')),
    title            text NOT NULL,
    starts_on        date NOT NULL,
    ends_on          date NOT NULL,
    state            text NOT NULL CHECK (state IN ('planned', 'in_progress', 'completed', 'cancelled')),
    findings         text,
    ended_at         timestamptz,
    end_reason       text,
    version          bigint NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    created_by       uuid,
    updated_at       timestamptz NOT NULL,
    updated_by       uuid
);

CREATE INDEX inspection_campaign_year ON inspection (campaign_year_id, starts_on);
CREATE INDEX inspection_division ON inspection (division_id);

-- The offices that lead an inspection jointly (S-14).
CREATE TABLE inspection_org (
    inspection_id uuid NOT NULL REFERENCES inspection (id),
    org_id        uuid NOT NULL REFERENCES org (id),
    PRIMARY KEY (inspection_id, org_id)
);

CREATE INDEX inspection_org_org ON inspection_org (org_id);
