//! The reporter says that it is not solved: the next cycle begins under the same number. The third rejection goes to the
//! supervisor as an appeal.

use super::closing;
use super::dto::RejectResult;
use super::step::Step;
use crate::error::ApiResult;
use crate::problems::domain::{Matter, State};
use crate::problems::store::change::Move;
use crate::problems::store::course;

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
    if rejections >= THIRD {
        let reporter = step.facts.reporter_id;
        course::appeal(
            step.tx,
            &step.work.app.ids,
            &step.act,
            &step.facts,
            reporter,
            &body.reason,
        )
        .await?;
        let change = Move {
            return_state: Some(State::PendingConfirmation),
            ..Move::of(&step.facts, State::InDispute, event)
        };
        return step.apply(change).await;
    }
    // An answer that did not do was no simple matter.
    let matter = if step.facts.matter == Matter::Simple {
        Matter::Complex
    } else {
        step.facts.matter
    };
    closing::begin_anew(step, "rejected", matter, event).await
}
