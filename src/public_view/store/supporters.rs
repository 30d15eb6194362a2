//! Every statement on `problem_supporter`.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, Tx, sql};

/// Whether a problem was raised, or is followed, by this reporter or this account.
pub async fn raised(tx: &mut Tx, problem: Uuid, reporter: Option<Uuid>, person: Option<Uuid>) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> = sql(
        "SELECT x.reporter_id FROM problem_reporter x JOIN reporter r ON r.id = x.reporter_id \
         WHERE x.problem_id = $1 AND (r.id = $2 OR r.person_id = $3) LIMIT 1",
    )
    .bind(problem)
    .bind(reporter)
    .bind(person)
    .optional(tx)
    .await?;
    Ok(found.is_some())
}

/// Counts a supporter, once; how many there are then. The problem's row is written first, so that two at a time wait for
/// each other there.
///
/// # Errors
/// `Unique` on `problem_supporter` for one who is counted already.
pub async fn count_in(tx: &mut Tx, problem: Uuid, supporter: Vec<u8>, now: Timestamp) -> Result<i64, DbError> {
    let (supporters,): (i64,) =
        sql("UPDATE problem SET supporters = supporters + 1 WHERE id = $1 RETURNING supporters")
            .bind(problem)
            .one(&mut *tx)
            .await?;
    sql("INSERT INTO problem_supporter (problem_id, supporter_hash, at) VALUES ($1, $2, $3)")
        .bind(problem)
        .bind(supporter)
        .bind(now)
        .run(tx)
        .await?;
    Ok(supporters)
}
