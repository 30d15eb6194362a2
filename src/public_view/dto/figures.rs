//! Figures for everybody.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, PartialSchema as _, ToSchema};

use crate::directory::refs::DivisionRef;
use crate::http::Versioned;
use crate::metrics::domain::{Decimal, FigureStatus};
use crate::metrics::dto::{CountyFigures, ProblemFigures, Ratio};

/// Which figures.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PublicOverviewParams {
    /// Code of the province (by default), a city or a county: it and what lies below.
    #[param(pattern = "^[0-9]{6}$", example = "330782")]
    pub division: Option<String>,
    /// A campaign's slug; without it all campaigns are counted.
    #[param(max_length = 64, example = "2019")]
    pub campaign: Option<String>,
    /// A year of the campaign (or campaigns).
    #[param(minimum = 1949, maximum = 9999, example = 2019)]
    pub year: Option<i64>,
}

/// A rate of ratings: all null where they are fewer than five, since a sum of three tells each.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicRatio {
    /// How many of them.
    #[schema(required, minimum = 0, example = 76)]
    pub numerator: Option<i64>,
    /// Of how many.
    #[schema(required, minimum = 0, example = 417)]
    pub denominator: Option<i64>,
    /// The quotient.
    #[schema(required, schema_with = decimal_schema)]
    pub value: Option<Decimal>,
}

fn decimal_schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    Option::<f64>::schema()
}

/// What those served say; the three are shown together only.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicSatisfaction {
    /// The sum of the results (1 to 5 each) by the number of ratings.
    pub mean: PublicRatio,
    /// Ratings of 4 or more.
    pub satisfied: PublicRatio,
    /// Ratings of those invited to rate.
    pub response_rate: PublicRatio,
}

/// The figures of a division for everybody. A rate of fewer than five has no value.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicOverview {
    /// Whose they are.
    pub division: DivisionRef,
    /// The campaign asked for.
    #[schema(required)]
    pub campaign: Option<String>,
    /// The year asked for.
    #[schema(required)]
    pub year: Option<i64>,
    /// The day, in Asia/Shanghai, up to whose end is counted.
    pub as_of: NaiveDate,
    /// Whether they can still change.
    pub status: FigureStatus,
    /// Whether any of it is demonstration data.
    pub illustrative: bool,
    /// Problems, in the four parts that sum to the total.
    pub problems: ProblemFigures,
    /// What was finally solved of what was due or closed.
    pub finally_solved_rate: Ratio,
    /// What was closed of it.
    pub completion_rate: Ratio,
    /// What its reporters confirmed of what was closed.
    pub confirmed: Ratio,
    /// What those served say.
    pub satisfaction: PublicSatisfaction,
    /// Completed visits.
    #[schema(minimum = 0)]
    pub visits: i64,
    /// Counties reached.
    pub counties: CountyFigures,
    /// Problems that everybody may read now.
    #[schema(minimum = 0)]
    pub published: i64,
}

impl Versioned for PublicOverview {}
