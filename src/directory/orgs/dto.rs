//! Organisations on the wire.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::domain::OrgKind;
use crate::clock::Timestamp;
use crate::directory::refs::{DivisionRef, OrgRef};
use crate::directory::words::{LeadingBody, Level};
use crate::http::Versioned;
use crate::http::patch::nullable;

/// What narrows a list of organisations.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrgFilters {
    /// Only those that stand in the division of this code, or under it.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "330782")]
    pub division: Option<String>,
    /// Only these kinds; may be repeated.
    #[serde(default)]
    pub kind: Vec<OrgKind>,
    /// Only this level.
    #[param(inline)]
    pub level: Option<Level>,
    /// Only those directly under this organisation.
    pub parent: Option<Uuid>,
    /// Text within the name.
    #[param(min_length = 1, max_length = 50, example = "人力资源")]
    pub q: Option<String>,
    /// Also those that have ended.
    pub include_ended: Option<bool>,
}

/// An organisation to be entered.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "义乌市教育局", "kind": "department", "division": "330782" }))]
pub struct NewOrg {
    /// Its name; one of its kind within a division.
    #[schema(min_length = 2, max_length = 100, example = "义乌市教育局")]
    pub name: String,
    /// What the public reads as the responsible body; without it the name.
    #[schema(min_length = 2, max_length = 100)]
    pub public_name: Option<String>,
    /// What it is.
    pub kind: OrgKind,
    /// Its level; without it the division's. Never above the division's.
    pub level: Option<Level>,
    /// The code of the division that it stands in, today; never changes.
    #[schema(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "330782")]
    pub division: String,
    /// The organisation above it, whose division covers this one's.
    pub parent_id: Option<Uuid>,
    /// Which of the four leading bodies (四套班子, S-02) it is; only for the kind that bears the same name.
    pub leading_body: Option<LeadingBody>,
}

/// A change of an organisation (RFC 7396): what is absent stays, null empties.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "public_name": "义乌市人社局" }))]
pub struct OrgPatch {
    /// Its name.
    #[schema(min_length = 2, max_length = 100, nullable = false)]
    pub name: Option<String>,
    /// What the public reads as the responsible body; null: the name.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, min_length = 2, max_length = 100)]
    pub public_name: Option<Option<String>>,
    /// The organisation above it; null: none.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Uuid>)]
    pub parent_id: Option<Option<Uuid>>,
}

/// Why an organisation ends, and who takes its work.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "机构改革，职责划入新组建的局" }))]
pub struct EndOrg {
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// The organisation that takes its open work, its competence and the organisations below it; needed where it has
    /// open work.
    pub successor_id: Option<Uuid>,
}

/// An organisation (单位).
#[derive(Debug, Serialize, ToSchema)]
pub struct OrgView {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    #[schema(example = "义乌市人力资源和社会保障局")]
    pub name: String,
    /// What the public reads as the responsible body; null: the name.
    #[schema(required)]
    pub public_name: Option<String>,
    /// What it is.
    pub kind: OrgKind,
    /// Its level.
    pub level: Level,
    /// The division that it stands in.
    pub division: DivisionRef,
    /// The organisation above it.
    #[schema(required)]
    pub parent: Option<OrgRef>,
    /// Which of the four leading bodies it is; null: none.
    #[schema(required)]
    pub leading_body: Option<LeadingBody>,
    /// The first day on which it exists; null: not known.
    #[schema(required)]
    pub valid_from: Option<NaiveDate>,
    /// The first day on which it no longer exists; null: it does.
    #[schema(required)]
    pub valid_to: Option<NaiveDate>,
    /// When it was ended; null: it is not.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Why it was ended.
    #[schema(required)]
    pub end_reason: Option<String>,
    /// The organisation that took its open work along.
    #[schema(required)]
    pub successor: Option<OrgRef>,
    /// How many hang on it.
    pub counts: OrgCounts,
    /// Grows with every change; for `If-Match`.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// How many hang on an organisation.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrgCounts {
    /// Active people.
    #[schema(minimum = 0)]
    pub people: i64,
    /// Organisations directly below it that have not ended.
    #[schema(minimum = 0)]
    pub organisations: i64,
}

impl Versioned for OrgView {
    fn version(&self) -> i64 {
        self.version
    }
}
