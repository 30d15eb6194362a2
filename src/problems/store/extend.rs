//! A later due date that was granted: the due time of the present cycle moves out by working days, and with it whatever
//! is derived from it. While the clock is paused, the due time that it will resume with moves.

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
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Due {
    /// While the clock runs.
    pub resolution_due: Option<Timestamp>,
    /// While it is paused.
    pub paused_due: Option<Timestamp>,
    /// Whether it rests on days that are not settled.
    provisional: bool,
    /// What it was counted by.
    calendar_version: String,
}

impl Due {
    /// Whichever there is.
    pub fn at(&self) -> Option<Timestamp> {
        self.resolution_due.or(self.paused_due)
    }

    /// The same so many working days later. What is provisional is extended by the calendar that it was counted by, so
    /// that all its days are counted anew together.
    #[must_use]
    pub fn later(&self, calendar: &Calendar, days: u32) -> Self {
        let before = self.provisional.then(|| calendar.as_known_by(&self.calendar_version));
        let calendar = before.as_ref().unwrap_or(calendar);
        let mut provisional = self.provisional;
        let mut later = |at: Timestamp| {
            let end = calendar.add_working_days(at.shanghai_date(), days);
            provisional |= end.provisional;
            at.plus_seconds((end.date - at.shanghai_date()).num_seconds())
        };
        let (resolution_due, paused_due) = (self.resolution_due.map(&mut later), self.paused_due.map(&mut later));
        Self {
            resolution_due,
            paused_due,
            provisional,
            calendar_version: calendar.version().to_owned(),
        }
    }
}

/// When a cycle of a problem is due.
pub async fn due(on: impl Into<On<'_>>, problem: Uuid, cycle: i64) -> Result<Due, DbError> {
    sql("SELECT resolution_due, paused_due, provisional, calendar_version FROM cycle WHERE problem_id = $1 AND n = $2")
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
    let later = due(&mut *tx, facts.id, facts.cycle_no).await?.later(calendar, days);
    let running = later.resolution_due;
    sql(
        "UPDATE cycle SET resolution_due = $1, paused_due = $2, provisional = $3, calendar_version = $4, \
         extended_days = extended_days + $5 WHERE problem_id = $6 AND n = $7",
    )
    .bind(running)
    .bind(later.paused_due)
    .bind(later.provisional)
    .bind(later.calendar_version.clone())
    .bind(i64::from(days))
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
    Ok(later.at())
}
