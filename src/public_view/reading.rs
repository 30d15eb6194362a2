//! Puts together what everybody may see of a problem.

use super::domain::PublicStep;
use super::dto::{
    PublicEntry, PublicMeasure, PublicOutput, PublicPlan, PublicPlanStep, PublicProblem, PublicProblemDetail,
};
use super::publishing::Guard;
use super::store::shown::{self, EntryRow, MeasureRow, PublicRow, StepRow};
use crate::app::App;
use crate::directory::refs::TermRef;
use crate::error::ApiResult;
use crate::http::{Locale, Page};
use crate::problems::domain::State;

/// A problem with its plan, its course and what came of it; `None` for a state that is not shown.
///
/// Words that nobody checked for the public (a plan's) are shown where the guard of the problem lets them through.
pub async fn detail(app: &App, row: PublicRow, locale: Locale) -> ApiResult<Option<PublicProblemDetail>> {
    let (id, cycle, edition, result) = (row.problem_id, row.cycle_no, row.edition, row.result.clone());
    let guard = Guard::of(&app.db, id, row.consented && row.state == State::Closed).await?;
    let measures = shown::measures(&app.db, id).await?;
    let steps = shown::steps(&app.db, id, cycle).await?;
    let entries = shown::course(&app.db, id).await?;
    let outputs = shown::outputs_of(&app.db, id).await?;
    let plan = (!measures.is_empty() || !steps.is_empty()).then(|| PublicPlan {
        measures: measures
            .into_iter()
            .map(|row| measure(app, &guard, row, locale))
            .collect(),
        steps: steps.into_iter().map(|row| step(app, &guard, row)).collect(),
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

fn measure(app: &App, guard: &Guard, row: MeasureRow, locale: Locale) -> PublicMeasure {
    let (zh, en) = (
        row.zh.unwrap_or_else(|| row.code.clone()),
        row.en.unwrap_or_else(|| row.code.clone()),
    );
    PublicMeasure {
        r#type: TermRef::new(row.code, zh, en, locale),
        text: guard.shown(app, row.text),
        policy_ref: row.policy_ref.and_then(|text| guard.shown(app, text)),
    }
}

fn step(app: &App, guard: &Guard, row: StepRow) -> PublicPlanStep {
    PublicPlanStep {
        expected_result: guard.shown(app, row.expected_result),
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

/// A page without what has no public state. The statement leaves that out already; a type cannot know.
pub fn without_hidden(page: Page<Option<PublicProblem>>) -> Page<PublicProblem> {
    Page {
        items: page.items.into_iter().flatten().collect(),
        next_cursor: page.next_cursor,
        total: page.total,
        total_at_least: page.total_at_least,
    }
}
