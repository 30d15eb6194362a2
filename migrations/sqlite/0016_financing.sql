-- The three financing lists (融资“三张名单”), S-37 and S-38. Money is an integer in fen.
-- An entry has an approver and a review date; a firm stands once on a list, and on a second list only with a reason.
-- Confidential: every read is logged.

CREATE TABLE financing_entry (
    id             BLOB PRIMARY KEY NOT NULL,
    list           TEXT NOT NULL CHECK (list IN ('relief', 'quality_support', 'sme_working_capital')),
    enterprise_id  BLOB NOT NULL REFERENCES enterprise (object_id),
    division_id    BLOB NOT NULL REFERENCES division (id),
    problem_id     BLOB REFERENCES problem (id),
    valid_from     TEXT NOT NULL,
    valid_to       TEXT,  -- exclusive
    reason         TEXT NOT NULL,
    overlap_reason TEXT,
    approved_by    BLOB NOT NULL REFERENCES person (id),
    approved_at    INTEGER NOT NULL,
    review_on      TEXT NOT NULL,
    needed_fen     INTEGER NOT NULL CHECK (needed_fen >= 0),
    term_months    INTEGER,
    institution    TEXT,  -- matched
    granted_fen    INTEGER CHECK (granted_fen >= 0),
    granted_on     TEXT,
    ended_at       INTEGER,
    end_reason     TEXT,
    version        INTEGER NOT NULL DEFAULT 1,
    created_at     INTEGER NOT NULL,
    created_by     BLOB,
    updated_at     INTEGER NOT NULL,
    updated_by     BLOB
) STRICT;

CREATE UNIQUE INDEX financing_entry_once_per_list ON financing_entry (list, enterprise_id) WHERE ended_at IS NULL;
CREATE INDEX financing_entry_enterprise ON financing_entry (enterprise_id);
CREATE INDEX financing_entry_division ON financing_entry (division_id, list);
