//! What those served said, by the month: of the problems recorded in it, and of the surveys answered in it.

use super::figures::{Filters, OUTCOMES, SURVEYS, of_problems, scoped};
use crate::db::{Sql, sql};
use crate::metrics::rollup::Outcome;
use crate::surveys::domain::Measure;

/// The item of the people's survey by which trust is measured.
pub const TRUST: &str = "trust";

/// A sum of a month.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MonthRow {
    /// `2019-01`.
    pub month: String,
    /// An `Outcome`, or of a survey a `Measure`.
    pub word: String,
    /// Whether it is of a survey.
    pub surveyed: bool,
    /// The sum.
    pub n: i64,
}

/// The statement; to be read as [`MonthRow`]s. Surveys have neither category, leading body nor disposition.
pub fn statement(filters: &Filters) -> Sql {
    let said = [Outcome::Invited, Outcome::Rated, Outcome::Satisfied, Outcome::Points];
    let statement = sql(
        "SELECT substr(CAST(r.day AS text), 1, 7) AS month, r.outcome AS word, (1 = 0) AS surveyed, \
         CAST(SUM(r.amount) AS bigint) AS n",
    );
    let statement = scoped(statement, &OUTCOMES, filters)
        .and("r.since <= ", filters.period.as_of)
        .and_in("r.outcome", &said);
    let statement = of_problems(statement, filters).push(
        " GROUP BY 1, 2 UNION ALL SELECT substr(CAST(r.day AS text), 1, 7), r.measure, (1 = 1), \
         CAST(SUM(r.amount) AS bigint)",
    );
    let measures = [
        Measure::Before,
        Measure::BeforePoints,
        Measure::After,
        Measure::AfterPoints,
        Measure::Once,
        Measure::OncePoints,
    ];
    scoped(statement, &SURVEYS, filters)
        .and("r.item = ", TRUST)
        .and_in("r.audience", &filters.audience)
        .and_in("r.measure", &measures)
        .push(" GROUP BY 1, 2")
}
