//! Commitments on the wire.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::domain::{CommitmentAction, CommitmentState};
use super::store::CommitmentRow;
use crate::clock::Timestamp;
use crate::directory::refs::{ObjectRef, OrgRef, PersonRef};
use crate::http::{AllowedAction, Locale, Versioned};
use crate::problems::refs::ProblemRef;

/// A promise that was made on site.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "春节前协调落实两名博士子女的入学名额。", "due_on": "2019-02-01" }))]
pub struct NewCommitment {
    /// What was promised; the reporter of its problem reads it.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub text: String,
    /// The day by whose end it is to be kept (Asia/Shanghai): no earlier than the visit.
    pub due_on: NaiveDate,
    /// The organisation that is to keep it; by default the one that visited.
    #[serde(default)]
    pub org_id: Option<Uuid>,
    /// Who made it, one of those who were there; by default the visit's leader.
    #[serde(default)]
    pub made_by: Option<Uuid>,
    /// The problem that it is about: one within the caller's scope that has not ended.
    #[serde(default)]
    pub problem_id: Option<Uuid>,
    /// The object to which it was made: one of the visit's.
    #[serde(default)]
    pub object_id: Option<Uuid>,
}

/// What came of a commitment.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "settlement": "两名学生已于2019年1月28日办理入学。" }))]
pub struct SettleCommitment {
    /// What was done, or why it was not; the reporter of its problem reads it.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub settlement: String,
}

/// Why a commitment ends unsettled.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "同一承诺重复登记。" }))]
pub struct EndCommitment {
    /// Why.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S")]
    pub reason: String,
}

/// Which commitments.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CommitmentFilters {
    /// The organisation that is to keep them.
    pub org: Option<Uuid>,
    /// How they stand.
    #[param(inline)]
    pub state: Option<CommitmentState>,
    /// Those that are open and whose day is over (`true`), or all others (`false`).
    pub overdue: Option<bool>,
    /// Those too that were ended.
    pub include_ended: Option<bool>,
}

/// A promise made on site (现场承诺).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommitmentView {
    /// Its id.
    pub id: Uuid,
    /// Grows with every change.
    #[schema(minimum = 1)]
    pub version: i64,
    /// The visit at which it was made.
    pub visit_id: Uuid,
    /// The problem that it is about.
    #[schema(required)]
    pub problem: Option<ProblemRef>,
    /// The object to which it was made; null to whom it would tell who raised a problem, and who may not know.
    #[schema(required)]
    pub object: Option<ObjectRef>,
    /// The organisation that is to keep it.
    pub org: OrgRef,
    /// What was promised.
    pub text: String,
    /// By the end of which day (Asia/Shanghai).
    pub due_on: NaiveDate,
    /// How it stands.
    pub state: CommitmentState,
    /// Whether it is open and its day is over.
    pub overdue: bool,
    /// Whether it was kept by its day; null until it is settled.
    #[schema(required)]
    pub kept_in_time: Option<bool>,
    /// Who made it; null to a reporter.
    #[schema(required)]
    pub made_by: Option<PersonRef>,
    /// When it was entered.
    pub made_at: Timestamp,
    /// What came of it.
    #[schema(required)]
    pub settlement: Option<String>,
    /// Who settled it; null to a reporter.
    #[schema(required)]
    pub settled_by: Option<PersonRef>,
    /// When.
    #[schema(required)]
    pub settled_at: Option<Timestamp>,
    /// When it was ended unsettled.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Why.
    #[schema(required)]
    pub end_reason: Option<String>,
    /// What this caller may do now.
    pub allowed_actions: Vec<AllowedAction>,
}

impl Versioned for CommitmentView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl CommitmentView {
    /// As it is shown on this day to the caller for whom the row was read; `names`: whether he learns who.
    pub fn of(row: CommitmentRow, today: NaiveDate, locale: Locale, names: bool) -> Self {
        let (resource, standing) = (format!("/api/v1/commitments/{}", row.id), row.standing(today));
        let allowed = |action: CommitmentAction| AllowedAction {
            action: action.as_str(),
            label: action.label(locale),
            href: format!("{resource}/{}", action.as_str()),
        };
        let allowed_actions = standing.allowed().map(allowed).collect();
        let object = row.object();
        let in_time = |at: Timestamp| row.state == CommitmentState::Kept && at.shanghai_date() <= row.due_on;
        Self {
            id: row.id,
            version: row.version,
            visit_id: row.visit_id,
            problem: ProblemRef::from_parts(row.problem_id, row.tracking_no),
            object,
            org: OrgRef {
                id: row.org_id,
                name: row.org_name,
            },
            text: row.text,
            due_on: row.due_on,
            state: row.state,
            overdue: standing.is_overdue(),
            kept_in_time: row.settled_at.map(in_time),
            made_by: PersonRef::from_parts(Some(row.made_by), Some(row.made_by_name)).filter(|_| names),
            made_at: row.made_at,
            settlement: row.settlement,
            settled_by: PersonRef::from_parts(row.settled_by, row.settled_by_name).filter(|_| names),
            settled_at: row.settled_at,
            ended_at: row.ended_at,
            end_reason: row.end_reason,
            allowed_actions,
        }
    }
}
