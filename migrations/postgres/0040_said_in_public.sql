-- Whether a publication shows the words of the plan: nobody released those of earlier ones.
ALTER TABLE publication ADD COLUMN with_plan_texts boolean NOT NULL DEFAULT false;

-- How often one voice spoke of a problem.
CREATE INDEX comment_voice ON comment (problem_id, author_hash, at);
