//! Every statement on `problem_supporter`.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, Tx, sql};
use crate::reporters::identity::Identity;

/// Whether a problem was raised, or is followed, by this reporter, this account, or one with a number of his.
pub async fn raised(tx: &mut Tx, problem: Uuid, who: &Identity) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> = sql(
        "SELECT x.reporter_id FROM problem_reporter x JOIN reporter r ON r.id = x.reporter_id \
         WHERE x.problem_id = $1 AND (r.id = $2 OR r.person_id = $3 OR r.phone_index",
    )
    .bind(problem)
    .bind(who.reporter)
    .bind(who.person)
    .in_list(who.phones())
    .push(") LIMIT 1")
    .optional(tx)
    .await?;
    Ok(found.is_some())
}

/// Counts a supporter, once by whatever he goes by (`hashes`, the first of which is kept); how many there are then. The
/// problem's row is written first, so that two at a time wait for each other there. `None` for one who is counted
/// already; then the transaction is not to be committed.
pub async fn count_in(tx: &mut Tx, problem: Uuid, hashes: &[Vec<u8>], now: Timestamp) -> Result<Option<i64>, DbError> {
    let (supporters,): (i64,) =
        sql("UPDATE problem SET supporters = supporters + 1 WHERE id = $1 RETURNING supporters")
            .bind(problem)
            .one(&mut *tx)
            .await?;
    // Behind the lock.
    let known: Option<(Uuid,)> = sql("SELECT problem_id FROM problem_supporter WHERE problem_id = $1")
        .bind(problem)
        .and_in("supporter_hash", hashes)
        .push(" LIMIT 1")
        .optional(&mut *tx)
        .await?;
    let (None, Some(supporter)) = (known, hashes.first()) else {
        return Ok(None);
    };
    sql("INSERT INTO problem_supporter (problem_id, supporter_hash, at) VALUES ($1, $2, $3)")
        .bind(problem)
        .bind(supporter.as_slice())
        .bind(now)
        .run(tx)
        .await?;
    Ok(Some(supporters))
}
