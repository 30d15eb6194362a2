//! Accepting an assigned problem (签收), with one person responsible.

use super::dto::Accept;
use super::step::Step;
use crate::assignments::store as assignments;
use crate::error::{ApiError, ApiResult};
use crate::problems::domain::State;
use crate::problems::store::change::Move;

/// Accepts it.
///
/// # Errors
/// 422 where the person named does not belong to the organisation.
pub async fn carry_out(step: &mut Step<'_>, body: &Accept) -> ApiResult<()> {
    let org = step
        .facts
        .lead_org_id
        .ok_or_else(|| ApiError::internal("assigned to nobody"))?;
    let person = step.responsible(body.person_id, org).await?;
    step.refuse_faults()?;
    assignments::accept_lead(step.tx, &step.act, step.facts.id, person).await?;
    step.note_responsible(Some(person)).await?;
    let event = step
        .event("problem.accepted")
        .with(serde_json::json!({ "lead_org": org }));
    let change = Move {
        lead_person_id: Some(person),
        ..Move::of(&step.facts, State::Accepted, event)
    };
    step.apply(change).await
}
