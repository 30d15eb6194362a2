-- A promise is somebody's to-do, about a problem or about none (S-64): it is found by what was promised.
ALTER TABLE task ADD COLUMN commitment_id BLOB REFERENCES commitment (id);
CREATE INDEX task_commitment ON task (commitment_id) WHERE commitment_id IS NOT NULL;

-- The reply to a comment is due on a day that may rest on days which nobody has published yet (S-84): then by which calendar it
-- was counted, so that it is counted anew once for every version.
ALTER TABLE comment ADD COLUMN reply_provisional INTEGER NOT NULL DEFAULT 0 CHECK (reply_provisional IN (0, 1));
ALTER TABLE comment ADD COLUMN reply_calendar_version TEXT;
CREATE INDEX comment_reply_provisional ON comment (reply_calendar_version, id) WHERE reply_provisional;
