//! Assigning an open problem to an organisation (交办): by a dispatcher, or by itself where nobody did so in time.

use uuid::Uuid;

use super::dto::Assign;
use super::lead::{self, Lead};
use super::step::Step;
use super::{suggestions, support};
use crate::assignments::domain::AssignmentOrigin;
use crate::directory::competence::domain::Ground;
use crate::error::{ApiError, ApiResult};
use crate::problems::domain::State;
use crate::problems::store::change::Move;
use crate::problems::store::course;
use crate::problems::store::cycle::{self, Chosen};

/// Assigns it.
///
/// # Errors
/// 422 for an unknown organisation or a day later than the clock's.
pub async fn carry_out(step: &mut Step<'_>, body: &Assign) -> ApiResult<()> {
    step.expect_org("/lead_org_id", body.lead_org_id).await?;
    let rule = step
        .rule(step.facts.matter, step.facts.disposition, Some(body.lead_org_id))
        .await?;
    // A leader's due date may be earlier than the rule's, and stays the limit.
    let latest = step.facts.due_at.unwrap_or(rule.due_at);
    let due = step.named("/due_on", body.due_on, latest.shanghai_date());
    step.refuse_faults()?;
    to(step, body.lead_org_id, due, false).await
}

/// By itself: to the proposed lead, else to whoever is most competent, else, `unrouted`, to the nearest dispatch
/// office, which is to find somebody.
///
/// # Errors
/// An internal one where there is not even a dispatch office.
pub async fn by_itself(step: &mut Step<'_>) -> ApiResult<()> {
    let ranked = suggestions::ranked(&mut *step.tx, &step.facts, step.act.at).await?;
    let (best, _) = ranked
        .into_iter()
        .next()
        .ok_or_else(|| ApiError::internal("neither a competent organisation nor a dispatch office"))?;
    let due = lead::due(step, best.org).await?;
    to(step, best.org, due, best.ground == Ground::DispatchOffice).await
}

async fn to(step: &mut Step<'_>, org: Uuid, due: Chosen, unrouted: bool) -> ApiResult<()> {
    let disposition = lead::follow_up(step, org, due).await?;
    cycle::choose(step.tx, &step.facts, due).await?;
    let lead = Lead::of(&step.facts, AssignmentOrigin::Assigned, org, due);
    lead::make(step, lead).await?;
    support::as_proposed(step, org, due.due_at.shanghai_date()).await?;
    let event = step
        .event("problem.assigned")
        .with(serde_json::json!({ "lead_org": org, "due_on": due.due_at.shanghai_date(), "unrouted": unrouted }));
    let change = Move {
        disposition,
        ..lead.moving(&step.facts, State::Assigned, event)
    };
    if unrouted {
        course::mark_unrouted(step.tx, step.facts.id).await?;
    }
    step.apply(change).await
}
