//! The body of everything in the directory that is ended by itself.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// Why something ends.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "岗位调整" }))]
pub struct Ending {
    /// Why.
    #[schema(min_length = 1, max_length = 500, example = "岗位调整")]
    pub reason: String,
}
