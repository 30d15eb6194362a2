//! Handing a problem over to another person of the same organisation (移交承办人).

use super::dto::HandOver;
use super::step::Step;
use crate::assignments::store as assignments;
use crate::error::{ApiError, ApiResult};
use crate::problems::store::change::Move;

/// Hands it over. The reporter does not see it: he knows the organisation.
///
/// # Errors
/// 422 where the person does not belong to the organisation.
pub async fn carry_out(step: &mut Step<'_>, body: &HandOver) -> ApiResult<()> {
    let responsible = step.facts.responsible();
    let org = responsible.ok_or_else(|| ApiError::internal("nobody leads"))?;
    let person = step.responsible(Some(body.person_id), org).await?;
    step.refuse_faults()?;
    if step.facts.lead_org_id.is_some() {
        assignments::accept_lead(step.tx, &step.act, step.facts.id, person).await?;
    }
    step.note_responsible(Some(person)).await?;
    let mut event = step
        .event("problem.handed_over")
        .with_text(body.reason.clone())
        .with(serde_json::json!({ "from": step.facts.lead_person_id, "to": person }));
    event.public = false;
    let change = Move {
        lead_person_id: Some(person),
        return_state: step.facts.return_state,
        ..Move::of(&step.facts, step.facts.state, event)
    };
    step.apply(change).await
}
