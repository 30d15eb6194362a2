//! From rows to what this caller may see.

use uuid::Uuid;

use super::domain::{PlanState, StepState};
use super::dto::{
    ActionPlanSummary, ActionPlanView, BeganWith, DiscussionView, MeasureView, PlanCounts, PlanProblem, StepView,
};
use super::likeness;
use super::steps::owns;
use super::store::view::{self, MeasureViewRow, StepViewRow, ViewRow};
use super::workflow::{PlanAction, StepSituation};
use crate::auth::{Caller, policy};
use crate::clock::Timestamp;
use crate::db::{DbError, On};
use crate::directory::refs::{OrgRef, PersonRef, TermRef};
use crate::error::{ApiResult, OrNotFound as _};
use crate::http::{AllowedAction, Locale};
use crate::problems::refs::ProblemRef;

/// For whom, in which language and when a view is made.
#[derive(Clone, Copy, Debug)]
pub struct Viewer<'a> {
    /// Who reads.
    pub who: &'a Caller,
    /// In which language.
    pub locale: Locale,
    /// When.
    pub now: Timestamp,
}

impl Viewer<'_> {
    /// A plan as an item of a list.
    pub fn summary(&self, row: &ViewRow) -> ActionPlanSummary {
        let inside = row.is_inside(self.who);
        let shown = inside || row.state.is_settled();
        ActionPlanSummary {
            id: row.id,
            version: row.version,
            kind: row.kind,
            title: row.title.clone(),
            state: row.state,
            object: row.object(),
            org: org(row.org_id, &row.org_name, row.org_public_name.as_ref(), inside),
            problems: problems(row),
            liaison: PersonRef::from_parts(row.liaison_id, row.liaison_name.clone()).filter(|_| inside),
            counts: PlanCounts {
                steps: if shown { row.steps } else { 0 },
                open_steps: if shown { row.open_steps } else { 0 },
                measures: if shown { row.measures } else { 0 },
            },
            submitted_at: row.submitted_at,
            approved_at: row.approved_at,
            started_at: row.started_at,
            done_at: row.done_at,
            ended_at: row.ended_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            allowed_actions: self.plan_actions(row),
        }
    }

    /// A plan as a single read: within these scopes.
    ///
    /// # Errors
    /// 404.
    pub async fn whole(&self, on: impl Into<On<'_>>, scopes: &[Uuid], id: Uuid) -> ApiResult<ActionPlanView> {
        let mut on = on.into();
        let row = view::one(&mut on, scopes, (self.who, self.now), id)
            .await?
            .or_not_found()?;
        let inside = row.is_inside(self.who);
        let shown = inside || row.state.is_settled();
        let warnings = if inside && row.state != PlanState::Abandoned {
            likeness::warnings(&mut on, scopes, row.id).await?
        } else {
            Vec::new()
        };
        let (measures, steps) = if shown {
            self.parts(on, scopes, &row, inside).await?
        } else {
            (Vec::new(), Vec::new())
        };
        let summary = self.summary(&row);
        let participants = row.discussion_participants.0;
        let discussion = row.discussion_on.map(|on| DiscussionView {
            on,
            participants: if inside { participants } else { Vec::new() },
            conclusion: row.discussion_conclusion,
        });
        Ok(ActionPlanView {
            summary,
            need: row.need.filter(|_| shown),
            blockage: row.blockage.filter(|_| shown),
            pain_point: row.pain_point.filter(|_| shown),
            discussion: discussion.filter(|_| shown),
            submitted_by: PersonRef::from_parts(row.submitted_by, row.submitted_by_name).filter(|_| inside),
            approved_by: PersonRef::from_parts(row.approved_by, row.approved_by_name).filter(|_| inside),
            send_back_reason: row.send_back_reason.filter(|_| inside),
            end_reason: row.end_reason.filter(|_| inside),
            from_template: began_with(row.template_id, row.template_title, row.template_number).filter(|_| inside),
            template_unchanged_reason: row.template_unchanged_reason.filter(|_| inside),
            warnings,
            measures,
            steps,
        })
    }

    async fn parts(
        &self,
        mut on: On<'_>,
        scopes: &[Uuid],
        plan: &ViewRow,
        inside: bool,
    ) -> Result<(Vec<MeasureView>, Vec<StepView>), DbError> {
        let measures = view::measures(&mut on, plan.id).await?;
        let steps = view::steps(on, scopes, self.who, plan.id).await?;
        let measures = measures.into_iter().map(|measure| self.measure(measure));
        let steps = steps.into_iter().map(|step| self.step(step, plan.state, inside));
        Ok((measures.collect(), steps.collect()))
    }

    /// A measure.
    pub fn measure(&self, row: MeasureViewRow) -> MeasureView {
        MeasureView {
            id: row.id,
            version: row.version,
            r#type: TermRef::new(row.r#type, row.zh, row.en, self.locale),
            text: row.text,
            policy_ref: row.policy_ref,
        }
    }

    /// A step of a plan in this state.
    pub fn step(&self, row: StepViewRow, plan: PlanState, inside: bool) -> StepView {
        let state = row.state();
        StepView {
            allowed_actions: self.step_actions(&row, plan),
            id: row.id,
            version: row.version,
            problem: ProblemRef {
                id: row.problem_id,
                tracking_no: row.tracking_no,
            },
            cycle_no: row.cycle_no,
            state,
            owner: inside.then_some(PersonRef {
                id: row.owner_id,
                name: row.owner_name,
            }),
            owner_org: org(
                row.owner_org_id,
                &row.owner_org_name,
                row.owner_org_public_name.as_ref(),
                inside,
            ),
            text: row.text,
            due_on: row.due_on,
            overdue: state == StepState::Open && row.due_on < self.now.shanghai_date(),
            expected_result: row.expected_result,
            result: row.result,
            done_at: row.done_at,
            done_by: PersonRef::from_parts(row.done_by, row.done_by_name).filter(|_| inside),
            waived_at: row.waived_at,
            waive_reason: row.waive_reason.filter(|_| inside),
        }
    }

    fn plan_actions(&self, row: &ViewRow) -> Vec<AllowedAction> {
        let href = format!("/api/v1/action-plans/{}", row.id);
        let allowed = row.state.allowed(&row.acting_roles(self.who));
        let may = |action: &PlanAction| action.operation().is_some_and(|operation| self.may_call(operation));
        let listed = allowed.into_iter().filter(may).map(|action| AllowedAction {
            action: action.as_str(),
            label: action.label(self.locale),
            href: below(&href, action.path()),
        });
        listed.collect()
    }

    fn step_actions(&self, row: &StepViewRow, plan: PlanState) -> Vec<AllowedAction> {
        let href = format!("/api/v1/action-plans/{}/steps/{}", row.action_plan_id, row.id);
        let situation = StepSituation {
            plan,
            step: row.state(),
            roles: &row.acting_roles(self.who),
            owns: owns(self.who, row.owner_id, row.owner_org_id),
        };
        let allowed = situation.allowed();
        let mine = allowed.into_iter().filter(|action| self.may_call(action.operation()));
        let listed = mine.map(|action| AllowedAction {
            action: action.as_str(),
            label: action.label(self.locale),
            href: below(&href, action.path()),
        });
        listed.collect()
    }

    /// Under a delegation only what it names.
    fn may_call(&self, operation: &str) -> bool {
        policy::rule_of(operation).is_some_and(|rule| self.who.may_call(rule, operation))
    }
}

fn began_with(id: Option<Uuid>, title: Option<String>, number: Option<i64>) -> Option<BeganWith> {
    Some(BeganWith {
        id: id?,
        title: title?,
        number: number?,
    })
}

fn below(href: &str, path: Option<&'static str>) -> String {
    path.map_or_else(|| href.to_owned(), |path| format!("{href}/{path}"))
}

/// Outside the administration by what the public calls it.
fn org(id: Uuid, name: &str, public_name: Option<&String>, inside: bool) -> OrgRef {
    let name = public_name.filter(|_| !inside).map_or(name, String::as_str);
    OrgRef {
        id,
        name: name.to_owned(),
    }
}

fn problems(row: &ViewRow) -> Vec<PlanProblem> {
    let parts = row.problems.iter().flat_map(|parts| parts.0.iter());
    let problem = |part: &view::ProblemPart| PlanProblem {
        id: part.id,
        tracking_no: part.tracking_no.clone(),
        summary: part.summary.clone(),
        state: part.state,
        cycle_no: part.cycle_no,
    };
    parts.map(problem).collect()
}
