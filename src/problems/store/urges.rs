//! Every statement on `urge`.

use uuid::Uuid;

use super::ProblemFacts;
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, Tx, sql};

/// When somebody last urged a problem: a person of the administration, or (`None`) the reporter, by whichever voice.
pub async fn last(tx: &mut Tx, problem: Uuid, person: Option<Uuid>) -> Result<Option<Timestamp>, DbError> {
    let (last,): (Option<Timestamp>,) = sql("SELECT MAX(at) FROM urge WHERE problem_id = $1")
        .bind(problem)
        .and("by_reporter = ", person.is_none())
        .and_opt("person_id = ", person)
        .one(tx)
        .await?;
    Ok(last)
}

/// Notes that somebody urged.
pub async fn insert(
    tx: &mut Tx,
    ids: &Ids,
    facts: &ProblemFacts,
    person: Option<Uuid>,
    at: Timestamp,
) -> Result<(), DbError> {
    sql("INSERT INTO urge (id, problem_id, cycle_no, by_reporter, person_id, at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(ids.next())
        .bind(facts.id)
        .bind(facts.cycle_no)
        .bind(person.is_none())
        .bind(person)
        .bind(at)
        .run(tx)
        .await?;
    Ok(())
}
