//! Ratings on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::clock::Timestamp;
use crate::http::Versioned;
use crate::reporters::dto::ReporterView;
use crate::reporters::voice::Voice;

/// A rating to be given.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "result": 5, "speed": 4, "attitude": 5, "words": "孩子已经入学，谢谢。" }))]
pub struct NewRating {
    /// Whether it was solved: 1 not at all to 5 wholly.
    #[schema(minimum = 1, maximum = 5)]
    pub result: i64,
    /// Whether it was solved in time: 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub speed: i64,
    /// How the reporter was treated: 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub attitude: i64,
    /// In words, at most 2,000 characters; without numbers of identity cards.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub words: Option<String>,
    /// Whether nobody who handles the problem is to know who gave it.
    #[serde(default)]
    pub anonymous: bool,
}

/// A rating (评价); it never changes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RatingView {
    /// Its id.
    pub id: Uuid,
    /// The round of handling that it is of, from 1.
    #[schema(minimum = 1)]
    pub cycle_no: i64,
    /// Whether it was solved: 1 not at all to 5 wholly.
    #[schema(minimum = 1, maximum = 5)]
    pub result: i64,
    /// Whether it was solved in time: 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub speed: i64,
    /// How the reporter was treated: 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    pub attitude: i64,
    /// In words; null where there are none, or once they are erased.
    #[schema(required)]
    pub words: Option<String>,
    /// Whether the rater wished not to be known.
    pub anonymous: bool,
    /// By which way the reporter spoke.
    pub via: Voice,
    /// Who gave it; null where the caller may not know.
    #[schema(required)]
    pub reporter: Option<ReporterView>,
    /// When.
    pub rated_at: Timestamp,
}

impl Versioned for RatingView {}
