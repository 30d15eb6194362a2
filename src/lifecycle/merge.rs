//! Merging a problem into another of the same audience (并案): its reporters follow the other and keep their number. How
//! often they came and were asked counts there.

use super::dto::Merge;
use super::step::{Step, permit};
use crate::action_plans;
use crate::assignments::store as assignments;
use crate::auth::Scope;
use crate::error::{ApiError, ApiResult, FaultCode};
use crate::events::NewEvent;
use crate::http::PathRef;
use crate::problems::domain::State;
use crate::problems::store::change::Move;
use crate::problems::store::{self, ProblemFacts};
use crate::problems::store::{course, cycle};

/// Merges it.
///
/// # Errors
/// 422 at `/target_id`: outside the scopes in which the caller merges, itself, ended, or of another audience. What has
/// ended cannot be a target, so no circle can be made.
pub async fn carry_out(step: &mut Step<'_>, body: &Merge) -> ApiResult<()> {
    let target = target(step, body).await?;
    let (now, problem) = (step.now(), step.facts.id);
    course::carry_trips(step.tx, &step.facts, &target).await?;
    course::follow(step.tx, problem, target.id, now).await?;
    assignments::end_all(step.tx, &step.act, problem).await?;
    if step.facts.state == State::OnHold {
        cycle::go_on(step.tx, &step.calendar(), &step.facts, now).await?;
    }
    let event = NewEvent::of("problem", target.id, "problem.absorbed")
        .public()
        .with(serde_json::json!({ "merged": problem, "tracking_no": step.facts.tracking_no }));
    course::note_participants(step.tx, &step.work.app.ids, &step.calendar(), &step.act, &target, event).await?;
    let event = step
        .event("problem.merged")
        .with_text(body.reason.clone())
        .with(serde_json::json!({ "into": target.id, "tracking_no": target.tracking_no }));
    let change = Move {
        merged_into: Some(target.id),
        due_at: None,
        ..Move::of(&step.facts, State::Merged, event)
    };
    step.apply(change).await?;
    Ok(action_plans::store::settle(step.tx, &step.work.app.ids, &step.act, problem).await?)
}

async fn target(step: &mut Step<'_>, body: &Merge) -> ApiResult<ProblemFacts> {
    let refuse = |code| ApiError::invalid_at("/target_id", code);
    if body.target_id == step.facts.id {
        return Err(refuse(FaultCode::Conflict));
    }
    let reference = PathRef::Id(body.target_id);
    // The memberships that may merge reach the target: what the caller sees in another role is not his to merge into.
    let rule = permit(step.who, step.action.operation())?;
    let scopes: Vec<_> = step.who.scopes_for(rule).iter().map(Scope::id).collect();
    let found = store::facts_to_change(step.tx, &scopes, &reference, step.who, step.act.at).await?;
    let target = found.ok_or_else(|| refuse(FaultCode::UnknownReference))?;
    if target.audience != step.facts.audience {
        return Err(refuse(FaultCode::OtherAudience));
    }
    if target.state.has_ended() {
        return Err(refuse(FaultCode::EndedReference));
    }
    Ok(target)
}
