//! Reporting the work done (办结): to the reporter, who alone closes it (S-32).

use super::closing;
use super::dto::Complete;
use super::step::Step;
use crate::assignments::domain::AssignmentState;
use crate::assignments::store as assignments;
use crate::error::{ApiError, ApiResult, Code};
use crate::outputs;
use crate::problems::domain::{Matter, State};
use crate::problems::store::change::Move;
use crate::problems::store::cycle;
use crate::reporters::domain::Anonymity;
use crate::{action_plans, contacts};

/// Reports it done.
///
/// # Errors
/// 409 `open_duties` with the steps and assignments that are open; 409 `no_face_to_face` (S-51) without a reason; 409
/// `output_missing` for an institutional matter without living theme or output (S-47); 422 for an output that names
/// somebody.
pub async fn carry_out(step: &mut Step<'_>, body: &Complete) -> ApiResult<()> {
    duties_are_done(step).await?;
    met_or_excused(step, body).await?;
    let output = institutional_gate(step, body).await?;
    let now = step.now();
    assignments::end_lead(step.tx, &step.act, step.facts.id, AssignmentState::Done).await?;
    cycle::resolved(step.tx, &step.facts, now, &body.result).await?;
    let event = step
        .event("problem.completed")
        .with_text(Some(body.result.clone()))
        .with(serde_json::json!({ "lead_org": step.facts.lead_org_id, "output": output }));
    let change = Move::of(&step.facts, State::PendingConfirmation, event);
    step.apply(change).await?;
    closing::invite(step).await
}

async fn duties_are_done(step: &mut Step<'_>) -> ApiResult<()> {
    let standing = action_plans::store::standing(&mut *step.tx, step.facts.id, step.facts.cycle_no).await?;
    let duties = assignments::open_duties(&mut *step.tx, step.facts.id).await?;
    if standing.open_steps.is_empty() && duties.is_empty() {
        return Ok(());
    }
    Err(ApiError::new(Code::OpenDuties)
        .with_member("steps", serde_json::json!(standing.open_steps))
        .with_member("assignments", serde_json::json!(duties)))
}

async fn met_or_excused(step: &mut Step<'_>, body: &Complete) -> ApiResult<()> {
    let excused = body.no_face_to_face_reason.is_some()
        || step
            .facts
            .reporter_anonymity
            .is_none_or(|anonymity| anonymity == Anonymity::Unknown);
    if excused || contacts::store::met_face_to_face(&mut *step.tx, step.facts.id, step.facts.cycle_no).await? {
        return Ok(());
    }
    Err(ApiError::new(Code::NoFaceToFace))
}

/// An institutional problem is not closed by an operational fix.
async fn institutional_gate(step: &mut Step<'_>, body: &Complete) -> ApiResult<Option<uuid::Uuid>> {
    if let (Some(output), Some(org)) = (&body.output, step.facts.lead_org_id) {
        step.names_nobody(output).await?;
        let made = outputs::store::insert(step.tx, &step.work.app.ids, &step.act, output, org, step.facts.id).await?;
        return Ok(Some(made));
    }
    if step.facts.matter == Matter::Institutional && !outputs::store::has_any(&mut *step.tx, step.facts.id).await? {
        return Err(ApiError::new(Code::OutputMissing));
    }
    Ok(None)
}
