//! What those whom an enterprise authorises see of its problems: rows of `problem_scope`, as all sight is.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, Tx, sql};

/// Lets a person see the problems whose primary reporter is an enterprise. Those that are being changed are waited for,
/// so that what is copied is how they stand.
pub async fn gain(tx: &mut Tx, person: Uuid, enterprise: Uuid) -> Result<(), DbError> {
    let lock = tx.lock_clause(" FOR SHARE OF p");
    sql(
        "INSERT INTO problem_scope (scope_id, problem_id, state, recorded_at, due_key, updated_at, urgency_due_key, \
         response_due_key, last_progress_at) \
         SELECT $1, p.id, p.state, p.recorded_at, p.due_key, p.updated_at, p.urgency_due_key, \
         p.response_due_key, p.last_progress_at FROM reporter r \
         JOIN problem_reporter x ON x.reporter_id = r.id AND x.part = 'primary' JOIN problem p ON p.id = x.problem_id \
         WHERE r.object_id = $2 AND r.kind = 'enterprise' ORDER BY p.id",
    )
    .bind(person)
    .bind(enterprise)
    .push(lock)
    .push(" ON CONFLICT (scope_id, problem_id) DO NOTHING")
    .run(tx)
    .await?;
    Ok(())
}

/// Takes those problems out of the person's sight, but for the ones in which he has another part: his own report, his
/// visit, his recording, or another enterprise that authorises him at `now`.
pub async fn lose(tx: &mut Tx, person: Uuid, enterprise: Uuid, now: Timestamp) -> Result<(), DbError> {
    sql(
        "DELETE FROM problem_scope WHERE scope_id = $1 AND problem_id IN (SELECT x.problem_id FROM reporter r \
         JOIN problem_reporter x ON x.reporter_id = r.id AND x.part = 'primary' \
         WHERE r.object_id = $2 AND r.kind = 'enterprise') \
         AND NOT EXISTS (SELECT 1 FROM problem_reporter x JOIN reporter r ON r.id = x.reporter_id \
         WHERE x.problem_id = problem_scope.problem_id AND x.part = 'primary' AND (r.person_id = $1 OR ( \
         r.kind = 'enterprise' AND EXISTS (SELECT 1 FROM enterprise_authorisation a WHERE a.person_id = $1 \
         AND a.enterprise_id = r.object_id AND a.ended_at IS NULL AND (a.valid_to IS NULL OR a.valid_to > $3))))) \
         AND NOT EXISTS (SELECT 1 FROM problem p LEFT JOIN visit v ON v.id = p.visit_id \
         WHERE p.id = problem_scope.problem_id AND (p.recorded_by = $1 OR v.leader_id = $1 \
         OR EXISTS (SELECT 1 FROM visit_member m WHERE m.visit_id = p.visit_id AND m.person_id = $1)))",
    )
    .bind(person)
    .bind(enterprise)
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}
