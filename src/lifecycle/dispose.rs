//! Disposing of a problem (现场处置): resolved on site, followed up, or taken along as typical.
//!
//! Exactly one disposition per problem and cycle 1; the database refuses a second. The clock's time for resolution is
//! chosen here: a leader's due date may be earlier than the rule's, never later.

use uuid::Uuid;

use super::workflow::{Action, Situation};
use crate::auth::policy::{DisposeProblem, Permission as _};
use crate::auth::{Caller, Role};
use crate::calendar::{CLOSE_OF_BUSINESS, Calendar, shanghai_time};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::directory::orgs;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _, Text};
use crate::events::NewEvent;
use crate::http::{IfMatch, PathRef, Work};
use crate::problems::domain::{Disposition, OnSiteKind, State, latest_due_on, resolution_days};
use crate::problems::dto::Dispose;
use crate::problems::store::change::{self, Move, NewDisposition};
use crate::problems::store::{self, ProblemFacts, write};

/// How the caller stands to a problem.
pub fn situation(who: &Caller, facts: &ProblemFacts) -> Situation {
    Situation {
        state: facts.state,
        disposition: facts.disposition,
        of_a_visit: facts.visit_id.is_some(),
        roles: facts.roles_of(who),
        leads_visit: facts.visit_leader_id == Some(who.subject),
        in_visit: facts.caller_in_visit,
        recorded_it: facts.recorded_by.is_some() && facts.recorded_by == who.person(),
    }
}

/// Carries a disposition out, at a version or (`None`) within the recording itself; `prefix` is where the body stands.
///
/// # Errors
/// 404, 403, 409 `already_disposed` or `transition_not_allowed`, 412/428, 422 with every fault.
pub async fn carry_out(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    reference: &PathRef,
    at: Option<&IfMatch>,
    body: &Dispose,
    prefix: &str,
) -> ApiResult<Uuid> {
    let rule = DisposeProblem::RULE;
    // Also where it comes along with a recording.
    if !who.may_call(rule, "dispose_problem") {
        return Err(ApiError::new(Code::Forbidden).with_member("permission", rule.permission));
    }
    let scopes = who.scopes_for(rule);
    let scopes: Vec<Uuid> = scopes.iter().map(crate::auth::Scope::id).collect();
    let facts = store::facts_to_change(tx, &scopes, reference, who)
        .await?
        .or_not_found()?;
    let situation = situation(who, &facts);
    situation.check(Action::disposing(body.disposition))?;
    if body.assign && !may_assign(&situation) {
        return Err(ApiError::new(Code::Forbidden).with_member("permission", "assign"));
    }
    if let Some(at) = at {
        at.check(facts.version)?;
    }
    check_facts(tx, &facts, body, prefix, work.now()).await?;
    let (act, ids) = (who.act(work.now()), &work.app.ids);
    change::dispose(tx, ids, &act, facts.id, &disposition(who, body, work.now())).await?;
    if let Some(person) = act.person {
        write::actor(
            tx,
            ids,
            facts.id,
            person,
            &act,
            Action::disposing(body.disposition).as_str(),
        )
        .await?;
    }
    let change = match body.disposition {
        Disposition::ResolvedOnSite => resolved_on_site(tx, &facts, body, work.now()).await?,
        Disposition::FollowUp => follow_up(tx, &facts, body, work.now()).await?,
        Disposition::Typical => typical(tx, &facts, body, work.now()).await?,
    };
    change::apply(tx, ids, &act, &facts, change).await?;
    Ok(facts.id)
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
        orgs: body
            .organisations
            .iter()
            .map(|org| (org.org_id, org.agreed.clone()))
            .collect(),
    }
}

/// What the row must bear out: organisations exist, times fit.
async fn check_facts(tx: &mut Tx, facts: &ProblemFacts, body: &Dispose, prefix: &str, now: Timestamp) -> ApiResult<()> {
    let mut faults = Vec::new();
    let mut wanted: Vec<(String, Uuid)> = Vec::new();
    wanted.extend(body.lead_org_id.map(|org| (format!("{prefix}/lead_org_id"), org)));
    wanted.extend(body.study_org_id.map(|org| (format!("{prefix}/study_org_id"), org)));
    for (index, org) in body.organisations.iter().enumerate() {
        wanted.push((format!("{prefix}/organisations/{index}/org_id"), org.org_id));
        if body.lead_org_id == Some(org.org_id) {
            faults.push(Fault::new(
                format!("{prefix}/organisations/{index}/org_id"),
                FaultCode::Conflict,
            ));
        }
    }
    for (pointer, id) in wanted {
        if orgs::find_ref(&mut *tx, id).await?.is_none_or(|org| org.ended) {
            faults.push(Fault::new(pointer, FaultCode::UnknownReference));
        }
    }
    if body.disposition == Disposition::ResolvedOnSite && !is_within_visit(facts, body.resolved_at.unwrap_or(now), now)
    {
        faults.push(Fault::new(format!("{prefix}/resolved_at"), FaultCode::NotWithin));
    }
    if let Some(due_on) = body.due_on {
        let latest = latest(facts, body.disposition);
        // Once the rule's own day has passed it is the only one: overdue at once, and the clock is not reset.
        if due_on < now.shanghai_date().min(latest) || due_on > latest {
            let detail = Text::new(
                format!("须在今日至 {latest} 之间"),
                format!("must be from today to {latest}"),
            );
            faults.push(Fault::because(format!("{prefix}/due_on"), FaultCode::NotWithin, detail));
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(ApiError::invalid(faults))
    }
}

fn latest(facts: &ProblemFacts, class: Disposition) -> chrono::NaiveDate {
    let days = resolution_days(facts.matter, Some(class), facts.urgency);
    latest_due_on(Calendar::shipped(), facts.recorded_at, days)
}

/// S-06: within the visit or the day after it, and not in the future.
fn is_within_visit(facts: &ProblemFacts, resolved_at: Timestamp, now: Timestamp) -> bool {
    let Some(started) = facts.visit_started_at else {
        return false;
    };
    let latest = facts.visit_ended_at.unwrap_or(now).plus_seconds(24 * 3600);
    (started..=latest).contains(&resolved_at) && resolved_at <= now
}

async fn resolved_on_site(tx: &mut Tx, facts: &ProblemFacts, body: &Dispose, now: Timestamp) -> ApiResult<Move> {
    let resolved_at = body.resolved_at.unwrap_or(now);
    change::set_clock(
        tx,
        facts,
        None,
        None,
        Some(resolved_at),
        Some((resolved_at, body.text.as_deref().unwrap_or_default())),
    )
    .await?;
    for org in &body.organisations {
        write::part(tx, facts.id, org.org_id, "supporting", now).await?;
    }
    let kind = body.on_site_kind.map(OnSiteKind::as_str);
    let event = NewEvent::of("problem", facts.id, "problem.resolved_on_site")
        .public()
        .with_text(body.text.clone())
        .with(serde_json::json!({ "kind": kind, "policy_ref": body.policy_ref.is_some() }));
    Ok(Move {
        to: State::PendingConfirmation,
        disposition: Some(body.disposition),
        lead_org_id: None,
        due_at: None,
        event,
    })
}

async fn follow_up(tx: &mut Tx, facts: &ProblemFacts, body: &Dispose, now: Timestamp) -> ApiResult<Move> {
    let due = due(tx, facts, body).await?;
    let lead = body.lead_org_id;
    let (lead_part, supporting_part) = if body.assign {
        ("lead", "supporting")
    } else {
        ("proposed_lead", "proposed_supporting")
    };
    if let Some(lead) = lead {
        write::part(tx, facts.id, lead, lead_part, now).await?;
    }
    for org in &body.organisations {
        write::part(tx, facts.id, org.org_id, supporting_part, now).await?;
    }
    let (to, kind) = if body.assign {
        (State::Assigned, "problem.assigned")
    } else {
        (State::Open, "problem.follow_up_proposed")
    };
    let event = NewEvent::of("problem", facts.id, kind)
        .public()
        .with(serde_json::json!({ "lead_org": lead, "due_on": body.due_on }));
    Ok(Move {
        to,
        disposition: Some(body.disposition),
        lead_org_id: lead.filter(|_| body.assign),
        due_at: due,
        event,
    })
}

async fn typical(tx: &mut Tx, facts: &ProblemFacts, body: &Dispose, now: Timestamp) -> ApiResult<Move> {
    let due = due(tx, facts, body).await?;
    if let Some(study) = body.study_org_id {
        write::part(tx, facts.id, study, "study", now).await?;
    }
    let event = NewEvent::of("problem", facts.id, "problem.taken_along")
        .public()
        .with(serde_json::json!({ "study_org": body.study_org_id, "due_on": body.due_on }));
    Ok(Move {
        to: State::Studying,
        disposition: Some(body.disposition),
        lead_org_id: None,
        due_at: due,
        event,
    })
}

/// Chooses the time for resolution and keeps it in the cycle: 17:00 in Asia/Shanghai on the day named.
async fn due(tx: &mut Tx, facts: &ProblemFacts, body: &Dispose) -> ApiResult<Option<Timestamp>> {
    let Some(due_on) = body.due_on else { return Ok(None) };
    let due = Timestamp::from(shanghai_time(due_on, CLOSE_OF_BUSINESS));
    let days = Calendar::shipped().working_days_between(facts.recorded_at.shanghai_date(), due_on);
    let provisional = !Calendar::shipped().is_working_day(due_on).known;
    change::set_clock(tx, facts, Some(days), Some((due, provisional)), None, None).await?;
    Ok(Some(due))
}
