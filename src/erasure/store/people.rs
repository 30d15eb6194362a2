//! Who raised a problem, forgotten.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, Tx, sql};

/// Forgets those reporters of a problem of whom nothing else is kept: name, number, account, object, what clients call
/// them, and that their account sees it; how many. The problem itself counts as erased already.
pub async fn forget_reporters(tx: &mut Tx, problem: Uuid, at: Timestamp) -> Result<i64, DbError> {
    // Locked before they are judged: two problems of one reporter may be erased at once, and the second sees what the
    // first did.
    if let Some(lock) = tx.pick(None, Some(" ORDER BY r.id FOR UPDATE")) {
        let its = sql(
            "SELECT r.id FROM reporter r WHERE r.id IN (SELECT x.reporter_id FROM problem_reporter x WHERE x.problem_id = $1)",
        );
        its.bind(problem).push(lock).all::<(Uuid,)>(&mut *tx).await?;
    }
    let found: Vec<(Uuid, Option<Uuid>)> = sql(
        "SELECT r.id, r.person_id FROM problem_reporter x JOIN reporter r ON r.id = x.reporter_id \
         WHERE x.problem_id = $1 AND r.erased_at IS NULL AND NOT EXISTS (SELECT 1 FROM problem_reporter y \
         JOIN problem q ON q.id = y.problem_id WHERE y.reporter_id = r.id AND q.erased_at IS NULL)",
    )
    .bind(problem)
    .all(&mut *tx)
    .await?;
    let reporters: Vec<Uuid> = found.iter().map(|(id, _)| *id).collect();
    let accounts: Vec<Uuid> = found.iter().filter_map(|(_, person)| *person).collect();
    sql("DELETE FROM problem_scope WHERE scope_id")
        .in_list(&accounts)
        .push(" AND problem_id IN (SELECT x.problem_id FROM problem_reporter x WHERE x.reporter_id")
        .in_list(&reporters)
        .push(")")
        .run(&mut *tx)
        .await?;
    sql("DELETE FROM external_id WHERE kind = 'reporter' AND entity_id")
        .in_list(&reporters)
        .run(&mut *tx)
        .await?;
    let forgotten = sql(
        "UPDATE reporter SET created_by = CASE WHEN created_by = person_id THEN NULL ELSE created_by END, \
         display_name = NULL, phone_cipher = NULL, phone_index = NULL, phone_masked = NULL, preferred_channel = NULL, \
         person_id = NULL, object_id = NULL, org_id = NULL, erased_at = $1, updated_at = $1, updated_by = NULL, \
         version = version + 1 WHERE id",
    )
    .bind(at)
    .in_list(&reporters)
    .run(tx)
    .await?;
    Ok(i64::try_from(forgotten).unwrap_or(i64::MAX))
}

/// Ends every receipt of a problem; the hashes of those that were good until now.
pub async fn end_receipts(tx: &mut Tx, problem: Uuid, at: Timestamp) -> Result<Vec<Vec<u8>>, DbError> {
    let ended: Vec<(Vec<u8>,)> =
        sql("UPDATE case_link SET replaced_at = $1 WHERE problem_id = $2 AND replaced_at IS NULL RETURNING hash")
            .bind(at)
            .bind(problem)
            .all(tx)
            .await?;
    Ok(ended.into_iter().map(|(hash,)| hash).collect())
}
