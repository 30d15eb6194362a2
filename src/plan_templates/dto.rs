//! Templates on the wire.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::{Validate, ValidationError, ValidationErrors};

use super::domain::{TemplateContent, TemplateMeasure, TemplateStep};
use super::store::TemplateRow;
use crate::action_plans::domain::lacks_policy;
use crate::analyses::domain::Nature;
use crate::clock::Timestamp;
use crate::directory::refs::{DivisionRef, TermRef};
use crate::directory::words::Audience;
use crate::error::FaultCode;
use crate::http::body::fault;
use crate::http::{Locale, Versioned};

/// A measure with which plans may begin.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = policy_of_measure))]
pub struct NewTemplateMeasure {
    /// Code of a term of kind `measure_type`.
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

fn policy_of_measure(new: &NewTemplateMeasure) -> Result<(), ValidationError> {
    if lacks_policy(&new.r#type, new.policy_ref.as_deref()) {
        return Err(fault(FaultCode::Required, "/policy_ref"));
    }
    Ok(())
}

/// A step with which plans may begin.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemplateStep {
    /// What is done.
    #[schema(min_length = 1, max_length = 2000)]
    pub text: String,
    /// What will be there then, so that it can be measured.
    #[schema(min_length = 1, max_length = 2000)]
    pub expected_result: String,
    /// By which working day after the plan was begun.
    #[schema(minimum = 1, maximum = 250)]
    pub working_days: u32,
}

/// A template, or the next version of one.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "audience": "enterprise", "category": "E01", "nature": "operational", "title": "人才子女入学", "guidance": "先核人才类别，再核学位。",
    "measures": [{ "type": "green_channel", "text": "开通人才子女入学绿色通道" }],
    "steps": [{ "text": "与教育部门核定学位", "expected_result": "取得学位的书面确认", "working_days": 5 }]
}))]
pub struct NewPlanTemplate {
    /// Code of the division for which, with its subtree, it is; the caller's own by default, the former version's where
    /// it replaces one.
    #[serde(default)]
    #[schema(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]
    pub division: Option<String>,
    /// Whose problems it is for.
    pub audience: Audience,
    /// Code of the category that it is for; null: any.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 32)]
    pub category: Option<String>,
    /// For which nature of problems, by their analysis; null: any.
    #[serde(default)]
    pub nature: Option<Nature>,
    /// What it is called.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// What to mind when it is used.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 4000)]
    pub guidance: Option<String>,
    /// Measures.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub measures: Vec<NewTemplateMeasure>,
    /// Steps; there is at least a measure or a step.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub steps: Vec<NewTemplateStep>,
}

impl Validate for NewPlanTemplate {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        if self.measures.is_empty() && self.steps.is_empty() {
            errors.add("__all__", fault(FaultCode::NotEmptyTogether, "/steps"));
        }
        errors.merge_self("measures", self.measures.validate());
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

impl NewPlanTemplate {
    /// Its measures and steps.
    pub fn content(&self) -> TemplateContent {
        let measure = |of: &NewTemplateMeasure| TemplateMeasure {
            r#type: of.r#type.clone(),
            text: of.text.clone(),
            policy_ref: of.policy_ref.clone(),
        };
        let step = |of: &NewTemplateStep| TemplateStep {
            text: of.text.clone(),
            expected_result: of.expected_result.clone(),
            working_days: of.working_days,
        };
        TemplateContent {
            measures: self.measures.iter().map(measure).collect(),
            steps: self.steps.iter().map(step).collect(),
        }
    }
}

/// Why a template is to be used no longer.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "政策已调整。" }))]
pub struct EndPlanTemplate {
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// Which templates.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlanTemplateFilters {
    /// For whose problems.
    #[param(inline)]
    pub audience: Option<Audience>,
    /// Code of a category: those for it and those for any.
    #[param(max_length = 32)]
    pub category: Option<String>,
    /// Those for this nature and those for any.
    #[param(inline)]
    pub nature: Option<Nature>,
    /// The versions of one series, the former ones too.
    pub series_id: Option<Uuid>,
    /// Ended ones too.
    pub include_ended: Option<bool>,
}

/// A measure of a template, as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TemplateMeasureView {
    /// Code of a term of kind `measure_type`.
    pub r#type: String,
    /// What is done.
    pub text: String,
    /// The policy that it implements.
    #[schema(required)]
    pub policy_ref: Option<String>,
}

/// A step of a template, as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TemplateStepView {
    /// What is done.
    pub text: String,
    /// What will be there then.
    pub expected_result: String,
    /// By which working day after the plan was begun.
    #[schema(minimum = 1)]
    pub working_days: u32,
}

/// A template of plans, in one of its versions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanTemplateView {
    /// The id of this version.
    pub id: Uuid,
    /// Grows when this version is replaced or ended.
    #[schema(minimum = 1)]
    pub version: i64,
    /// What all its versions have in common.
    pub series_id: Uuid,
    /// Which version it is, from 1.
    #[schema(minimum = 1)]
    pub number: i64,
    /// For which division, with its subtree.
    pub division: DivisionRef,
    /// Whose problems it is for.
    pub audience: Audience,
    /// For which category; null: any.
    #[schema(required)]
    pub category: Option<TermRef>,
    /// For which nature of problems; null: any.
    #[schema(required)]
    pub nature: Option<Nature>,
    /// What it is called.
    pub title: String,
    /// What to mind when it is used.
    #[schema(required)]
    pub guidance: Option<String>,
    /// Measures.
    pub measures: Vec<TemplateMeasureView>,
    /// Steps.
    pub steps: Vec<TemplateStepView>,
    /// When another version replaced it.
    #[schema(required)]
    pub replaced_at: Option<Timestamp>,
    /// When it ended.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Why.
    #[schema(required)]
    pub end_reason: Option<String>,
    /// When this version was made.
    pub created_at: Timestamp,
}

impl Versioned for PlanTemplateView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl PlanTemplateView {
    /// As it is sent.
    pub fn of(row: TemplateRow, locale: Locale) -> Self {
        let category = match (row.category_code, row.category_zh, row.category_en) {
            (Some(code), Some(zh), Some(en)) => Some(TermRef::new(code, zh, en, locale)),
            _ => None,
        };
        let measure = |of: TemplateMeasure| TemplateMeasureView {
            r#type: of.r#type,
            text: of.text,
            policy_ref: of.policy_ref,
        };
        let step = |of: TemplateStep| TemplateStepView {
            text: of.text,
            expected_result: of.expected_result,
            working_days: of.working_days,
        };
        Self {
            id: row.id,
            version: row.version,
            series_id: row.series_id,
            number: row.number,
            division: DivisionRef {
                code: row.division_code,
                name: row.division_name,
                full_name: row.division_full_name,
            },
            audience: row.audience,
            category,
            nature: row.nature,
            title: row.title,
            guidance: row.guidance,
            measures: row.measures.0.into_iter().map(measure).collect(),
            steps: row.steps.0.into_iter().map(step).collect(),
            replaced_at: row.replaced_at,
            ended_at: row.ended_at,
            end_reason: row.end_reason,
            created_at: row.created_at,
        }
    }
}
