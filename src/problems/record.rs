//! Recording: every reference of a new problem looked up and checked, every fault named at once.

use uuid::Uuid;

use super::domain::{Channel, Matter, State, Urgency};
use super::dto::NewProblem;
use super::store::write::Insert;
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::clock::Timestamp;
use crate::clock_rules::domain::Term;
use crate::db::Tx;
use crate::directory::words::Audience;
use crate::directory::{divisions, terms};
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};
use crate::reporters::domain::ReporterKind;
use crate::visits::domain::VisitState;
use crate::visits::store::VisitRow;
use crate::{campaigns, clock_rules, reporters, service_objects, visits};

/// Looks up everything that a new problem refers to: the row to insert, whose reporter is filled in when he exists.
///
/// # Errors
/// 422 with every fault; 404 for a visit outside the caller's scope; 409 for one that was cancelled.
pub async fn look_up(
    app: &App,
    tx: &mut Tx,
    who: &Caller,
    visit_scopes: &[Uuid],
    body: &NewProblem,
    now: Timestamp,
) -> ApiResult<Insert> {
    let mut faults = Vec::new();
    let visit = match body.visit_id {
        Some(id) => {
            let found = visits::store::find_to_change(&mut *tx, visit_scopes, id).await?;
            if found.is_none() {
                faults.push(Fault::new("/visit_id", FaultCode::UnknownReference));
            }
            found
        }
        None => None,
    };
    if visit.as_ref().is_some_and(|visit| visit.state == VisitState::Cancelled) {
        return Err(
            ApiError::new(Code::TransitionNotAllowed).with_member("visit_state", VisitState::Cancelled.as_str())
        );
    }
    let object_division = object_division(tx, body, &mut faults).await?;
    let division_id = division(tx, who, body, object_division, visit.as_ref(), now, &mut faults).await?;
    let category_id = category(&mut *tx, body.audience, &body.category, now, &mut faults).await?;
    let cause_ids = term_ids(&mut *tx, "cause", "/causes", &body.causes, now, &mut faults).await?;
    let goal_ids = term_ids(&mut *tx, "goal", "/goals", &body.goals, now, &mut faults).await?;
    if body.observed_at.is_some_and(|observed| observed > now) {
        faults.push(Fault::new("/observed_at", FaultCode::NotWithin));
    }
    let campaign_year_id = match &visit {
        Some(visit) => Some(visit.campaign_year_id),
        None => {
            let year = campaigns::store::year_for(&mut *tx, body.campaign.as_deref(), now.shanghai_date()).await?;
            if year.is_none() {
                faults.push(Fault::new("/campaign", FaultCode::NoOpenCampaign));
            }
            year.map(|year| year.id)
        }
    };
    let self_reported = is_himself(tx, who, body, now).await?;
    if body.reporter.is_none() && !self_reported {
        faults.push(Fault::new("/reporter", FaultCode::Required));
    }
    let (Some(campaign_year_id), Some(division_id), Some(category_id), []) =
        (campaign_year_id, division_id, category_id, faults.as_slice())
    else {
        return Err(ApiError::invalid(faults));
    };
    let calendar = app.calendar();
    let terms = clock_rules::store::terms(&mut *tx, division_id, now.shanghai_date()).await?;
    let (first_response_due, provisional) = calendar.due_at(now.utc(), terms.days(Term::FirstResponse));
    let in_visit = visit.as_ref().is_some_and(|visit| visit.state != VisitState::Completed);
    let insert = Insert {
        id: app.ids.next(),
        client: who.client,
        client_ref: body.client_ref,
        campaign_year_id,
        visit_id: body.visit_id,
        visit_leading_body: visit.as_ref().map(|visit| visit.leading_body),
        channel: channel(body, visit.is_some()),
        audience: body.audience,
        category_id,
        cause_ids,
        goal_ids,
        statement: body.statement.clone(),
        summary: body.summary.clone(),
        object_id: body.object_id,
        division_id,
        place: body.place.clone(),
        urgency: body.urgency.unwrap_or(Urgency::Normal),
        matter: body.matter.unwrap_or(Matter::Complex),
        state: if in_visit { State::Recorded } else { State::Open },
        observed_at: body.observed_at,
        recorder_org_id: who.org().ok().filter(|_| !self_reported),
        reporter_id: None,
        self_reported,
        first_response_due: first_response_due.into(),
        provisional,
        calendar_version: calendar.version().to_owned(),
    };
    Ok(insert)
}

/// Whether who records is the reporter: one who names nobody, who names his own account, or an enterprise that
/// authorises him.
async fn is_himself(tx: &mut Tx, who: &Caller, body: &NewProblem, now: Timestamp) -> ApiResult<bool> {
    let Some(reporter) = &body.reporter else {
        return Ok(who.has(Role::Reporter));
    };
    let Some(person) = who.person().filter(|_| who.actor.is_none()) else {
        return Ok(false);
    };
    let enterprise = reporter.object_id.filter(|_| reporter.kind == ReporterKind::Enterprise);
    match enterprise {
        _ if reporter.person_id == Some(person) => Ok(true),
        Some(enterprise) => Ok(reporters::store::is_authorised(tx, person, enterprise, now).await?),
        None => Ok(false),
    }
}

fn channel(body: &NewProblem, in_visit: bool) -> Channel {
    body.channel
        .unwrap_or(if in_visit { Channel::Visit } else { Channel::Portal })
}

async fn object_division(tx: &mut Tx, body: &NewProblem, faults: &mut Vec<Fault>) -> ApiResult<Option<Uuid>> {
    let Some(id) = body.object_id else { return Ok(None) };
    let object = service_objects::store::find_facts(&mut *tx, id).await?;
    if object.as_ref().is_none_or(|object| object.ended) {
        faults.push(Fault::new("/object_id", FaultCode::UnknownReference));
    }
    Ok(object.map(|object| object.division_id))
}

/// The division that the problem is about: the one named, else the object's, else the visit's. It must lie within the
/// reach of the caller's memberships; a reporter's may be anywhere.
async fn division(
    tx: &mut Tx,
    who: &Caller,
    body: &NewProblem,
    of_object: Option<Uuid>,
    visit: Option<&VisitRow>,
    now: Timestamp,
    faults: &mut Vec<Fault>,
) -> ApiResult<Option<Uuid>> {
    let (pointer, found) = match &body.division {
        Some(code) => {
            let found = divisions::find_by_code(&mut *tx, code, now.shanghai_date()).await?;
            ("/division", found.map(|division| division.id))
        }
        None if of_object.is_some() => ("/object_id", of_object),
        None => ("/visit_id", visit.map(|visit| visit.division_id)),
    };
    let Some(id) = found else {
        if body.division.is_some() {
            faults.push(Fault::new(pointer, FaultCode::UnknownReference));
        }
        return Ok(None);
    };
    // An object that is named beside a division must be within reach, too.
    if let Some(elsewhere) = of_object.filter(|object| *object != id)
        && !is_within_reach(&mut *tx, who, elsewhere).await?
    {
        faults.push(Fault::new("/object_id", FaultCode::UnknownReference));
    }
    if is_within_reach(tx, who, id).await? {
        return Ok(Some(id));
    }
    faults.push(Fault::new(pointer, FaultCode::UnknownReference));
    Ok(None)
}

/// Whether a division lies within the caller's memberships; a reporter's problem may be anywhere.
async fn is_within_reach(tx: &mut Tx, who: &Caller, division: Uuid) -> ApiResult<bool> {
    let mut inside = who.memberships.iter().filter(|held| held.role.is_inside()).peekable();
    if inside.peek().is_none() {
        return Ok(true);
    }
    for membership in inside {
        if divisions::is_within(&mut *tx, membership.division, division).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The category's id, if its code is one of this audience, in use, and no heading (S-15 to S-17).
pub async fn category(
    tx: &mut Tx,
    audience: Audience,
    code: &str,
    now: Timestamp,
    faults: &mut Vec<Fault>,
) -> ApiResult<Option<Uuid>> {
    let Some(term) = terms::find(&mut *tx, "category", code).await? else {
        faults.push(Fault::new("/category", FaultCode::UnknownReference));
        return Ok(None);
    };
    let fault = match () {
        () if term.audience.is_some_and(|theirs| theirs != audience) => Some(FaultCode::OtherAudience),
        () if term.is_heading => Some(FaultCode::NotInList),
        () if !term.is_valid_on(now.shanghai_date()) => Some(FaultCode::RetiredTerm),
        () => None,
    };
    faults.extend(fault.map(|code| Fault::new("/category", code)));
    Ok(Some(term.id))
}

/// The ids of terms in use, in the order of their codes.
pub async fn term_ids(
    tx: &mut Tx,
    kind: &'static str,
    pointer: &str,
    codes: &[String],
    now: Timestamp,
    faults: &mut Vec<Fault>,
) -> ApiResult<Vec<Uuid>> {
    let mut ids = Vec::new();
    for (index, code) in codes.iter().enumerate() {
        let fault = match terms::find(&mut *tx, kind, code).await? {
            None => Some(FaultCode::UnknownReference),
            Some(term) if term.is_heading => Some(FaultCode::NotInList),
            Some(term) if !term.is_valid_on(now.shanghai_date()) => Some(FaultCode::RetiredTerm),
            Some(term) if ids.contains(&term.id) => Some(FaultCode::Repeated),
            Some(term) => {
                ids.push(term.id);
                None
            }
        };
        faults.extend(fault.map(|code| Fault::new(format!("{pointer}/{index}"), code)));
    }
    Ok(ids)
}
