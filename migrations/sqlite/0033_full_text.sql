-- Full text: what of a problem, visit or plan is found by `q=`. A row for each of them; the pairs of neighbouring
-- characters of its texts stand beside it under the same number, in an FTS5 table that holds no text (on PostgreSQL they
-- are a column of the row). Names and telephone numbers of reporters are in neither.

CREATE TABLE full_text (
    number INTEGER PRIMARY KEY NOT NULL,
    kind   TEXT NOT NULL CHECK (kind IN ('problem', 'visit', 'action_plan', 'public_problem')),
    id     BLOB NOT NULL,  -- of a row of another table, by kind; therefore without a foreign key
    UNIQUE (kind, id)
) STRICT;

-- The words are letters and digits of ASCII that the code makes, so the simplest tokeniser does. No positions are kept: a
-- text is found by all pairs of a query, in any order. A query of one character begins a word of six letters.
CREATE VIRTUAL TABLE full_text_grams
    USING fts5(grams, content='', contentless_delete=1, detail=none, prefix='6', tokenize='ascii');

-- Cases that share a cause, the latest first.
CREATE INDEX problem_cause_term_problem ON problem_cause (term_id, problem_id);
