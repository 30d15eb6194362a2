//! Who raised a problem or spoke about it, forgotten.

use uuid::Uuid;

use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, Tx, sql};

/// Whoever has a part in a problem: its reporters and followers, who commented on it, and who supported a comment.
const ITS_PEOPLE: &str = "SELECT x.reporter_id FROM problem_reporter x WHERE x.problem_id = $1 \
     UNION SELECT c.reporter_id FROM comment c WHERE c.problem_id = $1 \
     UNION SELECT s.reporter_id FROM comment c JOIN comment_supporter s ON s.comment_id = c.id WHERE c.problem_id = $1";

/// Who has a part in a problem, locked before it is judged of whom more is kept: two problems of one reporter may be
/// erased at once, and the second sees what the first did. To be asked before anything of the problem is emptied.
pub async fn hold_people(tx: &mut Tx, problem: Uuid) -> Result<Vec<Uuid>, DbError> {
    let lock = tx.lock_clause(" FOR UPDATE");
    let held: Vec<(Uuid,)> = sql("SELECT r.id FROM reporter r WHERE r.erased_at IS NULL AND r.id IN (")
        .push(ITS_PEOPLE)
        .bind(problem)
        .push(") ORDER BY r.id")
        .push(lock)
        .all(tx)
        .await?;
    Ok(held.into_iter().map(|(id,)| id).collect())
}

/// Forgets those of the people of a problem of whom nothing else is kept, no problem, no comment, no support of one:
/// name, number, account, object, what clients call them, and that their account sees it; how many. The problem and its
/// comments count as erased already.
///
/// Of whom more is kept, the erased problem tells no longer: in his place stands a reporter of whom nothing is known.
pub async fn forget_reporters(
    tx: &mut Tx,
    ids: &Ids,
    problem: Uuid,
    people: &[Uuid],
    at: Timestamp,
) -> Result<i64, DbError> {
    sql("UPDATE comment_supporter SET reporter_id = NULL \
         WHERE comment_id IN (SELECT c.id FROM comment c WHERE c.problem_id = $1 AND c.erased_at IS NOT NULL)")
    .bind(problem)
    .run(&mut *tx)
    .await?;
    // Who raised it by his account recorded it, as one without an account: by nobody.
    sql(
        "UPDATE problem SET recorded_by = NULL, created_by = NULL WHERE id = $1 AND recorded_by IN (SELECT r.person_id \
         FROM problem_reporter x JOIN reporter r ON r.id = x.reporter_id WHERE x.problem_id = $1)",
    )
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
    for kept in people.iter().filter(|person| !reporters.contains(person)) {
        cut_off(tx, ids.next(), problem, *kept, at).await?;
    }
    Ok(i64::try_from(forgotten).unwrap_or(i64::MAX))
}

/// What links a problem ($2) with a reporter ($3), whose place another takes ($1). What he commented is not among it:
/// his comments go with their words.
const LINKS: &[&str] = &[
    "UPDATE problem_reporter SET reporter_id = $1 WHERE problem_id = $2 AND reporter_id = $3",
    "UPDATE rating_invitation SET reporter_id = $1 WHERE problem_id = $2 AND reporter_id = $3",
    "UPDATE rating SET reporter_id = $1 WHERE problem_id = $2 AND reporter_id = $3",
    "UPDATE case_link SET reporter_id = $1 WHERE problem_id = $2 AND reporter_id = $3",
    "UPDATE supplement SET reporter_id = $1 WHERE problem_id = $2 AND reporter_id = $3",
    "UPDATE request SET reporter_id = $1 WHERE problem_id = $2 AND reporter_id = $3",
    "UPDATE survey_answer SET reporter_id = $1 WHERE problem_id = $2 AND reporter_id = $3",
    "UPDATE notice SET reporter_id = $1 WHERE problem_id = $2 AND reporter_id = $3",
];

/// Puts a reporter of whom nothing is known in the place of one of a problem, whose account sees it no longer.
async fn cut_off(tx: &mut Tx, nobody: Uuid, problem: Uuid, reporter: Uuid, at: Timestamp) -> Result<(), DbError> {
    let made = sql(
        "INSERT INTO reporter (id, kind, anonymity, erased_at, created_at, updated_at) \
         SELECT $1, r.kind, r.anonymity, $2, $2, $2 FROM reporter r WHERE r.id = $3 \
         AND EXISTS (SELECT 1 FROM problem_reporter x WHERE x.reporter_id = r.id AND x.problem_id = $4)",
    )
    .bind(nobody)
    .bind(at)
    .bind(reporter)
    .bind(problem)
    .run(&mut *tx)
    .await?;
    // Whoever commented on it alone.
    if made == 0 {
        return Ok(());
    }
    for statement in LINKS {
        sql(statement)
            .bind(nobody)
            .bind(problem)
            .bind(reporter)
            .run(&mut *tx)
            .await?;
    }
    // A scope that he has by another part in it is written anew with the others.
    sql("DELETE FROM problem_scope WHERE problem_id = $1 AND scope_id IN (SELECT r.person_id FROM reporter r WHERE r.id = $2)")
        .bind(problem)
        .bind(reporter)
        .run(tx)
        .await?;
    Ok(())
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
