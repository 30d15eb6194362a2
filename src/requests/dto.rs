//! Requests on the wire.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::{Validate, ValidationError, ValidationErrors};

use super::domain::{RequestDecision, RequestKind, RequestState};
use crate::auth::Role;
use crate::clock::Timestamp;
use crate::directory::refs::{DivisionRef, OrgRef, PersonRef, TermRef};
use crate::error::FaultCode;
use crate::http::{AllowedAction, Versioned};
use crate::lifecycle::workflow::asking::rule_of;
use crate::problems::refs::ProblemRef;

/// A request with what its kind must carry; `GET /meta/state-machine` lists that. What is missing is named, each member
/// at once, and so is what the kind does not take.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "return", "reason_code": "other_lead", "reason": "入学由教育部门主管。",
    "proposed_org_id": "019fb0c5-3f8e-7000-8000-000000000001", "alternatives": ["已联系教育局对接学位安排"]
}))]
pub struct NewRequest {
    /// What is asked for.
    pub kind: RequestKind,
    /// `return`, `hold`, `decline`: code of a term of kind `reason` below the kind's heading.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64, example = "other_lead")]
    pub reason_code: Option<String>,
    /// Why, in words; of a hold and of a later date the reporter reads them once it is granted.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: Option<String>,
    /// `return`: the organisation that should lead instead; `escalate`: one of the level above, where one is known.
    #[serde(default)]
    pub proposed_org_id: Option<Uuid>,
    /// `return`, `hold`, `decline`: what was tried or is offered instead, at least one (S-35).
    #[serde(default)]
    #[schema(max_items = 20)]
    pub alternatives: Vec<String>,
    /// `escalate`: what was tried at this level, at least one (S-57).
    #[serde(default)]
    #[schema(max_items = 20)]
    pub tried: Vec<String>,
    /// `escalate`: what this level has no authority for (S-57).
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000)]
    pub authority_gap: Option<String>,
    /// `hold`: the last day of the hold, from tomorrow to a year from today.
    #[serde(default)]
    pub until: Option<NaiveDate>,
    /// `extend`: the new due day, a working day behind the present one; 30 working days in all at most.
    #[serde(default)]
    pub due_on: Option<NaiveDate>,
    /// `decline`: whom it affects, and what stands against it (S-33).
    #[serde(default)]
    pub impact: Option<Impact>,
    /// `decline`: the explanation to the reporter, who reads it once it is granted.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 4000)]
    pub explanation: Option<String>,
}

/// Whom a refusal to act affects (S-33).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Impact {
    /// Who is affected.
    #[schema(min_length = 1, max_length = 500, example = "引进人才的随迁子女")]
    pub affected_group: String,
    /// How many people or households, estimated.
    #[schema(minimum = 0, maximum = 100000000, example = 40)]
    pub estimate: i64,
    /// The larger interest that stands against it (局部利益服从整体利益).
    #[schema(min_length = 1, max_length = 2000)]
    pub larger_interest: String,
}

/// Characters that one of several things may have.
const WORDS: usize = 500;

impl Validate for NewRequest {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let rule = rule_of(self.kind);
        let said: [(&'static str, bool); 10] = [
            ("reason_code", self.reason_code.is_some()),
            ("reason", self.reason.is_some()),
            ("proposed_org_id", self.proposed_org_id.is_some()),
            ("alternatives", !self.alternatives.is_empty()),
            ("tried", !self.tried.is_empty()),
            ("authority_gap", self.authority_gap.is_some()),
            ("until", self.until.is_some()),
            ("due_on", self.due_on.is_some()),
            ("impact", self.impact.is_some()),
            ("explanation", self.explanation.is_some()),
        ];
        let mut errors = ValidationErrors::new();
        for (field, there) in said {
            let code = match (rule.carries.contains(&field), rule.may_carry.contains(&field)) {
                (true, _) if !there => FaultCode::Required,
                (false, false) if there => FaultCode::Conflict,
                _ => continue,
            };
            errors.add(field, ValidationError::new(code.as_str()));
        }
        for (field, words) in [("alternatives", &self.alternatives), ("tried", &self.tried)] {
            let code = match () {
                () if words.iter().any(String::is_empty) => FaultCode::TooShort,
                () if words.iter().any(|one| one.chars().count() > WORDS) => FaultCode::TooLong,
                () => continue,
            };
            errors.add(field, ValidationError::new(code.as_str()));
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// A decision about a request.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "decision": "refused", "ruling": "该事项属你单位职责，请继续办理。" }))]
pub struct Decide {
    /// What is decided.
    pub decision: RequestDecision,
    /// Why: the ruling in words; of an appeal the reporter reads it.
    #[schema(min_length = 1, max_length = 4000)]
    pub ruling: String,
    /// A return or an escalation that is granted: the organisation to which it goes, finally.
    #[serde(default)]
    pub org_id: Option<Uuid>,
    /// With `org_id`: by when; the clock's own day by default, and never later.
    #[serde(default)]
    pub due_on: Option<NaiveDate>,
    /// The act that was decided outside, where nobody here can decide; it is entered by anybody but the asker.
    #[serde(default)]
    #[validate(nested)]
    pub outside: Option<OutsideDecision>,
}

/// A decision that was taken outside this installation.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutsideDecision {
    /// The deciding body.
    #[schema(min_length = 1, max_length = 200, example = "省政府办公厅")]
    pub body: String,
    /// The number of its document.
    #[schema(min_length = 1, max_length = 100, example = "示例〔2019〕5号")]
    pub document_no: String,
    /// The day of its decision; today at the latest.
    pub decided_on: NaiveDate,
    /// The document, attached to the problem.
    #[serde(default)]
    #[schema(required)]
    pub attachment_id: Option<Uuid>,
}

/// Which requests are listed.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RequestFilters {
    /// The scope to look in: `division:330782`, `org:<id>` or `own`; the caller's widest by default.
    #[param(max_length = 64, example = "division:330782")]
    pub scope: Option<String>,
    /// Those that stand so; `open` by default.
    #[param(inline)]
    pub state: Option<RequestState>,
    /// Those of these kinds.
    #[serde(default)]
    #[param(inline, required = false)]
    pub kind: Vec<RequestKind>,
    /// Only those whose time to decide has passed.
    pub overdue: Option<bool>,
    /// Of the open ones: only those that the caller may decide now, by default; `false`: all.
    pub decidable: Option<bool>,
}

/// What was decided.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DecisionView {
    /// What.
    pub decision: RequestDecision,
    /// When.
    pub decided_at: Timestamp,
    /// By whom; null for reporters.
    #[schema(required)]
    pub decided_by: Option<PersonRef>,
    /// For which organisation.
    #[schema(required)]
    pub decided_org: Option<OrgRef>,
    /// Why, in words; null for reporters but of an appeal.
    #[schema(required)]
    pub ruling: Option<String>,
    /// To which organisation the problem went.
    #[schema(required)]
    pub org: Option<OrgRef>,
    /// What was decided outside.
    #[schema(required)]
    pub outside: Option<OutsideDecision>,
}

/// For whom a request waits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WaitsFor {
    /// The roles of which one decides; empty where it is decided outside.
    pub roles: Vec<Role>,
    /// In which divisions: the one whose affair it is, and, past its time, the next above it.
    pub divisions: Vec<DivisionRef>,
    /// Whether nobody here can decide, so that a decision taken outside is entered.
    pub outside: bool,
}

/// A request. What is null for reporters is said at each member.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RequestView {
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
    /// What is asked for.
    pub kind: RequestKind,
    /// How it stands.
    pub state: RequestState,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// By whom; null for the reporter, for what opened by itself, and for reporters.
    #[schema(required)]
    pub asked_by: Option<PersonRef>,
    /// For which organisation.
    #[schema(required)]
    pub asked_org: Option<OrgRef>,
    /// Whether the reporter asked.
    pub by_reporter: bool,
    /// The reason's term.
    #[schema(required)]
    pub reason_code: Option<TermRef>,
    /// Why, in words.
    #[schema(required)]
    pub reason: Option<String>,
    /// The organisation that should lead instead; null for reporters.
    #[schema(required)]
    pub proposed_org: Option<OrgRef>,
    /// What was tried or is offered instead; empty for reporters.
    pub alternatives: Vec<String>,
    /// What was tried at this level; empty for reporters.
    pub tried: Vec<String>,
    /// What this level has no authority for; null for reporters.
    #[schema(required)]
    pub authority_gap: Option<String>,
    /// Whom declining affects; null for reporters.
    #[schema(required)]
    pub impact: Option<Impact>,
    /// The explanation to the reporter.
    #[schema(required)]
    pub explanation: Option<String>,
    /// The last day of a hold.
    #[schema(required)]
    pub until: Option<NaiveDate>,
    /// The due day of an extension.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// By when it is to be decided.
    pub decide_by: Timestamp,
    /// Whether that has passed and it still waits.
    pub overdue: bool,
    /// For whom it waits; null once it waits no more, and for reporters.
    #[schema(required)]
    pub waits_for: Option<WaitsFor>,
    /// What was decided; null while it waits, and where it lapsed.
    #[schema(required)]
    pub decision: Option<DecisionView>,
    /// What this caller may do now.
    pub allowed_actions: Vec<AllowedAction>,
}

impl Versioned for RequestView {
    fn version(&self) -> i64 {
        self.version
    }
}
