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
