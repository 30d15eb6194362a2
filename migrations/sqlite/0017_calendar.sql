-- Working days and terms (时限). Published years ship with the code; rows here override or add to them.
-- A year without a row here and in the code is provisional: due dates in it are recomputed once when it is published.

CREATE TABLE calendar_year (
    year         INTEGER PRIMARY KEY NOT NULL,
    version      TEXT NOT NULL,  -- stored with every due date that rests on it
    document_no  TEXT,  -- 国务院办公厅关于…节假日安排的通知
    published_on TEXT,
    updated_at   INTEGER NOT NULL,
    updated_by   BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE calendar_day (
    day     TEXT PRIMARY KEY NOT NULL,
    year    INTEGER NOT NULL REFERENCES calendar_year (year),
    working INTEGER NOT NULL CHECK (working IN (0, 1)),  -- true: a make-up working day; false: a day off
    note    TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX calendar_day_year ON calendar_day (year);

-- Terms in working days. A lower level may only be looser than the one above it (`layered_burden`, S-73).
CREATE TABLE clock_rule (
    id           BLOB PRIMARY KEY NOT NULL,
    division_id  BLOB NOT NULL REFERENCES division (id),  -- with its subtree
    term         TEXT NOT NULL
        CHECK (term IN ('first_response', 'simple_own', 'simple', 'complex', 'institutional', 'supporting',
            'confirmation', 'acceptance')),
    working_days INTEGER NOT NULL CHECK (working_days >= 1),
    valid_from   TEXT NOT NULL,
    valid_to     TEXT,  -- exclusive
    ended_at     INTEGER,
    end_reason   TEXT,
    version      INTEGER NOT NULL DEFAULT 1,
    created_at   INTEGER NOT NULL,
    created_by   BLOB,
    updated_at   INTEGER NOT NULL,
    updated_by   BLOB
) STRICT;

CREATE UNIQUE INDEX clock_rule_from ON clock_rule (division_id, term, valid_from) WHERE ended_at IS NULL;
