//! What is said of an output.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationErrors};

use crate::directory::words::Audience;
use crate::http::body::fault;
use crate::http::patch::nullable;
use crate::outputs::domain::{OutputKind, Said};

/// An output that a problem led to; issued by the organisation that leads or studies it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "policy", "title": "关于优化高层次人才子女入学服务的办法", "document_no": "示例〔2019〕3号", "effective_on": "2019-03-01",
    "summary": "统一受理、一次办结。"
}))]
pub struct NewOutput {
    /// What it is.
    pub kind: OutputKind,
    /// Its title.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// The document's number; required of a policy or rule.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    pub document_no: Option<String>,
    /// Since when it is in force; required of a policy or rule.
    #[serde(default)]
    pub effective_on: Option<NaiveDate>,
    /// What it says, without personal data: every official may read it.
    #[schema(min_length = 1, max_length = 4000)]
    pub summary: String,
}

impl Validate for NewOutput {
    fn validate(&self) -> Result<(), ValidationErrors> {
        checked(Said {
            kind: self.kind,
            document_no: self.document_no.as_deref(),
            effective_on: self.effective_on,
            title: &self.title,
            summary: &self.summary,
        })
    }
}

fn checked(said: Said<'_>) -> Result<(), ValidationErrors> {
    let mut errors = ValidationErrors::new();
    for (pointer, code) in said.faults() {
        errors.add("__all__", fault(code, pointer));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// An output to be entered by itself.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "case", "title": "人才子女入学一次办结", "summary": "统一受理、联审联办，入学手续一次办结。", "audience": "enterprise", "category": "E01",
    "problem_ids": ["019fb0c5-3f8e-7000-8000-000000000003"]
}))]
pub struct EnterOutput {
    /// What it is.
    pub kind: OutputKind,
    /// Its title.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// The document's number; required of a policy or rule.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    pub document_no: Option<String>,
    /// Since when it is in force; required of a policy or rule.
    #[serde(default)]
    pub effective_on: Option<NaiveDate>,
    /// What it says, without personal data: every official may read it.
    #[schema(min_length = 1, max_length = 4000)]
    pub summary: String,
    /// The organisation that issues it; the caller's own by default. A dispatcher names any of his division.
    #[serde(default)]
    pub issuing_org_id: Option<Uuid>,
    /// The theme that it came of.
    #[serde(default)]
    pub theme_id: Option<Uuid>,
    /// The problems that it came of, within the caller's scope; closed ones too.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub problem_ids: Vec<Uuid>,
    /// Whom it is for; by default whom its theme or its first problem concerns.
    #[serde(default)]
    pub audience: Option<Audience>,
    /// Code of its category; by default that of its theme or its first problem.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 32)]
    pub category: Option<String>,
}

impl EnterOutput {
    /// What it says.
    pub fn said(&self) -> NewOutput {
        NewOutput {
            kind: self.kind,
            title: self.title.clone(),
            document_no: self.document_no.clone(),
            effective_on: self.effective_on,
            summary: self.summary.clone(),
        }
    }
}

impl Validate for EnterOutput {
    fn validate(&self) -> Result<(), ValidationErrors> {
        self.said().validate()
    }
}

/// A merge patch of an output (RFC 7396). Its kind, organisation and problems stay.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "effective_on": "2019-04-01" }))]
pub struct UpdateOutput {
    /// Its title.
    #[schema(nullable = false, min_length = 1, max_length = 200)]
    pub title: Option<String>,
    /// The document's number.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    pub document_no: Option<Option<String>>,
    /// Since when it is in force.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<NaiveDate>)]
    pub effective_on: Option<Option<NaiveDate>>,
    /// What it says, without personal data.
    #[schema(nullable = false, min_length = 1, max_length = 4000)]
    pub summary: Option<String>,
    /// The theme that it came of.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Uuid>)]
    pub theme_id: Option<Option<Uuid>>,
    /// Whom it is for.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Audience>)]
    pub audience: Option<Option<Audience>>,
    /// Code of its category.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 32)]
    pub category: Option<Option<String>>,
}

/// Why an output is one no longer.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "已被新办法取代。" }))]
pub struct EndOutput {
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}
