//! A contact on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationErrors};

use super::domain::{Claim, ContactChannel, LoggedPurpose, Purpose};
use super::store::ContactRow;
use crate::clock::Timestamp;
use crate::directory::refs::{OrgRef, PersonRef};
use crate::http::Versioned;
use crate::http::body::fault;

/// A contact to be logged.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "purpose": "contact", "channel": "visit", "at": "2019-01-10T01:30:00Z", "face_to_face": true, "with_reporter": true,
    "words": "上门了解两位博士子女的就学情况，约定三日内答复。", "public": true
}))]
pub struct LogContact {
    /// What for. A call-back is not logged here: it belongs to the confirmation.
    pub purpose: LoggedPurpose,
    /// By which way.
    pub channel: ContactChannel,
    /// When; now by default. Not before the problem was recorded, not in the future.
    #[serde(default)]
    pub at: Option<Timestamp>,
    /// Whether people stood before each other: by `visit` or `meeting` only (S-51).
    #[serde(default)]
    pub face_to_face: bool,
    /// Whether it was with the reporter (or whoever speaks for him): the first such contact or reply is the first
    /// response.
    pub with_reporter: bool,
    /// Whether the reporter had to come for it, to an office say: by `meeting` only, and with him. It is a trip of his
    /// (S-60).
    #[serde(default)]
    pub reporter_came: bool,
    /// What was said; required but for an attempt.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 4000)]
    pub words: Option<String>,
    /// Whether the reporter sees it.
    #[serde(default)]
    pub public: bool,
}

impl Validate for LogContact {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let claim = Claim {
            purpose: self.purpose,
            channel: self.channel,
            face_to_face: self.face_to_face,
            with_reporter: self.with_reporter,
            reporter_came: self.reporter_came,
            has_words: self.words.is_some(),
        };
        let mut errors = ValidationErrors::new();
        for (pointer, code) in claim.faults() {
            errors.add("__all__", fault(code, pointer));
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// A contact.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContactView {
    /// Its id.
    pub id: Uuid,
    /// In which round of handling it took place.
    #[schema(minimum = 1)]
    pub cycle_no: i64,
    /// What for.
    pub purpose: Purpose,
    /// By which way.
    pub channel: ContactChannel,
    /// When.
    pub at: Timestamp,
    /// Whether people stood before each other.
    pub face_to_face: bool,
    /// Whether it was with the reporter.
    pub with_reporter: bool,
    /// Whether he had to come for it.
    pub reporter_came: bool,
    /// Who spoke; null for reporters.
    #[schema(required)]
    pub person: Option<PersonRef>,
    /// For which organisation.
    #[schema(required)]
    pub org: Option<OrgRef>,
    /// What was said; null where nothing was, or once it is erased.
    #[schema(required)]
    pub words: Option<String>,
    /// Whether the reporter sees it.
    pub public: bool,
    /// When it was entered.
    pub created_at: Timestamp,
}

impl Versioned for ContactView {}

impl ContactView {
    /// As it is sent: inside the administration with the name, outside with what the public calls the organisation.
    pub fn of(row: ContactRow, inside: bool) -> Self {
        let person = PersonRef {
            id: row.person_id,
            name: row.person_name,
        };
        let public_name = row.org_public_name.filter(|_| !inside);
        Self {
            id: row.id,
            cycle_no: row.cycle_no,
            purpose: row.purpose,
            channel: row.channel,
            at: row.at,
            face_to_face: row.face_to_face,
            with_reporter: row.with_reporter,
            reporter_came: row.reporter_came,
            person: inside.then_some(person),
            org: OrgRef::from_parts(row.org_id, public_name.or(row.org_name)),
            words: row.words,
            public: row.public,
            created_at: row.created_at,
        }
    }
}
