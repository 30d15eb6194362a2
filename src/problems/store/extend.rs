//! A later due date that was granted: the due time of the present cycle moves out by working days, and with it whatever is
//! derived from it. While the clock is paused, the due time that it will resume with moves.

use uuid::Uuid;

use super::super::domain::{due_key, urgency_due_key};
use super::ProblemFacts;
use super::change::written;
use super::write::rollup_key;
use crate::calendar::Calendar;
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, On, Tx, sql};
use crate::error::ApiResult;
use crate::events::{Act, NewEvent};
use crate::metrics::rollup::{self, Outcome};

/// When the present cycle is due, and when it was as its clock stood still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Due {
    /// While the clock runs.
    pub resolution_due: Option<Timestamp>,
    /// While it is paused.
    pub paused_due: Option<Timestamp>,
}

impl Due {
    /// Whichever there is.
    pub fn at(self) -> Option<Timestamp> {
        self.resolution_due.or(self.paused_due)
    }
}

/// When a cycle of a problem is due.
pub async fn due(on: impl Into<On<'_>>, problem: Uuid, cycle: i64) -> Result<Due, DbError> {
    sql("SELECT resolution_due, paused_due FROM cycle WHERE problem_id = $1 AND n = $2")
        .bind(problem)
        .bind(cycle)
        .one(on)
        .await
}

/// Extends the present cycle by working days; the new due time. `facts` are those of a problem that the transaction has
/// locked.
///
/// # Errors
/// 412 where another writer was faster.
pub async fn extend(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    facts: &ProblemFacts,
    calendar: &Calendar,
    days: u32,
    event: NewEvent,
) -> ApiResult<Option<Timestamp>> {
    let due = due(&mut *tx, facts.id, facts.cycle_no).await?;
    let mut provisional = false;
    let mut later = |at: Timestamp| {
        let end = calendar.add_working_days(at.shanghai_date(), days);
        provisional |= end.provisional;
        at.plus_seconds((end.date - at.shanghai_date()).num_seconds())
    };
    let (running, paused) = (due.resolution_due.map(&mut later), due.paused_due.map(&mut later));
    sql("UPDATE cycle SET resolution_due = $1, paused_due = $2, provisional = CASE WHEN $3 THEN $3 ELSE provisional END, \
         calendar_version = $4 WHERE problem_id = $5 AND n = $6")
    .bind(running)
    .bind(paused)
    .bind(provisional)
    .bind(calendar.version())
    .bind(facts.id)
    .bind(facts.cycle_no)
    .run(&mut *tx)
    .await?;
    let touched = sql(
        "UPDATE problem SET due_at = $1, due_key = $2, urgency_due_key = $3, updated_at = $4, updated_by = $5, \
         version = version + 1 WHERE id = $6 AND version = $7",
    )
    .bind(running)
    .bind(due_key(running))
    .bind(urgency_due_key(facts.urgency, running))
    .bind(act.at)
    .bind(act.person)
    .bind(facts.id)
    .bind(facts.version)
    .run(&mut *tx)
    .await?;
    written(tx, ids, calendar, act, facts, touched, event).await?;
    let key = rollup_key(facts);
    let was_due = facts.due_at.map(|at| (&key, at.shanghai_date()));
    let is_due = running.map(|at| (&key, at.shanghai_date()));
    rollup::move_outcome(tx, Outcome::Settled, was_due, is_due).await?;
    Ok(running.or(paused))
}
