//! The matrix in one statement: the cells from the analyses that were current on the day asked, and how many problems
//! there are from their roll-up.

use chrono::Days;

use super::figures::{Filters, PROBLEMS, of_problems, scoped};
use crate::analyses::domain::{Horizon, Nature};
use crate::calendar::start_of_shanghai_day;
use crate::clock::Timestamp;
use crate::db::{Sql, sql};
use crate::directory::words::Level;

/// A cell, or, without horizon and nature, all problems.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct MatrixRow {
    /// Long- or short-term.
    pub horizon: Option<Horizon>,
    /// Institutional or operational.
    pub nature: Option<Nature>,
    /// How many.
    pub n: i64,
    /// How many of them their first lead claimed.
    pub claimed: i64,
    /// How many of them had a lead.
    pub led: i64,
}

/// The analyses `a` of problems `p` within the scope `s`, from the side that has fewer rows: SQLite keeps the order of
/// a CROSS JOIN, PostgreSQL knows by itself.
const FROM_ANALYSES: &str = " FROM analysis a CROSS JOIN problem p CROSS JOIN division_ancestor s";
const FROM_DIVISIONS: &str = " FROM division_ancestor s CROSS JOIN problem p CROSS JOIN analysis a";

/// The statement; to be read as [`MatrixRow`]s.
pub fn statement(filters: &Filters) -> Sql {
    let wide = matches!(filters.level, Level::Province | Level::City);
    let at = |date| Timestamp::from(start_of_shanghai_day(date));
    let period = filters.period;
    let over = at(period.as_of.checked_add_days(Days::new(1)).unwrap_or(period.as_of));
    let parts: Vec<&str> = filters.disposition.iter().map(|part| part.stored()).collect();
    let statement = sql("SELECT a.horizon, a.nature, COUNT(*) AS n")
        .push_bind(
            ", COUNT(CASE WHEN p.first_lead_origin = 'claimed' AND p.first_led_at < ",
            over,
        )
        .push_bind(" THEN 1 END) AS claimed, COUNT(CASE WHEN p.first_led_at < ", over)
        .push(" THEN 1 END) AS led")
        .push(if wide { FROM_ANALYSES } else { FROM_DIVISIONS })
        .push(
            " WHERE a.problem_id = p.id AND s.descendant_id = p.division_id \
             AND p.state NOT IN ('merged', 'withdrawn')",
        )
        .and("s.ancestor_id = ", filters.division)
        .and("p.recorded_at < ", at(period.until))
        .and_opt("p.recorded_at >= ", period.since.map(at))
        .and("a.signed_at < ", over)
        .and("(a.replaced_at IS NULL OR a.replaced_at >= ", over)
        .push(")")
        .and_in("p.campaign_year_id", &filters.years)
        .and_in("p.audience", &filters.audience)
        .and_in("p.category_id", &filters.category)
        .and_in("COALESCE(p.disposition, '')", &parts);
    let statement = if filters.leading_body.is_empty() {
        statement
    } else {
        statement
            .push(" AND EXISTS (SELECT 1 FROM visit v WHERE v.id = p.visit_id")
            .and_in("v.leading_body", &filters.leading_body)
            .push(")")
    };
    let statement = statement.push(
        " GROUP BY a.horizon, a.nature UNION ALL SELECT CAST(NULL AS text), CAST(NULL AS text), \
         CAST(COALESCE(SUM(r.problems), 0) AS bigint), CAST(0 AS bigint), CAST(0 AS bigint)",
    );
    of_problems(scoped(statement, &PROBLEMS, filters), filters)
}
