//! Who did what to a problem.

use uuid::Uuid;

use super::super::domain::ProblemAct;
use crate::auth::Caller;
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, On, Tx, sql};
use crate::events::Act;

/// Everything that the caller did to a problem and when, oldest first, under a delegation he and whoever he does it
/// for: what every rule of separation reads.
pub async fn acts_of(
    on: impl Into<On<'_>>,
    problem: Uuid,
    who: &Caller,
) -> Result<Vec<(ProblemAct, Timestamp)>, DbError> {
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

/// Notes what the caller did to a problem, under a delegation the secretary and whom he did it for; every separation
/// rule reads it. A client's act, or the service's, binds nobody.
pub async fn acted(tx: &mut Tx, ids: &Ids, problem: Uuid, by: &Act, act: ProblemAct) -> Result<(), DbError> {
    for person in [by.person, by.on_behalf_of].into_iter().flatten() {
        actor(tx, ids, problem, person, by, act).await?;
    }
    Ok(())
}

/// Notes the same of a person who is named.
pub async fn actor(
    tx: &mut Tx,
    ids: &Ids,
    problem: Uuid,
    person: Uuid,
    by: &Act,
    act: ProblemAct,
) -> Result<(), DbError> {
    sql("INSERT INTO problem_actor (id, problem_id, person_id, org_id, act, at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(ids.next())
        .bind(problem)
        .bind(person)
        .bind(by.org)
        .bind(act)
        .bind(by.at)
        .run(tx)
        .await?;
    Ok(())
}
