//! The cycles of a problem (办理轮次) and their clocks: each cycle has its own.

use uuid::Uuid;

use super::ProblemFacts;
use crate::calendar::{Calendar, Version};
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, Tx, sql};
use crate::directory::words::Level;
use crate::problems::domain::{ConfirmedVia, due_key, is_own_level};

/// A time for resolution, chosen.
#[derive(Clone, Copy, Debug)]
pub struct Chosen {
    /// Working days.
    pub days: u32,
    /// 17:00 in Asia/Shanghai of the last of them, or of an earlier day that a leader named.
    pub due_at: Timestamp,
    /// Whether it rests on days that are not settled.
    pub provisional: bool,
    /// The calendar that it was counted by.
    pub calendar: Version,
}

impl Chosen {
    /// So many working days after `began`.
    pub fn of(calendar: &Calendar, began: Timestamp, days: u32) -> Self {
        let (due_at, provisional) = calendar.due_at(began.utc(), days);
        Self {
            days,
            due_at: due_at.into(),
            provisional,
            calendar: calendar.at(),
        }
    }
}

/// Keeps the time that was chosen for the resolution of the present cycle: whole, with whatever it was extended by
/// before.
pub async fn choose(tx: &mut Tx, facts: &ProblemFacts, chosen: Chosen) -> Result<(), DbError> {
    // What is provisional keeps the version that it was counted by, until it is computed anew.
    sql(
        "UPDATE cycle SET resolution_days = $1, resolution_due = $2, extended_days = 0, \
         provisional = CASE WHEN $3 THEN $3 ELSE provisional END, \
         calendar_version = CASE WHEN provisional THEN calendar_version ELSE $4 END WHERE problem_id = $5 AND n = $6",
    )
    .bind(i64::from(chosen.days))
    .bind(chosen.due_at)
    .bind(chosen.provisional)
    .bind(chosen.calendar.to_string())
    .bind(facts.id)
    .bind(facts.cycle_no)
    .run(tx)
    .await?;
    Ok(())
}

/// What was resolved on site is due at no time: a time that an earlier disposition chose is none any more.
pub async fn unchoose(tx: &mut Tx, facts: &ProblemFacts) -> Result<(), DbError> {
    sql("UPDATE cycle SET resolution_days = NULL, resolution_due = NULL, extended_days = 0 WHERE problem_id = $1 AND n = $2")
        .bind(facts.id)
        .bind(facts.cycle_no)
        .run(tx)
        .await?;
    Ok(())
}

/// The first response of a person to the reporter in this cycle; what came later is none.
pub async fn responded(tx: &mut Tx, facts: &ProblemFacts, at: Timestamp) -> Result<(), DbError> {
    let touched =
        sql("UPDATE cycle SET first_response_at = $1 WHERE problem_id = $2 AND n = $3 AND first_response_at IS NULL")
            .bind(at)
            .bind(facts.id)
            .bind(facts.cycle_no)
            .run(&mut *tx)
            .await?;
    if touched > 0 {
        no_response_due(tx, facts.id).await?;
    }
    Ok(())
}

/// The same by a contact that took place at `at`: in the cycle of that time, which may be over.
pub async fn contacted(tx: &mut Tx, facts: &ProblemFacts, at: Timestamp) -> Result<(), DbError> {
    let touched = sql(
        "UPDATE cycle SET first_response_at = $1 WHERE problem_id = $2 AND first_response_at IS NULL \
         AND n = (SELECT MAX(c.n) FROM cycle c WHERE c.problem_id = $2 AND c.started_at <= $1)",
    )
    .bind(at)
    .bind(facts.id)
    .run(&mut *tx)
    .await?;
    if touched > 0 {
        no_response_due(tx, facts.id).await?;
    }
    Ok(())
}

/// A present cycle in which somebody has responded has no first response due: neither in the row nor in its scopes.
async fn no_response_due(tx: &mut Tx, problem: Uuid) -> Result<(), DbError> {
    sql(
        "UPDATE problem SET response_due_key = $1 WHERE id = $2 AND EXISTS (SELECT 1 FROM cycle c \
         WHERE c.problem_id = problem.id AND c.n = problem.cycle_no AND c.first_response_at IS NOT NULL)",
    )
    .bind(due_key(None))
    .bind(problem)
    .run(&mut *tx)
    .await?;
    sql(
        "UPDATE problem_scope SET response_due_key = (SELECT p.response_due_key FROM problem p WHERE p.id = $1) \
         WHERE problem_id = $1",
    )
    .bind(problem)
    .run(tx)
    .await?;
    Ok(())
}

/// The work of the present cycle is reported done, with its result in public words.
pub async fn resolved(tx: &mut Tx, facts: &ProblemFacts, at: Timestamp, result: &str) -> Result<(), DbError> {
    sql("UPDATE cycle SET resolution_at = $1, result = $2 WHERE problem_id = $3 AND n = $4")
        .bind(at)
        .bind(result)
        .bind(facts.id)
        .bind(facts.cycle_no)
        .run(tx)
        .await?;
    Ok(())
}

/// The reporter is asked, once in a cycle.
pub async fn asked(tx: &mut Tx, facts: &ProblemFacts, now: Timestamp) -> Result<(), DbError> {
    sql("UPDATE cycle SET asked_at = $1 WHERE problem_id = $2 AND n = $3")
        .bind(now)
        .bind(facts.id)
        .bind(facts.cycle_no)
        .run(tx)
        .await?;
    Ok(())
}

/// The clock stands still: the reporter was asked, or the problem is put on hold.
pub async fn pause(tx: &mut Tx, facts: &ProblemFacts, now: Timestamp) -> Result<(), DbError> {
    sql(
        "UPDATE cycle SET pause_began = $1, paused_due = resolution_due, resolution_due = NULL \
         WHERE problem_id = $2 AND n = $3",
    )
    .bind(now)
    .bind(facts.id)
    .bind(facts.cycle_no)
    .run(tx)
    .await?;
    Ok(())
}

/// The clock goes on: the due time moves by the working minutes that it stood still. The new one. A pause that ends by
/// itself lasts until it was to end, however late that is carried out.
pub async fn go_on(
    tx: &mut Tx,
    calendar: &Calendar,
    facts: &ProblemFacts,
    now: Timestamp,
) -> Result<Option<Timestamp>, DbError> {
    let (began, due, ends): (Option<Timestamp>, Option<Timestamp>, Option<Timestamp>) = sql(
        "SELECT c.pause_began, c.paused_due, (SELECT MIN(t.due_at) FROM task t WHERE t.problem_id = c.problem_id \
         AND t.kind IN ('go_on', 'resume') AND t.due_at > c.pause_began AND (t.done_at IS NULL OR t.outcome = 'done')) AS ends \
         FROM cycle c WHERE c.problem_id = $1 AND c.n = $2",
    )
    .bind(facts.id)
    .bind(facts.cycle_no)
    .one(&mut *tx)
    .await?;
    let until = ends.map_or(now, |ends| ends.min(now));
    let minutes = began.map_or(0, |began| calendar.working_minutes_between(began.utc(), until.utc()));
    let moved = due.map(|due| {
        let (end, provisional) = calendar.add_working_minutes(due.utc(), minutes);
        (Timestamp::from(end), provisional)
    });
    sql("UPDATE cycle SET pause_began = NULL, paused_due = NULL, resolution_due = $1, paused_minutes = paused_minutes + $2, \
         provisional = CASE WHEN $3 THEN $3 ELSE provisional END, \
         calendar_version = CASE WHEN provisional THEN calendar_version ELSE $4 END WHERE problem_id = $5 AND n = $6")
    .bind(moved.map(|(due, _)| due))
    .bind(minutes)
    .bind(moved.is_some_and(|(_, provisional)| provisional))
    .bind(calendar.version())
    .bind(facts.id)
    .bind(facts.cycle_no)
    .run(tx)
    .await?;
    Ok(moved.map(|(due, _)| due))
}

/// The present cycle is closed: by the reporter (`via`), or without an answer. Whether that was at its own level, which
/// is kept: organisations may change later.
pub async fn close(
    tx: &mut Tx,
    facts: &ProblemFacts,
    now: Timestamp,
    via: Option<ConfirmedVia>,
) -> Result<bool, DbError> {
    let (recorded, handled): (Level, Level) = sql(
        "SELECT CASE WHEN p.visit_id IS NULL THEN d.level ELSE COALESCE(r.level, d.level) END, \
         COALESCE(l.level, s.level, r.level, d.level) FROM problem p JOIN division d ON d.id = p.division_id \
         LEFT JOIN org r ON r.id = p.recorder_org_id LEFT JOIN org l ON l.id = p.lead_org_id \
         LEFT JOIN org s ON s.id = $1 WHERE p.id = $2",
    )
    .bind(facts.study_org_id)
    .bind(facts.id)
    .one(&mut *tx)
    .await?;
    let own_level = is_own_level(recorded, handled);
    sql(
        "UPDATE cycle SET closed_at = COALESCE(closed_at, $1), confirmed_via = $2, unconfirmed = $3, own_level = $4 \
         WHERE problem_id = $5 AND n = $6",
    )
    .bind(now)
    .bind(via)
    .bind(via.is_none())
    .bind(own_level)
    .bind(facts.id)
    .bind(facts.cycle_no)
    .run(tx)
    .await?;
    Ok(own_level)
}

/// Begins the next cycle, with a clock of its own: `first_response` is its time for that, `chosen` the one for
/// resolution, where somebody leads already.
pub async fn begin(
    tx: &mut Tx,
    ids: &Ids,
    facts: &ProblemFacts,
    origin: &'static str,
    now: Timestamp,
    first_response: Chosen,
    chosen: Option<Chosen>,
) -> Result<(), DbError> {
    sql(
        "INSERT INTO cycle (id, problem_id, n, origin, started_at, first_response_due, provisional, calendar_version, \
         resolution_days, resolution_due) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(ids.next())
    .bind(facts.id)
    .bind(facts.cycle_no + 1)
    .bind(origin)
    .bind(now)
    .bind(first_response.due_at)
    .bind(first_response.provisional || chosen.is_some_and(|chosen| chosen.provisional))
    .bind(first_response.calendar.to_string())
    .bind(chosen.map(|chosen| i64::from(chosen.days)))
    .bind(chosen.map(|chosen| chosen.due_at))
    .run(&mut *tx)
    .await?;
    // The move that begins the cycle copies it to the scope rows.
    sql("UPDATE problem SET response_due_key = $1 WHERE id = $2")
        .bind(due_key(Some(first_response.due_at)))
        .bind(facts.id)
        .run(tx)
        .await?;
    Ok(())
}

/// The organisation that led last, whatever became of it: where the next cycle goes.
pub async fn last_lead(tx: &mut Tx, problem: Uuid) -> Result<Option<Uuid>, DbError> {
    let last: Option<(Uuid,)> = sql("SELECT a.org_id FROM assignment a JOIN org o ON o.id = a.org_id \
         WHERE a.problem_id = $1 AND a.role = 'lead' AND o.ended_at IS NULL ORDER BY a.assigned_at DESC, a.id DESC LIMIT 1")
    .bind(problem)
    .optional(tx)
    .await?;
    Ok(last.map(|(org,)| org))
}
