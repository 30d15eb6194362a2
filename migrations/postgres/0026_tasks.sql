-- To-dos, read in the order in which they are due; what was said of one that was marked done.

ALTER TABLE task ADD COLUMN note text;

CREATE INDEX task_to_do ON task (due_at, id) WHERE done_at IS NULL AND performer = 'person';
CREATE INDEX task_to_do_kind ON task (kind, due_at, id) WHERE done_at IS NULL AND performer = 'person';
CREATE INDEX task_ended ON task (due_at, id) WHERE done_at IS NOT NULL AND performer = 'person';
