//! Puts together what everybody may see.

use uuid::Uuid;

use super::domain::PublicStep;
use super::dto::{
    PublicEntry, PublicFilters, PublicMeasure, PublicOutput, PublicPlan, PublicPlanStep, PublicProblem,
    PublicProblemDetail,
};
use super::guarding::Guard;
use super::store::listing::Meant;
use super::store::shown::{self, EntryRow, MeasureRow, PublicRow, StepRow};
use crate::app::App;
use crate::directory::divisions;
use crate::directory::refs::TermRef;
use crate::error::{ApiError, ApiResult, FaultCode};
use crate::full_text;
use crate::full_text::store::{Found, Kind};
use crate::http::{ListParams, Locale, Page};
use crate::problems::domain::State;

/// A page of published problems.
///
/// # Errors
/// 400 for a cursor of another query, 422 for an unknown division.
pub async fn page(
    app: &App,
    params: &ListParams,
    filters: &PublicFilters,
    locale: Locale,
) -> ApiResult<Page<PublicProblem>> {
    let page = params.page(&("list_public_problems", filters))?;
    let meant = Meant {
        filters,
        division: division(app, filters).await?,
        words: words(app, filters).await?,
        now: app.clock.now(),
    };
    let found = page.windowed(&app.db, &meant, |row| PublicProblem::of(row, locale));
    // The statement leaves out what has no public state already; a type cannot know.
    Ok(found.await?.flatten())
}

async fn division(app: &App, filters: &PublicFilters) -> ApiResult<Option<Uuid>> {
    let Some(code) = &filters.division else {
        return Ok(None);
    };
    let found = divisions::find_by_code(&app.db, code, app.clock.today()).await?;
    let found = found.ok_or_else(|| ApiError::invalid_at("?division", FaultCode::UnknownReference))?;
    Ok(Some(found.id))
}

async fn words(app: &App, filters: &PublicFilters) -> ApiResult<Option<Found>> {
    Ok(match &filters.q {
        Some(typed) => Some(full_text::store::search(&app.db, Kind::PublicProblem, typed).await?),
        None => None,
    })
}

/// A problem with its plan, its course and what came of it; `None` for a state that is not shown.
///
/// A plan's words are shown where its publisher said so and the guard of the problem lets them through.
pub async fn detail(app: &App, row: PublicRow, locale: Locale) -> ApiResult<Option<PublicProblemDetail>> {
    let (id, cycle, edition, result) = (row.problem_id, row.cycle_no, row.edition, row.result.clone());
    let with_texts = row.with_plan_texts;
    let guard = Guard::of(&app.db, id, row.consented && row.state == State::Closed).await?;
    let measures = shown::measures(&app.db, id).await?;
    let steps = shown::steps(&app.db, id, cycle).await?;
    let entries = shown::course(&app.db, id).await?;
    let outputs = shown::outputs_of(&app.db, id).await?;
    let plan = (!measures.is_empty() || !steps.is_empty()).then(|| PublicPlan {
        measures: measures
            .into_iter()
            .map(|row| measure(&guard, row, with_texts, locale))
            .collect(),
        steps: steps.into_iter().map(|row| step(&guard, row, with_texts)).collect(),
    });
    Ok(PublicProblem::of(row, locale).map(|problem| PublicProblemDetail {
        problem,
        result,
        plan,
        outputs: outputs.into_iter().map(PublicOutput::from).collect(),
        timeline: entries.into_iter().filter_map(|row| entry(row, locale)).collect(),
        edition,
    }))
}

fn measure(guard: &Guard, row: MeasureRow, with_text: bool, locale: Locale) -> PublicMeasure {
    let (zh, en) = (
        row.zh.unwrap_or_else(|| row.code.clone()),
        row.en.unwrap_or_else(|| row.code.clone()),
    );
    PublicMeasure {
        r#type: TermRef::new(row.code, zh, en, locale),
        text: guard.shown(row.text).filter(|_| with_text),
        policy_ref: row.policy_ref.and_then(|text| guard.shown(text)),
    }
}

fn step(guard: &Guard, row: StepRow, with_text: bool) -> PublicPlanStep {
    PublicPlanStep {
        expected_result: guard.shown(row.expected_result).filter(|_| with_text),
        org: row.org_name,
        due_on: row.due_on,
        done: row.done,
    }
}

fn entry(row: EntryRow, locale: Locale) -> Option<PublicEntry> {
    let step = PublicStep::of_event(&row.kind)?;
    Some(PublicEntry {
        on: row.occurred_at.shanghai_date(),
        step,
        label: step.label(locale).to_owned(),
        org: row.org_name.filter(|_| step.names_org()),
    })
}
