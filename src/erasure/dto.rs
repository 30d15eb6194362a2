//! What is sent to redact and to erase.

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError, ValidationErrors};

use super::domain::{Field, Passage, RedactedField, RedactedVisitField, RedactionGround, is_of_the_mark};
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

/// A passage to be blotted out of a visit's texts.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "field": "heard", "passage": "邻居李某（身患重病）", "ground": "third_person" }))]
pub struct NewVisitRedaction {
    /// In which text.
    pub field: RedactedVisitField,
    /// In which of several (a commitment's, an attachment's or an event's id, a member's person); null: in every text
    /// of that field.
    pub target_id: Option<Uuid>,
    /// The passage, exactly as it stands, 1 to 2000 characters; every occurrence is replaced.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub passage: String,
    /// Why.
    pub ground: RedactionGround,
}

impl NewRedaction {
    /// The passage.
    pub fn passage(&self) -> Passage<'_> {
        Passage {
            field: Field::Problem(self.field),
            target: self.target_id,
            words: &self.passage,
            ground: self.ground,
        }
    }
}

impl NewVisitRedaction {
    /// The passage.
    pub fn passage(&self) -> Passage<'_> {
        Passage {
            field: Field::Visit(self.field),
            target: self.target_id,
            words: &self.passage,
            ground: self.ground,
        }
    }
}

impl Validate for NewRedaction {
    fn validate(&self) -> Result<(), ValidationErrors> {
        can_be_blotted_out(&self.passage)
    }
}

impl Validate for NewVisitRedaction {
    fn validate(&self) -> Result<(), ValidationErrors> {
        can_be_blotted_out(&self.passage)
    }
}

fn can_be_blotted_out(passage: &str) -> Result<(), ValidationErrors> {
    let mut errors = ValidationErrors::new();
    if is_of_the_mark(passage) {
        let refused: ValidationError = fault(FaultCode::NoMatch, "/passage");
        errors.add("__all__", refused);
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// That the reporter asked for his words and data to be erased before the term.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "反映人书面申请删除个人信息，已核对回执。" }))]
pub struct EraseProblem {
    /// How he asked, and how it was made sure that it was he; 1 to 500 characters. It stays, so it names nobody and
    /// holds no telephone number.
    #[schema(min_length = 1, max_length = 500, pattern = r"\S")]
    pub reason: String,
}
