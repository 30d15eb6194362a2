//! Ratings on the wire.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// A rating.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRating {
    /// The result, 1 worst to 5 best.
    #[schema(minimum = 1, maximum = 5)]
    pub result: i64,
    /// The speed.
    #[schema(minimum = 1, maximum = 5)]
    pub speed: i64,
    /// The attitude.
    #[schema(minimum = 1, maximum = 5)]
    pub attitude: i64,
}
