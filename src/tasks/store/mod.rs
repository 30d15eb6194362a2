//! Every statement on `task`: planning and ending here, taking in `take`, lists in `list`; what the filler has come to
//! in `filled`.

pub mod filled;
pub mod list;
pub mod take;

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use super::domain::{Kind, Outcome, PlannedLookBack, Promise, Standing, Unanswered};
use crate::clock::{Ids, Timestamp};
use crate::clock_rules::domain::Term;
use crate::db::{DbError, Tx, Value, sql};
use crate::events::Act;
use crate::problems::domain::State;

/// A task to be planned.
#[derive(Clone, Debug)]
pub struct NewTask {
    /// What is to happen.
    pub kind: Kind,
    /// Its occasion.
    pub key: String,
    /// To which problem; `None`: it is about a promise, and that about no problem.
    pub problem_id: Option<Uuid>,
    /// The promise that it is about.
    pub commitment_id: Option<Uuid>,
    /// Whose to-do it is; `None`: nobody's own, or the service's.
    pub org_id: Option<Uuid>,
    /// When, in business time.
    pub due_at: Timestamp,
}

/// Plans tasks, each occasion once: one that is planned or done stays as it is; one that lapsed or failed is planned
/// again.
pub async fn schedule(tx: &mut Tx, ids: &Ids, act: &Act, tasks: &[NewTask]) -> Result<(), DbError> {
    if tasks.is_empty() {
        return Ok(());
    }
    let rows = tasks.iter().map(|task| -> [Value; 10] {
        [
            ids.next().into(),
            Value::Static(task.kind.as_str()),
            Value::Static(task.kind.performer()),
            (&task.key).into(),
            task.problem_id.into(),
            task.commitment_id.into(),
            task.org_id.into(),
            task.due_at.into(),
            act.at.into(),
            act.person.into(),
        ]
    });
    sql("INSERT INTO task (id, kind, performer, dedupe_key, problem_id, commitment_id, org_id, due_at, created_at, created_by)")
        .values(rows)
        .push(
            " ON CONFLICT (dedupe_key) DO UPDATE SET due_at = excluded.due_at, org_id = excluded.org_id, done_at = NULL, \
             done_by = NULL, outcome = NULL, taken_by = NULL, taken_until = NULL, attempts = 0, last_error = NULL \
             WHERE task.outcome IN ('lapsed', 'failed')",
        )
        .run(tx)
        .await?;
    Ok(())
}

/// A task of a problem that has not ended.
#[derive(Clone, Debug, FromRow)]
pub struct OpenTask {
    /// Row id.
    pub id: Uuid,
    /// What is to happen; grows with the code.
    pub kind: String,
    /// Its occasion.
    pub key: String,
    /// When.
    pub due_at: Timestamp,
}

/// The tasks of a problem that have not ended.
pub async fn open_of(tx: &mut Tx, problem: Uuid) -> Result<Vec<OpenTask>, DbError> {
    sql("SELECT id, kind, dedupe_key AS key, due_at FROM task WHERE problem_id = $1 AND done_at IS NULL")
        .bind(problem)
        .all(tx)
        .await
}

/// The tasks of the promises about no problem of a visit that have not ended.
pub async fn open_of_visit(tx: &mut Tx, visit: Uuid) -> Result<Vec<OpenTask>, DbError> {
    sql(
        "SELECT t.id, t.kind, t.dedupe_key AS key, t.due_at FROM task t JOIN commitment c ON c.id = t.commitment_id \
         WHERE c.visit_id = $1 AND t.problem_id IS NULL AND t.done_at IS NULL",
    )
    .bind(visit)
    .all(tx)
    .await
}

/// Moves a task to another time: its occasion is the same, its day was counted anew.
pub async fn move_to(tx: &mut Tx, id: Uuid, due_at: Timestamp) -> Result<(), DbError> {
    sql("UPDATE task SET due_at = $1 WHERE id = $2 AND done_at IS NULL")
        .bind(due_at)
        .bind(id)
        .run(tx)
        .await?;
    Ok(())
}

/// Ends a task.
pub async fn end(tx: &mut Tx, id: Uuid, outcome: Outcome, now: Timestamp, by: Option<Uuid>) -> Result<(), DbError> {
    sql("UPDATE task SET done_at = $1, outcome = $2, done_by = $3 WHERE id = $4 AND done_at IS NULL")
        .bind(now)
        .bind(outcome)
        .bind(by)
        .bind(id)
        .run(tx)
        .await?;
    Ok(())
}

/// How a problem stands, and who is concerned.
#[derive(Clone, Debug)]
pub struct Situation {
    /// What decides what must happen later.
    pub standing: Standing,
    /// Its division.
    pub division_id: Uuid,
    /// Who leads its handling, or did.
    pub lead_org_id: Option<Uuid>,
    /// For which organisation it was recorded.
    pub recorder_org_id: Option<Uuid>,
    /// Whether others were merged into it, whose term ends with its own.
    pub has_merged: bool,
}

/// When `p` in its round `cy` ended, or was last looked back at; null while it is handled.
macro_rules! ended {
    () => {
        "CASE WHEN p.state = 'closed' THEN COALESCE((SELECT MAX(l.done_at) FROM look_back l WHERE l.problem_id = p.id \
         AND l.cycle_no = p.cycle_no), cy.closed_at) WHEN p.state IN ('declined', 'merged', 'withdrawn') \
         THEN COALESCE(p.stage_entered_at, p.updated_at) END"
    };
}

#[derive(FromRow)]
struct StandingRow {
    state: State,
    cycle_no: i64,
    recorded_at: Timestamp,
    due_at: Option<Timestamp>,
    division_id: Uuid,
    lead_org_id: Option<Uuid>,
    recorder_org_id: Option<Uuid>,
    pause_began: Option<Timestamp>,
    resolution_at: Option<Timestamp>,
    closed_at: Option<Timestamp>,
    unconfirmed: bool,
    contacted: bool,
    until_on: Option<NaiveDate>,
    opened_seq: Option<i64>,
    has_to_review: bool,
    study_org_id: Option<Uuid>,
    has_unanswered: bool,
    has_promised: bool,
    ended_at: Option<Timestamp>,
    erased: bool,
    keeps_comments: bool,
    target_id: Option<Uuid>,
    has_merged: bool,
}

/// How a problem stands in this transaction.
pub async fn situation(tx: &mut Tx, problem: Uuid) -> Result<Option<Situation>, DbError> {
    let row: Option<StandingRow> = sql(concat!(
        "SELECT p.state, p.cycle_no, p.recorded_at, p.due_at, p.division_id, p.lead_org_id, p.recorder_org_id, \
         cy.pause_began, cy.resolution_at, cy.closed_at, cy.unconfirmed, \
         (p.state = 'closed' AND EXISTS (SELECT 1 FROM contact_log c WHERE c.problem_id = p.id \
         AND c.purpose <> 'attempt' AND c.with_reporter AND c.at > cy.closed_at)) AS contacted, \
         CASE WHEN p.state = 'on_hold' THEN (SELECT r.until_on FROM request r WHERE r.problem_id = p.id \
         AND r.kind = 'hold' AND r.state = 'granted' ORDER BY r.decided_at DESC LIMIT 1) END AS until_on, \
         CASE WHEN p.state = 'open' THEN (SELECT MAX(e.aggregate_seq) FROM event e WHERE e.aggregate_id = p.id \
         AND e.to_state = 'open') END AS opened_seq, \
         EXISTS (SELECT 1 FROM rating t WHERE t.problem_id = p.id AND t.review_due AND t.reviewed_at IS NULL) AS has_to_review, \
         (SELECT q.study_org_id FROM disposition q WHERE q.problem_id = p.id AND q.replaced_at IS NULL) AS study_org_id, \
         EXISTS (SELECT 1 FROM comment c WHERE c.problem_id = p.id AND c.replied_at IS NULL \
         AND c.reply_due_at IS NOT NULL) AS has_unanswered, EXISTS (SELECT 1 FROM commitment m WHERE m.problem_id = p.id) AS has_promised, ",
        ended!(),
        " AS ended_at, p.erased_at IS NOT NULL AS erased, \
         (p.erased_at IS NOT NULL AND EXISTS (SELECT 1 FROM comment c WHERE c.problem_id = p.id AND c.erased_at IS NULL)) \
         AS keeps_comments, CASE WHEN p.state = 'merged' THEN p.merged_into END AS target_id, \
         EXISTS (SELECT 1 FROM problem q WHERE q.merged_into = p.id) AS has_merged \
         FROM problem p JOIN cycle cy ON cy.problem_id = p.id AND cy.n = p.cycle_no WHERE p.id = $1",
    ))
    .bind(problem)
    .optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let ended_at = match row.target_id {
        None => row.ended_at,
        // What was merged is handled on in its target, which ends later.
        Some(target) => end_of_target(tx, target).await?,
    };
    let standing = Standing {
        problem,
        state: row.state,
        cycle: row.cycle_no,
        recorded_at: row.recorded_at,
        due_at: row.due_at,
        opened: match row.opened_seq {
            Some(seq) => Some((seq, time_of(tx, problem, seq).await?)),
            None => None,
        },
        paused_at: row.pause_began,
        until: row.until_on,
        resolved_at: row.resolution_at,
        confirmation_days: Term::Confirmation.default_days(),
        closed_at: row.closed_at,
        unconfirmed: row.unconfirmed,
        contacted: row.contacted,
        look_backs: if row.state == State::Closed {
            look_backs(tx, problem, row.cycle_no).await?
        } else {
            Vec::new()
        },
        to_review: if row.has_to_review {
            to_review(tx, problem).await?
        } else {
            Vec::new()
        },
        unanswered: if row.has_unanswered {
            unanswered(tx, problem).await?
        } else {
            Vec::new()
        },
        promised: if row.has_promised {
            promises(tx, " WHERE problem_id = ", problem).await?
        } else {
            Vec::new()
        },
        responsible: row.lead_org_id.or(row.study_org_id),
        ended_at,
        erased: row.erased,
        keeps_comments: row.keeps_comments,
    };
    Ok(Some(Situation {
        standing,
        division_id: row.division_id,
        lead_org_id: row.lead_org_id,
        recorder_org_id: row.recorder_org_id,
        has_merged: row.has_merged,
    }))
}

/// When the last target of a chain of mergers ended, or was last looked back at; `None` while it is handled.
async fn end_of_target(tx: &mut Tx, merged_into: Uuid) -> Result<Option<Timestamp>, DbError> {
    let (ended,): (Option<Timestamp>,) = sql(concat!(
        "WITH RECURSIVE chain (id, further) AS (SELECT p.id, p.merged_into FROM problem p WHERE p.id = $1 \
         UNION SELECT p.id, p.merged_into FROM chain c JOIN problem p ON p.id = c.further) SELECT ",
        ended!(),
        " AS ended_at FROM chain c JOIN problem p ON p.id = c.id \
         JOIN cycle cy ON cy.problem_id = p.id AND cy.n = p.cycle_no WHERE c.further IS NULL",
    ))
    .bind(merged_into)
    .one(tx)
    .await?;
    Ok(ended)
}

/// The problems that were merged into this one.
pub async fn merged_into(tx: &mut Tx, problem: Uuid) -> Result<Vec<Uuid>, DbError> {
    let merged: Vec<(Uuid,)> = sql("SELECT id FROM problem WHERE merged_into = $1 ORDER BY id")
        .bind(problem)
        .all(tx)
        .await?;
    Ok(merged.into_iter().map(|(id,)| id).collect())
}

async fn time_of(tx: &mut Tx, problem: Uuid, seq: i64) -> Result<Timestamp, DbError> {
    let (at,): (Timestamp,) = sql("SELECT occurred_at FROM event WHERE aggregate_id = $1 AND aggregate_seq = $2")
        .bind(problem)
        .bind(seq)
        .one(tx)
        .await?;
    Ok(at)
}

async fn look_backs(tx: &mut Tx, problem: Uuid, cycle: i64) -> Result<Vec<PlannedLookBack>, DbError> {
    let rows: Vec<(Uuid, NaiveDate, bool)> = sql("SELECT id, due_on, done_at IS NOT NULL AS done FROM look_back \
         WHERE problem_id = $1 AND cycle_no = $2 AND ended_at IS NULL ORDER BY due_on, id")
    .bind(problem)
    .bind(cycle)
    .all(tx)
    .await?;
    let planned = rows
        .into_iter()
        .map(|(id, due_on, done)| PlannedLookBack { id, due_on, done });
    Ok(planned.collect())
}

async fn to_review(tx: &mut Tx, problem: Uuid) -> Result<Vec<(Uuid, Timestamp)>, DbError> {
    sql("SELECT id, rated_at FROM rating WHERE problem_id = $1 AND review_due AND reviewed_at IS NULL ORDER BY rated_at, id")
        .bind(problem)
        .all(tx)
        .await
}

async fn unanswered(tx: &mut Tx, problem: Uuid) -> Result<Vec<Unanswered>, DbError> {
    let rows: Vec<(Uuid, Timestamp, bool)> = sql("SELECT id, reply_due_at, state = 'visible' AS visible FROM comment \
         WHERE problem_id = $1 AND replied_at IS NULL AND reply_due_at IS NOT NULL ORDER BY reply_due_at, id")
    .bind(problem)
    .all(tx)
    .await?;
    let of = |(comment, due_at, visible)| Unanswered {
        comment,
        due_at,
        visible,
    };
    Ok(rows.into_iter().map(of).collect())
}

/// The promises about no problem that were made at a visit.
pub async fn promised_at(tx: &mut Tx, visit: Uuid) -> Result<Vec<Promise>, DbError> {
    promises(tx, " WHERE problem_id IS NULL AND visit_id = ", visit).await
}

async fn promises(tx: &mut Tx, of: &'static str, id: Uuid) -> Result<Vec<Promise>, DbError> {
    let rows: Vec<(Uuid, Uuid, NaiveDate, bool, bool)> =
        sql("SELECT id, org_id, due_on, state <> 'open' AS settled, ended_at IS NOT NULL AS ended FROM commitment")
            .push_bind(of, id)
            .push(" ORDER BY due_on, id")
            .all(tx)
            .await?;
    let promise = |(commitment, org, due_on, settled, ended)| Promise {
        commitment,
        org,
        due_on,
        settled,
        ended,
    };
    Ok(rows.into_iter().map(promise).collect())
}
