-- The three financing lists (融资“三张名单”), S-37 and S-38. Money is an integer in fen.
-- An entry has an approver and a review date; a firm stands once on a list, and on a second list only with a reason.
-- Confidential: every read is logged.

CREATE TABLE financing_entry (
    id             uuid PRIMARY KEY,
    list           text NOT NULL CHECK (list IN ('relief', 'quality_support', 'sme_working_capital')),
    enterprise_id  uuid NOT NULL REFERENCES enterprise (object_id),
    division_id    uuid NOT NULL REFERENCES division (id),
    problem_id     uuid REFERENCES problem (id),
    valid_from     date NOT NULL,
    valid_to       date,  -- exclusive
    reason         text NOT NULL,
    overlap_reason text,
    approved_by    uuid NOT NULL REFERENCES person (id),
    approved_at    timestamptz NOT NULL,
    review_on      date NOT NULL,
    needed_fen     bigint NOT NULL CHECK (needed_fen >= 0),
    term_months    bigint,
    institution    text,  -- matched
    granted_fen    bigint CHECK (granted_fen >= 0),
    granted_on     date,
    ended_at       timestamptz,
    end_reason     text,
    version        bigint NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL,
    created_by     uuid,
    updated_at     timestamptz NOT NULL,
    updated_by     uuid
);

CREATE UNIQUE INDEX financing_entry_once_per_list ON financing_entry (list, enterprise_id) WHERE ended_at IS NULL;
CREATE INDEX financing_entry_enterprise ON financing_entry (enterprise_id);
CREATE INDEX financing_entry_division ON financing_entry (division_id, list);
