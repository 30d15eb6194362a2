//! Who did what to a problem.

use uuid::Uuid;

use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::{DbError, On, sql};

/// Everything that the caller did to a problem and when, oldest first, under a delegation he and whoever he does it for:
/// what every rule of separation reads.
pub async fn acts_of(on: impl Into<On<'_>>, problem: Uuid, who: &Caller) -> Result<Vec<(String, Timestamp)>, DbError> {
    let persons: Vec<Uuid> = who.persons().collect();
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    sql("SELECT act, at FROM problem_actor WHERE problem_id = $1")
        .bind(problem)
        .and_in("person_id", &persons)
        .push(" ORDER BY at, id")
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
