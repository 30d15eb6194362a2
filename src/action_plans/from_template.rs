//! Plans that begin with a template (S-49): a start, each part of which may be changed.

use uuid::Uuid;

use super::dto::{NewActionPlan, NewMeasure, NewStep};
use super::store::{PlanRow, view};
use crate::auth::Can;
use crate::auth::policy::WritePlans;
use crate::db::Tx;
use crate::error::{ApiError, ApiResult, Fault, FaultCode};
use crate::http::Work;
use crate::plan_templates::domain::{TemplateContent, TemplateMeasure, TemplateStep};
use crate::plan_templates::store as templates;
use crate::problems::store::ProblemFacts;

/// How many steps a plan begins with at most.
const MOST: usize = 100;

/// Adds to a new plan what its template has, where it names no measures or no steps itself: the liaison does each step,
/// for each of the problems, by so many working days from today.
///
/// # Errors
/// 422 at `/from_template` for a template that is not there, was replaced or ended, is for another audience, or has too
/// many steps for so many problems.
pub async fn begin(
    work: &Work,
    tx: &mut Tx,
    who: &Can<WritePlans>,
    found: &[ProblemFacts],
    mut body: NewActionPlan,
) -> ApiResult<NewActionPlan> {
    let Some(id) = body.from_template else { return Ok(body) };
    let refuse = |code| ApiError::invalid_at("/from_template", code);
    let template = templates::current(&mut *tx, who, id).await?;
    let template = template.ok_or_else(|| refuse(FaultCode::UnknownReference))?;
    if found.iter().any(|facts| facts.audience != template.audience) {
        return Err(refuse(FaultCode::OtherAudience));
    }
    let content = template.content();
    if body.steps.is_empty() && content.steps.len() * found.len() > MOST {
        return Err(refuse(FaultCode::TooLong));
    }
    if body.measures.is_empty() {
        body.measures = content.measures.into_iter().map(measure).collect();
    }
    if body.steps.is_empty() {
        let (calendar, today) = (work.app.calendar(), work.now().shanghai_date());
        let step = |problem: &Uuid, step: &TemplateStep| NewStep {
            problem_id: Some(*problem),
            owner_id: body.liaison_id,
            due_on: calendar.add_working_days(today, step.working_days).date,
            text: step.text.clone(),
            expected_result: step.expected_result.clone(),
        };
        let problems = body.problem_ids.iter();
        body.steps = problems
            .flat_map(|problem| content.steps.iter().map(move |of| (problem, of)))
            .map(|(problem, of)| step(problem, of))
            .collect();
    }
    Ok(body)
}

fn measure(of: TemplateMeasure) -> NewMeasure {
    NewMeasure {
        r#type: of.r#type,
        text: of.text,
        policy_ref: of.policy_ref,
    }
}

/// Why a plan is submitted as its template has it: what is said now, else what was said before; `None` where it is not.
///
/// # Errors
/// Where the database does not answer. A reason that is missing, or is given for what differs, is a fault.
pub async fn reason(
    tx: &mut Tx,
    plan: &PlanRow,
    given: Option<String>,
    faults: &mut Vec<Fault>,
) -> ApiResult<Option<String>> {
    let unchanged = match plan.template_id {
        Some(template) => is_unchanged(tx, plan.id, template).await?,
        None => false,
    };
    let said = given.is_some();
    let reason = given
        .or_else(|| plan.template_unchanged_reason.clone())
        .filter(|_| unchanged);
    let code = match (unchanged, said, &reason) {
        (true, _, None) => Some(FaultCode::Required),
        (false, true, _) => Some(FaultCode::Conflict),
        _ => None,
    };
    faults.extend(code.map(|code| Fault::new("/template_unchanged_reason", code)));
    Ok(reason)
}

async fn is_unchanged(tx: &mut Tx, plan: Uuid, template: Uuid) -> ApiResult<bool> {
    let Some(template) = templates::by_id(&mut *tx, template).await? else {
        return Ok(false);
    };
    let measures = view::measures(&mut *tx, plan).await?.into_iter();
    let measures = measures.map(|of| TemplateMeasure {
        r#type: of.r#type,
        text: of.text,
        policy_ref: of.policy_ref,
    });
    let steps = super::store::steps::words(tx, plan).await?.into_iter();
    let steps = steps.map(|(text, expected_result)| TemplateStep {
        text,
        expected_result,
        working_days: 1,
    });
    let now = TemplateContent {
        measures: measures.collect(),
        steps: steps.collect(),
    };
    Ok(template.content().says_the_same(&now))
}
