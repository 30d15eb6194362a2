//! Terms on the wire.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::store::TermDetail;
use crate::directory::refs::TermRef;
use crate::directory::words::Audience;
use crate::http::{Locale, Versioned};
use crate::text_enum;

text_enum! {
    /// A taxonomy.
    pub enum TermKind {
        Category = "category" / "问题分类" / "category of problems",
        Cause = "cause" / "原因" / "cause of a problem",
        VisitMode = "visit_mode" / "走访形式" / "mode of a visit",
        PlaceKind = "place_kind" / "地点类型" / "kind of place",
        MeasureType = "measure_type" / "举措类型" / "type of measure",
        Reason = "reason" / "理由" / "reason of a request",
        Goal = "goal" / "目标" / "goal",
    }
}

/// A term to be added.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "category", "code": "E08", "audience": "enterprise", "zh": "加强知识产权保护",
    "en": "Stronger protection of intellectual property", "sort_order": 85
}))]
pub struct NewTerm {
    /// Which taxonomy.
    pub kind: TermKind,
    /// Unique within the taxonomy; never changed.
    #[schema(min_length = 1, max_length = 32, pattern = "^[A-Za-z0-9_]+$")]
    pub code: String,
    /// For whom it may be chosen; null: for anyone.
    #[serde(default)]
    pub audience: Option<Audience>,
    /// Code of the heading that it stands under, of the same taxonomy.
    #[serde(default)]
    #[schema(max_length = 32)]
    pub parent: Option<String>,
    /// The Chinese label.
    #[schema(min_length = 1, max_length = 100)]
    pub zh: String,
    /// The English label.
    #[schema(min_length = 1, max_length = 200)]
    pub en: String,
    /// Place in lists, ascending.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub sort_order: i64,
    /// The first day on which it may be chosen; today by default.
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
}

/// What of a term may be changed: a merge patch.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "valid_to": "2020-01-01" }))]
pub struct UpdateTerm {
    /// The Chinese label.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    pub zh: Option<String>,
    /// The English label.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub en: Option<String>,
    /// Place in lists, ascending.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000, nullable = false)]
    pub sort_order: Option<i64>,
    /// The first day on which it may no longer be chosen; null: not retired.
    #[serde(default, deserialize_with = "crate::http::patch::nullable")]
    pub valid_to: Option<Option<NaiveDate>>,
}

/// A term.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TermView {
    /// Its id.
    pub id: Uuid,
    /// Which taxonomy.
    pub kind: TermKind,
    /// Unique within the taxonomy.
    #[schema(example = "E01")]
    pub code: String,
    /// The label in the caller's language.
    pub label: String,
    /// The Chinese label.
    pub zh: String,
    /// The English label.
    pub en: String,
    /// For whom it may be chosen; null: for anyone.
    #[schema(required)]
    pub audience: Option<Audience>,
    /// The heading that it stands under.
    #[schema(required)]
    pub parent: Option<TermRef>,
    /// Whether it groups others and is not chosen itself.
    pub heading: bool,
    /// Place in lists, ascending.
    pub sort_order: i64,
    /// The first day on which it may be chosen; null: since ever.
    #[schema(required)]
    pub valid_from: Option<NaiveDate>,
    /// The first day on which it may no longer be chosen; null: not retired.
    #[schema(required)]
    pub valid_to: Option<NaiveDate>,
    /// Grows with every change.
    pub version: i64,
}

impl Versioned for TermView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl TermView {
    /// As it is sent.
    pub fn of(row: TermDetail, locale: Locale) -> Self {
        let parent = match (row.parent_code, row.parent_zh, row.parent_en) {
            (Some(code), Some(zh), Some(en)) => Some(TermRef::new(code, zh, en, locale)),
            _ => None,
        };
        Self {
            id: row.id,
            kind: row.kind,
            label: if locale == Locale::Zh {
                row.zh.clone()
            } else {
                row.en.clone()
            },
            code: row.code,
            zh: row.zh,
            en: row.en,
            audience: row.audience,
            parent,
            heading: row.heading,
            sort_order: row.sort_order,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            version: row.version,
        }
    }
}

/// Which terms.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TermFilters {
    /// One taxonomy.
    #[param(inline)]
    pub kind: Option<TermKind>,
    /// Those that may be chosen for this audience.
    #[param(inline)]
    pub audience: Option<Audience>,
    /// Retired ones too.
    pub include_ended: Option<bool>,
}
