//! Notes on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::clock::Timestamp;
use crate::directory::refs::{OrgRef, PersonRef};
use crate::http::Versioned;

/// A note to be written.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "教育局口头同意协调学位，待书面函复。" }))]
pub struct NewProblemNote {
    /// The words, 1 to 4,000 characters; no reporter reads them.
    #[schema(min_length = 1, max_length = 4000, pattern = r"\S")]
    pub text: String,
}

/// A note.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemNoteView {
    /// Its id.
    pub id: Uuid,
    /// The words; null once they are erased.
    #[schema(required)]
    pub text: Option<String>,
    /// Who wrote it.
    pub person: PersonRef,
    /// For which organisation.
    #[schema(required)]
    pub org: Option<OrgRef>,
    /// When.
    pub at: Timestamp,
}

impl Versioned for ProblemNoteView {}
