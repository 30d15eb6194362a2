//! Assignments on the wire.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::domain::{AssignmentOrigin, AssignmentPart, AssignmentState, Standing};
use super::store::AssignmentRow;
use crate::clock::Timestamp;
use crate::directory::refs::{OrgRef, PersonRef};
use crate::http::{AllowedAction, Locale, Versioned};
use crate::problems::refs::ProblemRef;

/// A supporting organisation's part.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "org_id": "019fb0c5-3f8e-7000-8000-000000000001", "duty": "核定补贴并于当月拨付。", "due_on": "2019-01-18"
}))]
pub struct NewAssignment {
    /// The organisation that is to support.
    pub org_id: Uuid,
    /// Its stated part (S-58).
    #[schema(min_length = 1, max_length = 1000)]
    pub duty: String,
    /// By when; three working days from now by default, and never later than the problem itself is due.
    #[serde(default)]
    pub due_on: Option<NaiveDate>,
}

/// Accepting a part.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct AcceptAssignment {
    /// The person responsible; the caller by default.
    #[serde(default)]
    pub person_id: Option<Uuid>,
}

/// Why a part is refused, or no longer needed.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "不属于本单位职责。" }))]
pub struct AssignmentReason {
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// An assignment (责任清单条目).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AssignmentView {
    /// Its id.
    pub id: Uuid,
    /// Grows with every change.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Its problem.
    pub problem: ProblemRef,
    /// In which round of handling.
    #[schema(minimum = 1)]
    pub cycle_no: i64,
    /// Which organisation.
    pub org: OrgRef,
    /// Lead or supporting.
    pub role: AssignmentPart,
    /// The one person responsible; null until accepted.
    #[schema(required)]
    pub person: Option<PersonRef>,
    /// A supporting organisation's stated part.
    #[schema(required)]
    pub duty: Option<String>,
    /// By when.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// How it came about.
    pub origin: AssignmentOrigin,
    /// Whether it was ruled, so that it may not be returned again.
    #[serde(rename = "final")]
    pub is_final: bool,
    /// How it stands.
    pub state: AssignmentState,
    /// Why it was refused or waived.
    #[schema(required)]
    pub state_reason: Option<String>,
    /// Since when.
    pub assigned_at: Timestamp,
    /// When it was accepted.
    #[schema(required)]
    pub accepted_at: Option<Timestamp>,
    /// When it was reported done.
    #[schema(required)]
    pub done_at: Option<Timestamp>,
    /// When it ended, in whatever way.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// What this caller may do now.
    pub allowed_actions: Vec<AllowedAction>,
}

impl Versioned for AssignmentView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl AssignmentView {
    /// As it is shown to a caller who stands to it so.
    pub fn of(row: AssignmentRow, standing: &Standing, locale: Locale) -> Self {
        let resource = format!("/api/v1/assignments/{}", row.id);
        let allowed_actions = standing
            .allowed()
            .map(|action| AllowedAction {
                action: action.as_str(),
                label: action.label(locale),
                href: format!("{resource}/{}", action.as_str()),
            })
            .collect();
        Self {
            id: row.id,
            version: row.version,
            problem: ProblemRef {
                id: row.problem_id,
                tracking_no: row.tracking_no,
            },
            cycle_no: row.cycle_no,
            org: OrgRef {
                id: row.org_id,
                name: row.org_name,
            },
            role: row.role,
            person: PersonRef::from_parts(row.person_id, row.person_name),
            duty: row.duty,
            due_on: row.due_on,
            origin: row.origin,
            is_final: row.is_final,
            state: row.state,
            state_reason: row.state_reason,
            assigned_at: row.assigned_at,
            accepted_at: row.accepted_at,
            done_at: row.done_at,
            ended_at: row.ended_at,
            allowed_actions,
        }
    }
}
