//! Disposing of a problem (现场处置): resolved on site, followed up, or taken along as typical.
//!
//! Exactly one disposition per problem and cycle 1; the database refuses a second. The clock's time for resolution is
//! chosen here: a leader's due date may be earlier than the rule's, never later.

use uuid::Uuid;

use super::lead::{self, Lead};
use super::situation::Situation;
use super::step::Step;
use super::{closing, support};
use crate::assignments::domain::AssignmentOrigin;
use crate::auth::{Caller, Role};
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};
use crate::problems::domain::{Disposition, OnSiteKind, OrgPart, State};
use crate::problems::dto::Dispose;
use crate::problems::store::change::{self, Move, NewDisposition};
use crate::problems::store::cycle::{self, Chosen};
use crate::problems::store::{ProblemFacts, write};

/// Carries a disposition out; `prefix` is where the body stands.
///
/// # Errors
/// 403 where the caller may propose but not assign; 422 with every fault.
pub async fn carry_out(step: &mut Step<'_>, body: &Dispose, prefix: &str) -> ApiResult<()> {
    as_said(step, body, None, prefix).await
}

/// The same of a problem whose earlier disposition was ended for this reason.
pub async fn as_said(step: &mut Step<'_>, body: &Dispose, reason: Option<&str>, prefix: &str) -> ApiResult<()> {
    if body.assign && !may_assign(&step.situation) {
        return Err(ApiError::new(Code::Forbidden).with_member("permission", "assign"));
    }
    check_facts(step, body, prefix).await?;
    let new = NewDisposition {
        reason: reason.map(ToOwned::to_owned),
        ..disposition(step.who, body, step.act.at)
    };
    change::dispose(step.tx, &step.work.app.ids, &step.act, step.facts.id, &new).await?;
    let change = match body.disposition {
        Disposition::ResolvedOnSite => resolved_on_site(step, body).await?,
        Disposition::FollowUp => follow_up(step, body).await?,
        Disposition::Typical => typical(step, body).await?,
    };
    step.apply(change).await?;
    if body.disposition == Disposition::ResolvedOnSite {
        closing::invite(step).await?;
    }
    Ok(())
}

/// The visit's leader and dispatchers assign at once; others propose.
fn may_assign(situation: &Situation) -> bool {
    situation.roles.contains(&Role::Dispatcher)
        || situation.roles.contains(&Role::Leader) && (situation.leads_visit || !situation.of_a_visit)
}

fn disposition(who: &Caller, body: &Dispose, now: Timestamp) -> NewDisposition {
    let on_site = body.disposition == Disposition::ResolvedOnSite;
    NewDisposition {
        class: body.disposition,
        on_site_kind: body.on_site_kind,
        text: body.text.clone(),
        policy_ref: body.policy_ref.clone(),
        resolved_at: on_site.then(|| body.resolved_at.unwrap_or(now)),
        lead_org_id: body.lead_org_id,
        study_org_id: body.study_org_id,
        due_on: body.due_on,
        // A typical problem bears the leader's signature; a secretary signs for the leader.
        signed_by: (body.disposition == Disposition::Typical).then_some(who.subject),
        reason: None,
        orgs: body
            .organisations
            .iter()
            .map(|org| (org.org_id, org.agreed.clone()))
            .collect(),
    }
}

/// What the row must bear out: organisations exist, times fit.
async fn check_facts(step: &mut Step<'_>, body: &Dispose, prefix: &str) -> ApiResult<()> {
    let mut wanted: Vec<(String, Uuid)> = Vec::new();
    wanted.extend(body.lead_org_id.map(|org| (format!("{prefix}/lead_org_id"), org)));
    wanted.extend(body.study_org_id.map(|org| (format!("{prefix}/study_org_id"), org)));
    for (index, org) in body.organisations.iter().enumerate() {
        let pointer = format!("{prefix}/organisations/{index}/org_id");
        if body.lead_org_id == Some(org.org_id) {
            step.faults.push(Fault::new(pointer.clone(), FaultCode::Conflict));
        }
        wanted.push((pointer, org.org_id));
    }
    for (pointer, id) in wanted {
        step.expect_org(&pointer, id).await?;
    }
    let now = step.now();
    let resolved_at = body.resolved_at.unwrap_or(now);
    if body.disposition == Disposition::ResolvedOnSite && !is_within_visit(&step.facts, resolved_at, now) {
        step.faults
            .push(Fault::new(format!("{prefix}/resolved_at"), FaultCode::NotWithin));
    }
    if let Some(due_on) = body.due_on {
        let rule = step
            .rule(step.facts.matter, Some(body.disposition), body.lead_org_id)
            .await?;
        step.named(&format!("{prefix}/due_on"), due_on, rule.due_at.shanghai_date());
    }
    step.refuse_faults()
}

/// S-06: within the visit or the day after it, and not in the future.
fn is_within_visit(facts: &ProblemFacts, resolved_at: Timestamp, now: Timestamp) -> bool {
    let Some(started) = facts.visit_started_at else {
        return false;
    };
    let latest = facts.visit_ended_at.unwrap_or(now).plus_seconds(24 * 3600);
    (started..=latest).contains(&resolved_at) && resolved_at <= now
}

async fn resolved_on_site(step: &mut Step<'_>, body: &Dispose) -> ApiResult<Move> {
    let (now, problem) = (step.now(), step.facts.id);
    let resolved_at = body.resolved_at.unwrap_or(now);
    let text = body.text.as_deref().unwrap_or_default();
    cycle::responded(step.tx, &step.facts, resolved_at).await?;
    cycle::resolved(step.tx, &step.facts, resolved_at, text).await?;
    cycle::unchoose(step.tx, &step.facts).await?;
    for org in &body.organisations {
        write::part(step.tx, problem, org.org_id, OrgPart::Supporting, now).await?;
    }
    let kind = body.on_site_kind.map(OnSiteKind::as_str);
    let event = step
        .event("problem.resolved_on_site")
        .with_text(body.text.clone())
        .with(serde_json::json!({ "kind": kind, "policy_ref": body.policy_ref.is_some() }));
    Ok(Move {
        disposition: Some(body.disposition),
        due_at: None,
        ..Move::of(&step.facts, State::PendingConfirmation, event)
    })
}

async fn follow_up(step: &mut Step<'_>, body: &Dispose) -> ApiResult<Move> {
    let (now, problem) = (step.now(), step.facts.id);
    let due = chosen(step, body).await?;
    if let (Some(org), Some(due)) = (body.lead_org_id, due) {
        if body.assign {
            let lead = Lead::of(&step.facts, AssignmentOrigin::Assigned, org, due);
            lead::make(step, lead).await?;
        } else {
            write::part(step.tx, problem, org, OrgPart::ProposedLead, now).await?;
        }
    }
    for org in &body.organisations {
        match due.filter(|_| body.assign) {
            Some(due) => support::make(step, org.org_id, &org.agreed, due.due_at.shanghai_date()).await?,
            None => write::part(step.tx, problem, org.org_id, OrgPart::ProposedSupporting, now).await?,
        }
    }
    let (to, kind) = if body.assign {
        (State::Assigned, "problem.assigned")
    } else {
        (State::Open, "problem.follow_up_proposed")
    };
    let event = step
        .event(kind)
        .with(serde_json::json!({ "lead_org": body.lead_org_id, "due_on": body.due_on }));
    Ok(Move {
        disposition: Some(body.disposition),
        lead_org_id: body.lead_org_id.filter(|_| body.assign),
        lead_person_id: None,
        due_at: due.map(|due| due.due_at),
        ..Move::of(&step.facts, to, event)
    })
}

async fn typical(step: &mut Step<'_>, body: &Dispose) -> ApiResult<Move> {
    let due = chosen(step, body).await?;
    if let Some(study) = body.study_org_id {
        write::part(step.tx, step.facts.id, study, OrgPart::Study, step.act.at).await?;
    }
    let event = step
        .event("problem.taken_along")
        .with(serde_json::json!({ "study_org": body.study_org_id, "due_on": body.due_on }));
    Ok(Move {
        disposition: Some(body.disposition),
        lead_org_id: None,
        lead_person_id: None,
        due_at: due.map(|due| due.due_at),
        ..Move::of(&step.facts, State::Studying, event)
    })
}

/// Keeps the time for resolution that the body names, which was checked before.
async fn chosen(step: &mut Step<'_>, body: &Dispose) -> ApiResult<Option<Chosen>> {
    let Some(due_on) = body.due_on else { return Ok(None) };
    let due = step.named("/due_on", due_on, due_on);
    step.faults.clear();
    cycle::choose(step.tx, &step.facts, due).await?;
    Ok(Some(due))
}
