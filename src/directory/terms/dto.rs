//! Terms on the wire.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::domain::TermKind;
use crate::directory::refs::TermRef;
use crate::directory::words::Audience;
use crate::http::Versioned;
use crate::http::patch::nullable;

/// What narrows a list of terms.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TermFilters {
    /// Only these kinds; may be repeated.
    #[serde(default)]
    pub kind: Vec<TermKind>,
    /// Only those of this audience, and those of any.
    #[param(inline)]
    pub audience: Option<Audience>,
    /// The day as of which the list is given; today (Asia/Shanghai) where it is missing.
    #[param(format = Date)]
    pub as_of: Option<NaiveDate>,
    /// Also those that were retired by that day, or are not valid yet.
    pub include_ended: Option<bool>,
}

/// A term to be added.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "kind": "category", "code": "E08", "audience": "enterprise", "zh": "知识产权保护",
    "en": "Protection of intellectual property" }))]
pub struct NewTerm {
    /// Which taxonomy it belongs to.
    pub kind: TermKind,
    /// Unique within the kind; never changes.
    #[schema(
        min_length = 1,
        max_length = 50,
        pattern = "^[A-Za-z][A-Za-z0-9_]*$",
        example = "E08"
    )]
    pub code: String,
    /// Whom it is for; a category needs it, nothing else has it.
    pub audience: Option<Audience>,
    /// The code of the heading that it stands under, of the same kind and audience.
    #[schema(min_length = 1, max_length = 50)]
    pub parent: Option<String>,
    /// The Chinese label.
    #[schema(min_length = 1, max_length = 100)]
    pub zh: String,
    /// The English label.
    #[schema(min_length = 1, max_length = 200)]
    pub en: String,
    /// Its place within the kind, ascending; without it the last.
    #[schema(minimum = 0, maximum = 1000000)]
    pub sort_order: Option<i64>,
    /// The first day on which it may be chosen; without it today.
    pub valid_from: Option<NaiveDate>,
    /// The first day on which it may no longer be chosen.
    pub valid_to: Option<NaiveDate>,
}

/// A change of a term (RFC 7396): what is absent stays, null empties.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "valid_to": "2020-01-01" }))]
pub struct TermPatch {
    /// The Chinese label.
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    pub zh: Option<String>,
    /// The English label.
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub en: Option<String>,
    /// Its place within the kind, ascending.
    #[schema(minimum = 0, maximum = 1000000, nullable = false)]
    pub sort_order: Option<i64>,
    /// Retires it: the first day on which it may no longer be chosen, today or later; null: it is not retired.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<NaiveDate>)]
    pub valid_to: Option<Option<NaiveDate>>,
}

/// A term of a taxonomy (术语).
#[derive(Debug, Serialize, ToSchema)]
pub struct TermView {
    /// Its id, for changing it.
    pub id: Uuid,
    /// Which taxonomy it belongs to.
    pub kind: TermKind,
    /// Unique within the kind; what other operations take.
    #[schema(example = "E01")]
    pub code: String,
    /// Whom it is for; null: anyone.
    #[schema(required)]
    pub audience: Option<Audience>,
    /// The heading that it stands under.
    #[schema(required)]
    pub parent: Option<TermRef>,
    /// Whether it heads others: it groups figures and is not chosen.
    pub is_heading: bool,
    /// Its label in the caller's language.
    #[schema(example = "引进高端人才和专业技术人才")]
    pub label: String,
    /// The Chinese label.
    pub zh: String,
    /// The English label.
    pub en: String,
    /// Its place within the kind, ascending.
    #[schema(minimum = 0)]
    pub sort_order: i64,
    /// The first day on which it may be chosen; null: since ever.
    #[schema(required)]
    pub valid_from: Option<NaiveDate>,
    /// The first day on which it may no longer be chosen; null: not retired.
    #[schema(required)]
    pub valid_to: Option<NaiveDate>,
    /// Grows with every change; for `If-Match`.
    #[schema(minimum = 1)]
    pub version: i64,
}

impl Versioned for TermView {
    fn version(&self) -> i64 {
        self.version
    }
}
