//! Every statement on `problem_supporter`, and those that tell who a supporter is.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, On, Tx, sql};

/// The reporter whom a client knows by a name of its own.
pub async fn called(on: impl Into<On<'_>>, client: Uuid, system: &str, value: &str) -> Result<Option<Uuid>, DbError> {
    let found: Option<(Uuid,)> = sql(
        "SELECT entity_id FROM external_id WHERE kind = 'reporter' AND client_app_id = $1 \
         AND system = $2 AND value = $3",
    )
    .bind(client)
    .bind(system)
    .bind(value)
    .optional(on)
    .await?;
    Ok(found.map(|(id,)| id))
}

/// A reporter's account and the blind index of his telephone number, as far as they are known; an account too that is
/// known by the same number.
pub async fn known_as(tx: &mut Tx, reporter: Uuid) -> Result<(Option<Uuid>, Option<Vec<u8>>), DbError> {
    let found: Option<(Option<Uuid>, Option<Vec<u8>>)> = sql(
        "SELECT COALESCE(r.person_id, (SELECT o.person_id FROM reporter o WHERE o.phone_index = r.phone_index \
         AND o.person_id IS NOT NULL ORDER BY o.id LIMIT 1)), r.phone_index FROM reporter r WHERE r.id = $1",
    )
    .bind(reporter)
    .optional(tx)
    .await?;
    Ok(found.unwrap_or_default())
}

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
