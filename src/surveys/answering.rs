//! Answering a survey: who may, about what, and what it counts for.

use serde_json::json;
use uuid::Uuid;

use super::domain::{Moment, SurveyVia, answer_faults, audience_of, counted};
use super::dto::NewSurveyAnswer;
use super::store::answers::{self as store, AnswerRow, Insert};
use super::store::counts::{self, SurveyKey};
use super::store::templates;
use crate::auth::{Caller, Role};
use crate::db::Tx;
use crate::directory::words::Audience;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode};
use crate::events::{Act, NewEvent};
use crate::feedback::domain::can_be_rated;
use crate::http::{PathRef, Work};
use crate::problems::separation::{HANDLED, keep_apart};
use crate::problems::store::{ProblemFacts, acts_of, change, facts_to_change};
use crate::reporters;
use crate::reporters::voice::Voice;
use crate::service_objects::store as objects;
use crate::visits::domain::VisitState;
use crate::visits::store::{self as visits, VisitRow, write};

/// Who answers, about what.
struct Subject {
    via: SurveyVia,
    act: Act,
    problem: Option<ProblemFacts>,
    visit: Option<VisitRow>,
    object_id: Option<Uuid>,
    reporter_id: Option<Uuid>,
    /// `None`: what it is about is a fault.
    place: Option<Place>,
}

/// Where it counts.
#[derive(Clone, Copy)]
struct Place {
    campaign_year_id: Uuid,
    division_id: Uuid,
    audience: Audience,
}

/// Keeps an answered survey; the row as it then stands.
///
/// # Errors
/// 403 for who neither was at the visit nor speaks for the reporter, and for who handled the problem; 409 `merged`,
/// `transition_not_allowed` for a visit that has not begun, or `after` while nothing is said to be done, `erased`; 422
/// with every fault; 409 `duplicate` where it was answered.
pub async fn answer(work: &Work, tx: &mut Tx, who: &Caller, body: &NewSurveyAnswer) -> ApiResult<AnswerRow> {
    let mut faults = Vec::new();
    let subject = match body.visit_id {
        Some(visit) => at_visit(work, tx, who, body, visit, &mut faults).await?,
        None => as_reporter(work, tx, who, body, &mut faults).await?,
    };
    if let Some(facts) = &subject.problem {
        facts.state.must_not_be_merged()?;
        facts.must_not_be_erased()?;
        if body.moment == Moment::After {
            can_be_rated(facts.state)?;
        }
    }
    let template = templates::find(&mut *tx, body.template_id).await?;
    match template.filter(|template| template.holds_on(work.now().shanghai_date())) {
        None => faults.push(Fault::new("/template_id", FaultCode::UnknownReference)),
        Some(template) => {
            if subject.place.is_some_and(|place| place.audience != template.audience) {
                faults.push(Fault::new("/template_id", FaultCode::OtherAudience));
            }
            faults.extend(answer_faults(&template.items.0, &body.answers));
        }
    }
    match subject.place {
        Some(place) if faults.is_empty() => keep(work, tx, body, subject, place).await,
        _ => Err(ApiError::invalid(faults)),
    }
}

/// An officer or leader who was at a visit writes it down.
async fn at_visit(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    body: &NewSurveyAnswer,
    visit: Uuid,
    faults: &mut Vec<Fault>,
) -> ApiResult<Subject> {
    let person = who.person().filter(|_| who.has(Role::Officer) || who.has(Role::Leader));
    person.ok_or_else(|| ApiError::new(Code::Forbidden))?;
    let scopes = who.every_scope();
    // The problem is locked first, as every change of it locks it; then the visit.
    let problem = match body.problem_id {
        Some(id) => facts_to_change(tx, &scopes, &PathRef::Id(id), who, work.now()).await?,
        None => None,
    };
    let Some(visit) = visits::find_to_change(tx, &scopes, visit).await? else {
        return Err(ApiError::invalid_at("/visit_id", FaultCode::UnknownReference));
    };
    let team = write::team(&mut *tx, visit.id).await?;
    // A secretary writes it down for the leader who was there.
    let there = team
        .iter()
        .any(|member| member.attended && member.person_id == who.subject);
    if !there && visit.recorded_by != Some(who.subject) {
        return Err(ApiError::new(Code::Forbidden));
    }
    if let Some(facts) = &problem {
        keep_apart(&acts_of(&mut *tx, facts.id, who).await?, HANDLED)?;
    }
    if !matches!(visit.state, VisitState::InProgress | VisitState::Completed) {
        return Err(ApiError::new(Code::TransitionNotAllowed).with_member("state", visit.state.as_str()));
    }
    let of_visit = problem.as_ref().is_some_and(|facts| facts.visit_id == Some(visit.id));
    if body.problem_id.is_some() && !of_visit {
        faults.push(Fault::new("/problem_id", FaultCode::UnknownReference));
    }
    let place = match body.object_id {
        Some(object) => object_at(tx, &visit, object, faults).await?,
        None if body.problem_id.is_none() => {
            faults.push(Fault::new("/object_id", FaultCode::NotEmptyTogether));
            None
        }
        None => None,
    };
    let place = problem.as_ref().map(place_of).or(place);
    let object_id = match (&problem, body.object_id) {
        (Some(facts), None) => store::object_of(tx, facts.id).await?,
        (_, object) => object,
    };
    Ok(Subject {
        via: SurveyVia::Visit,
        act: who.act(work.now()),
        problem,
        visit: Some(visit),
        object_id,
        reporter_id: None,
        place,
    })
}

/// Where what an object of a visit says counts.
async fn object_at(tx: &mut Tx, visit: &VisitRow, object: Uuid, faults: &mut Vec<Fault>) -> ApiResult<Option<Place>> {
    let visited = write::objects(&mut *tx, visit.id).await?.contains(&object);
    let facts = objects::find_facts(tx, object).await?.filter(|_| visited);
    if facts.is_none() {
        faults.push(Fault::new("/object_id", FaultCode::UnknownReference));
    }
    Ok(facts.map(|facts| Place {
        campaign_year_id: visit.campaign_year_id,
        division_id: facts.division_id,
        audience: audience_of(facts.kind),
    }))
}

/// Whoever speaks for the reporter of a problem answers.
async fn as_reporter(
    work: &Work,
    tx: &mut Tx,
    who: &Caller,
    body: &NewSurveyAnswer,
    faults: &mut Vec<Fault>,
) -> ApiResult<Subject> {
    let now = work.now();
    if body.object_id.is_some() {
        faults.push(Fault::new("/object_id", FaultCode::Conflict));
    }
    let problem = match body.problem_id {
        Some(id) => facts_to_change(tx, &who.every_scope(), &PathRef::Id(id), who, now).await?,
        None => None,
    };
    let Some(facts) = problem else {
        let fault = if body.problem_id.is_some() {
            FaultCode::UnknownReference
        } else {
            FaultCode::Required
        };
        return Err(ApiError::invalid_at("/problem_id", fault));
    };
    keep_apart(&acts_of(&mut *tx, facts.id, who).await?, HANDLED)?;
    let spoken = reporters::store::spoken(&mut *tx, who, facts.id, now).await?;
    let spoken = spoken.ok_or_else(|| ApiError::new(Code::Forbidden))?;
    Ok(Subject {
        via: match spoken.voice {
            Voice::Account => SurveyVia::Account,
            Voice::Link => SurveyVia::Link,
            Voice::Portal => SurveyVia::Portal,
        },
        act: spoken.act(who, now),
        object_id: store::object_of(tx, facts.id).await?,
        reporter_id: Some(spoken.reporter_id),
        visit: None,
        place: Some(place_of(&facts)),
        problem: Some(facts),
    })
}

const fn place_of(facts: &ProblemFacts) -> Place {
    Place {
        campaign_year_id: facts.campaign_year_id,
        division_id: facts.division_id,
        audience: facts.audience,
    }
}

async fn keep(
    work: &Work,
    tx: &mut Tx,
    body: &NewSurveyAnswer,
    subject: Subject,
    place: Place,
) -> ApiResult<AnswerRow> {
    let (id, act) = (work.app.ids.next(), &subject.act);
    let problem_id = subject.problem.as_ref().map(|facts| facts.id);
    let before = match body.moment {
        Moment::After => store::untaken_before(tx, place.audience, problem_id, subject.object_id).await?,
        Moment::Before | Moment::Once => None,
    };
    let new = Insert {
        id,
        template_id: body.template_id,
        moment: body.moment,
        via: subject.via,
        problem_id,
        object_id: subject.object_id,
        visit_id: subject.visit.as_ref().map(|visit| visit.id),
        reporter_id: subject.reporter_id,
        before_id: before.as_ref().map(|(id, _)| *id),
    };
    store::insert(tx, act, new, json!(body.answers)).await?;
    let told = json!({ "answer": id, "template": body.template_id, "moment": body.moment, "via": subject.via });
    match (&subject.problem, &subject.visit) {
        (Some(facts), _) => {
            let event = NewEvent::of("problem", facts.id, "survey.answered").with(told);
            change::note(tx, &work.app.ids, act, facts, event).await?;
        }
        (None, Some(visit)) => {
            let event = NewEvent::of("visit", visit.id, "survey.answered").with(told);
            write::note(tx, &work.app.ids, act, visit, event).await?;
        }
        (None, None) => return Err(ApiError::internal("a survey about nothing")),
    }
    let key = SurveyKey {
        campaign_year_id: place.campaign_year_id,
        day: act.at.shanghai_date(),
        division_id: place.division_id,
        audience: place.audience,
    };
    let counted = counted(
        body.moment,
        &body.answers,
        before.as_ref().map(|(_, answers)| &answers.0),
    );
    counts::add(tx, key, &counted).await?;
    Ok(store::one(tx, id).await?)
}
