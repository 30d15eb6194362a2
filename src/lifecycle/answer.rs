//! Answering a simple matter at once (the short way): no analysis, no plan.

use super::claim;
use super::closing;
use super::dto::Answer;
use super::lead::{self, Lead};
use super::step::Step;
use crate::assignments::domain::{AssignmentOrigin, AssignmentState};
use crate::assignments::store as assignments;
use crate::error::{ApiError, ApiResult, Code};
use crate::problems::domain::State;
use crate::problems::store::change::Move;
use crate::problems::store::cycle;

/// Answers it; where nobody led, the organisation that could claim it for the caller does from now on.
pub async fn carry_out(step: &mut Step<'_>, body: &Answer) -> ApiResult<()> {
    let now = step.now();
    let org = match step.facts.lead_org_id {
        Some(org) => org,
        None => claim::claiming(step).await?,
    };
    let Some(person) = step.who.person() else {
        return Err(ApiError::new(Code::Forbidden));
    };
    let due = step.rule(step.facts.matter, step.facts.disposition, Some(org)).await?;
    let disposition = lead::follow_up(step, org, due).await?;
    if step.facts.due_at.is_none() {
        cycle::choose(step.tx, &step.facts, due).await?;
    }
    if step.facts.lead_org_id.is_none() {
        let lead = Lead {
            person: Some(person),
            ..Lead::of(&step.facts, AssignmentOrigin::Claimed, org, due)
        };
        lead::make(step, lead).await?;
    }
    assignments::end_lead(step.tx, &step.act, step.facts.id, AssignmentState::Done).await?;
    cycle::responded(step.tx, &step.facts, now).await?;
    cycle::resolved(step.tx, &step.facts, now, &body.text).await?;
    let event = step
        .event("problem.answered")
        .with_text(Some(body.text.clone()))
        .with(serde_json::json!({ "lead_org": org, "policy_ref": body.policy_ref }));
    let change = Move {
        disposition,
        lead_org_id: Some(org),
        lead_person_id: step.facts.lead_person_id.or(Some(person)),
        due_at: step.facts.due_at.or(Some(due.due_at)),
        ..Move::of(&step.facts, State::PendingConfirmation, event)
    };
    step.apply(change).await?;
    closing::invite(step).await
}
