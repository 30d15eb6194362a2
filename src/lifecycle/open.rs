//! Opening a recorded problem, so that competent organisations can claim it.

use super::step::Step;
use crate::error::ApiResult;
use crate::problems::domain::State;
use crate::problems::store::change::Move;

/// Opens it.
pub async fn carry_out(step: &mut Step<'_>) -> ApiResult<()> {
    let change = Move::of(&step.facts, State::Open, step.event("problem.opened"));
    step.apply(change).await
}
