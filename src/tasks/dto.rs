//! To-dos on the wire.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::domain::ToDo;
use super::store::list::TaskRow;
use crate::clock::Timestamp;
use crate::directory::refs::{OrgRef, PersonRef};
use crate::http::{AllowedAction, Locale, Versioned};
use crate::problems::refs::ProblemBrief;
use crate::text_enum;

text_enum! {
    /// How a to-do stands.
    pub enum TaskState {
        Open = "open" / "待办" / "to be done",
        Done = "done" / "已完成" / "done",
        Lapsed = "lapsed" / "已失效" / "its occasion has passed",
    }
}

/// Which to-dos.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TaskFilters {
    /// Of this kind.
    #[param(inline)]
    pub kind: Option<ToDo>,
    /// In this state; open ones by default.
    #[param(inline)]
    pub state: Option<TaskState>,
    /// Due before this instant.
    pub due_before: Option<Timestamp>,
    /// Those of the caller and of his organisations alone.
    pub mine: Option<bool>,
    /// About this problem.
    pub problem_id: Option<Uuid>,
}

/// The promise that a to-do is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskCommitmentRef {
    /// Its id.
    pub id: Uuid,
    /// The visit at which it was made.
    pub visit_id: Uuid,
    /// What was promised.
    #[schema(example = "春节前协调落实两名博士子女的入学名额。")]
    pub text: String,
    /// By the end of which day (Asia/Shanghai).
    pub due_on: NaiveDate,
}

/// Somebody's to-do (待办), which the service itself has planned.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskView {
    /// Its id.
    pub id: Uuid,
    /// What is to be done.
    pub kind: ToDo,
    /// The same in words, in the caller's language.
    #[schema(value_type = String, example = "回头看")]
    pub label: &'static str,
    /// About which problem; null for a promise about none, or about one that the caller does not see.
    #[schema(required)]
    pub problem: Option<ProblemBrief>,
    /// The promise that is to be kept; null where it is about none.
    #[schema(required)]
    pub commitment: Option<TaskCommitmentRef>,
    /// Whose it is; null where nobody is there for it.
    #[schema(required)]
    pub org: Option<OrgRef>,
    /// The person whose it is; null: anybody's in the organisation.
    #[schema(required)]
    pub person: Option<PersonRef>,
    /// By when: the end of business of a day.
    pub due_at: Timestamp,
    /// Whether it is open and that time has passed.
    pub overdue: bool,
    /// How it stands.
    pub state: TaskState,
    /// When it was done, or lapsed.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Who did it.
    #[schema(required)]
    pub done_by: Option<PersonRef>,
    /// What was noted when it was marked done.
    #[schema(required)]
    pub note: Option<String>,
    /// Since when it is known.
    pub created_at: Timestamp,
    /// What this caller may do now.
    pub allowed_actions: Vec<AllowedAction>,
}

impl Versioned for TaskView {}

/// Marking a to-do done.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "note": "已电话回访，企业反映人才子女均已入学。" }))]
pub struct CompleteTask {
    /// What was done, or what came of it.
    #[schema(min_length = 1, max_length = 1000)]
    pub note: String,
}

impl TaskView {
    /// As it is sent to who may do this with it.
    pub fn of(row: TaskRow, now: Timestamp, locale: Locale, may_complete: bool) -> Self {
        let state = match row.ended_at {
            None => TaskState::Open,
            Some(_) if row.done => TaskState::Done,
            Some(_) => TaskState::Lapsed,
        };
        let done = AllowedAction {
            action: "done",
            label: TaskState::Done.label(locale),
            href: format!("/api/v1/tasks/{}/done", row.id),
        };
        let problem = match (row.problem_id, row.tracking_no, row.problem_state) {
            (Some(id), Some(tracking_no), Some(state)) => Some(ProblemBrief {
                id,
                tracking_no,
                summary: row.summary,
                state,
            }),
            _ => None,
        };
        let commitment = match (row.commitment_id, row.visit_id, row.promise, row.due_on) {
            (Some(id), Some(visit_id), Some(text), Some(due_on)) => Some(TaskCommitmentRef {
                id,
                visit_id,
                text,
                due_on,
            }),
            _ => None,
        };
        Self {
            id: row.id,
            kind: row.kind,
            label: row.kind.label(locale),
            problem,
            commitment,
            org: OrgRef::from_parts(row.org_id, row.org_name),
            person: PersonRef::from_parts(row.person_id, row.person_name),
            due_at: row.due_at,
            overdue: state == TaskState::Open && row.due_at < now,
            state,
            ended_at: row.ended_at,
            done_by: PersonRef::from_parts(row.done_by, row.done_by_name),
            note: row.note,
            created_at: row.created_at,
            allowed_actions: Some(done).filter(|_| may_complete).into_iter().collect(),
        }
    }
}
