//! Writing the measures of a plan.

use sqlx::FromRow;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{DbError, On, Tx, sql};
use crate::events::Act;

/// A measure as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[expect(missing_docs, reason = "each is described where it is sent")]
pub struct MeasureRow {
    pub id: Uuid,
    pub action_plan_id: Uuid,
    pub r#type: String,
    pub text: String,
    pub policy_ref: Option<String>,
    pub ended_at: Option<Timestamp>,
    pub end_reason: Option<String>,
    pub version: i64,
}

/// A measure of a plan that has not ended. Whoever changes it has locked the plan.
pub async fn find(on: impl Into<On<'_>>, plan: Uuid, id: Uuid) -> Result<Option<MeasureRow>, DbError> {
    sql(
        "SELECT id, action_plan_id, type, text, policy_ref, ended_at, end_reason, version FROM measure \
         WHERE id = $1 AND action_plan_id = $2 AND ended_at IS NULL",
    )
    .bind(id)
    .bind(plan)
    .optional(on)
    .await
}

/// Inserts a measure behind the others of its plan.
pub async fn insert(tx: &mut Tx, act: &Act, measure: &MeasureRow) -> Result<(), DbError> {
    sql(
        "INSERT INTO measure (id, action_plan_id, type, text, policy_ref, sort_order, created_at, created_by, updated_at, \
         updated_by) VALUES ($1, $2, $3, $4, $5, \
         (SELECT COALESCE(MAX(o.sort_order), 0) + 1 FROM measure o WHERE o.action_plan_id = $2), $6, $7, $6, $7)",
    )
    .bind(measure.id)
    .bind(measure.action_plan_id)
    .bind(&measure.r#type)
    .bind(&measure.text)
    .bind(measure.policy_ref.clone())
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(())
}

/// Stores a changed measure, if it still has the version that was read; whether it had.
pub async fn save(tx: &mut Tx, act: &Act, measure: &MeasureRow) -> Result<bool, DbError> {
    let saved = sql(
        "UPDATE measure SET type = $3, text = $4, policy_ref = $5, ended_at = $6, end_reason = $7, updated_at = $8, \
         updated_by = $9, version = version + 1 WHERE id = $1 AND version = $2",
    )
    .bind(measure.id)
    .bind(measure.version)
    .bind(&measure.r#type)
    .bind(&measure.text)
    .bind(measure.policy_ref.clone())
    .bind(measure.ended_at)
    .bind(measure.end_reason.clone())
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(saved == 1)
}
