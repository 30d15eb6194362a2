//! Outputs on the wire.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::domain::OutputKind;
use crate::error::FaultCode;
use crate::http::body::fault;

/// An output that a problem led to; issued by the organisation that leads or studies it.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "has_a_document"))]
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

fn has_a_document(body: &NewOutput) -> Result<(), ValidationError> {
    match (body.kind, &body.document_no, body.effective_on) {
        (OutputKind::Case, _, _) | (_, Some(_), Some(_)) => Ok(()),
        (_, None, _) => Err(fault(FaultCode::Required, "/document_no")),
        (_, _, None) => Err(fault(FaultCode::Required, "/effective_on")),
    }
}
