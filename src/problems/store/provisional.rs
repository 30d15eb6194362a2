//! Cycles whose times rest on days that were not settled when they were counted, and storing them counted anew.
//!
//! A cycle keeps the version of the calendar that it was counted by, so each is looked at once for every version;
//! whoever does it twice, or is killed between two, finds it done or not done.

use chrono::NaiveDate;
use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use super::super::domain::{Disposition, NO_DUE, State, Urgency, due_key, urgency_due_key};
use super::change::{note_behind, sort_keys};
use crate::calendar::Calendar;
use crate::clock::{Ids, Timestamp};
use crate::db::{Db, DbError, Tx, sql};
use crate::directory::orgs::tree::STEADY;
use crate::directory::words::{Audience, LeadingBody};
use crate::events::{Act, Head, NewEvent};
use crate::metrics::rollup::{self, Outcome, ProblemKey};
use crate::tasks::planning;

/// A provisional cycle, with what of its problem follows its times.
#[derive(Clone, Debug, FromRow)]
pub struct ProvisionalRow {
    pub(crate) id: Uuid,
    pub(crate) n: i64,
    pub(crate) started_at: Timestamp,
    pub(crate) first_response_due: Timestamp,
    pub(crate) first_response_at: Option<Timestamp>,
    pub(crate) resolution_days: Option<i64>,
    pub(crate) resolution_due: Option<Timestamp>,
    pub(crate) resolution_at: Option<Timestamp>,
    pub(crate) paused_due: Option<Timestamp>,
    pub(crate) paused_minutes: i64,
    pub(crate) extended_days: i64,
    pub(crate) calendar_version: String,
    pub(crate) problem_id: Uuid,
    pub(crate) version: i64,
    pub(crate) state: State,
    pub(crate) cycle_no: i64,
    pub(crate) urgency: Urgency,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) recorded_at: Timestamp,
    pub(crate) division_id: Uuid,
    pub(crate) campaign_year_id: Uuid,
    pub(crate) audience: Audience,
    pub(crate) category_id: Uuid,
    pub(crate) disposition: Option<Disposition>,
    pub(crate) leading_body: Option<LeadingBody>,
    event_seq: i64,
    event_hash: Option<Vec<u8>>,
}

impl ProvisionalRow {
    /// Whether it is the cycle in which the problem is handled now.
    pub fn is_present(&self) -> bool {
        self.n == self.cycle_no && !self.state.has_ended()
    }

    /// Whether the work has a time to be done by, and is not done.
    fn has_time_to_keep(&self) -> bool {
        self.resolution_at.is_none() && self.resolution_due.or(self.paused_due).is_some()
    }

    /// When the problem is due, where its cycle has these times.
    fn due_by(&self, anew: &Anew) -> Option<Timestamp> {
        if self.resolution_at.is_some() {
            self.due_at
        } else {
            anew.resolution_due
        }
    }

    /// The day to which the one who leads has time, where these times move it.
    pub fn moved_to(&self, anew: &Anew) -> Option<NaiveDate> {
        let day =
            |running: Option<Timestamp>, paused: Option<Timestamp>| running.or(paused).map(Timestamp::shanghai_date);
        let to = day(anew.resolution_due, anew.paused_due);
        to.filter(|_| self.is_present() && to != day(self.resolution_due, self.paused_due))
    }

    fn head(&self) -> Head {
        Head {
            seq: self.event_seq,
            hash: self.event_hash.clone(),
        }
    }

    fn key(&self) -> ProblemKey {
        ProblemKey {
            campaign_year_id: self.campaign_year_id,
            day: self.recorded_at.shanghai_date(),
            division_id: self.division_id,
            audience: self.audience,
            category_id: self.category_id,
            leading_body: self.leading_body,
            disposition: self.disposition.map(Disposition::as_str),
        }
    }
}

/// Some of the cycles that were counted by another version of the calendar, and their problems.
pub async fn some(db: &Db, version: &str, most: i64) -> Result<Vec<(Uuid, Uuid)>, DbError> {
    sql(SOME).bind(version).bind(most).all(db).await
}

/// Two ranges of one partial index.
pub(crate) const SOME: &str = "SELECT a.id, a.problem_id FROM (SELECT c.id, c.problem_id FROM cycle c WHERE c.provisional \
     AND c.calendar_version < $1 ORDER BY c.calendar_version, c.id LIMIT $2) a UNION ALL \
     SELECT b.id, b.problem_id FROM (SELECT c.id, c.problem_id FROM cycle c WHERE c.provisional \
     AND c.calendar_version > $1 ORDER BY c.calendar_version, c.id LIMIT $2) b";

/// Locks a problem, as every change of it does.
pub async fn lock(tx: &mut Tx, problem: Uuid) -> Result<(), DbError> {
    let row = sql("SELECT id FROM problem WHERE id = $1").bind(problem);
    tx.hold(row.push(STEADY).push(" FOR UPDATE")).await
}

/// A cycle of a locked problem, if it is still provisional by another version.
pub async fn find(tx: &mut Tx, cycle: Uuid, version: &str) -> Result<Option<ProvisionalRow>, DbError> {
    sql(
        "SELECT c.id, c.n, c.started_at, c.first_response_due, c.first_response_at, c.resolution_days, c.resolution_due, \
         c.resolution_at, c.paused_due, c.paused_minutes, c.extended_days, c.calendar_version, p.id AS problem_id, \
         p.version, p.state, p.cycle_no, p.urgency, p.due_at, p.recorded_at, p.division_id, p.campaign_year_id, \
         p.audience, p.category_id, p.disposition, v.leading_body, p.event_seq, p.event_hash \
         FROM cycle c JOIN problem p ON p.id = c.problem_id LEFT JOIN visit v ON v.id = p.visit_id \
         WHERE c.id = $1 AND c.provisional AND c.calendar_version <> $2",
    )
    .bind(cycle)
    .bind(version)
    .optional(tx)
    .await
}

/// The times of a cycle, counted anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anew {
    /// When the first response is due.
    pub first_response_due: Timestamp,
    /// When the resolution is due; `None`: not chosen, or paused.
    pub resolution_due: Option<Timestamp>,
    /// When it was due as the pause began.
    pub paused_due: Option<Timestamp>,
    /// Whether they still rest on days that are not settled.
    pub provisional: bool,
}

/// Stores them; where the problem is being handled in this cycle, with what is to happen later, and where it has a time
/// to keep, with an event that its reporter sees, and with its assignment, sort keys and roll-ups. Roll-ups come last.
pub async fn keep(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    calendar: &Calendar,
    row: &ProvisionalRow,
    anew: &Anew,
) -> Result<(), DbError> {
    sql(
        "UPDATE cycle SET first_response_due = $1, resolution_due = $2, paused_due = $3, provisional = $4, \
         calendar_version = $5 WHERE id = $6",
    )
    .bind(anew.first_response_due)
    .bind(anew.resolution_due)
    .bind(anew.paused_due)
    .bind(anew.provisional)
    .bind(calendar.version())
    .bind(row.id)
    .run(&mut *tx)
    .await?;
    if !row.is_present() {
        return Ok(());
    }
    let due_at = row.due_by(anew);
    if row.first_response_at.is_none() || row.has_time_to_keep() {
        keep_due(tx, ids, act, calendar, row, anew).await?;
    }
    planning::replan(tx, ids, calendar, act, row.problem_id).await?;
    let key = row.key();
    let was = row.due_at.map(|due| (&key, due.shanghai_date()));
    let is = due_at.map(|due| (&key, due.shanghai_date()));
    rollup::move_outcome(tx, Outcome::Settled, was, is).await
}

async fn keep_due(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    calendar: &Calendar,
    row: &ProvisionalRow,
    anew: &Anew,
) -> Result<(), DbError> {
    let (due_at, response_due) = (row.due_by(anew), Some(anew.first_response_due));
    let response_due = response_due.filter(|_| row.first_response_at.is_none());
    let version = row.version + i64::from(due_at != row.due_at);
    sql(
        "UPDATE problem SET due_at = $1, due_key = $2, urgency_due_key = $3, response_due_key = $4, version = $5, \
         updated_at = CASE WHEN version = $5 THEN updated_at ELSE $6 END WHERE id = $7",
    )
    .bind(due_at)
    .bind(due_key(due_at))
    .bind(urgency_due_key(row.urgency, due_at))
    .bind(response_due.map_or(NO_DUE, Timestamp::micros))
    .bind(version)
    .bind(act.at)
    .bind(row.problem_id)
    .run(&mut *tx)
    .await?;
    sort_keys(tx, row.problem_id).await?;
    let event = NewEvent::of("problem", row.problem_id, "problem.due_recomputed")
        .public()
        .with(json!({
            "cycle": row.n, "calendar_version": calendar.version(), "provisional": anew.provisional,
            "due_at": { "from": row.resolution_due.or(row.paused_due), "to": anew.resolution_due.or(anew.paused_due) },
            "first_response_due": { "from": row.first_response_due, "to": anew.first_response_due },
        }));
    note_behind(tx, ids, act, row.problem_id, &row.head(), event).await
}

/// Appends an event to the chain of a locked problem of which nothing else is known, and tells of it.
pub async fn note(tx: &mut Tx, ids: &Ids, act: &Act, problem: Uuid, event: NewEvent) -> Result<(), DbError> {
    let (seq, hash): (i64, Option<Vec<u8>>) = sql("SELECT event_seq, event_hash FROM problem WHERE id = $1")
        .bind(problem)
        .one(&mut *tx)
        .await?;
    note_behind(tx, ids, act, problem, &Head { seq, hash }, event).await
}
