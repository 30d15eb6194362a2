-- The lists of an organisation (落实清单, 责任清单) are ranges of an index: its steps by day, its assignments by age.

CREATE INDEX plan_step_owner_org ON plan_step (owner_org_id, due_on, id) WHERE ended_at IS NULL;
CREATE INDEX assignment_org_assigned ON assignment (org_id, assigned_at DESC, id DESC);

-- The matrix of horizon and nature reads this alone of analyses, never their texts.
CREATE INDEX analysis_matrix ON analysis (problem_id, signed_at, replaced_at, horizon, nature);
