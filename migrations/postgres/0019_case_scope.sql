-- A problem lies in a scope of its own: that of whoever bears its receipt and speaks for its reporter.

INSERT INTO problem_scope (scope_id, problem_id, state, recorded_at, due_key, updated_at, urgency_due_key)
SELECT id, id, state, recorded_at, due_key, updated_at, urgency_due_key FROM problem WHERE true
ON CONFLICT (scope_id, problem_id) DO NOTHING;
