//! A problem as others refer to it.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::domain::State;

/// A problem, by its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemRef {
    /// Its id.
    pub id: Uuid,
    /// The number that people quote (受理编号).
    #[schema(example = "SFW-2019-330782-000123")]
    pub tracking_no: String,
}

impl ProblemRef {
    /// The reference, where both parts are there (a LEFT JOIN that found its row).
    pub fn from_parts(id: Option<Uuid>, tracking_no: Option<String>) -> Option<Self> {
        Some(Self {
            id: id?,
            tracking_no: tracking_no?,
        })
    }
}

/// A problem in a line about something else of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemBrief {
    /// Its id.
    pub id: Uuid,
    /// The number that people quote (受理编号).
    #[schema(example = "SFW-2019-330782-000123")]
    pub tracking_no: String,
    /// The recorder's summary.
    #[schema(required)]
    pub summary: Option<String>,
    /// Where it stands.
    pub state: State,
}
