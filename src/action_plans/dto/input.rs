//! What is said of a plan, its measures and its steps.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError, ValidationErrors};

use crate::action_plans::domain::{Bound, PlanKind, lacks_policy};
use crate::error::FaultCode;
use crate::http::body::fault;
use crate::http::patch::nullable;

/// A plan to be worked out, with the steps and measures that are known already.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "one_matter_one_discussion", "title": "两位博士子女入学", "problem_ids": ["019fb0c5-3f8e-7000-8000-000000000001"],
    "need": "两名子女九月入学", "blockage": "入学名额按户籍分配", "pain_point": "人才因此考虑离开",
    "liaison_id": "019fb0c5-3f8e-7000-8000-000000000002",
    "discussion": { "on": "2019-01-10", "participants": ["人力社保局", "教育局"], "conclusion": "按人才绿色通道办理" },
    "measures": [{ "type": "green_channel", "text": "开通人才子女入学绿色通道" }],
    "steps": [{
        "owner_id": "019fb0c5-3f8e-7000-8000-000000000002", "due_on": "2019-01-18", "text": "与教育局核定学位",
        "expected_result": "取得两个学位的书面确认"
    }]
}))]
pub struct NewActionPlan {
    /// What it belongs to (S-50).
    pub kind: PlanKind,
    /// What to call it.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// The problems: of a 一企一策 one or more of its enterprise, of a 一事一议 one. Each needs a current analysis.
    #[schema(min_items = 1, max_items = 50)]
    pub problem_ids: Vec<Uuid>,
    /// The enterprise of a 一企一策: what its problems are about, named or not. Not to be named by who may not know it.
    #[serde(default)]
    pub object_id: Option<Uuid>,
    /// What is needed (需求点, S-52).
    #[schema(min_length = 1, max_length = 2000)]
    pub need: String,
    /// What stands in the way (堵点).
    #[schema(min_length = 1, max_length = 2000)]
    pub blockage: String,
    /// What hurts (痛点).
    #[schema(min_length = 1, max_length = 2000)]
    pub pain_point: String,
    /// The one person who is spoken to (S-51).
    pub liaison_id: Uuid,
    /// The discussion of a 一事一议, and required there.
    #[serde(default)]
    pub discussion: Option<Discussion>,
    /// The template that it begins with (S-49), by the id of its latest version, for the problems' audience. Where no
    /// measures or no steps are named, they are the template's, the steps for the liaison to do.
    #[serde(default)]
    pub from_template: Option<Uuid>,
    /// Measures that are known already.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub measures: Vec<NewMeasure>,
    /// Steps that are known already.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub steps: Vec<NewStep>,
}

/// The discussion of a matter.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Discussion {
    /// The day on which it took place (Asia/Shanghai); not in the future.
    pub on: NaiveDate,
    /// Who took part: organisations or people, in words.
    #[schema(min_items = 1, max_items = 50)]
    pub participants: Vec<String>,
    /// What was concluded.
    #[schema(min_length = 1, max_length = 4000)]
    pub conclusion: String,
}

impl Discussion {
    /// Whether a participant is an empty text, which a schema cannot say of items.
    fn names_nobody(&self) -> bool {
        self.participants
            .iter()
            .any(|name| name.trim().is_empty() || name.chars().count() > 200)
    }
}

impl Validate for NewActionPlan {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let bound = Bound {
            kind: self.kind,
            problems: &self.problem_ids,
            names_object: self.object_id.is_some(),
            discussed_on: self.discussion.as_ref().map(|discussion| discussion.on),
        };
        let mut errors = ValidationErrors::new();
        for (pointer, code) in bound.faults() {
            errors.add("__all__", fault(code, pointer));
        }
        if self.discussion.as_ref().is_some_and(Discussion::names_nobody) {
            errors.add("__all__", fault(FaultCode::NoMatch, "/discussion/participants"));
        }
        errors.merge_self("measures", self.measures.validate());
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// A merge patch of a draft (RFC 7396). Kind, enterprise and problems stay.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = discussion_of_patch))]
#[schema(example = json!({ "need": "两名子女九月入学，就近安排" }))]
pub struct UpdateActionPlan {
    /// What to call it.
    #[schema(nullable = false, min_length = 1, max_length = 200)]
    pub title: Option<String>,
    /// What is needed (需求点).
    #[schema(nullable = false, min_length = 1, max_length = 2000)]
    pub need: Option<String>,
    /// What stands in the way (堵点).
    #[schema(nullable = false, min_length = 1, max_length = 2000)]
    pub blockage: Option<String>,
    /// What hurts (痛点).
    #[schema(nullable = false, min_length = 1, max_length = 2000)]
    pub pain_point: Option<String>,
    /// The one person who is spoken to.
    #[schema(nullable = false)]
    pub liaison_id: Option<Uuid>,
    /// The discussion of a 一事一议.
    #[schema(nullable = false)]
    pub discussion: Option<Discussion>,
}

fn discussion_of_patch(patch: &UpdateActionPlan) -> Result<(), ValidationError> {
    match &patch.discussion {
        Some(discussion) if discussion.names_nobody() => Err(fault(FaultCode::NoMatch, "/discussion/participants")),
        _ => Ok(()),
    }
}

/// A measure to be added (S-54).
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = policy_of_measure))]
#[schema(example = json!({
    "type": "implement_policy", "text": "兑现人才安家补贴", "policy_ref": "示例〔2018〕12号"
}))]
pub struct NewMeasure {
    /// Code of a term of kind `measure_type`: `build_platform`, `implement_policy`, `green_channel`, `other`, …
    #[schema(min_length = 1, max_length = 32, example = "green_channel")]
    pub r#type: String,
    /// What is done.
    #[schema(min_length = 1, max_length = 2000)]
    pub text: String,
    /// The policy that it implements; required of `implement_policy`.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    pub policy_ref: Option<String>,
}

fn policy_of_measure(new: &NewMeasure) -> Result<(), ValidationError> {
    if lacks_policy(&new.r#type, new.policy_ref.as_deref()) {
        return Err(fault(FaultCode::Required, "/policy_ref"));
    }
    Ok(())
}

/// A merge patch of a measure (RFC 7396).
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "开通人才子女入学绿色通道，随到随办" }))]
pub struct UpdateMeasure {
    /// Code of a term of kind `measure_type`.
    #[schema(nullable = false, min_length = 1, max_length = 32)]
    pub r#type: Option<String>,
    /// What is done.
    #[schema(nullable = false, min_length = 1, max_length = 2000)]
    pub text: Option<String>,
    /// The policy that it implements.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    pub policy_ref: Option<Option<String>>,
}

/// A step to be added (S-67).
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "owner_id": "019fb0c5-3f8e-7000-8000-000000000002", "due_on": "2019-01-18", "text": "与教育局核定学位",
    "expected_result": "取得两个学位的书面确认"
}))]
pub struct NewStep {
    /// The problem that it serves; by default the plan's, where that is one.
    #[serde(default)]
    pub problem_id: Option<Uuid>,
    /// Who does it: a person of an organisation.
    pub owner_id: Uuid,
    /// By the end of which day (Asia/Shanghai); not in the past.
    pub due_on: NaiveDate,
    /// What is done.
    #[schema(min_length = 1, max_length = 2000)]
    pub text: String,
    /// What will be there then, so that it can be measured.
    #[schema(min_length = 1, max_length = 2000)]
    pub expected_result: String,
}

/// A merge patch of a step (RFC 7396). Its problem and cycle stay.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "due_on": "2019-01-21" }))]
pub struct UpdateStep {
    /// Who does it.
    #[schema(nullable = false)]
    pub owner_id: Option<Uuid>,
    /// By the end of which day; not in the past.
    #[schema(nullable = false)]
    pub due_on: Option<NaiveDate>,
    /// What is done.
    #[schema(nullable = false, min_length = 1, max_length = 2000)]
    pub text: Option<String>,
    /// What will be there then.
    #[schema(nullable = false, min_length = 1, max_length = 2000)]
    pub expected_result: Option<String>,
}

/// What a step came to.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "result": "两个学位已书面确认。" }))]
pub struct StepResult {
    /// The result, to be held against what was expected.
    #[schema(min_length = 1, max_length = 4000)]
    pub result: String,
}

/// Why a step is not needed.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "学位已由学校直接落实" }))]
pub struct StepWaiver {
    /// The reason.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// What goes with a plan that is submitted.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "template_unchanged_reason": "该企业情况与模板所设情形完全一致。" }))]
pub struct SubmitPlan {
    /// Why measures and steps are those of the template that it began with; required where they are, unless it was said
    /// before (S-49).
    #[serde(default)]
    #[schema(min_length = 1, max_length = 1000)]
    pub template_unchanged_reason: Option<String>,
}

/// Why a plan is sent back to be worked out again.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "第二步没有明确的办成标准" }))]
pub struct SendBack {
    /// The reason.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// Why a plan is abandoned.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "企业已自行解决" }))]
pub struct Abandonment {
    /// The reason.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}
