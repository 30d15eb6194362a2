//! What stood around a problem: the visit at which it was heard, and the households that it was about.

use uuid::Uuid;

use super::texts::{empty_commitments, forget_timelines};
use crate::clock::Timestamp;
use crate::db::{DbError, Tx, sql};
use crate::erasure::domain::MARK;
use crate::service_objects::words::KIND;

/// Empties the visit at which a problem was heard, once no problem of it is kept any more; which. The problem itself
/// counts as erased already.
pub async fn empty_visit(tx: &mut Tx, problem: Uuid, at: Timestamp) -> Result<Option<Uuid>, DbError> {
    // Locked before it is judged: two of its problems may be erased at once, and the second sees what the first did.
    let its = "SELECT v.id FROM visit v WHERE v.id = (SELECT p.visit_id FROM problem p WHERE p.id = $1) FOR UPDATE";
    tx.hold(sql(its).bind(problem)).await?;
    let emptied: Option<(Uuid,)> = sql(
        "UPDATE visit SET observations = NULL, heard = NULL, place_note = NULL, cancel_reason = NULL, \
         mode_note = CASE WHEN mode_note IS NULL THEN NULL ELSE '' END, erased_at = $2, version = version + 1 \
         WHERE erased_at IS NULL AND id = (SELECT p.visit_id FROM problem p WHERE p.id = $1) \
         AND NOT EXISTS (SELECT 1 FROM problem q WHERE q.visit_id = visit.id AND q.erased_at IS NULL) RETURNING id",
    )
    .bind(problem)
    .bind(at)
    .optional(&mut *tx)
    .await?;
    let Some((visit,)) = emptied else { return Ok(None) };
    sql("UPDATE visit_member SET note = NULL WHERE visit_id = $1")
        .bind(visit)
        .run(&mut *tx)
        .await?;
    // What was promised there about no problem.
    sql(empty_commitments!("visit_id = $1 AND problem_id IS NULL"))
        .bind(visit)
        .bind(at)
        .run(&mut *tx)
        .await?;
    forget_timelines(tx, &[visit], at).await?;
    Ok(Some(visit))
}

/// The households that a problem is about, that its people speak for, or that its visit went to; locked before they are
/// judged. To be asked before any of these is forgotten.
pub async fn hold_households(tx: &mut Tx, problem: Uuid) -> Result<Vec<Uuid>, DbError> {
    let lock = tx.lock_clause(" FOR UPDATE");
    let held: Vec<(Uuid,)> = sql(
        "SELECT o.id FROM service_object o WHERE o.type = 'household' AND o.erased_at IS NULL AND o.id IN (\
         SELECT p.object_id FROM problem p WHERE p.id = $1 \
         UNION SELECT r.object_id FROM problem_reporter x JOIN reporter r ON r.id = x.reporter_id WHERE x.problem_id = $1 \
         UNION SELECT g.object_id FROM problem p JOIN visit_object g ON g.visit_id = p.visit_id WHERE p.id = $1) \
         ORDER BY o.id",
    )
    .bind(problem)
    .push(lock)
    .all(tx)
    .await?;
    Ok(held.into_iter().map(|(id,)| id).collect())
}

/// Blots out those of these households of which no problem, no reporter and no visit is kept: name, alias, address,
/// place on the map, what clients call them. The rows stay, since figures count them; lists hide them as ended. Which.
pub async fn forget_households(tx: &mut Tx, households: &[Uuid], at: Timestamp) -> Result<Vec<Uuid>, DbError> {
    let forgotten: Vec<(Uuid,)> = sql(
        "UPDATE service_object SET name = $1, address = NULL, latitude = NULL, longitude = NULL, end_reason = NULL, \
         ended_at = COALESCE(ended_at, $2), erased_at = $2, updated_at = $2, updated_by = NULL, version = version + 1 \
         WHERE NOT EXISTS (SELECT 1 FROM problem q WHERE q.object_id = service_object.id AND q.erased_at IS NULL) \
         AND NOT EXISTS (SELECT 1 FROM reporter r WHERE r.object_id = service_object.id AND r.erased_at IS NULL) \
         AND NOT EXISTS (SELECT 1 FROM visit_object g JOIN visit v ON v.id = g.visit_id \
         WHERE g.object_id = service_object.id AND v.erased_at IS NULL AND v.state <> 'cancelled') AND id",
    )
    .bind(MARK)
    .bind(at)
    .in_list(households)
    .push(" RETURNING id")
    .all(&mut *tx)
    .await?;
    let forgotten: Vec<Uuid> = forgotten.into_iter().map(|(id,)| id).collect();
    sql("UPDATE household SET alias = $1 WHERE object_id")
        .bind(MARK)
        .in_list(&forgotten)
        .run(&mut *tx)
        .await?;
    sql("DELETE FROM external_id WHERE kind = $1 AND entity_id")
        .bind(KIND)
        .in_list(&forgotten)
        .run(&mut *tx)
        .await?;
    sql("UPDATE liaison SET end_reason = NULL WHERE object_id")
        .in_list(&forgotten)
        .run(&mut *tx)
        .await?;
    forget_timelines(tx, &forgotten, at).await?;
    Ok(forgotten)
}
