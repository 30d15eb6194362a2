//! Concluding the study of a typical problem: with an output (制度成果), or by handing it to whoever is to act.

use super::closing;
use super::dto::Conclude;
use super::lead::{self, Lead};
use super::step::Step;
use crate::assignments::domain::AssignmentOrigin;
use crate::error::{ApiError, ApiResult, Code};
use crate::outputs;
use crate::problems::domain::State;
use crate::problems::store::change::Move;
use crate::problems::store::cycle;

/// Concludes it.
///
/// # Errors
/// 409 `output_missing` without an output, now or before, and without a lead (S-08); 422 for an unknown organisation, a
/// day later than the clock's, or an output that names somebody.
pub async fn carry_out(step: &mut Step<'_>, body: &Conclude) -> ApiResult<()> {
    match (&body.output, body.lead_org_id) {
        (None, Some(_)) => to_a_lead(step, body).await,
        (None, None) if !outputs::store::has_output(&mut *step.tx, step.facts.id).await? => {
            Err(ApiError::new(Code::OutputMissing))
        }
        _ => with_output(step, body).await,
    }
}

async fn with_output(step: &mut Step<'_>, body: &Conclude) -> ApiResult<()> {
    let now = step.now();
    let org = step.facts.study_org_id;
    if let Some(output) = &body.output {
        step.names_nobody(output).await?;
    }
    let output = match (&body.output, org) {
        (Some(output), Some(org)) => {
            Some(outputs::store::insert(step.tx, &step.work.app.ids, &step.act, output, org, step.facts.id).await?)
        }
        _ => None,
    };
    cycle::responded(step.tx, &step.facts, now).await?;
    cycle::resolved(step.tx, &step.facts, now, &body.text).await?;
    let event = step
        .event("problem.concluded")
        .with_text(Some(body.text.clone()))
        .with(serde_json::json!({ "output": output, "study_org": org }));
    let change = Move::of(&step.facts, State::PendingConfirmation, event);
    step.apply(change).await?;
    closing::invite(step).await
}

async fn to_a_lead(step: &mut Step<'_>, body: &Conclude) -> ApiResult<()> {
    let Some(org) = body.lead_org_id else { return Ok(()) };
    step.expect_org("/lead_org_id", org).await?;
    let rule = step.rule(step.facts.matter, step.facts.disposition, Some(org)).await?;
    let latest = step.facts.due_at.unwrap_or(rule.due_at).shanghai_date();
    let due = step.named("/due_on", body.due_on.unwrap_or(latest), latest);
    step.refuse_faults()?;
    cycle::choose(step.tx, &step.facts, due).await?;
    let lead = Lead::of(&step.facts, AssignmentOrigin::Assigned, org, due);
    lead::make(step, lead).await?;
    let event = step
        .event("problem.concluded")
        .with_text(Some(body.text.clone()))
        .with(serde_json::json!({ "study_org": step.facts.study_org_id, "lead_org": org, "due_on": due.due_at.shanghai_date() }));
    step.apply(lead.moving(&step.facts, State::Assigned, event)).await
}
