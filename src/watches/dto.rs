//! Watches on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::clock::Timestamp;
use crate::http::Versioned;
use crate::problems::dto::ProblemSummary;

/// A problem to be watched.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "problem_id": "019fb0c5-3f8e-7000-8000-000000000003", "note": "县长关注" }))]
pub struct NewWatch {
    /// Which.
    pub problem_id: Uuid,
    /// A note to oneself.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// A problem that is watched (盯办).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WatchView {
    /// The problem.
    pub problem: ProblemSummary,
    /// One's note.
    #[schema(required)]
    pub note: Option<String>,
    /// Since when.
    pub since: Timestamp,
}

impl Versioned for WatchView {}
