//! When the problems of a period were recorded and first responded to: two instants a problem, along the index of a
//! division's problems by their time of recording.

use super::figures::Filters;
use crate::calendar::start_of_shanghai_day;
use crate::clock::Timestamp;
use crate::db::{Sql, sql};

/// A problem's first cycle.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct ResponseRow {
    /// When it began: when the problem was recorded.
    pub started_at: Timestamp,
    /// When a person first responded to the reporter.
    pub first_response_at: Option<Timestamp>,
}

/// The statement; to be read as [`ResponseRow`]s.
pub fn statement(filters: &Filters) -> Sql {
    let at = |date| Timestamp::from(start_of_shanghai_day(date));
    let parts: Vec<&str> = filters.disposition.iter().map(|part| part.stored()).collect();
    // Where figures count a division's problems, `problem_scope` has a row of each for that division.
    let statement = sql("SELECT c.started_at, c.first_response_at FROM problem_scope s \
         JOIN problem p ON p.id = s.problem_id JOIN cycle c ON c.problem_id = p.id AND c.n = 1 WHERE 1 = 1")
    .and("s.scope_id = ", filters.division)
    .and("s.recorded_at < ", at(filters.period.until))
    .and_opt("s.recorded_at >= ", filters.period.since.map(at))
    .push(" AND p.state NOT IN ('merged', 'withdrawn')")
    .and_in("p.campaign_year_id", &filters.years)
    .and_in("p.audience", &filters.audience)
    .and_in("p.category_id", &filters.category)
    .and_in("COALESCE(p.disposition, '')", &parts);
    if filters.leading_body.is_empty() {
        return statement;
    }
    statement
        .push(" AND EXISTS (SELECT 1 FROM visit v WHERE v.id = p.visit_id")
        .and_in("v.leading_body", &filters.leading_body)
        .push(")")
}
