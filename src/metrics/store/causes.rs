//! Problems by cause in one statement: how many bear each, how many bear any, and how many there are from their
//! roll-up.

use super::figures::{Filters, PROBLEMS, of_problems, scoped};
use crate::calendar::start_of_shanghai_day;
use crate::clock::Timestamp;
use crate::db::{Sql, sql};
use crate::directory::words::Level;

/// A cause, or, without code, all problems (`all`) or those that bear a cause (`caused`).
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CauseRow {
    /// `cause`, `caused` or `all`.
    pub part: String,
    /// The cause's code.
    pub code: Option<String>,
    /// Its label in Chinese.
    pub zh: Option<String>,
    /// Its label in English.
    pub en: Option<String>,
    /// How many.
    pub n: i64,
}

/// The causes `x` of problems `p` within the scope `s`, from the side that has fewer rows: SQLite keeps the order of a
/// CROSS JOIN, PostgreSQL knows by itself.
const FROM_CAUSES: &str = " FROM problem_cause x CROSS JOIN problem p CROSS JOIN division_ancestor s";
const FROM_DIVISIONS: &str = " FROM division_ancestor s CROSS JOIN problem p CROSS JOIN problem_cause x";

/// The statement; to be read as [`CauseRow`]s.
pub fn statement(filters: &Filters) -> Sql {
    let statement = sql(
        "SELECT 'cause' AS part, c.code, c.zh, c.en, COALESCE(g.n, 0) AS n FROM term c LEFT JOIN (\
         SELECT x.term_id, COUNT(*) AS n",
    );
    let statement = causes(statement, filters)
        .push(" GROUP BY x.term_id) g ON g.term_id = c.id WHERE c.kind = 'cause'")
        .push(" AND (g.n IS NOT NULL OR ((1 = 1)")
        .push_bind(" AND (c.valid_from IS NULL OR c.valid_from <= ", filters.period.as_of)
        .push_bind(") AND (c.valid_to IS NULL OR c.valid_to > ", filters.period.as_of)
        .push("))) AND NOT EXISTS (SELECT 1 FROM term k WHERE k.parent_id = c.id)");
    let statement = statement.push(
        " UNION ALL SELECT 'caused', CAST(NULL AS text), CAST(NULL AS text), CAST(NULL AS text), \
         COUNT(DISTINCT x.problem_id)",
    );
    let statement = causes(statement, filters).push(
        " UNION ALL SELECT 'all', CAST(NULL AS text), CAST(NULL AS text), CAST(NULL AS text), \
         CAST(COALESCE(SUM(r.problems), 0) AS bigint)",
    );
    of_problems(scoped(statement, &PROBLEMS, filters), filters)
}

/// ` FROM … WHERE` the causes of the problems that are counted.
fn causes(statement: Sql, filters: &Filters) -> Sql {
    let wide = matches!(filters.level, Level::Province | Level::City);
    let statement = statement.push(if wide { FROM_CAUSES } else { FROM_DIVISIONS });
    counted(statement.push(" WHERE x.problem_id = p.id"), filters)
}

/// ` AND …` that the problem `p` is one that is counted; the division `s` bounds the scope.
pub(super) fn counted(statement: Sql, filters: &Filters) -> Sql {
    let at = |date| Timestamp::from(start_of_shanghai_day(date));
    let parts: Vec<&str> = filters.disposition.iter().map(|part| part.stored()).collect();
    let statement = statement
        .push(" AND s.descendant_id = p.division_id AND p.state NOT IN ('merged', 'withdrawn')")
        .and("s.ancestor_id = ", filters.division)
        .and("p.recorded_at < ", at(filters.period.until))
        .and_opt("p.recorded_at >= ", filters.period.since.map(at))
        .and_in("p.campaign_year_id", &filters.years)
        .and_in("p.audience", &filters.audience)
        .and_in("p.category_id", &filters.category)
        .and_in("COALESCE(p.disposition, '')", &parts);
    if filters.leading_body.is_empty() {
        statement
    } else {
        statement
            .push(" AND EXISTS (SELECT 1 FROM visit v WHERE v.id = p.visit_id")
            .and_in("v.leading_body", &filters.leading_body)
            .push(")")
    }
}
