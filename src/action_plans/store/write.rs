//! Writing a plan, and which problems it covers.

use serde_json::json;
use uuid::Uuid;

use super::{PlanRow, problems};
use crate::clock::{Ids, Timestamp};
use crate::db::{DbError, Tx, sql};
use crate::events::{Act, NewEvent, store as events};

/// Inserts a plan, whose chain has yet to begin.
pub async fn insert(tx: &mut Tx, act: &Act, plan: &PlanRow) -> Result<(), DbError> {
    sql(
        "INSERT INTO action_plan (id, kind, title, object_id, org_id, division_id, state, need, blockage, pain_point, \
         liaison_id, discussion_on, discussion_participants, discussion_conclusion, template_id, version, created_at, \
         created_by, updated_at, updated_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $17, 0, $15, $16, $15, $16)",
    )
    .bind(plan.id)
    .bind(plan.kind)
    .bind(&plan.title)
    .bind(plan.object_id)
    .bind(plan.org_id)
    .bind(plan.division_id)
    .bind(plan.state)
    .bind(plan.need.clone())
    .bind(plan.blockage.clone())
    .bind(plan.pain_point.clone())
    .bind(plan.liaison_id)
    .bind(plan.discussion_on)
    .bind(json!(plan.discussion_participants.0))
    .bind(plan.discussion_conclusion.clone())
    .bind(act.at)
    .bind(act.person)
    .bind(plan.template_id)
    .run(tx)
    .await?;
    Ok(())
}

/// The plan that covers each of these problems now and was not abandoned: problem and plan.
pub async fn standing_plans(tx: &mut Tx, problems: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, DbError> {
    sql(
        "SELECT y.problem_id, y.action_plan_id FROM action_plan_problem y JOIN action_plan p ON p.id = y.action_plan_id \
         WHERE y.left_at IS NULL AND p.state <> 'abandoned' AND y.problem_id",
    )
    .in_list(problems)
    .push(" ORDER BY y.problem_id")
    .all(tx)
    .await
}

/// Lets a plan cover a problem; an abandoned one covers it no longer.
pub async fn cover(tx: &mut Tx, plan: Uuid, problem: Uuid, now: Timestamp) -> Result<(), DbError> {
    sql("UPDATE action_plan_problem SET left_at = $1 WHERE problem_id = $2 AND left_at IS NULL")
        .bind(now)
        .bind(problem)
        .run(tx)
        .await?;
    sql("INSERT INTO action_plan_problem (action_plan_id, problem_id, since) VALUES ($1, $2, $3)")
        .bind(plan)
        .bind(problem)
        .bind(now)
        .run(tx)
        .await?;
    Ok(())
}

/// Stores a changed plan with its event, if it still has the version that was read; whether it had. An event of a plan
/// with one problem is one of that problem too.
pub async fn store(tx: &mut Tx, ids: &Ids, act: &Act, plan: &PlanRow, mut event: NewEvent) -> Result<bool, DbError> {
    if event.problem_id.is_none()
        && let [only] = problems(&mut *tx, plan.id).await?.as_slice()
    {
        event.problem_id = Some(only.id);
    }
    let head = events::append(tx, ids, act, &plan.head(), event).await?;
    let saved = sql(
        "UPDATE action_plan SET title = $3, state = $4, need = $5, blockage = $6, pain_point = $7, liaison_id = $8, \
         discussion_on = $9, discussion_participants = $10, discussion_conclusion = $11, submitted_by = $12, \
         submitted_at = $13, approved_by = $14, approved_at = $15, started_at = $16, done_at = $17, \
         send_back_reason = $18, ended_at = $19, end_reason = $20, event_seq = $21, event_hash = $22, updated_at = $23, \
         updated_by = $24, template_unchanged_reason = $25, version = version + 1 WHERE id = $1 AND version = $2",
    )
    .bind(plan.id)
    .bind(plan.version)
    .bind(&plan.title)
    .bind(plan.state)
    .bind(plan.need.clone())
    .bind(plan.blockage.clone())
    .bind(plan.pain_point.clone())
    .bind(plan.liaison_id)
    .bind(plan.discussion_on)
    .bind(json!(plan.discussion_participants.0))
    .bind(plan.discussion_conclusion.clone())
    .bind(plan.submitted_by)
    .bind(plan.submitted_at)
    .bind(plan.approved_by)
    .bind(plan.approved_at)
    .bind(plan.started_at)
    .bind(plan.done_at)
    .bind(plan.send_back_reason.clone())
    .bind(plan.ended_at)
    .bind(plan.end_reason.clone())
    .bind(head.seq)
    .bind(head.hash.clone())
    .bind(act.at)
    .bind(act.person)
    .bind(plan.template_unchanged_reason.clone())
    .run(tx)
    .await?;
    Ok(saved == 1)
}

/// Notes that work on a plan's problems has come further (S-34); the transaction has locked them.
pub async fn progress(tx: &mut Tx, plan: Uuid, now: Timestamp) -> Result<(), DbError> {
    sql(
        "UPDATE problem SET last_progress_at = $1 WHERE id IN (SELECT y.problem_id FROM action_plan_problem y \
         WHERE y.action_plan_id = $2 AND y.left_at IS NULL)",
    )
    .bind(now)
    .bind(plan)
    .run(&mut *tx)
    .await?;
    sql(
        "UPDATE problem_scope SET last_progress_at = $1 WHERE problem_id IN (SELECT y.problem_id \
         FROM action_plan_problem y WHERE y.action_plan_id = $2 AND y.left_at IS NULL)",
    )
    .bind(now)
    .bind(plan)
    .run(tx)
    .await?;
    Ok(())
}
