//! What the reporter supplies when he was asked: kept beside his statement; the clock goes on.

use super::dto::Supply;
use super::resume;
use super::step::Step;
use crate::error::{ApiError, ApiResult};
use crate::problems::store::change::Move;
use crate::problems::store::{course, cycle, supplements};

/// Supplies it.
pub async fn carry_out(step: &mut Step<'_>, body: &Supply) -> ApiResult<()> {
    let back = step
        .facts
        .return_state
        .ok_or_else(|| ApiError::internal("no state to return to"))?;
    let (ids, now) = (step.ids(), step.now());
    let reporter = step.spoken.map(|spoken| spoken.reporter_id);
    let new = supplements::New {
        problem: step.facts.id,
        reporter,
        text: &body.answer,
        in_person: body.in_person,
        answers: true,
    };
    let supplement = supplements::insert(step.tx, ids, &step.act, new).await?;
    let due_at = cycle::go_on(step.tx, &step.calendar(), &step.facts, now).await?;
    let event = step
        .event("problem.supplied")
        .with(serde_json::json!({ "supplement": supplement }));
    let change = Move {
        due_at,
        ..Move::of(&step.facts, back, event)
    };
    step.apply(change).await?;
    if body.in_person {
        course::count_trip(step.tx, &step.facts).await?;
    }
    Ok(())
}

/// He did not answer in time: work goes on without him.
pub async fn by_itself(step: &mut Step<'_>) -> ApiResult<()> {
    resume::go_on(step, "problem.reporter_silent").await
}
