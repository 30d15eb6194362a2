-- Working days and terms (时限). Published years ship with the code; rows here override or add to them.
-- A year without a row here and in the code is provisional: due dates in it are recomputed once when it is published.

CREATE TABLE calendar_year (
    year         bigint PRIMARY KEY,
    version      text NOT NULL,  -- stored with every due date that rests on it
    document_no  text,  -- 国务院办公厅关于…节假日安排的通知
    published_on date,
    updated_at   timestamptz NOT NULL,
    updated_by   uuid
);

CREATE TABLE calendar_day (
    day     date PRIMARY KEY,
    year    bigint NOT NULL REFERENCES calendar_year (year),
    working boolean NOT NULL,  -- true: a make-up working day; false: a day off
    note    text
);

CREATE INDEX calendar_day_year ON calendar_day (year);

-- Terms in working days. A lower level may only be looser than the one above it (`layered_burden`, S-73).
CREATE TABLE clock_rule (
    id           uuid PRIMARY KEY,
    division_id  uuid NOT NULL REFERENCES division (id),  -- with its subtree
    term         text NOT NULL
        CHECK (term IN ('first_response', 'simple_own', 'simple', 'complex', 'institutional', 'supporting',
            'confirmation', 'acceptance')),
    working_days bigint NOT NULL CHECK (working_days >= 1),
    valid_from   date NOT NULL,
    valid_to     date,  -- exclusive
    ended_at     timestamptz,
    end_reason   text,
    version      bigint NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL,
    created_by   uuid,
    updated_at   timestamptz NOT NULL,
    updated_by   uuid
);

CREATE UNIQUE INDEX clock_rule_from ON clock_rule (division_id, term, valid_from) WHERE ended_at IS NULL;
