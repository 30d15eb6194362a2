-- Privacy: whoever stood around a problem is forgotten with it.

-- Who supports a comment, so that he is forgotten with the comment; null: before this was kept, or forgotten.
ALTER TABLE comment_supporter ADD COLUMN reporter_id uuid REFERENCES reporter (id);
CREATE INDEX comment_supporter_reporter ON comment_supporter (reporter_id) WHERE reporter_id IS NOT NULL;

-- A visit that has lost its texts, since the last of its problems has.
ALTER TABLE visit ADD COLUMN erased_at timestamptz;

-- A household of which nothing else is kept: its name and address are blotted out.
ALTER TABLE service_object ADD COLUMN erased_at timestamptz;
