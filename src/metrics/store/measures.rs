//! The measures of approved plans by type, in one statement.

use super::causes::counted;
use super::figures::Filters;
use crate::calendar::start_of_shanghai_day;
use crate::clock::Timestamp;
use crate::db::{Sql, sql};
use crate::directory::words::Level;

/// A type of measure, and how many there are.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MeasureRow {
    /// The type's code.
    pub code: String,
    /// Its label in Chinese.
    pub zh: String,
    /// Its label in English.
    pub en: String,
    /// How many measures.
    pub measures: i64,
    /// In how many plans.
    pub plans: i64,
}

/// The measures `k` of plans `q` about problems `p` within the scope `s`, from the side that has fewer rows: SQLite
/// keeps the order of a CROSS JOIN, PostgreSQL knows by itself.
const FROM_MEASURES: &str = " FROM measure k CROSS JOIN action_plan q CROSS JOIN action_plan_problem x CROSS JOIN problem p \
     CROSS JOIN division_ancestor s";
const FROM_DIVISIONS: &str = " FROM division_ancestor s CROSS JOIN problem p CROSS JOIN action_plan_problem x \
     CROSS JOIN action_plan q CROSS JOIN measure k";

/// The statement; to be read as [`MeasureRow`]s. A measure counts once, though its plan is about several problems.
pub fn statement(filters: &Filters) -> Sql {
    let wide = matches!(filters.level, Level::Province | Level::City);
    let until = Timestamp::from(start_of_shanghai_day(filters.period.until));
    let statement = sql(
        "SELECT c.code, c.zh, c.en, COALESCE(g.measures, 0) AS measures, COALESCE(g.plans, 0) AS plans FROM term c LEFT JOIN (\
         SELECT k.type, COUNT(DISTINCT k.id) AS measures, COUNT(DISTINCT k.action_plan_id) AS plans",
    )
    .push(if wide { FROM_MEASURES } else { FROM_DIVISIONS })
    .push(
        " WHERE k.action_plan_id = q.id AND x.action_plan_id = q.id AND x.left_at IS NULL AND x.problem_id = p.id \
         AND k.ended_at IS NULL AND q.state IN ('approved', 'executing', 'done')",
    )
    .and("q.approved_at < ", until);
    counted(statement, filters)
        .push(" GROUP BY k.type) g ON g.type = c.code WHERE c.kind = 'measure_type' AND (g.measures IS NOT NULL OR ((1 = 1)")
        .push_bind(" AND (c.valid_from IS NULL OR c.valid_from <= ", filters.period.as_of)
        .push_bind(") AND (c.valid_to IS NULL OR c.valid_to > ", filters.period.as_of)
        .push("))) ORDER BY c.code")
}
