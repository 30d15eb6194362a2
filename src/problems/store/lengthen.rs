//! What an analysis that finds an institutional matter does to the clock: 30 working days instead of fewer, once a
//! cycle.
//!
//! The due time moves out by the working days that were missing, so that what pauses and extensions added stays added.
//! While the clock is paused, the due time that it will resume with moves.

use serde_json::json;
use sqlx::FromRow;

use super::super::domain::{Matter, due_key, urgency_due_key};
use super::ProblemFacts;
use super::change::written;
use super::write::rollup_key;
use crate::calendar::Calendar;
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, Tx, sql};
use crate::error::ApiResult;
use crate::events::{Act, NewEvent};
use crate::metrics::rollup::{self, Outcome};

/// The clock of a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct CycleClock {
    /// When the cycle began.
    pub started_at: Timestamp,
    /// The working days that were chosen; `None`: not chosen yet.
    pub resolution_days: Option<i64>,
    /// When it is due; `None`: not chosen yet, or paused.
    pub resolution_due: Option<Timestamp>,
    /// When it was due as the pause began; `None` while it runs.
    pub paused_due: Option<Timestamp>,
    /// Since when it is paused.
    pub pause_began: Option<Timestamp>,
    /// Whether a due time rests on a year that is not published.
    pub provisional: bool,
    /// Whether it was lengthened before.
    pub lengthened: bool,
}

impl CycleClock {
    /// This clock with `days` working days; one that has as many, or was lengthened before, stays as it is.
    #[must_use]
    pub fn with_days(self, calendar: &Calendar, days: u32) -> Self {
        let chosen = self.resolution_days.map(|chosen| u32::try_from(chosen).unwrap_or(0));
        if self.lengthened || chosen.is_some_and(|chosen| chosen >= days) {
            return self;
        }
        let mut longer = Self {
            resolution_days: Some(i64::from(days)),
            lengthened: true,
            ..self
        };
        let missing = days - chosen.unwrap_or(0);
        let mut moved = |due: Timestamp| {
            let day = due.shanghai_date();
            let end = calendar.add_working_days(day, missing);
            longer.provisional |= end.provisional;
            due.plus_seconds((end.date - day).num_seconds())
        };
        (longer.resolution_due, longer.paused_due) = match chosen {
            Some(_) => (self.resolution_due.map(&mut moved), self.paused_due.map(&mut moved)),
            None => {
                let (due, provisional) = calendar.due_at(self.started_at.utc(), days);
                longer.provisional |= provisional;
                let due = Some(Timestamp::from(due));
                if self.pause_began.is_none() {
                    (due, None)
                } else {
                    (None, due)
                }
            }
        };
        longer
    }
}

/// Makes the matter institutional, and lengthens the clock of the present cycle unless that was done before. Nothing
/// where neither changes. `days` are those of such a matter; `facts` those of a problem that the transaction has
/// locked.
///
/// # Errors
/// 412 where another writer was faster.
pub async fn lengthen(
    tx: &mut Tx,
    ids: &Ids,
    calendar: &Calendar,
    act: &Act,
    facts: &ProblemFacts,
    days: u32,
) -> ApiResult<()> {
    let clock = clock(tx, facts).await?;
    let longer = clock.with_days(calendar, days);
    if longer == clock && facts.matter == Matter::Institutional {
        return Ok(());
    }
    let due_at = longer.resolution_due;
    if longer != clock {
        keep_clock(tx, calendar, facts, &longer).await?;
    }
    let touched = sql(
        "UPDATE problem SET matter = $1, due_at = $2, due_key = $3, urgency_due_key = $4, updated_at = $5, \
         updated_by = $6, last_progress_at = $5, version = version + 1 WHERE id = $7 AND version = $8",
    )
    .bind(Matter::Institutional)
    .bind(due_at)
    .bind(due_key(due_at))
    .bind(urgency_due_key(facts.urgency, due_at))
    .bind(act.at)
    .bind(act.person)
    .bind(facts.id)
    .bind(facts.version)
    .run(tx)
    .await?;
    let kind = if longer == clock {
        "problem.found_institutional"
    } else {
        "problem.lengthened"
    };
    let event = NewEvent::of("problem", facts.id, kind)
        .public()
        .with(json!({ "working_days": longer.resolution_days, "due_at": due_at }));
    written(tx, ids, calendar, act, facts, touched, event).await?;
    let key = rollup_key(facts);
    let was_due = facts.due_at.map(|due| (&key, due.shanghai_date()));
    let is_due = due_at.map(|due| (&key, due.shanghai_date()));
    Ok(rollup::move_outcome(tx, Outcome::Settled, was_due, is_due).await?)
}

async fn clock(tx: &mut Tx, facts: &ProblemFacts) -> Result<CycleClock, DbError> {
    sql(
        "SELECT started_at, resolution_days, resolution_due, paused_due, pause_began, provisional, lengthened \
         FROM cycle WHERE problem_id = $1 AND n = $2",
    )
    .bind(facts.id)
    .bind(facts.cycle_no)
    .one(tx)
    .await
}

async fn keep_clock(tx: &mut Tx, calendar: &Calendar, facts: &ProblemFacts, clock: &CycleClock) -> Result<(), DbError> {
    sql(
        "UPDATE cycle SET resolution_days = $1, resolution_due = $2, paused_due = $3, lengthened = $5, \
         calendar_version = CASE WHEN provisional THEN calendar_version ELSE $6 END, provisional = $4 WHERE problem_id = $7 AND n = $8",
    )
    .bind(clock.resolution_days)
    .bind(clock.resolution_due)
    .bind(clock.paused_due)
    .bind(clock.provisional)
    .bind(clock.lengthened)
    .bind(calendar.version())
    .bind(facts.id)
    .bind(facts.cycle_no)
    .run(tx)
    .await?;
    Ok(())
}
