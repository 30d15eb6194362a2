//! Public replies on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationErrors};

use crate::clock::Timestamp;
use crate::directory::refs::{OrgRef, PersonRef};
use crate::http::Versioned;
use crate::http::body::refuse_phone_number;

/// A public reply to be written.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "已与学校联系，两个孩子可在4月转入，请留意入学通知。" }))]
pub struct NewProblemReply {
    /// The words, 1 to 4,000 characters, without telephone or identity numbers; once the problem is published, without
    /// names, addresses and credit codes of whom it concerns.
    #[schema(min_length = 1, max_length = 4000, pattern = r"\S")]
    pub text: String,
}

impl Validate for NewProblemReply {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut errors = ValidationErrors::new();
        refuse_phone_number(&mut errors, "/text", &self.text);
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// A public reply.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemReplyView {
    /// Its id.
    pub id: Uuid,
    /// In which round of handling it was written, from 1.
    #[schema(minimum = 1)]
    pub cycle_no: i64,
    /// The words; null once they are erased, and to everybody where they name somebody.
    #[schema(required)]
    pub text: Option<String>,
    /// The organisation that replied.
    #[schema(required)]
    pub org: Option<OrgRef>,
    /// Who wrote it; null for reporters, clients and the public.
    #[schema(required)]
    pub person: Option<PersonRef>,
    /// When.
    pub at: Timestamp,
}

impl Versioned for ProblemReplyView {}
