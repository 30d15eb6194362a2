//! Memberships on the wire.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::auth::Role;
use crate::clock::Timestamp;
use crate::directory::refs::{DivisionRef, OrgRef, PersonRef};
use crate::http::Versioned;

/// What narrows a list of rights.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RightFilters {
    /// Also those that have ended.
    pub include_ended: Option<bool>,
}

/// A membership to be given.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "role": "handler", "org_id": "0168073d-ec00-7a53-a4f4-cb0ef64bf6f0" }))]
pub struct NewMembership {
    /// The role; `integrator` is for clients only.
    pub role: Role,
    /// The organisation in which it is held.
    pub org_id: Uuid,
    /// The code of the division that it reaches, with its subtree; without it the organisation's.
    #[schema(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "330782")]
    pub division: Option<String>,
    /// From when; without it from now.
    pub valid_from: Option<Timestamp>,
    /// Until when, exclusive; without it until it is ended.
    pub valid_to: Option<Timestamp>,
}

/// A membership (任职).
#[derive(Debug, Serialize, ToSchema)]
pub struct MembershipView {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub person: PersonRef,
    /// The role.
    pub role: Role,
    /// The organisation in which it is held.
    pub org: OrgRef,
    /// The division that it reaches, with its subtree.
    pub division: DivisionRef,
    /// From when.
    pub valid_from: Timestamp,
    /// Until when, exclusive; null: until it is ended.
    #[schema(required)]
    pub valid_to: Option<Timestamp>,
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

impl Versioned for MembershipView {
    fn version(&self) -> i64 {
        self.version
    }
}
