//! Referrals on the wire.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::domain::{ReferralAction, ReferralState};
use super::store::ReferralRow;
use crate::clock::Timestamp;
use crate::directory::refs::{OrgRef, PersonRef};
use crate::http::{AllowedAction, Locale, Versioned};
use crate::problems::refs::ProblemRef;

/// A question to be studied.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "org_id": "019fb0c5-3f8e-7000-8000-000000000001", "question": "引进人才子女入学能否单列学额？", "due_on": "2019-01-18"
}))]
pub struct NewReferral {
    /// The organisation that is to study it.
    pub org_id: Uuid,
    /// What is to be found out.
    #[schema(min_length = 1, max_length = 2000)]
    pub question: String,
    /// The day by whose end it is to be answered (Asia/Shanghai): from today, and no later than the problem is due, or,
    /// where that is not chosen yet, than the thirtieth working day.
    pub due_on: NaiveDate,
}

/// The answer.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "result": "可按人才政策单列学额，由教育局统筹安排。" }))]
pub struct AnswerReferral {
    /// What the study found, in writing.
    #[schema(min_length = 1, max_length = 8000)]
    pub result: String,
}

/// Why a referral ends without an answer.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "问题已另行解决，不需研究。" }))]
pub struct EndReferral {
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// Which referrals.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReferralFilters {
    /// The organisation that was asked.
    pub org: Option<Uuid>,
    /// How they stand.
    #[param(inline)]
    pub state: Option<ReferralState>,
    /// Those that are open and whose day is over (`true`), or all others (`false`).
    pub overdue: Option<bool>,
}

/// A question that an organisation was asked to study (研究事项).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReferralView {
    /// Its id.
    pub id: Uuid,
    /// Grows with every change.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Its problem.
    pub problem: ProblemRef,
    /// Who was asked.
    pub org: OrgRef,
    /// What is to be found out.
    pub question: String,
    /// By the end of which day (Asia/Shanghai).
    pub due_on: NaiveDate,
    /// How it stands.
    pub state: ReferralState,
    /// Whether it is open and its day is over.
    pub overdue: bool,
    /// Who asked.
    pub referred_by: PersonRef,
    /// When.
    pub referred_at: Timestamp,
    /// What the study found; null until answered.
    #[schema(required)]
    pub result: Option<String>,
    /// Who answered.
    #[schema(required)]
    pub answered_by: Option<PersonRef>,
    /// When.
    #[schema(required)]
    pub answered_at: Option<Timestamp>,
    /// When it ended without an answer.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Why.
    #[schema(required)]
    pub end_reason: Option<String>,
    /// What this caller may do now.
    pub allowed_actions: Vec<AllowedAction>,
}

impl Versioned for ReferralView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl ReferralView {
    /// As it is shown on this day to the caller for whom the row was read.
    pub fn of(row: ReferralRow, today: NaiveDate, locale: Locale) -> Self {
        let (resource, standing) = (format!("/api/v1/referrals/{}", row.id), row.standing());
        let allowed = |action: ReferralAction| AllowedAction {
            action: action.as_str(),
            label: action.label(locale),
            href: format!("{resource}/{}", action.as_str()),
        };
        Self {
            id: row.id,
            version: row.version,
            problem: ProblemRef {
                id: row.problem_id,
                tracking_no: row.tracking_no,
            },
            org: OrgRef {
                id: row.org_id,
                name: row.org_name,
            },
            question: row.question,
            due_on: row.due_on,
            state: standing.state,
            overdue: standing.state == ReferralState::Open && row.due_on < today,
            referred_by: PersonRef {
                id: row.referred_by,
                name: row.referred_by_name,
            },
            referred_at: row.referred_at,
            result: row.result,
            answered_by: PersonRef::from_parts(row.answered_by, row.answered_by_name),
            answered_at: row.answered_at,
            ended_at: row.ended_at,
            end_reason: row.end_reason,
            allowed_actions: standing.allowed().map(allowed).collect(),
        }
    }
}
