//! Competence on the wire.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::store::CompetenceRow;
use crate::clock::Timestamp;
use crate::directory::refs::{DivisionRef, OrgRef, TermRef};
use crate::directory::words::Audience;
use crate::http::{Locale, Versioned};

/// A competence to be added.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "org_id": "019fb0c5-3f8e-7000-8000-000000000001", "category": "E01", "division": "330782", "priority": 10
}))]
pub struct NewCompetence {
    /// The organisation that is competent.
    pub org_id: Uuid,
    /// For which category; null: for any.
    #[serde(default)]
    #[schema(max_length = 32)]
    pub category: Option<String>,
    /// For which audience; null: for any, or the category's.
    #[serde(default)]
    pub audience: Option<Audience>,
    /// In which division, with its subtree.
    #[schema(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]
    pub division: String,
    /// Higher wins where two fit equally well.
    #[serde(default)]
    #[schema(minimum = -1000, maximum = 1000)]
    pub priority: i64,
}

/// A competence.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CompetenceView {
    /// Its id.
    pub id: Uuid,
    /// The organisation that is competent.
    pub org: OrgRef,
    /// For which category; null: for any.
    #[schema(required)]
    pub category: Option<TermRef>,
    /// For which audience; null: for any.
    #[schema(required)]
    pub audience: Option<Audience>,
    /// In which division, with its subtree.
    pub division: DivisionRef,
    /// Higher wins.
    pub priority: i64,
    /// Since when.
    pub valid_from: Timestamp,
    /// When it ended.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Grows with every change.
    pub version: i64,
}

impl Versioned for CompetenceView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl CompetenceView {
    /// As it is sent.
    pub fn of(row: CompetenceRow, locale: Locale) -> Self {
        let category = match (row.category_code, row.category_zh, row.category_en) {
            (Some(code), Some(zh), Some(en)) => Some(TermRef::new(code, zh, en, locale)),
            _ => None,
        };
        Self {
            id: row.id,
            org: OrgRef {
                id: row.org_id,
                name: row.org_name,
            },
            category,
            audience: row.audience,
            division: DivisionRef {
                code: row.division_code,
                name: row.division_name,
                full_name: row.division_full_name,
            },
            priority: row.priority,
            valid_from: row.valid_from,
            ended_at: row.ended_at,
            version: row.version,
        }
    }
}

/// Which competences.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CompetenceFilters {
    /// Of one organisation.
    pub org_id: Option<Uuid>,
    /// Code of a division: competences in its subtree.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]
    pub division: Option<String>,
    /// Ended ones too.
    pub include_ended: Option<bool>,
}
