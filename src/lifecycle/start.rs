//! Starting work: the head of the lead organisation has an analysis and an approved plan before him (S-45, S-50).

use super::step::Step;
use crate::error::{ApiError, ApiResult, Code};
use crate::problems::domain::State;
use crate::problems::store::change::Move;
use crate::{action_plans, analyses};

/// Starts it.
///
/// # Errors
/// 409 `not_ready` with what is missing.
pub async fn carry_out(step: &mut Step<'_>) -> ApiResult<()> {
    let analysis = analyses::store::current(&mut *step.tx, step.facts.id).await?;
    let standing = action_plans::store::standing(&mut *step.tx, step.facts.id, step.facts.cycle_no).await?;
    let mut missing = Vec::new();
    if analysis.is_none() {
        missing.push("analysis");
    }
    if !standing.state.is_some_and(action_plans::domain::PlanState::is_settled) {
        missing.push("approved_plan");
    }
    if standing.steps == 0 {
        missing.push("step_of_this_cycle");
    }
    if !missing.is_empty() {
        return Err(ApiError::new(Code::NotReady).with_member("missing", missing));
    }
    if let Some(plan) = standing.plan {
        action_plans::store::begin(step.tx, &step.work.app.ids, &step.act, plan).await?;
    }
    let event = step
        .event("problem.started")
        .with(serde_json::json!({ "plan": standing.plan }));
    let change = Move::of(&step.facts, State::InProgress, event);
    step.apply(change).await
}
