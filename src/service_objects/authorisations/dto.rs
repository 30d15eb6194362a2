//! Authorisations on the wire.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::clock::Timestamp;
use crate::directory::refs::{ObjectRef, PersonRef};
use crate::http::Versioned;

/// What narrows a list of authorisations.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuthorisationFilters {
    /// Also those that have ended or expired.
    pub include_ended: Option<bool>,
}

/// An authorisation to be granted.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "person_id": "0168073d-ec00-7a53-a4f4-cb0ef64bf6f0", "valid_to": "2019-12-31T16:00:00Z" }))]
pub struct NewAuthorisation {
    /// Who may speak for the enterprise: never oneself.
    pub person_id: Uuid,
    /// Since when; now by default, and never later.
    pub valid_from: Option<Timestamp>,
    /// Until when, exclusive; without it until it is ended. The voice ends at that moment, the sight of the problems
    /// within an hour.
    pub valid_to: Option<Timestamp>,
}

/// An authorisation (企业授权).
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthorisationView {
    /// Its id.
    pub id: Uuid,
    /// Who may speak for the enterprise.
    pub person: PersonRef,
    /// For which.
    pub enterprise: ObjectRef,
    /// Since when.
    pub valid_from: Timestamp,
    /// Until when, exclusive; null: until it is ended.
    #[schema(required)]
    pub valid_to: Option<Timestamp>,
    /// Who granted it.
    pub granted_by: PersonRef,
    /// When it was ended; null: it is not.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Why it was ended.
    #[schema(required)]
    pub end_reason: Option<String>,
    /// Grows with every change; for `If-Match`.
    #[schema(minimum = 1)]
    pub version: i64,
}

impl Versioned for AuthorisationView {
    fn version(&self) -> i64 {
        self.version
    }
}
