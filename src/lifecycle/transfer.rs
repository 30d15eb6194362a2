//! Transferring a problem to another organisation (转办, S-58): counted, and it never sets the clock back.

use super::dto::Transfer;
use super::lead::{self, Lead};
use super::step::Step;
use crate::assignments::domain::AssignmentOrigin;
use crate::error::{ApiResult, Fault, FaultCode};
use crate::problems::domain::State;
use crate::problems::store::change::Move;
use crate::problems::store::cycle;

/// Transfers it.
///
/// # Errors
/// 422 for an unknown organisation, the one that leads already, or a day later than the clock's.
pub async fn carry_out(step: &mut Step<'_>, body: &Transfer) -> ApiResult<()> {
    step.expect_org("/lead_org_id", body.lead_org_id).await?;
    if step.facts.lead_org_id == Some(body.lead_org_id) {
        step.faults.push(Fault::new("/lead_org_id", FaultCode::Conflict));
    }
    let rule = step
        .rule(step.facts.matter, step.facts.disposition, Some(body.lead_org_id))
        .await?;
    // What was granted before stays the limit: an institutional analysis or an earlier, shorter date.
    let latest = step.facts.due_at.map_or(rule.due_at, |due| due);
    let due = step.named("/due_on", body.due_on, latest.shanghai_date());
    step.refuse_faults()?;
    cycle::choose(step.tx, &step.facts, due).await?;
    let made = Lead {
        org: body.lead_org_id,
        person: None,
        origin: AssignmentOrigin::Assigned,
        due,
        cycle: step.facts.cycle_no,
    };
    lead::make(step, made).await?;
    let event = step.event("problem.transferred").with_text(Some(body.reason.clone())).with(serde_json::json!({
        "from_org": step.facts.lead_org_id.or(step.facts.study_org_id), "lead_org": body.lead_org_id, "due_on": body.due_on,
    }));
    let change = Move {
        lead_org_id: Some(body.lead_org_id),
        lead_person_id: None,
        due_at: Some(due.due_at),
        ..Move::of(&step.facts, State::Assigned, event)
    };
    step.apply(change).await
}
