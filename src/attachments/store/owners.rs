//! Which problems an owner belongs to: read from the tables of plans and look-backs.

use uuid::Uuid;

use crate::db::{DbError, On, sql};

/// The problem of a look-back.
pub async fn problem_of_look_back(on: impl Into<On<'_>>, look_back: Uuid) -> Result<Option<Uuid>, DbError> {
    let found: Option<(Uuid,)> = sql("SELECT problem_id FROM look_back WHERE id = $1")
        .bind(look_back)
        .optional(on)
        .await?;
    Ok(found.map(|(problem,)| problem))
}

/// The problems that a plan is for now, in the order in which they are locked.
pub async fn problems_of_plan(on: impl Into<On<'_>>, plan: Uuid) -> Result<Vec<Uuid>, DbError> {
    let found: Vec<(Uuid,)> = sql(
        "SELECT problem_id FROM action_plan_problem WHERE action_plan_id = $1 AND left_at IS NULL ORDER BY problem_id",
    )
    .bind(plan)
    .all(on)
    .await?;
    Ok(found.into_iter().map(|(problem,)| problem).collect())
}

/// Whether a plan is, or was, for a problem in one of these scopes.
pub async fn plan_is_within(on: impl Into<On<'_>>, plan: Uuid, scopes: &[Uuid]) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> = sql("SELECT l.action_plan_id FROM action_plan_problem l \
         JOIN problem_scope s ON s.problem_id = l.problem_id WHERE l.action_plan_id = $1 AND s.scope_id")
    .bind(plan)
    .in_list(scopes)
    .push(" LIMIT 1")
    .optional(on)
    .await?;
    Ok(found.is_some())
}
