-- A promise is somebody's to-do, about a problem or about none (S-64): it is found by what was promised.
ALTER TABLE task ADD COLUMN commitment_id uuid REFERENCES commitment (id);
CREATE INDEX task_commitment ON task (commitment_id) WHERE commitment_id IS NOT NULL;

-- The reply to a comment is due on a day that may rest on days which nobody has published yet (S-84): then by which calendar it
-- was counted, so that it is counted anew once for every version.
ALTER TABLE comment ADD COLUMN reply_provisional boolean NOT NULL DEFAULT FALSE;
ALTER TABLE comment ADD COLUMN reply_calendar_version text;
CREATE INDEX comment_reply_provisional ON comment (reply_calendar_version, id) WHERE reply_provisional;
