-- Nobody is to reply to a comment whose words are erased.
DROP INDEX comment_awaiting_reply;
CREATE INDEX comment_awaiting_reply ON comment (reply_due_at, id)
    WHERE state = 'visible' AND replied_at IS NULL AND reply_due_at IS NOT NULL AND erased_at IS NULL;
