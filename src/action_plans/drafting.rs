//! Working out a plan.

use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use super::domain::{PlanKind, PlanState, discussion_fault};
use super::dto::NewActionPlan;
use super::moving::acted;
use super::references::References;
use super::store::measures::{self, MeasureRow};
use super::store::steps::{self, StepRow};
use super::store::{PlanRow, PlannedProblem, about, texts, write};
use super::workflow::not_theirs;
use super::{from_template, likeness};
use crate::analyses;
use crate::analyses::domain::must_be_worked_at;
use crate::auth::Can;
use crate::auth::policy::{Permission as _, WritePlans};
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Code, FaultCode};
use crate::events::NewEvent;
use crate::http::{PathRef, Work};
use crate::problems::domain::ProblemAct;
use crate::problems::hiding::Eyes;
use crate::problems::responsible::acting_for;
use crate::problems::store::responsible::ties;
use crate::problems::store::{self as problems, ProblemFacts};
use crate::service_objects::store::find_facts;
use crate::service_objects::words::ObjectType;

/// Begins a plan as a draft; its id.
///
/// # Errors
/// 403 for who does not act for an organisation that leads or studies every one of the problems; 409
/// `transition_not_allowed` for a problem that nobody works at, `duplicate` for one that stands in a plan,
/// `analysis_missing`; 422 with every fault.
pub async fn draft(work: &Work, tx: &mut Tx, who: &Can<WritePlans>, body: NewActionPlan) -> ApiResult<Uuid> {
    let found = find_problems(tx, who, &body.problem_ids, work.now()).await?;
    let org = responsible_org(tx, who, &found).await?;
    may_be_planned(tx, &found).await?;
    let enterprise = enterprise_of(tx, &Eyes::of(who, work.now()), &body).await?;
    let plan = new_row(work, (org, enterprise.id), &found, &body)?;
    let body = from_template::begin(work, tx, who, &found, body).await?;
    let parts = resolve(work, tx, &plan, &found, (body, enterprise.faults)).await?;
    let act = who.act(work.now());
    write::insert(tx, &act, &plan).await?;
    for problem in &found {
        write::cover(tx, plan.id, problem.id, work.now()).await?;
    }
    for measure in &parts.measures {
        measures::insert(tx, &act, measure).await?;
    }
    for step in &parts.steps {
        steps::insert(tx, &act, step).await?;
    }
    let event = NewEvent::of("action_plan", plan.id, "action_plan.drafted")
        .moving(None, plan.state.as_str())
        .with(json!({
            "kind": plan.kind, "org": plan.org_id,
            "problems": found.iter().map(|problem| problem.id).collect::<Vec<_>>(),
            "measures": parts.measures.len(), "steps": parts.steps.len(), "template": plan.template_id,
        }));
    write::store(tx, &work.app.ids, &act, &plan, event).await?;
    likeness::keep(tx, plan.id).await?;
    texts::index(tx, plan.id).await?;
    acted(work, tx, who, plan.id, ProblemAct::Plan).await?;
    Ok(plan.id)
}

/// The problems, locked in the order of their ids, as every transaction locks them.
async fn find_problems(
    tx: &mut Tx,
    who: &Can<WritePlans>,
    ids: &[Uuid],
    now: crate::clock::Timestamp,
) -> ApiResult<Vec<ProblemFacts>> {
    let (mut ordered, scopes) = (ids.to_vec(), who.scope_ids());
    ordered.sort_unstable();
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for id in ordered {
        match problems::facts_to_change(tx, &scopes, &PathRef::Id(id), who, now).await? {
            Some(facts) => found.push(facts),
            None => missing.push(id),
        }
    }
    if missing.is_empty() {
        return Ok(found);
    }
    let unknown = ids.iter().enumerate().filter(|(_, id)| missing.contains(id));
    let fault = |(index, _)| crate::error::Fault::new(format!("/problem_ids/{index}"), FaultCode::UnknownReference);
    Err(ApiError::invalid(unknown.map(fault).collect()))
}

/// The one organisation that leads or studies them all, and for which the caller acts.
async fn responsible_org(tx: &mut Tx, who: &Can<WritePlans>, found: &[ProblemFacts]) -> ApiResult<Uuid> {
    let mut common: Option<Vec<_>> = None;
    for problem in found {
        let mut ties = ties(&mut *tx, problem.id).await?;
        if let Some(common) = &common {
            ties.retain(|tie| common.contains(tie));
        }
        common = Some(ties);
    }
    acting_for(who, &common.unwrap_or_default(), WritePlans::RULE.roles).ok_or_else(not_theirs)
}

/// S-45: what nobody works at, what stands in a plan, and what nobody analysed is not planned.
async fn may_be_planned(tx: &mut Tx, found: &[ProblemFacts]) -> ApiResult<()> {
    let ids: Vec<Uuid> = found.iter().map(|problem| problem.id).collect();
    for problem in found {
        must_be_worked_at(problem.state).map_err(|error| error.with_member("problem", problem.id.to_string()))?;
    }
    if let Some((problem, plan)) = write::standing_plans(tx, &ids).await?.first() {
        return Err(ApiError::new(Code::Duplicate)
            .with_member("problem", problem.to_string())
            .with_member("plan", plan.to_string()));
    }
    let missing = analyses::store::missing(&mut *tx, &ids).await?;
    if missing.is_empty() {
        return Ok(());
    }
    Err(ApiError::new(Code::AnalysisMissing).with_member("problems", json!(missing)))
}

fn new_row(
    work: &Work,
    (org_id, object_id): (Uuid, Option<Uuid>),
    found: &[ProblemFacts],
    body: &NewActionPlan,
) -> ApiResult<PlanRow> {
    let first = found.first().ok_or_else(ApiError::not_found)?;
    let discussion = body.discussion.as_ref();
    Ok(PlanRow {
        id: work.app.ids.next(),
        kind: body.kind,
        title: body.title.clone(),
        object_id,
        org_id,
        division_id: first.division_id,
        state: PlanState::Draft,
        need: Some(body.need.clone()),
        blockage: Some(body.blockage.clone()),
        pain_point: Some(body.pain_point.clone()),
        liaison_id: Some(body.liaison_id),
        discussion_on: discussion.map(|discussion| discussion.on),
        discussion_participants: Json(discussion.map_or_else(Vec::new, |discussion| discussion.participants.clone())),
        discussion_conclusion: discussion.map(|discussion| discussion.conclusion.clone()),
        submitted_by: None,
        submitted_at: None,
        approved_by: None,
        approved_at: None,
        started_at: None,
        done_at: None,
        send_back_reason: None,
        template_id: body.from_template,
        template_unchanged_reason: None,
        ended_at: None,
        end_reason: None,
        event_seq: 0,
        event_hash: None,
        version: 0,
    })
}

struct Parts {
    measures: Vec<MeasureRow>,
    steps: Vec<StepRow>,
}

async fn resolve(
    work: &Work,
    tx: &mut Tx,
    plan: &PlanRow,
    found: &[ProblemFacts],
    (body, faults): (NewActionPlan, Vec<(String, FaultCode)>),
) -> ApiResult<Parts> {
    let (now, ids) = (work.now(), &work.app.ids);
    let mut references = References::new(&mut *tx, now);
    for (pointer, code) in faults {
        references.fault(pointer, code);
    }
    references.person(body.liaison_id, "/liaison_id".to_owned()).await?;
    let discussed = plan
        .discussion_on
        .and_then(|on| discussion_fault(on, now.shanghai_date()));
    references.add(discussed);
    let covered: Vec<PlannedProblem> = found.iter().map(planned).collect();
    let (mut measures, mut steps) = (Vec::new(), Vec::new());
    for (index, new) in body.measures.into_iter().enumerate() {
        measures.push(
            references
                .measure(ids, plan.id, new, &format!("/measures/{index}"))
                .await?,
        );
    }
    for (index, new) in body.steps.into_iter().enumerate() {
        let step = references
            .step(ids, plan.id, &covered, new, &format!("/steps/{index}"))
            .await?;
        steps.extend(step);
    }
    references.finish()?;
    Ok(Parts { measures, steps })
}

const fn planned(facts: &ProblemFacts) -> PlannedProblem {
    PlannedProblem {
        id: facts.id,
        state: facts.state,
        cycle_no: facts.cycle_no,
    }
}

/// What a 一企一策 belongs to, and what stands against it.
#[derive(Default)]
struct Enterprise {
    id: Option<Uuid>,
    faults: Vec<(String, FaultCode)>,
}

/// A 一企一策 belongs to an enterprise, and every one of its problems is that enterprise's (S-50): named or not, it is what
/// its problems are about. An object that none of them is about is not looked at: whether it exists is not the caller's
/// affair. Who may not know it names none, or he would learn from the answer whether he has guessed it.
async fn enterprise_of(tx: &mut Tx, eyes: &Eyes, body: &NewActionPlan) -> ApiResult<Enterprise> {
    if body.kind != PlanKind::OneEnterpriseOnePolicy {
        return Ok(Enterprise::default());
    }
    let about = about(&mut *tx, &body.problem_ids, eyes).await?;
    let object_of = |id: &Uuid| {
        about
            .iter()
            .find(|row| row.problem_id == *id)
            .and_then(|row| row.object_id)
    };
    let named = "/object_id".to_owned();
    if body.object_id.is_some() && about.iter().any(|row| !row.shows_object) {
        let faults = vec![(named, FaultCode::Conflict)];
        return Ok(Enterprise { id: None, faults });
    }
    let id = body.object_id.or_else(|| body.problem_ids.first().and_then(object_of));
    let others = body.problem_ids.iter().enumerate();
    let others = others.filter(|(_, problem)| id.is_none() || object_of(problem) != id);
    let mut faults: Vec<_> = others
        .map(|(index, _)| (format!("/problem_ids/{index}"), FaultCode::Conflict))
        .collect();
    if let Some(object) = id.filter(|_| faults.len() < body.problem_ids.len())
        && find_facts(&mut *tx, object).await?.map(|facts| facts.kind) != Some(ObjectType::Enterprise)
    {
        let kind = "/kind".to_owned();
        faults.push((body.object_id.map_or(kind, |_| named), FaultCode::Conflict));
    }
    Ok(Enterprise { id, faults })
}
