//! What transitions note beside the move itself: counts, followers, participants.

use uuid::Uuid;

use super::ProblemFacts;
use super::change::written;
use super::recount::{self, Standing};
use super::write::{rollup_key, scope_rows};
use crate::calendar::Calendar;
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, On, Tx, sql};
use crate::error::ApiResult;
use crate::events::{Act, NewEvent};
use crate::problems::domain::is_run_once;

/// Counts a question to the reporter (S-60).
pub async fn count_request(tx: &mut Tx, problem: Uuid) -> Result<(), DbError> {
    sql("UPDATE problem SET info_requests = info_requests + 1 WHERE id = $1")
        .bind(problem)
        .run(tx)
        .await?;
    Ok(())
}

/// Counts a trip of the reporter (S-60). It touches the roll-ups, so it comes last: a second one after closing takes
/// the problem out of those that were run once.
pub async fn count_trip(tx: &mut Tx, facts: &ProblemFacts) -> Result<(), DbError> {
    sql("UPDATE problem SET reporter_trips = reporter_trips + 1 WHERE id = $1")
        .bind(facts.id)
        .run(&mut *tx)
        .await?;
    let mut stands = Standing::of(facts);
    stands.closing.run_once = is_run_once(facts.reporter_trips + 1, facts.info_requests);
    recount::carry_over(tx, facts, Some(&rollup_key(facts)), stands).await
}

/// How often the reporter of a merged problem came, and was asked, counts at the target that stands for both (S-60).
/// Where the same one raised it he ran for one matter, and his trips add up; of two, the one counts who had to run more
/// often. To be asked before anybody follows the target, which has not ended: no figure counts it yet.
pub async fn carry_trips(tx: &mut Tx, merged: &ProblemFacts, target: &ProblemFacts) -> Result<(), DbError> {
    let same: Option<(Uuid,)> = sql(
        "SELECT y.reporter_id FROM problem_reporter x JOIN reporter r ON r.id = x.reporter_id \
         JOIN problem_reporter y ON y.problem_id = $2 AND y.part = 'primary' JOIN reporter s ON s.id = y.reporter_id \
         WHERE x.problem_id = $1 AND x.part = 'primary' \
         AND (r.id = s.id OR r.person_id = s.person_id OR r.phone_index = s.phone_index) LIMIT 1",
    )
    .bind(merged.id)
    .bind(target.id)
    .optional(&mut *tx)
    .await?;
    let together = |one: i64, other: i64| if same.is_some() { one + other } else { one.max(other) };
    sql("UPDATE problem SET reporter_trips = $1, info_requests = $2 WHERE id = $3")
        .bind(together(merged.reporter_trips, target.reporter_trips))
        .bind(together(merged.info_requests, target.info_requests))
        .bind(target.id)
        .run(tx)
        .await?;
    Ok(())
}

/// Flags that nobody is competent for a problem: the dispatch office that is to lead it from now on has to find
/// somebody. To be called before the move: once another leads, it is flagged no longer.
pub async fn mark_unrouted(tx: &mut Tx, problem: Uuid) -> Result<(), DbError> {
    sql("UPDATE problem SET unrouted = $1 WHERE id = $2")
        .bind(true)
        .bind(problem)
        .run(tx)
        .await?;
    Ok(())
}

/// How often the reporter rejected a result.
pub async fn rejections(tx: &mut Tx, problem: Uuid) -> Result<i64, DbError> {
    let (count,): (i64,) = sql("SELECT COUNT(*) FROM cycle WHERE problem_id = $1 AND origin = 'rejected'")
        .bind(problem)
        .one(tx)
        .await?;
    Ok(count)
}

/// The reporters of a merged problem, and who followed it, follow its target from now on.
pub async fn follow(tx: &mut Tx, merged: Uuid, target: Uuid, now: Timestamp) -> Result<(), DbError> {
    sql(
        "INSERT INTO problem_reporter (problem_id, reporter_id, part, came_with_id, since) \
         SELECT $1, x.reporter_id, 'follower', $2, $3 FROM problem_reporter x WHERE x.problem_id = $2 \
         ON CONFLICT (problem_id, reporter_id) DO NOTHING",
    )
    .bind(target)
    .bind(merged)
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}

/// Whether anybody but this person has acted on a problem.
pub async fn others_acted(tx: &mut Tx, problem: Uuid, person: Option<Uuid>) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> = sql("SELECT id FROM problem_actor WHERE problem_id = $1 AND person_id <> $2 LIMIT 1")
        .bind(problem)
        .bind(person.unwrap_or(Uuid::nil()))
        .optional(tx)
        .await?;
    Ok(found.is_some())
}

/// A change of the participants: no transition, but the version grows and the scopes follow.
///
/// # Errors
/// 412 where another writer was faster.
pub async fn note_participants(
    tx: &mut Tx,
    ids: &Ids,
    calendar: &Calendar,
    act: &Act,
    facts: &ProblemFacts,
    event: NewEvent,
) -> ApiResult<()> {
    let touched = sql(
        "UPDATE problem SET version = version + 1, updated_at = $1, updated_by = $2 WHERE id = $3 AND version = $4",
    )
    .bind(act.at)
    .bind(act.person)
    .bind(facts.id)
    .bind(facts.version)
    .run(tx)
    .await?;
    scope_rows(tx, facts.id).await?;
    written(tx, ids, calendar, act, facts, touched, event).await
}

/// Since when the present disposition stands.
pub async fn disposed_at(on: impl Into<On<'_>>, problem: Uuid) -> Result<Option<Timestamp>, DbError> {
    let found: Option<(Timestamp,)> =
        sql("SELECT decided_at FROM disposition WHERE problem_id = $1 AND replaced_at IS NULL")
            .bind(problem)
            .optional(on)
            .await?;
    Ok(found.map(|(at,)| at))
}
