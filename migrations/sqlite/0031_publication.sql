-- What everybody may see of problems (公开), and who supports them (S-80, S-82).
-- A publication has words of its own, which the dispatcher answers for; the statement is never shown. A new edition ends
-- the one before it, and so does a withdrawal. `problem.published` says whether there is a current one.

CREATE TABLE publication (
    id               BLOB PRIMARY KEY NOT NULL,
    problem_id       BLOB NOT NULL REFERENCES problem (id),
    edition          INTEGER NOT NULL,  -- from 1, per problem
    -- result_notice: the result, for a reporter whom nobody knows
    kind             TEXT NOT NULL CHECK (kind IN ('problem', 'result_notice')),
    title            TEXT NOT NULL,
    summary          TEXT NOT NULL,
    result           TEXT,
    -- the words name the firm: shown only while the problem is closed
    names_firm       INTEGER NOT NULL CHECK (names_firm IN (0, 1)),
    consent_given_on TEXT,  -- when the firm agreed to be named; null: it did not
    consent_evidence TEXT,
    until            INTEGER,  -- of a result notice; the instant from which it is not shown any more
    published_at     INTEGER NOT NULL,
    published_by     BLOB REFERENCES person (id),
    ended_at         INTEGER,  -- null: the current one
    ended_by         BLOB REFERENCES person (id),
    withdrawn        INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),  -- ended without another in its place
    UNIQUE (problem_id, edition),
    CHECK ((consent_given_on IS NULL) = (consent_evidence IS NULL)),
    CHECK (kind <> 'result_notice' OR (until IS NOT NULL AND result IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX publication_one_current ON publication (problem_id) WHERE ended_at IS NULL;
CREATE INDEX publication_current ON publication (published_at DESC, id DESC) WHERE ended_at IS NULL;

-- Rows of problem_supporter, counted: a page of problems asks for fifty of these numbers.
ALTER TABLE problem ADD COLUMN supporters INTEGER NOT NULL DEFAULT 0;

CREATE INDEX output_published ON output (created_at DESC, id DESC) WHERE published AND ended_at IS NULL;
