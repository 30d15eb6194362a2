//! The reporter says that it is not solved: the next cycle begins under the same number. The third rejection goes to
//! the supervisor as an appeal, once: what is rejected after that begins the next cycle again.

use super::closing;
use super::dto::RejectResult;
use super::step::Step;
use crate::error::ApiResult;
use crate::problems::domain::{Matter, State};
use crate::problems::store::change::Move;
use crate::problems::store::course;
use crate::requests::domain::was_appealed;
use crate::requests::{self, asking};

/// The rejection that becomes an appeal.
const THIRD: i64 = 3;

/// Rejects the result.
///
/// # Errors
/// 422 at `/call_back`.
pub async fn carry_out(step: &mut Step<'_>, body: &RejectResult) -> ApiResult<()> {
    let via = closing::way(step, body.call_back.as_ref()).await?;
    let rejections = course::rejections(step.tx, step.facts.id).await? + 1;
    let event = step
        .event("problem.result_rejected")
        .with_text(Some(body.reason.clone()))
        .with(serde_json::json!({ "via": via, "rejections": rejections }));
    let before = requests::store::before(&mut *step.tx, step.facts.id).await?;
    if rejections >= THIRD && !was_appealed(&before) {
        asking::appeal(step, &body.reason).await?;
        let change = Move {
            return_state: Some(State::PendingConfirmation),
            ..Move::of(&step.facts, State::InDispute, event)
        };
        return step.apply(change).await;
    }
    let matter = no_longer_simple(step.facts.matter);
    closing::begin_anew(step, "rejected", matter, event).await
}

/// An answer that did not do was no simple matter.
pub fn no_longer_simple(matter: Matter) -> Matter {
    if matter == Matter::Simple {
        Matter::Complex
    } else {
        matter
    }
}
