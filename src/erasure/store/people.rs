//! Who raised a problem or spoke about it, forgotten.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, Tx, sql};

/// Whoever has a part in a problem: its reporters and followers, who commented on it, and who supported a comment.
const ITS_PEOPLE: &str = "SELECT x.reporter_id FROM problem_reporter x WHERE x.problem_id = $1 \
     UNION SELECT c.reporter_id FROM comment c WHERE c.problem_id = $1 \
     UNION SELECT s.reporter_id FROM comment c JOIN comment_supporter s ON s.comment_id = c.id WHERE c.problem_id = $1";

/// Who has a part in a problem, locked before it is judged of whom more is kept: two problems of one reporter may be erased
/// at once, and the second sees what the first did. To be asked before anything of the problem is emptied.
pub async fn hold_people(tx: &mut Tx, problem: Uuid) -> Result<Vec<Uuid>, DbError> {
    let lock = tx.pick("", " FOR UPDATE");
    let held: Vec<(Uuid,)> = sql("SELECT r.id FROM reporter r WHERE r.erased_at IS NULL AND r.id IN (")
        .push(ITS_PEOPLE)
        .bind(problem)
        .push(") ORDER BY r.id")
        .push(lock)
        .all(tx)
        .await?;
    Ok(held.into_iter().map(|(id,)| id).collect())
}

/// Forgets those of the people of a problem of whom nothing else is kept, no problem, no comment, no support of one: name,
/// number, account, object, what clients call them, and that their account sees it; how many. The problem and its comments
/// count as erased already.
pub async fn forget_reporters(tx: &mut Tx, problem: Uuid, people: &[Uuid], at: Timestamp) -> Result<i64, DbError> {
    sql("UPDATE comment_supporter SET reporter_id = NULL \
         WHERE comment_id IN (SELECT c.id FROM comment c WHERE c.problem_id = $1)")
    .bind(problem)
    .run(&mut *tx)
    .await?;
    let found: Vec<(Uuid, Option<Uuid>)> = sql(
        "SELECT r.id, r.person_id FROM reporter r WHERE NOT EXISTS (SELECT 1 FROM problem_reporter y \
         JOIN problem q ON q.id = y.problem_id WHERE y.reporter_id = r.id AND q.erased_at IS NULL) \
         AND NOT EXISTS (SELECT 1 FROM comment c WHERE c.reporter_id = r.id AND c.erased_at IS NULL) \
         AND NOT EXISTS (SELECT 1 FROM comment_supporter s JOIN comment c ON c.id = s.comment_id \
         WHERE s.reporter_id = r.id AND c.erased_at IS NULL) AND r.id",
    )
    .in_list(people)
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
