//! What is sent to redact and to erase.

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError, ValidationErrors};

use super::domain::{RedactedField, RedactionGround, is_of_the_mark};
use crate::error::FaultCode;
use crate::http::body::fault;

/// A passage to be blotted out.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "field": "statement", "passage": "邻居李某（身患重病）", "ground": "third_person" }))]
pub struct NewRedaction {
    /// In which text.
    pub field: RedactedField,
    /// In which of several (a supplement's, a contact's, a request's id, …); null: in every text of that field.
    pub target_id: Option<Uuid>,
    /// The passage, exactly as it stands, 1 to 2000 characters; every occurrence is replaced.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub passage: String,
    /// Why.
    pub ground: RedactionGround,
}

impl Validate for NewRedaction {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        if is_of_the_mark(&self.passage) {
            let refused: ValidationError = fault(FaultCode::NoMatch, "/passage");
            errors.add("__all__", refused);
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// That the reporter asked for his words and data to be erased before the term.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "反映人书面申请删除个人信息，已核对回执。" }))]
pub struct EraseProblem {
    /// How he asked, and how it was made sure that it was he; 1 to 500 characters.
    #[schema(min_length = 1, max_length = 500, pattern = r"\S")]
    pub reason: String,
}
