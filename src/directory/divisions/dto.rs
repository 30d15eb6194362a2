//! Divisions on the wire.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::directory::refs::DivisionRef;
use crate::directory::words::Level;
use crate::http::Versioned;
use crate::text_enum;

text_enum! {
    /// How much of an ended or diminished division a successor took.
    pub enum Share {
        Main = "main" / "主要部分" / "most of it: what counted for the old one counts for this one",
        Part = "part" / "部分" / "some of it",
    }
}

/// What narrows a list of divisions.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DivisionFilters {
    /// Only this level.
    #[param(inline)]
    pub level: Option<Level>,
    /// Only those directly under the division of this code.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "330700")]
    pub parent: Option<String>,
    /// Only those under the division of this code, at any depth, and that division itself.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "330782")]
    pub within: Option<String>,
    /// Text within the full name, or digits that the code begins with.
    #[param(min_length = 1, max_length = 50, example = "义乌")]
    pub q: Option<String>,
    /// The day as of which the list is given; today (Asia/Shanghai) where it is missing.
    #[param(format = Date)]
    pub as_of: Option<NaiveDate>,
    /// Also those that had ended by that day.
    pub include_ended: Option<bool>,
}

/// What tells which day a code is read as of.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AsOf {
    /// The day as of which the code is read; today (Asia/Shanghai) where it is missing.
    #[param(format = Date)]
    pub as_of: Option<NaiveDate>,
}

/// A division in a list (行政区划).
#[derive(Debug, Serialize, ToSchema)]
pub struct DivisionSummary {
    /// GB/T 2260 code of 6 digits, or the statistical code of 9 or 12.
    #[schema(example = "330782", pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]
    pub code: String,
    /// Its own name.
    #[schema(example = "义乌市")]
    pub name: String,
    /// Its name with those above it.
    #[schema(example = "浙江省金华市义乌市")]
    pub full_name: String,
    /// Its level.
    pub level: Level,
    /// The division that it lies in; null for the province.
    #[schema(required)]
    pub parent: Option<DivisionRef>,
    /// The first day on which it exists; null: not known.
    #[schema(required)]
    pub valid_from: Option<NaiveDate>,
    /// The first day on which it no longer exists; null: still valid, or not known.
    #[schema(required)]
    pub valid_to: Option<NaiveDate>,
    /// Grows with every change.
    #[schema(minimum = 1)]
    pub version: i64,
}

/// A division with those before and after it (行政区划).
#[derive(Debug, Serialize, ToSchema)]
pub struct DivisionView {
    /// The division itself.
    #[serde(flatten)]
    pub division: DivisionSummary,
    /// Those that took its area when it ended or shrank.
    pub successors: Vec<Succession>,
    /// Those whose area it took.
    pub predecessors: Vec<Succession>,
}

/// A division that took over, or gave, area.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct Succession {
    /// Its code.
    #[schema(example = "330105")]
    pub code: String,
    /// Its own name.
    #[schema(example = "拱墅区")]
    pub name: String,
    /// Its name with those above it.
    #[schema(example = "浙江省杭州市拱墅区")]
    pub full_name: String,
    /// How much of the area.
    pub share: Share,
}

impl Versioned for DivisionView {
    fn version(&self) -> i64 {
        self.division.version
    }
}
