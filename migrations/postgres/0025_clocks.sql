-- Clocks (时限): notices that overlap in December, what is provisional, and lists of what is late or stands still.

-- A notice may name days of the December before, which that year's own notice names too: a day belongs to its notice.
CREATE TABLE calendar_day_new (
    year    bigint NOT NULL REFERENCES calendar_year (year),  -- of the notice
    day     date NOT NULL,
    working boolean NOT NULL,  -- true: a make-up working day; false: a day off
    PRIMARY KEY (year, day)
);

INSERT INTO calendar_day_new (year, day, working) SELECT year, day, working FROM calendar_day;
DROP TABLE calendar_day;
ALTER TABLE calendar_day_new RENAME TO calendar_day;

-- Grows with every correction of a year; `version` is that of the whole calendar once the year was given.
ALTER TABLE calendar_year ADD COLUMN edition bigint NOT NULL DEFAULT 1;

-- What is provisional is looked at once for every version of the calendar.
CREATE INDEX cycle_provisional ON cycle (calendar_version, id) WHERE provisional;

ALTER TABLE look_back ADD COLUMN provisional boolean NOT NULL DEFAULT false;
ALTER TABLE look_back ADD COLUMN calendar_version text;
CREATE INDEX look_back_provisional ON look_back (calendar_version, id) WHERE provisional;

-- µs of the present cycle's first_response_due, or 253402214400000000 once somebody has responded
ALTER TABLE problem ADD COLUMN response_due_key bigint NOT NULL DEFAULT 253402214400000000;
UPDATE problem SET response_due_key = COALESCE((SELECT (extract(epoch FROM c.first_response_due) * 1000000)::bigint
    FROM cycle c WHERE c.problem_id = problem.id AND c.n = problem.cycle_no AND c.first_response_at IS NULL),
    253402214400000000);

ALTER TABLE problem_scope ADD COLUMN response_due_key bigint NOT NULL DEFAULT 253402214400000000;
ALTER TABLE problem_scope ADD COLUMN last_progress_at timestamptz NOT NULL DEFAULT 'epoch';
UPDATE problem_scope SET (response_due_key, last_progress_at) = (SELECT p.response_due_key, p.last_progress_at
    FROM problem p WHERE p.id = problem_scope.problem_id);

-- Late or standing still is only what is being handled. The code says the same conditions in the same words. That a key is
-- set stands with the states, lest a list of one state be taken for a part of these.
CREATE INDEX problem_scope_open_due ON problem_scope (scope_id, due_key, problem_id)
    WHERE state IN ('recorded', 'open', 'assigned', 'accepted', 'studying', 'in_progress', 'awaiting_reporter', 'on_hold',
        'in_dispute', 'escalated') AND due_key < 253402214400000000;
CREATE INDEX problem_scope_open_response ON problem_scope (scope_id, response_due_key, problem_id)
    WHERE state IN ('recorded', 'open', 'assigned', 'accepted', 'studying', 'in_progress', 'awaiting_reporter', 'on_hold',
        'in_dispute', 'escalated') AND response_due_key < 253402214400000000;
CREATE INDEX problem_scope_open_progress ON problem_scope (scope_id, last_progress_at, problem_id)
    WHERE state IN ('recorded', 'open', 'assigned', 'accepted', 'studying', 'in_progress', 'awaiting_reporter', 'on_hold',
        'in_dispute', 'escalated');
