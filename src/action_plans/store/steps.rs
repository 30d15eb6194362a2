//! Writing the steps of a plan.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use super::super::domain::StepState;
use crate::clock::Timestamp;
use crate::db::{DbError, On, Tx, sql};
use crate::events::Act;

/// A step as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "each is described where it is sent")]
pub struct StepRow {
    pub id: Uuid,
    pub action_plan_id: Uuid,
    pub problem_id: Uuid,
    pub cycle_no: i64,
    pub owner_id: Uuid,
    pub owner_org_id: Uuid,
    pub text: String,
    pub due_on: NaiveDate,
    pub expected_result: String,
    pub result: Option<String>,
    pub done_at: Option<Timestamp>,
    pub done_by: Option<Uuid>,
    pub waived_at: Option<Timestamp>,
    pub waive_reason: Option<String>,
    pub ended_at: Option<Timestamp>,
    pub end_reason: Option<String>,
    pub version: i64,
}

impl StepRow {
    /// Where it stands.
    pub const fn state(&self) -> StepState {
        StepState::of(self.done_at.is_some(), self.waived_at.is_some())
    }
}

/// A step of a plan that has not ended, where its problem lies in one of these scopes. Whoever changes it has locked
/// the plan.
pub async fn find(on: impl Into<On<'_>>, scopes: &[Uuid], plan: Uuid, id: Uuid) -> Result<Option<StepRow>, DbError> {
    sql(
        "SELECT id, action_plan_id, problem_id, cycle_no, owner_id, owner_org_id, text, due_on, expected_result, result, \
         done_at, done_by, waived_at, waive_reason, ended_at, end_reason, version FROM plan_step \
         WHERE id = $1 AND action_plan_id = $2 AND ended_at IS NULL \
         AND EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = plan_step.problem_id AND z.scope_id",
    )
    .bind(id)
    .bind(plan)
    .in_list(scopes)
    .push(")")
    .optional(on)
    .await
}

/// How many steps of a plan have not ended.
pub async fn count(on: impl Into<On<'_>>, plan: Uuid) -> Result<i64, DbError> {
    let (count,): (i64,) = sql("SELECT COUNT(*) FROM plan_step WHERE action_plan_id = $1 AND ended_at IS NULL")
        .bind(plan)
        .one(on)
        .await?;
    Ok(count)
}

/// Inserts a step behind the others of its plan.
pub async fn insert(tx: &mut Tx, act: &Act, step: &StepRow) -> Result<(), DbError> {
    sql(
        "INSERT INTO plan_step (id, action_plan_id, problem_id, cycle_no, owner_id, owner_org_id, text, due_on, \
         expected_result, sort_order, created_at, created_by, updated_at, updated_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, \
         (SELECT COALESCE(MAX(o.sort_order), 0) + 1 FROM plan_step o WHERE o.action_plan_id = $2), $10, $11, $10, $11)",
    )
    .bind(step.id)
    .bind(step.action_plan_id)
    .bind(step.problem_id)
    .bind(step.cycle_no)
    .bind(step.owner_id)
    .bind(step.owner_org_id)
    .bind(&step.text)
    .bind(step.due_on)
    .bind(&step.expected_result)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(())
}

/// Stores a changed step, if it still has the version that was read; whether it had.
pub async fn save(tx: &mut Tx, act: &Act, step: &StepRow) -> Result<bool, DbError> {
    let saved = sql(
        "UPDATE plan_step SET owner_id = $3, owner_org_id = $4, text = $5, due_on = $6, expected_result = $7, \
         result = $8, done_at = $9, done_by = $10, waived_at = $11, waive_reason = $12, ended_at = $13, \
         end_reason = $14, updated_at = $15, updated_by = $16, version = version + 1 WHERE id = $1 AND version = $2",
    )
    .bind(step.id)
    .bind(step.version)
    .bind(step.owner_id)
    .bind(step.owner_org_id)
    .bind(&step.text)
    .bind(step.due_on)
    .bind(&step.expected_result)
    .bind(step.result.clone())
    .bind(step.done_at)
    .bind(step.done_by)
    .bind(step.waived_at)
    .bind(step.waive_reason.clone())
    .bind(step.ended_at)
    .bind(step.end_reason.clone())
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(saved == 1)
}

/// What the steps of a plan say: text and expected result.
pub async fn words(tx: &mut Tx, plan: Uuid) -> Result<Vec<(String, String)>, DbError> {
    sql("SELECT text, expected_result FROM plan_step WHERE action_plan_id = $1 AND ended_at IS NULL")
        .bind(plan)
        .all(tx)
        .await
}
