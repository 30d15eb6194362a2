//! Assigning an open problem to an organisation (交办).

use super::dto::Assign;
use super::lead::{self, Lead};
use super::step::Step;
use crate::assignments::domain::AssignmentOrigin;
use crate::error::ApiResult;
use crate::problems::domain::State;
use crate::problems::store::change::Move;
use crate::problems::store::cycle;

/// Assigns it.
///
/// # Errors
/// 422 for an unknown organisation or a day later than the rule's.
pub async fn carry_out(step: &mut Step<'_>, body: &Assign) -> ApiResult<()> {
    step.expect_org("/lead_org_id", body.lead_org_id).await?;
    let rule = step
        .rule(step.facts.matter, step.facts.disposition, Some(body.lead_org_id))
        .await?;
    let due = step.named("/due_on", body.due_on, rule.due_at.shanghai_date());
    step.refuse_faults()?;
    let disposition = lead::follow_up(step, body.lead_org_id, due).await?;
    cycle::choose(step.tx, &step.facts, due).await?;
    let made = Lead {
        org: body.lead_org_id,
        person: None,
        origin: AssignmentOrigin::Assigned,
        due,
        cycle: step.facts.cycle_no,
    };
    lead::make(step, made).await?;
    let event = step
        .event("problem.assigned")
        .with(serde_json::json!({ "lead_org": body.lead_org_id, "due_on": body.due_on }));
    let change = Move {
        disposition,
        lead_org_id: Some(body.lead_org_id),
        due_at: Some(due.due_at),
        ..Move::of(&step.facts, State::Assigned, event)
    };
    step.apply(change).await
}
