//! Asking the reporter for more, once in a cycle (S-60): the clock stands still until he answers.

use super::dto::AskReporter;
use super::step::Step;
use crate::error::{ApiError, ApiResult, Code};
use crate::problems::domain::State;
use crate::problems::store::change::Move;
use crate::problems::store::course;
use crate::problems::store::cycle;
use crate::reporters::domain::Anonymity;

/// Asks him.
///
/// # Errors
/// 409 `no_contact` where nobody knows who raised it.
pub async fn carry_out(step: &mut Step<'_>, body: &AskReporter) -> ApiResult<()> {
    if step
        .facts
        .reporter_anonymity
        .is_none_or(|anonymity| anonymity == Anonymity::Unknown)
    {
        return Err(ApiError::new(Code::NoContact));
    }
    let now = step.now();
    cycle::responded(step.tx, &step.facts, now).await?;
    cycle::asked(step.tx, &step.facts, now).await?;
    cycle::pause(step.tx, &step.facts, now).await?;
    course::count_request(step.tx, step.facts.id).await?;
    let event = step
        .event("problem.reporter_asked")
        .with_text(Some(body.question.clone()));
    let change = Move {
        due_at: None,
        return_state: Some(step.facts.state),
        ..Move::of(&step.facts, State::AwaitingReporter, event)
    };
    step.apply(change).await
}
