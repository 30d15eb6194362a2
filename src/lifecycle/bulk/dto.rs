//! Many transitions in one request, on the wire.
#![expect(
    unused_qualifications,
    reason = "the derive qualifies the type of a field whose schema is written by hand"
)]

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::schema::{OneOfBuilder, Type};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Schema};

use crate::http::Versioned;
use crate::lifecycle::workflow::Action;
use crate::problems::dto::ProblemView;
use crate::text_enum;

text_enum! {
    /// A transition, by the last segment of the path that carries it out.
    pub enum BulkAction {
        Dispose = "dispose" / "处置" / "dispose of it",
        Open = "open" / "转为待认领" / "open to be claimed",
        Claim = "claim" / "主动认领" / "claim",
        Assign = "assign" / "交办" / "assign",
        Answer = "answer" / "直接答复" / "answer",
        Accept = "accept" / "签收" / "accept",
        Conclude = "conclude" / "研究办结" / "conclude the study",
        Start = "start" / "开始办理" / "start",
        AskReporter = "ask_reporter" / "请反映人补充" / "ask the reporter",
        Supply = "supply" / "补充材料" / "supply what was asked",
        Resume = "resume" / "恢复办理" / "resume",
        Transfer = "transfer" / "转办" / "transfer",
        HandOver = "hand_over" / "移交承办人" / "hand over",
        Complete = "complete" / "办结" / "report done",
        Confirm = "confirm" / "反映人确认" / "confirm",
        RejectResult = "reject_result" / "不认可结果" / "reject the result",
        CloseUnanswered = "close_unanswered" / "无回应销号" / "close unanswered",
        LookBack = "look_back" / "回头看" / "look back",
        Reopen = "reopen" / "重新办理" / "reopen",
        Merge = "merge" / "并案" / "merge",
        Withdraw = "withdraw" / "撤回" / "withdraw",
        Redispose = "redispose" / "重新处置" / "dispose anew",
        Requests = "requests" / "提出请求" / "ask for a decision",
        Urge = "urge" / "催办" / "urge",
    }
}

impl BulkAction {
    /// The operation that carries it out by itself.
    pub fn operation(self) -> &'static str {
        if self == Self::Requests {
            return Action::AskReturn.operation();
        }
        // The table has a row for each class of disposition, and one operation for the three.
        Action::parse(self.as_str())
            .unwrap_or(Action::DisposeFollowUp)
            .operation()
    }
}

/// One transition of many.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkItem {
    /// The problem's id or `tracking_no`.
    #[schema(pattern = "^[0-9A-Za-z-]{1,64}$", example = "SFW-2019-330782-000123")]
    pub id: String,
    /// What is done to it.
    pub action: BulkAction,
    /// The version that was read, as `If-Match` has it.
    #[schema(minimum = 0, example = 3)]
    pub version: i64,
    /// The body of the operation that carries the action out by itself; none for `open`, `start` and `resume`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub body: Option<Map<String, Value>>,
}

/// Many transitions, carried out in their order.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "items": [
        { "id": "SFW-2019-330782-000123", "action": "claim", "version": 1 },
        { "id": "SFW-2019-330782-000124", "action": "answer", "version": 2, "body": { "text": "可到市民中心一楼办理。" } },
    ],
    "atomic": false,
}))]
pub struct BulkActions {
    /// The transitions.
    #[schema(min_items = 1, max_items = 200)]
    pub items: Vec<BulkItem>,
    /// All of them, or none; by default each by itself.
    #[serde(default)]
    pub atomic: bool,
}

/// What became of one: what the operation by itself would have answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkAnswer {
    /// As it was sent.
    #[schema(example = "SFW-2019-330782-000123")]
    pub id: String,
    /// The status of the operation by itself.
    #[schema(minimum = 200, maximum = 599, example = 200)]
    pub status: u16,
    /// The problem as it stands after the transition; null where it was refused.
    #[schema(required)]
    pub item: Option<ProblemView>,
    /// Why it was refused, with pointers into the item's `body`; null where it was done.
    #[schema(required, schema_with = error_or_null)]
    pub error: Option<Value>,
}

/// What became of all, in their order.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkAnswers {
    /// One for each.
    pub items: Vec<BulkAnswer>,
}

impl Versioned for BulkAnswers {}

fn error_or_null() -> RefOr<Schema> {
    let null = ObjectBuilder::new().schema_type(Type::Null);
    OneOfBuilder::new()
        .item(null)
        .item(Ref::from_schema_name("Error"))
        .description(Some("Problem details, as the operation by itself would have answered"))
        .into()
}
