//! Resuming what was put on hold (恢复办理): by the head or a supervisor, or by itself when the time is up. The clock goes
//! on.

use super::step::Step;
use crate::error::{ApiError, ApiResult};
use crate::problems::store::change::Move;
use crate::problems::store::cycle;

/// Resumes it.
pub async fn carry_out(step: &mut Step<'_>) -> ApiResult<()> {
    go_on(step, "problem.resumed").await
}

/// Brings it back to where it stood, with the time that the clock stood still added to its due time.
pub async fn go_on(step: &mut Step<'_>, event: &'static str) -> ApiResult<()> {
    let back = step
        .facts
        .return_state
        .ok_or_else(|| ApiError::internal("no state to return to"))?;
    let now = step.now();
    let due_at = cycle::go_on(step.tx, &step.calendar(), &step.facts, now).await?;
    let event = step.event(event).with(serde_json::json!({ "due_at": due_at }));
    let change = Move {
        due_at,
        ..Move::of(&step.facts, back, event)
    };
    step.apply(change).await
}
