//! Claiming an open problem (主动认领, S-55): of many at once one wins.

use super::dto::Claim;
use super::lead::{self, Lead};
use super::step::Step;
use super::support;
use crate::assignments::domain::AssignmentOrigin;
use crate::auth::Role;
use crate::db::Tx;
use crate::directory::competence::store::competent_orgs;
use crate::directory::orgs;
use crate::error::{ApiError, ApiResult, Code};
use crate::problems::domain::State;
use crate::problems::store::change::Move;
use crate::problems::store::{ProblemFacts, cycle};

/// Claims it for the caller's competent organisation.
///
/// # Errors
/// 422 where the person named does not belong to it.
pub async fn carry_out(step: &mut Step<'_>, body: &Claim) -> ApiResult<()> {
    let org = claiming(step).await?;
    let person = step.responsible(body.person_id, org).await?;
    step.refuse_faults()?;
    let due = lead::due(step, org).await?;
    let disposition = lead::follow_up(step, org, due).await?;
    if step.facts.due_at.is_none() {
        cycle::choose(step.tx, &step.facts, due).await?;
    }
    let lead = Lead {
        person: Some(person),
        ..Lead::of(&step.facts, AssignmentOrigin::Claimed, org, due)
    };
    lead::make(step, lead).await?;
    support::as_proposed(step, org, due.due_at.shanghai_date()).await?;
    let event = step
        .event("problem.claimed")
        .with(serde_json::json!({ "lead_org": org, "due_at": due.due_at }));
    let change = Move {
        disposition,
        ..lead.moving(&step.facts, State::Accepted, event)
    };
    step.apply(change).await
}

/// The organisation that claims, or answers at once: the one that the caller acts with where it is competent, else the
/// most competent of his; none that has ended.
///
/// # Errors
/// 403 where none of his is competent.
pub async fn claiming(step: &mut Step<'_>) -> ApiResult<uuid::Uuid> {
    let facts = &step.facts;
    let (division, category, audience) = (facts.division_id, facts.category_id, facts.audience);
    let fits = competent_orgs(&mut *step.tx, division, category, audience, step.act.at).await?;
    let proposed = match step.facts.proposed_lead_id {
        Some(org) => orgs::find_ref(&mut *step.tx, org).await?.filter(|org| !org.ended),
        None => None,
    };
    let mut competent: Vec<_> = proposed.into_iter().map(|org| org.id).collect();
    competent.extend(fits.into_iter().map(|fit| fit.org));
    let doer = |org: &uuid::Uuid| {
        step.who
            .memberships
            .iter()
            .any(|held| held.org == *org && matches!(held.role, Role::Officer | Role::Handler))
    };
    let acting = step.who.org().ok().filter(|org| competent.contains(org) && doer(org));
    acting
        .or_else(|| competent.into_iter().find(doer))
        .ok_or_else(|| ApiError::new(Code::Forbidden))
}

/// Names the winner to whoever comes too late.
///
/// # Errors
/// 409 `already_claimed` with `lead_org`.
pub async fn not_taken(tx: &mut Tx, facts: &ProblemFacts) -> ApiResult<()> {
    let Some(lead) = facts
        .lead_org_id
        .filter(|_| facts.state != State::Open && !facts.state.has_ended())
    else {
        return Ok(());
    };
    let name = orgs::find_ref(tx, lead).await?.map(|org| org.name);
    Err(ApiError::new(Code::AlreadyClaimed).with_member("lead_org", serde_json::json!({ "id": lead, "name": name })))
}
