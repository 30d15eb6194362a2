//! Competence on the wire.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::clock::Timestamp;
use crate::directory::refs::{DivisionRef, OrgRef, TermRef};
use crate::directory::words::Audience;
use crate::http::Versioned;

/// What narrows a list of competences.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CompetenceFilters {
    /// Only those of this organisation.
    pub org: Option<Uuid>,
    /// Only those for the division of this code, or one under it.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "330782")]
    pub division: Option<String>,
    /// Only those for the category of this code.
    #[param(min_length = 1, max_length = 50, example = "E01")]
    pub category: Option<String>,
    /// Only those for everything of this audience.
    #[param(inline)]
    pub audience: Option<Audience>,
    /// Also those that have ended.
    pub include_ended: Option<bool>,
}

/// A competence to be entered.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "org_id": "0168073d-ec00-7a53-a4f4-cb0ef64bf6f0", "category": "E01", "division": "330782" }))]
pub struct NewCompetence {
    /// Who is competent.
    pub org_id: Uuid,
    /// The code of the category that it is for.
    #[schema(min_length = 1, max_length = 50, example = "E01")]
    pub category: Option<String>,
    /// Whom it is for, where it is for every category; with a category it must be the category's.
    pub audience: Option<Audience>,
    /// The code of the division where, with its subtree; without it the organisation's. Never wider than that.
    #[schema(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "330782")]
    pub division: Option<String>,
    /// Decides between equals; higher wins; 0 without it.
    #[schema(minimum = -1000, maximum = 1000)]
    pub priority: Option<i64>,
    /// From when; without it from now.
    pub valid_from: Option<Timestamp>,
    /// Until when, exclusive; without it until it is ended.
    pub valid_to: Option<Timestamp>,
}

/// A competence (职责).
#[derive(Debug, Serialize, ToSchema)]
pub struct CompetenceView {
    /// Its id.
    pub id: Uuid,
    /// Who is competent.
    pub org: OrgRef,
    /// For which category; null: every one.
    #[schema(required)]
    pub category: Option<TermRef>,
    /// For whom; null: everyone, or as the category says.
    #[schema(required)]
    pub audience: Option<Audience>,
    /// Where, with its subtree.
    pub division: DivisionRef,
    /// Decides between equals; higher wins.
    #[schema(minimum = -1000, maximum = 1000)]
    pub priority: i64,
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

impl Versioned for CompetenceView {
    fn version(&self) -> i64 {
        self.version
    }
}
