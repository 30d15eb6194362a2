//! What a transition must carry.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError};

use crate::clock::Timestamp;
use crate::error::FaultCode;
use crate::feedback::dto::NewRating;
use crate::http::body::fault;
use crate::outputs::dto::NewOutput;
use crate::problems::dto::Dispose;
use crate::text_enum;

/// Claiming an open problem.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct Claim {
    /// The person responsible in the claiming organisation; the caller by default.
    #[serde(default)]
    pub person_id: Option<Uuid>,
}

/// Assigning an open problem.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "lead_org_id": "019fb0c5-3f8e-7000-8000-000000000001", "due_on": "2019-01-21" }))]
pub struct Assign {
    /// The organisation that is to lead.
    pub lead_org_id: Uuid,
    /// The day by whose close of business it is due (Asia/Shanghai); never later than the rule for the matter allows.
    pub due_on: NaiveDate,
}

/// Answering a simple matter.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "可凭学位证书到市民中心一楼办理，当日办结。", "policy_ref": "示例〔2019〕1号" }))]
pub struct Answer {
    /// The answer, in words for the reporter.
    #[schema(min_length = 1, max_length = 4000)]
    pub text: String,
    /// The policy that it rests on.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub policy_ref: Option<String>,
}

/// Accepting an assigned problem.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct Accept {
    /// The person responsible; the caller by default.
    #[serde(default)]
    pub person_id: Option<Uuid>,
}

/// Concluding the study of a typical problem: with an output, or by naming who is to act.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "has_a_conclusion"))]
#[schema(example = json!({ "text": "此类问题宜由市人社局按新办法统一办理。", "lead_org_id": "019fb0c5-3f8e-7000-8000-000000000001" }))]
pub struct Conclude {
    /// What the study found, in words for the reporter.
    #[schema(min_length = 1, max_length = 4000)]
    pub text: String,
    /// The policy, rule or case that came of it; it then awaits the reporter's confirmation. Where neither this nor a
    /// lead is named, one must have been entered before, of the problem or of its theme.
    #[serde(default)]
    #[validate(nested)]
    pub output: Option<NewOutput>,
    /// The organisation that is to act, where there is no output.
    #[serde(default)]
    pub lead_org_id: Option<Uuid>,
    /// By when it is to act; the clock's own day by default, and never later.
    #[serde(default)]
    pub due_on: Option<NaiveDate>,
}

fn has_a_conclusion(body: &Conclude) -> Result<(), ValidationError> {
    match (&body.output, body.lead_org_id) {
        (Some(_), Some(_)) => Err(fault(FaultCode::Conflict, "/lead_org_id")),
        _ => Ok(()),
    }
}

/// Asking the reporter.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "question": "请补充两位博士的学位证书编号。" }))]
pub struct AskReporter {
    /// What is to be known; all of it at once, since he is asked once in a cycle.
    #[schema(min_length = 1, max_length = 2000)]
    pub question: String,
}

/// What the reporter answers to a question.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "answer": "编号已写在所附材料中。" }))]
pub struct Supply {
    /// The answer; kept beside the statement.
    #[schema(min_length = 1, max_length = 4000)]
    pub answer: String,
    /// Whether he had to come and bring it in person: a trip of his (S-60).
    #[serde(default)]
    pub in_person: bool,
}

/// Transferring a problem to another organisation.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "lead_org_id": "019fb0c5-3f8e-7000-8000-000000000001", "due_on": "2019-01-21", "reason": "事权已划转市人社局。"
}))]
pub struct Transfer {
    /// The organisation that is to lead.
    pub lead_org_id: Uuid,
    /// By when; never later than the clock's own day, which a transfer does not set back.
    pub due_on: NaiveDate,
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// Handing a problem over within its organisation.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "person_id": "019fb0c5-3f8e-7000-8000-000000000002" }))]
pub struct HandOver {
    /// Who is responsible from now on.
    pub person_id: Uuid,
    /// Why.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub reason: Option<String>,
}

/// Reporting the work done.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "result": "两个孩子已于2月15日办好入学手续。" }))]
pub struct Complete {
    /// What was done, in words for the reporter.
    #[schema(min_length = 1, max_length = 4000)]
    pub result: String,
    /// Why nobody met the reporter face to face in this cycle, where nobody did (S-51).
    #[serde(default)]
    #[schema(min_length = 1, max_length = 1000)]
    pub no_face_to_face_reason: Option<String>,
    /// The output that an institutional problem needs, where none was entered before (S-47).
    #[serde(default)]
    #[validate(nested)]
    pub output: Option<NewOutput>,
}

text_enum! {
    /// How the reporter was called back.
    pub enum CallBackMethod {
        Phone = "phone" / "电话" / "by telephone",
        Visit = "visit" / "上门" / "in person",
    }
}

/// A call back (电话回访): by somebody who neither handled nor recorded the problem.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallBack {
    /// How.
    pub method: CallBackMethod,
    /// When; since the work was reported done.
    pub at: Timestamp,
    /// What the reporter said.
    #[schema(min_length = 1, max_length = 2000)]
    pub words: String,
}

/// That the problem is solved.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "rating": { "result": 5, "speed": 4, "attitude": 5 } }))]
pub struct Confirm {
    /// What the reporter thinks of it; never by a call back.
    #[serde(default)]
    #[validate(nested)]
    pub rating: Option<NewRating>,
    /// The call back, where the caller does not speak for the reporter himself.
    #[serde(default)]
    #[validate(nested)]
    pub call_back: Option<CallBack>,
}

/// That the problem is not solved.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "只办好了一个孩子的入学手续。" }))]
pub struct RejectResult {
    /// What is missing, in the reporter's words.
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
    /// The call back, where the caller does not speak for the reporter himself.
    #[serde(default)]
    #[validate(nested)]
    pub call_back: Option<CallBack>,
}

/// Closing what the reporter did not answer to. The attempts to reach him stand in the contact log.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct CloseUnanswered {
    /// A note.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

text_enum! {
    /// What a look-back found.
    pub enum LookBackResult {
        Holds = "holds" / "成效保持" / "it holds",
        Partly = "partly" / "部分保持" / "it holds in part",
        Relapsed = "relapsed" / "问题反弹" / "it has relapsed",
    }
}

text_enum! {
    /// How a look-back was made.
    pub enum LookBackMethod {
        Phone = "phone" / "电话" / "by telephone",
        Visit = "visit" / "实地" / "on site",
        Records = "records" / "查阅资料" / "from the records",
    }
}

/// Looking back at a closed problem.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "result": "holds", "method": "visit", "evidence": "实地回访，两个孩子均在校就读。" }))]
pub struct LookBack {
    /// What was found; a relapse begins the next cycle.
    pub result: LookBackResult,
    /// How.
    pub method: LookBackMethod,
    /// On what the finding rests.
    #[schema(min_length = 1, max_length = 4000)]
    pub evidence: String,
}

/// Reopening a closed problem.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "开学后学校又要求补交证明。" }))]
pub struct Reopen {
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
}

/// Merging a problem into another.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "target_id": "019fb0c5-3f8e-7000-8000-000000000003" }))]
pub struct Merge {
    /// The problem that goes on: of the same audience, not ended, within the caller's scope.
    pub target_id: Uuid,
    /// Why.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub reason: Option<String>,
}

/// Withdrawing a problem.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "问题已自行解决。" }))]
pub struct Withdraw {
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// Disposing of a problem anew.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "disposition": { "disposition": "follow_up", "lead_org_id": "019fb0c5-3f8e-7000-8000-000000000001", "due_on": "2019-01-21" },
    "reason": "经核实不属于典型问题。"
}))]
pub struct Redispose {
    /// The new disposition; history keeps the old one.
    #[validate(nested)]
    pub disposition: Dispose,
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// Urging a problem.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "note": "开学在即，请尽快落实。" }))]
pub struct Urge {
    /// What is urged, in one's own words.
    #[schema(min_length = 1, max_length = 1000)]
    pub note: String,
}
