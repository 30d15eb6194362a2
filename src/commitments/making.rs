//! Entering a promise that was made at a visit.

use serde_json::json;
use uuid::Uuid;

use super::domain::CommitmentOutcome;
use super::dto::NewCommitment;
use super::noting;
use super::store::{self, CommitmentKey, CommitmentRow, Insert};
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::directory::orgs;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::events::NewEvent;
use crate::http::{PathRef, Work};
use crate::problems::store::{ProblemFacts, change, facts_to_change};
use crate::tasks::planning;
use crate::visits::domain::VisitState;
use crate::visits::store::{self as visits, VisitRow, write};

/// Enters a commitment; the row as it then stands.
///
/// # Errors
/// 404; 403 for who was not there; 409 `transition_not_allowed` for a visit that has not begun or was cancelled; 422
/// with every fault: in this order.
pub async fn make(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    scopes: &[Uuid],
    visit: Uuid,
    body: &NewCommitment,
) -> ApiResult<CommitmentRow> {
    let now = work.now();
    visits::find(&mut *tx, scopes, visit).await?.or_not_found()?;
    // The problem is locked first, as every change of it locks it; then the visit.
    let problem = match body.problem_id {
        Some(id) => facts_to_change(tx, &who.every_scope(), &PathRef::Id(id), who, now).await?,
        None => None,
    };
    let visit = visits::find_to_change(tx, scopes, visit).await?.or_not_found()?;
    let there = there(tx, &visit).await?;
    // A secretary enters it for the leader who was there.
    let by = who.person().map(|_| who.subject);
    by.filter(|person| there.contains(person) || visit.recorded_by == Some(*person))
        .ok_or_else(|| ApiError::new(Code::Forbidden))?;
    let began = match (visit.state, visit.started_at) {
        (VisitState::InProgress | VisitState::Completed, Some(began)) => began,
        (state, _) => return Err(ApiError::new(Code::TransitionNotAllowed).with_member("state", state.as_str())),
    };
    check(tx, body, (&visit, began), &there, problem.as_ref()).await?;
    let act = who.act(now);
    let new = Insert {
        id: work.app.ids.next(),
        visit_id: visit.id,
        org_id: body.org_id.unwrap_or(visit.org_id),
        made_by: body.made_by.unwrap_or(visit.leader_id),
        body,
    };
    store::insert(tx, &act, new).await?;
    let event = |event: NewEvent| {
        event
            .with_text(Some(body.text.trim().to_owned()))
            .with(json!({ "commitment": new.id, "org": new.org_id, "due_on": body.due_on }))
    };
    match &problem {
        Some(facts) => {
            let event = event(NewEvent::of("problem", facts.id, "commitment.made")).public();
            change::note(tx, &work.app.ids, &act, facts, event).await?;
            planning::replan(tx, &work.app.ids, &work.app.calendar(), &act, facts.id).await?;
        }
        None => {
            let event = event(NewEvent::of("visit", visit.id, "commitment.made"));
            noting::note_at_visit(work, tx, &act, &visit, event).await?;
        }
    }
    store::count(
        tx,
        &key(&visit, began, body),
        CommitmentOutcome::Made,
        now.shanghai_date(),
    )
    .await?;
    Ok(store::one(tx, (who, now), new.id).await?)
}

fn key(visit: &VisitRow, began: Timestamp, body: &NewCommitment) -> CommitmentKey {
    CommitmentKey {
        campaign_year_id: visit.campaign_year_id,
        day: began.shanghai_date(),
        division_id: visit.division_id,
        leading_body: visit.leading_body,
        due_on: body.due_on,
    }
}

/// Who was there: the leader and who went along in person.
async fn there(tx: &mut Tx, visit: &VisitRow) -> ApiResult<Vec<Uuid>> {
    let team = write::team(tx, visit.id).await?;
    let attended = team
        .iter()
        .filter(|member| member.attended)
        .map(|member| member.person_id);
    Ok(attended.collect())
}

async fn check(
    tx: &mut Tx,
    body: &NewCommitment,
    (visit, began): (&VisitRow, Timestamp),
    there: &[Uuid],
    problem: Option<&ProblemFacts>,
) -> ApiResult<()> {
    let mut faults = Vec::new();
    if body.due_on < began.shanghai_date() {
        faults.push(Fault::new("/due_on", FaultCode::NotWithin));
    }
    if let Some(org) = body.org_id
        && orgs::find_ref(&mut *tx, org).await?.is_none_or(|org| org.ended)
    {
        faults.push(Fault::new("/org_id", FaultCode::UnknownReference));
    }
    if body
        .made_by
        .is_some_and(|person| person != visit.leader_id && !there.contains(&person))
    {
        faults.push(Fault::new("/made_by", FaultCode::UnknownReference));
    }
    match problem {
        None if body.problem_id.is_some() => faults.push(Fault::new("/problem_id", FaultCode::UnknownReference)),
        Some(facts) if facts.state.has_ended() => faults.push(Fault::new("/problem_id", FaultCode::EndedReference)),
        _ => {}
    }
    if let Some(object) = body.object_id
        && !write::objects(tx, visit.id).await?.contains(&object)
    {
        faults.push(Fault::new("/object_id", FaultCode::UnknownReference));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(ApiError::invalid(faults))
    }
}
