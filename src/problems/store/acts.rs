//! Who did what to a problem.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, On, sql};

/// Everything that a person did to a problem and when, oldest first: what every rule of separation reads.
pub async fn acts_of(on: impl Into<On<'_>>, problem: Uuid, person: Uuid) -> Result<Vec<(String, Timestamp)>, DbError> {
    sql("SELECT act, at FROM problem_actor WHERE problem_id = $1 AND person_id = $2 ORDER BY at, id")
        .bind(problem)
        .bind(person)
        .all(on)
        .await
}

/// Whether one of these organisations handles a problem, or did.
pub async fn took_part(on: impl Into<On<'_>>, problem: Uuid, orgs: &[Uuid]) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> = sql(
        "SELECT org_id FROM problem_org WHERE part IN ('lead', 'former_lead', 'supporting', 'study') AND problem_id = $1 \
         AND org_id",
    )
    .bind(problem)
    .in_list(orgs)
    .push(" LIMIT 1")
    .optional(on)
    .await?;
    Ok(found.is_some())
}
