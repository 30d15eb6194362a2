//! Every figure of an overview in one statement: a union of sums, each row saying which figure it is a part of.

use uuid::Uuid;

use crate::db::{Db, DbError, Sql, sql};
use crate::directory::words::{Audience, LeadingBody, Level};
use crate::metrics::domain::{GroupBy, Part, Period};
use crate::visits::domain::Origin;

/// What is counted.
#[derive(Clone, Debug)]
pub struct Filters {
    /// The division, with what lies below.
    pub division: Uuid,
    /// Its level: tells from which side the rows are fewer.
    pub level: Level,
    /// The days.
    pub period: Period,
    /// Campaign years; empty: all.
    pub years: Vec<Uuid>,
    /// Audiences of problems; empty: all.
    pub audience: Vec<Audience>,
    /// Categories of problems; empty: all.
    pub category: Vec<Uuid>,
    /// Bodies that led the visit; empty: all.
    pub leading_body: Vec<LeadingBody>,
    /// Parts of problems; empty: all.
    pub disposition: Vec<Part>,
    /// Modes of visits; empty: all.
    pub mode: Vec<String>,
    /// Origins of visits; empty: all.
    pub origin: Vec<Origin>,
    /// The grouping.
    pub group_by: Option<GroupBy>,
}

/// A row of the union.
#[derive(Debug, sqlx::FromRow)]
pub struct FigureRow {
    /// `problem`, `outcome`, `visit`, `office_visit`, `object`, `county` or `label`.
    pub part: String,
    /// The group's key, null where it is in none; `county`: what tells it from others of its code.
    pub grp: Option<String>,
    /// `problem`: the disposition; `outcome`: which; `visit`: the level; `object`: the type; `county`: its main
    /// successor's `grp`; `label`: the label in Chinese.
    pub word: Option<String>,
    /// `visit`: the origin; `county`: its code; `label`: the label in English.
    pub more: Option<String>,
    /// `label`: the code of the heading.
    pub heading: Option<String>,
    /// `county`, `label`: 1 where it exists on the day asked.
    pub valid: i64,
    /// The sum; `county`: 1 where it was visited; `label`: its place among the others.
    pub n: i64,
}

/// Reads every figure.
pub async fn figures(db: &Db, filters: &Filters) -> Result<Vec<FigureRow>, DbError> {
    statement(filters).all(db).await
}

/// The statement, by itself so that a test can look at its plan.
pub fn statement(filters: &Filters) -> Sql {
    let statement = problems(sql(""), filters);
    let statement = outcomes(statement, filters);
    let statement = visits(statement, filters);
    let statement = objects(statement, filters);
    let statement = counties(statement, filters);
    labels(statement, filters)
}

/// A table of counts `r` within the scope `s`, read from the side that has fewer rows: SQLite keeps the order of a CROSS
/// JOIN, PostgreSQL knows by itself.
pub(super) struct Table {
    from_rows: &'static str,
    from_divisions: &'static str,
}

macro_rules! table {
    ($name:literal) => {
        Table {
            from_rows: concat!(" FROM ", $name, " r CROSS JOIN division_ancestor s"),
            from_divisions: concat!(" FROM division_ancestor s CROSS JOIN ", $name, " r"),
        }
    };
}

/// Problems as they are counted.
pub(super) const PROBLEMS: Table = table!("problem_rollup");

/// What became of them, and what those served said.
pub(super) const OUTCOMES: Table = table!("outcome_rollup");

/// Surveys as they were answered.
pub(super) const SURVEYS: Table = table!("survey_rollup");

/// Promises made on site.
pub(super) const COMMITMENTS: Table = table!("commitment_rollup");

/// ` FROM r, s <joins> WHERE` scope, period and campaign.
pub(super) fn scoped(statement: Sql, table: &Table, joins: &'static str, filters: &Filters) -> Sql {
    let wide = matches!(filters.level, Level::Province | Level::City);
    statement
        .push(if wide { table.from_rows } else { table.from_divisions })
        .push(joins)
        .push(" WHERE s.descendant_id = r.division_id")
        .and("s.ancestor_id = ", filters.division)
        .and("r.day < ", filters.period.until)
        .and_opt("r.day >= ", filters.period.since)
        .and_in("r.campaign_year_id", &filters.years)
}

/// The level of a row's own division.
const LEVEL: &str = "(SELECT l.level FROM division l WHERE l.id = r.division_id)";

/// The key of a group, and what must be joined for it.
fn group(filters: &Filters, bears: fn(GroupBy) -> bool) -> (&'static str, &'static str) {
    match filters.group_by.filter(|group_by| bears(*group_by)) {
        None => ("CAST(NULL AS text)", ""),
        Some(GroupBy::Audience) => ("r.audience", ""),
        Some(GroupBy::LeadingBody) => ("NULLIF(r.leading_body, '')", ""),
        Some(GroupBy::Category) => ("t.code", " JOIN term t ON t.id = r.category_id"),
        Some(GroupBy::Disposition) => ("COALESCE(NULLIF(r.disposition, ''), 'undisposed')", ""),
        Some(GroupBy::Division) => (
            "b.code",
            " LEFT JOIN division_ancestor p ON p.descendant_id = r.division_id AND p.depth = s.depth - 1 \
             LEFT JOIN division b ON b.id = p.ancestor_id",
        ),
        Some(GroupBy::Level) => (LEVEL, ""),
        Some(GroupBy::Mode) => ("r.mode", ""),
        Some(GroupBy::Origin) => ("r.origin", ""),
        Some(GroupBy::PlaceKind) => ("r.place_kind", ""),
    }
}

pub(super) fn of_problems(statement: Sql, filters: &Filters) -> Sql {
    let parts: Vec<&str> = filters.disposition.iter().map(|part| part.stored()).collect();
    statement
        .and_in("r.audience", &filters.audience)
        .and_in("r.category_id", &filters.category)
        .and_in("r.leading_body", &filters.leading_body)
        .and_in("r.disposition", &parts)
}

fn of_visits(statement: Sql, filters: &Filters) -> Sql {
    statement
        .and_in("r.leading_body", &filters.leading_body)
        .and_in("r.mode", &filters.mode)
        .and_in("r.origin", &filters.origin)
}

fn problems(statement: Sql, filters: &Filters) -> Sql {
    let (key, joins) = group(filters, GroupBy::of_problems);
    let statement = statement.push("SELECT 'problem' AS part, ").push(key).push(
        " AS grp, r.disposition AS word, CAST(NULL AS text) AS more, CAST(NULL AS text) AS heading, \
         CAST(1 AS bigint) AS valid, CAST(SUM(r.problems) AS bigint) AS n",
    );
    let statement = scoped(statement, &PROBLEMS, joins, filters);
    of_problems(statement, filters).push(" GROUP BY 2, 3")
}

fn outcomes(statement: Sql, filters: &Filters) -> Sql {
    let (key, joins) = group(filters, GroupBy::of_problems);
    let statement = statement
        .push(" UNION ALL SELECT 'outcome', ")
        .push(key)
        .push(", r.outcome, NULL, NULL, 1, CAST(SUM(r.amount) AS bigint)");
    let statement = scoped(statement, &OUTCOMES, joins, filters).and("r.since <= ", filters.period.as_of);
    of_problems(statement, filters).push(" GROUP BY 2, 3")
}

fn visits(statement: Sql, filters: &Filters) -> Sql {
    let (key, joins) = group(filters, GroupBy::of_visits);
    let statement = statement
        .push(" UNION ALL SELECT CASE WHEN r.place_kind = 'office' THEN 'office_visit' ELSE 'visit' END, ")
        .push(key)
        .push(", ")
        .push(LEVEL)
        .push(", r.origin, NULL, 1, CAST(SUM(r.visits) AS bigint)");
    let statement = scoped(statement, &table!("visit_rollup"), joins, filters);
    of_visits(statement, filters).push(" GROUP BY 1, 2, 3, 4")
}

fn objects(statement: Sql, filters: &Filters) -> Sql {
    let statement =
        statement.push(" UNION ALL SELECT 'object', NULL, r.object_type, NULL, NULL, 1, COUNT(DISTINCT r.object_id)");
    let statement = scoped(statement, &table!("visit_fact"), "", filters);
    let filtered = !(filters.leading_body.is_empty() && filters.mode.is_empty() && filters.origin.is_empty());
    let statement = if filtered {
        statement
            .push(" AND EXISTS (SELECT 1 FROM visit v WHERE v.id = r.visit_id")
            .and_in("v.leading_body", &filters.leading_body)
            .and_in("v.mode", &filters.mode)
            .and_in("v.origin", &filters.origin)
            .push(")")
    } else {
        statement
    };
    statement.push(" GROUP BY 3")
}

/// Every county that ever was in the scope, with what most of it became.
fn counties(statement: Sql, filters: &Filters) -> Sql {
    let statement = statement.push(
        " UNION ALL SELECT 'county', c.code || ':' || COALESCE(CAST(c.valid_from AS text), ''), \
         n.code || ':' || COALESCE(CAST(n.valid_from AS text), ''), c.code, NULL, CASE WHEN (1 = 1)",
    );
    let statement = exists(statement, filters).push(
        " THEN 1 ELSE 0 END, CASE WHEN reached.id IS NULL THEN 0 ELSE 1 END FROM division c \
         CROSS JOIN division_ancestor s LEFT JOIN division_successor x ON x.old_id = c.id AND x.share = 'main' \
         LEFT JOIN division n ON n.id = x.new_id LEFT JOIN (SELECT DISTINCT p.ancestor_id AS id",
    );
    let joins = " JOIN division_ancestor p ON p.descendant_id = r.division_id";
    let statement = scoped(statement, &table!("visit_rollup"), joins, filters).push(" AND r.visits > 0");
    of_visits(statement, filters)
        .push(") reached ON reached.id = c.id WHERE c.level = 'county' AND s.descendant_id = c.id")
        .and("s.ancestor_id = ", filters.division)
}

/// What the groups are called, where that is data.
fn labels(statement: Sql, filters: &Filters) -> Sql {
    let kind = match filters.group_by {
        Some(GroupBy::Category) => "category",
        Some(GroupBy::Mode) => "visit_mode",
        Some(GroupBy::PlaceKind) => "place_kind",
        Some(GroupBy::Division) => {
            let statement =
                statement.push(" UNION ALL SELECT 'label', c.code, c.name, c.name, NULL, CASE WHEN (1 = 1)");
            return exists(statement, filters)
                .push(" THEN 1 ELSE 0 END, c.sort_order FROM division c WHERE c.parent_id = ")
                .push_bind("", filters.division);
        }
        _ => return statement,
    };
    let statement = statement.push(" UNION ALL SELECT 'label', c.code, c.zh, c.en, h.code, CASE WHEN (1 = 1)");
    exists(statement, filters)
        .push(
            " THEN 1 ELSE 0 END, c.sort_order FROM term c LEFT JOIN term h ON h.id = c.parent_id \
             WHERE NOT EXISTS (SELECT 1 FROM term k WHERE k.parent_id = c.id)",
        )
        .and("c.kind = ", kind)
}

/// ` AND` the division or term `c` exists on the day asked; a day that is not known does not speak against it.
fn exists(statement: Sql, filters: &Filters) -> Sql {
    statement
        .push_bind(" AND (c.valid_from IS NULL OR c.valid_from <= ", filters.period.as_of)
        .push_bind(") AND (c.valid_to IS NULL OR c.valid_to > ", filters.period.as_of)
        .push(")")
}
