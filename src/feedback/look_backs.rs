//! Every statement on `look_back` (回头看, S-75).

use uuid::Uuid;

use crate::calendar::{Calendar, Due};
use crate::clock::{Ids, Timestamp};
use crate::db::{Db, DbError, Tx, sql};
use crate::events::Act;
use crate::lifecycle::dto::LookBack;
use crate::problems::store::ProblemFacts;

/// Keeps what a look-back found: in the row that was due, if one is by today, else in one out of turn; its id.
pub async fn done(tx: &mut Tx, ids: &Ids, act: &Act, facts: &ProblemFacts, body: &LookBack) -> Result<Uuid, DbError> {
    let due: Option<(Uuid,)> = sql(
        "SELECT id FROM look_back WHERE problem_id = $1 AND cycle_no = $2 AND done_at IS NULL \
         AND ended_at IS NULL AND due_on <= $3 ORDER BY due_on LIMIT 1",
    )
    .bind(facts.id)
    .bind(facts.cycle_no)
    .bind(act.at.shanghai_date())
    .optional(&mut *tx)
    .await?;
    let id = match due {
        Some((id,)) => id,
        None => out_of_turn(tx, ids, act, facts).await?,
    };
    sql(
        "UPDATE look_back SET method = $1, result = $2, evidence = $3, done_by = $4, done_org_id = $5, done_at = $6, \
         version = version + 1, updated_at = $6, updated_by = $4, provisional = $8 WHERE id = $7",
    )
    .bind(body.method)
    .bind(body.result)
    .bind(&body.evidence)
    .bind(act.person)
    .bind(act.org)
    .bind(act.at)
    .bind(id)
    .bind(false)
    .run(tx)
    .await?;
    Ok(id)
}

async fn out_of_turn(tx: &mut Tx, ids: &Ids, act: &Act, facts: &ProblemFacts) -> Result<Uuid, DbError> {
    let id = ids.next();
    insert(tx, id, act.at, act.person, facts, None, act.at.shanghai_date()).await?;
    Ok(id)
}

/// The look-backs that a closure makes due, 30 and 90 calendar days later, moved to the next working day.
pub async fn plan(
    tx: &mut Tx,
    ids: &Ids,
    calendar: &Calendar,
    facts: &ProblemFacts,
    closed_at: Timestamp,
) -> Result<(), DbError> {
    for days in [30_i64, 90] {
        let due = due(calendar, closed_at, days);
        let id = ids.next();
        insert(tx, id, closed_at, None, facts, Some(days), due.date).await?;
        if due.provisional {
            sql("UPDATE look_back SET provisional = $1, calendar_version = $2 WHERE id = $3")
                .bind(true)
                .bind(calendar.version())
                .bind(id)
                .run(&mut *tx)
                .await?;
        }
    }
    Ok(())
}

/// When a look-back is due that a closure at `planned_at` makes due so many calendar days later.
pub fn due(calendar: &Calendar, planned_at: Timestamp, days: i64) -> Due {
    calendar.working_day_on_or_after(planned_at.plus_seconds(days * 24 * 3600).shanghai_date())
}

/// A look-back whose day rests on days that are not settled.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ProvisionalLookBack {
    pub(crate) planned_at: Timestamp,
    pub(crate) interval_days: i64,
    pub(crate) due_on: chrono::NaiveDate,
    pub(crate) calendar_version: String,
}

/// Some of those that were counted by another version of the calendar, and their problems.
pub async fn provisional(db: &Db, version: &str, most: i64) -> Result<Vec<(Uuid, Uuid)>, DbError> {
    sql(
        "SELECT a.id, a.problem_id FROM (SELECT l.id, l.problem_id FROM look_back l WHERE l.provisional \
         AND l.calendar_version < $1 ORDER BY l.calendar_version, l.id LIMIT $2) a UNION ALL \
         SELECT b.id, b.problem_id FROM (SELECT l.id, l.problem_id FROM look_back l WHERE l.provisional \
         AND l.calendar_version > $1 ORDER BY l.calendar_version, l.id LIMIT $2) b",
    )
    .bind(version)
    .bind(most)
    .all(db)
    .await
}

/// One of a locked problem, if it is still provisional by another version.
pub async fn find_provisional(tx: &mut Tx, id: Uuid, version: &str) -> Result<Option<ProvisionalLookBack>, DbError> {
    sql(
        "SELECT created_at AS planned_at, interval_days, due_on, calendar_version FROM look_back \
         WHERE id = $1 AND provisional AND calendar_version <> $2",
    )
    .bind(id)
    .bind(version)
    .optional(tx)
    .await
}

/// Keeps its day as it is counted now.
pub async fn move_to(tx: &mut Tx, act: &Act, calendar: &Calendar, id: Uuid, due: Due) -> Result<(), DbError> {
    sql(
        "UPDATE look_back SET due_on = $1, provisional = $2, calendar_version = $3, version = version + 1, \
         updated_at = $4 WHERE id = $5",
    )
    .bind(due.date)
    .bind(due.provisional)
    .bind(calendar.version())
    .bind(act.at)
    .bind(id)
    .run(tx)
    .await?;
    Ok(())
}

/// A problem that is not closed any more has nothing to be looked back at.
pub async fn end_planned(tx: &mut Tx, problem: Uuid, now: Timestamp) -> Result<(), DbError> {
    sql(
        "UPDATE look_back SET ended_at = $1, provisional = $3, version = version + 1, updated_at = $1 \
         WHERE problem_id = $2 AND done_at IS NULL AND ended_at IS NULL",
    )
    .bind(now)
    .bind(problem)
    .bind(false)
    .run(tx)
    .await?;
    Ok(())
}

async fn insert(
    tx: &mut Tx,
    id: Uuid,
    now: Timestamp,
    by: Option<Uuid>,
    facts: &ProblemFacts,
    interval: Option<i64>,
    due_on: chrono::NaiveDate,
) -> Result<(), DbError> {
    sql(
        "INSERT INTO look_back (id, problem_id, cycle_no, interval_days, due_on, created_at, created_by, updated_at, \
         updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $7) \
         ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .bind(facts.id)
    .bind(facts.cycle_no)
    .bind(interval)
    .bind(due_on)
    .bind(now)
    .bind(by)
    .run(tx)
    .await?;
    Ok(())
}
