//! Withdrawing a problem (撤回): its reporter while it is handled, or its recorder by the end of the next working day
//! where nobody has acted on it yet and it was entered by mistake.

use super::dto::Withdraw;
use super::step::Step;
use crate::assignments::store as assignments;
use crate::error::{ApiError, ApiResult, Code};
use crate::problems::domain::State;
use crate::problems::store::change::Move;
use crate::problems::store::{course, cycle};
use crate::{action_plans, receipts};

/// Withdraws it.
///
/// # Errors
/// 409 `too_late` for the recorder, after a working day or once somebody acted.
pub async fn carry_out(step: &mut Step<'_>, body: &Withdraw) -> ApiResult<()> {
    let mistaken = step.spoken.is_none();
    if mistaken {
        let (until, _) = step.calendar().due_at(step.facts.recorded_at.utc(), 1);
        let touched = course::others_acted(step.tx, step.facts.id, step.who.person()).await?;
        if touched || step.now().utc() > until {
            return Err(ApiError::new(Code::TooLate));
        }
    }
    let (now, problem) = (step.now(), step.facts.id);
    if step.facts.state == State::AwaitingReporter {
        cycle::go_on(step.tx, &step.calendar(), &step.facts, now).await?;
    }
    assignments::end_all(step.tx, &step.act, problem).await?;
    receipts::store::expire(step.tx, problem, now).await?;
    let event = step
        .event("problem.withdrawn")
        .with_text(Some(body.reason.clone()))
        .with(serde_json::json!({ "mistaken": mistaken }));
    let change = Move {
        due_at: None,
        ..Move::of(&step.facts, State::Withdrawn, event)
    };
    step.apply(change).await?;
    Ok(action_plans::store::settle(step.tx, &step.work.app.ids, &step.act, problem).await?)
}
