//! The rows of the three lists, and what they are asked for by.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::store::{ActionRow, AssignmentRow, ProblemRow};
use crate::action_plans::domain::{PlanState, StepState};
use crate::assignments::domain::{AssignmentOrigin, AssignmentPart, AssignmentState};
use crate::clock::Timestamp;
use crate::directory::refs::{DivisionRef, ObjectRef, OrgRef, PersonRef, TermRef};
use crate::directory::words::Audience;
use crate::http::Locale;
use crate::problems::domain::{State, Urgency};
use crate::problems::refs::ProblemBrief;

/// Which problem list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProblemListFilters {
    /// The organisation whose list it is; this or `object_id`.
    pub org_id: Option<Uuid>,
    /// The enterprise, household or community whose list it is.
    pub object_id: Option<Uuid>,
    /// States of the problems.
    #[serde(default)]
    #[param(max_items = 20)]
    pub state: Vec<State>,
}

/// Which action list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ActionListFilters {
    /// The organisation whose list it is; this or `object_id`.
    pub org_id: Option<Uuid>,
    /// The enterprise, household or community whose list it is.
    pub object_id: Option<Uuid>,
    /// Where the steps stand.
    #[param(inline)]
    pub state: Option<StepState>,
}

/// Which assignment list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AssignmentListFilters {
    /// The organisation whose list it is; this or `object_id`.
    pub org_id: Option<Uuid>,
    /// The enterprise, household or community whose list it is.
    pub object_id: Option<Uuid>,
    /// Where the assignments stand.
    #[serde(default)]
    #[param(max_items = 6)]
    pub state: Vec<AssignmentState>,
    /// Ended ones too, where no `state` is named.
    pub include_ended: Option<bool>,
}

/// A line of a problem list (问题清单).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListedProblem {
    /// Its id.
    pub id: Uuid,
    /// The number that people quote (受理编号).
    #[schema(example = "SFW-2019-330782-000123")]
    pub tracking_no: String,
    /// The recorder's summary.
    #[schema(required)]
    pub summary: Option<String>,
    /// Whom it concerns.
    pub audience: Audience,
    /// What it is about.
    pub category: TermRef,
    /// The division that it is about.
    pub division: DivisionRef,
    /// The enterprise, household or community that it is about.
    #[schema(required)]
    pub object: Option<ObjectRef>,
    /// How pressing it is.
    pub urgency: Urgency,
    /// Where it stands.
    pub state: State,
    /// Who leads its handling.
    #[schema(required)]
    pub lead_org: Option<OrgRef>,
    /// By when it is to be resolved; null before that is chosen and while paused.
    #[schema(required)]
    pub due_at: Option<Timestamp>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// A line of an action list (落实清单): a step of an approved plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListedAction {
    /// The step's id.
    pub id: Uuid,
    /// Its plan's id.
    pub action_plan_id: Uuid,
    /// Where the plan stands.
    pub plan_state: PlanState,
    /// The problem that it serves.
    pub problem: ProblemBrief,
    /// What is done.
    pub text: String,
    /// Who does it.
    pub owner: PersonRef,
    /// His organisation.
    pub owner_org: OrgRef,
    /// By the end of which day (Asia/Shanghai).
    pub due_on: NaiveDate,
    /// What will be there then.
    pub expected_result: String,
    /// What it came to.
    #[schema(required)]
    pub result: Option<String>,
    /// Where it stands.
    pub state: StepState,
    /// Whether it is open and its day is over.
    pub overdue: bool,
}

/// A line of an assignment list (责任清单).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListedAssignment {
    /// The assignment's id.
    pub id: Uuid,
    /// The problem.
    pub problem: ProblemBrief,
    /// Who is responsible.
    pub org: OrgRef,
    /// As what.
    pub role: AssignmentPart,
    /// The one responsible person; null until it is accepted.
    #[schema(required)]
    pub person: Option<PersonRef>,
    /// A supporting organisation's part.
    #[schema(required)]
    pub duty: Option<String>,
    /// By the end of which day (Asia/Shanghai).
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// How it came about.
    pub origin: AssignmentOrigin,
    /// Where it stands.
    pub state: AssignmentState,
    /// Since when.
    pub assigned_at: Timestamp,
    /// When it was accepted.
    #[schema(required)]
    pub accepted_at: Option<Timestamp>,
    /// When it was done.
    #[schema(required)]
    pub done_at: Option<Timestamp>,
    /// When it ended.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
}

impl ListedProblem {
    /// As it is sent.
    pub fn of(row: ProblemRow, locale: Locale) -> Self {
        Self {
            id: row.id,
            tracking_no: row.tracking_no,
            summary: row.summary,
            audience: row.audience,
            category: TermRef::new(row.category_code, row.category_zh, row.category_en, locale),
            division: DivisionRef {
                code: row.division_code,
                name: row.division_name,
                full_name: row.division_full_name,
            },
            object: ObjectRef::from_parts(row.object_id, row.object_name).filter(|_| row.shows_object),
            urgency: row.urgency,
            state: row.state,
            lead_org: OrgRef::from_parts(row.lead_org_id, row.lead_org_name),
            due_at: row.due_at,
            recorded_at: row.recorded_at,
        }
    }
}

impl ListedAction {
    /// As it is sent on this day.
    pub fn of(row: ActionRow, today: NaiveDate) -> Self {
        let state = StepState::of(row.done_at.is_some(), row.waived_at.is_some());
        Self {
            id: row.id,
            action_plan_id: row.action_plan_id,
            plan_state: row.plan_state,
            problem: ProblemBrief {
                id: row.problem_id,
                tracking_no: row.tracking_no,
                summary: row.summary,
                state: row.problem_state,
            },
            text: row.text,
            owner: PersonRef {
                id: row.owner_id,
                name: row.owner_name,
            },
            owner_org: OrgRef {
                id: row.owner_org_id,
                name: row.owner_org_name,
            },
            due_on: row.due_on,
            expected_result: row.expected_result,
            result: row.result,
            state,
            overdue: state == StepState::Open && row.due_on < today,
        }
    }
}

impl From<AssignmentRow> for ListedAssignment {
    fn from(row: AssignmentRow) -> Self {
        Self {
            id: row.id,
            problem: ProblemBrief {
                id: row.problem_id,
                tracking_no: row.tracking_no,
                summary: row.summary,
                state: row.problem_state,
            },
            org: OrgRef {
                id: row.org_id,
                name: row.org_name,
            },
            role: row.role,
            person: PersonRef::from_parts(row.person_id, row.person_name),
            duty: row.duty,
            due_on: row.due_on,
            origin: row.origin,
            state: row.state,
            assigned_at: row.assigned_at,
            accepted_at: row.accepted_at,
            done_at: row.done_at,
            ended_at: row.ended_at,
        }
    }
}
