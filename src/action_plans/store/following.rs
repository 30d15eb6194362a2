//! What a problem's transitions ask of plans and tell them. Each function but `standing` runs in the transition's own
//! transaction, which has locked the problem.

use serde_json::json;
use uuid::Uuid;

use super::super::domain::PlanState;
use super::super::workflow::PlanAction;
use super::{PlanRow, lock, problems, write};
use crate::clock::Ids;
use crate::db::{DbError, On, Tx, sql};
use crate::events::{Act, NewEvent};

/// How a problem stands with its plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The plan that covers it now, unless it was abandoned.
    pub plan: Option<Uuid>,
    /// Where that plan stands.
    pub state: Option<PlanState>,
    /// The plan's version; 0 without one.
    pub version: i64,
    /// Its steps for this problem and cycle that have not ended.
    pub steps: i64,
    /// Its steps for this problem, of this cycle or before, that are neither done nor waived nor ended, in their order.
    pub open_steps: Vec<Uuid>,
}

/// How a problem stands with its plan in a cycle.
pub async fn standing(on: impl Into<On<'_>>, problem: Uuid, cycle: i64) -> Result<Standing, DbError> {
    let mut on = on.into();
    let plan: Option<(Uuid, PlanState, i64)> = sql(
        "SELECT p.id, p.state, p.version FROM action_plan_problem y JOIN action_plan p ON p.id = y.action_plan_id \
         WHERE y.problem_id = $1 AND y.left_at IS NULL AND p.state <> 'abandoned'",
    )
    .bind(problem)
    .optional(&mut on)
    .await?;
    let Some((plan, state, version)) = plan else {
        return Ok(Standing::default());
    };
    let steps: Vec<(Uuid, i64, bool)> = sql(
        "SELECT id, cycle_no, (done_at IS NULL AND waived_at IS NULL) AS is_open FROM plan_step \
         WHERE problem_id = $1 AND action_plan_id = $2 AND cycle_no <= $3 AND ended_at IS NULL ORDER BY sort_order, id",
    )
    .bind(problem)
    .bind(plan)
    .bind(cycle)
    .all(on)
    .await?;
    let of_cycle = steps.iter().filter(|(_, of, _)| *of == cycle).count();
    let open = steps.into_iter().filter(|(_, _, is_open)| *is_open);
    Ok(Standing {
        plan: Some(plan),
        state: Some(state),
        version,
        steps: i64::try_from(of_cycle).unwrap_or(i64::MAX),
        open_steps: open.map(|(id, _, _)| id).collect(),
    })
}

/// A problem of the plan was started: an approved plan is carried out from now on. Nothing for any other.
pub async fn begin(tx: &mut Tx, ids: &Ids, act: &Act, plan: Uuid) -> Result<(), DbError> {
    let Some(row) = lock(tx, plan).await? else {
        return Ok(());
    };
    let Some(state) = row.state.after(PlanAction::Begin) else {
        return Ok(());
    };
    let begun = PlanRow {
        state,
        started_at: Some(row.started_at.unwrap_or(act.at)),
        ..row.clone()
    };
    follow(tx, ids, act, (&row, &begun), "action_plan.begun").await
}

/// A problem has ended: its plan is done once all its problems have.
pub async fn settle(tx: &mut Tx, ids: &Ids, act: &Act, problem: Uuid) -> Result<(), DbError> {
    let Some(row) = lock_plan_of(tx, problem).await? else {
        return Ok(());
    };
    let Some(state) = row.state.after(PlanAction::Settle) else {
        return Ok(());
    };
    // Read behind the plan's lock: of two problems that end at once, the second sees the first.
    let problems = problems(&mut *tx, row.id).await?;
    if problems.iter().any(|problem| !problem.state.has_ended()) {
        return Ok(());
    }
    let done = PlanRow {
        state,
        done_at: Some(act.at),
        ..row.clone()
    };
    follow(tx, ids, act, (&row, &done), "action_plan.done").await
}

/// A next cycle of a problem begins: its plan, if it was done, is carried out again, and needs a new step.
pub async fn revive(tx: &mut Tx, ids: &Ids, act: &Act, problem: Uuid) -> Result<(), DbError> {
    let Some(row) = lock_plan_of(tx, problem).await? else {
        return Ok(());
    };
    let Some(state) = row.state.after(PlanAction::Revive) else {
        return Ok(());
    };
    let revived = PlanRow {
        state,
        done_at: None,
        ..row.clone()
    };
    follow(tx, ids, act, (&row, &revived), "action_plan.revived").await
}

/// Locks the plan that covers a problem, so that a move which ends or revives it locks the plan before the roll-ups, as
/// starting does.
pub async fn hold(tx: &mut Tx, problem: Uuid) -> Result<(), DbError> {
    lock_plan_of(tx, problem).await?;
    Ok(())
}

async fn lock_plan_of(tx: &mut Tx, problem: Uuid) -> Result<Option<PlanRow>, DbError> {
    let plan: Option<(Uuid,)> =
        sql("SELECT action_plan_id FROM action_plan_problem WHERE problem_id = $1 AND left_at IS NULL")
            .bind(problem)
            .optional(&mut *tx)
            .await?;
    match plan {
        Some((plan,)) => lock(tx, plan).await,
        None => Ok(None),
    }
}

async fn follow(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    (before, after): (&PlanRow, &PlanRow),
    kind: &'static str,
) -> Result<(), DbError> {
    let event = NewEvent::of("action_plan", before.id, kind)
        .moving(Some(before.state.as_str()), after.state.as_str())
        .public()
        .with(json!({}));
    // The row is locked, so it still has the version that was read.
    write::store(tx, ids, act, after, event).await.map(|_| ())
}
