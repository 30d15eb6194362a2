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

#[cfg(test)]
impl Filters {
    /// Everything of a division in a period, for tests that choose from there.
    pub fn all_of(division: Uuid, level: Level, period: Period) -> Self {
        Self {
            division,
            level,
            period,
            years: Vec::new(),
            audience: Vec::new(),
            category: Vec::new(),
            leading_body: Vec::new(),
            disposition: Vec::new(),
            mode: Vec::new(),
            origin: Vec::new(),
            group_by: None,
        }
    }
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

/// A table of counts `r`, alone or within the scope `s`, which is read from the side that has fewer rows: SQLite keeps
/// the order of a CROSS JOIN, PostgreSQL knows by itself.
pub(super) struct Table {
    rows: &'static str,
    from_rows: &'static str,
    from_divisions: &'static str,
}

macro_rules! table {
    ($name:literal) => {
        Table {
            rows: concat!(" FROM ", $name, " r"),
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

/// Completed visits.
const VISITS: Table = table!("visit_rollup");

/// ` FROM r, s WHERE` scope, period and campaign.
pub(super) fn scoped(statement: Sql, table: &Table, filters: &Filters) -> Sql {
    let wide = matches!(filters.level, Level::Province | Level::City);
    let statement = statement
        .push(if wide { table.from_rows } else { table.from_divisions })
        .push(" WHERE s.descendant_id = r.division_id")
        .and("s.ancestor_id = ", filters.division);
    within(statement, filters)
}

/// Rows of a table added up by division first, by the columns `words` as well: only as many as there are divisions then
/// meet the tree, not as many as there are days and kinds.
struct Added {
    table: &'static Table,
    /// What is counted.
    amount: &'static str,
    /// Further columns of the rows, each followed by a comma.
    words: [&'static str; 2],
    /// What the outer statement joins behind `r` and `s`.
    joins: &'static str,
}

impl Added {
    /// ` FROM r, s <joins> WHERE` scope, of the rows of scope, period and campaign that fulfil `conditions`.
    fn push(&self, statement: Sql, filters: &Filters, conditions: impl FnOnce(Sql) -> Sql) -> Sql {
        let words = |statement: Sql| self.words.into_iter().fold(statement, Sql::push);
        let statement = words(statement.push(" FROM (SELECT "))
            .push("r.division_id, SUM(")
            .push(self.amount)
            .push(") AS n");
        // The province is all that there is; a city's rows are picked out while they are read.
        let statement = match filters.level {
            Level::Province => statement.push(self.table.rows).push(" WHERE (1 = 1)"),
            Level::City => statement
                .push(self.table.rows)
                .push(" WHERE r.division_id IN (SELECT d.descendant_id FROM division_ancestor d WHERE d.ancestor_id = ")
                .push_bind("", filters.division)
                .push(")"),
            _ => statement
                .push(self.table.from_divisions)
                .push(" WHERE s.descendant_id = r.division_id")
                .and("s.ancestor_id = ", filters.division),
        };
        words(conditions(within(statement, filters)).push(" GROUP BY "))
            .push("r.division_id) r CROSS JOIN division_ancestor s")
            .push(self.joins)
            .push(" WHERE s.descendant_id = r.division_id")
            .and("s.ancestor_id = ", filters.division)
    }
}

/// ` AND` period and campaign.
fn within(statement: Sql, filters: &Filters) -> Sql {
    statement
        .and("r.day < ", filters.period.until)
        .and_opt("r.day >= ", filters.period.since)
        .and_in("r.campaign_year_id", &filters.years)
}

/// The level of a row's own division.
const LEVEL: &str = "(SELECT l.level FROM division l WHERE l.id = r.division_id)";

/// How a grouping is told: by which column of the counts, what must be joined for it, and the key.
struct Grouping {
    /// With a comma, or nothing.
    word: &'static str,
    joins: &'static str,
    key: &'static str,
}

fn grouping(filters: &Filters, bears: fn(GroupBy) -> bool) -> Grouping {
    let (word, joins, key) = match filters.group_by.filter(|group_by| bears(*group_by)) {
        None => ("", "", "CAST(NULL AS text)"),
        Some(GroupBy::Audience) => ("r.audience, ", "", "r.audience"),
        Some(GroupBy::LeadingBody) => ("r.leading_body, ", "", "NULLIF(r.leading_body, '')"),
        Some(GroupBy::Category) => ("r.category_id, ", " JOIN term t ON t.id = r.category_id", "t.code"),
        // It is among the words of every count of problems.
        Some(GroupBy::Disposition) => ("", "", "COALESCE(NULLIF(r.disposition, ''), 'undisposed')"),
        Some(GroupBy::Division) => (
            "",
            " LEFT JOIN division_ancestor p ON p.descendant_id = r.division_id AND p.depth = s.depth - 1 \
             LEFT JOIN division b ON b.id = p.ancestor_id",
            "b.code",
        ),
        Some(GroupBy::Level) => ("", "", LEVEL),
        Some(GroupBy::Mode) => ("r.mode, ", "", "r.mode"),
        Some(GroupBy::Origin) => ("", "", "r.origin"),
        Some(GroupBy::PlaceKind) => ("", "", "r.place_kind"),
    };
    Grouping { word, joins, key }
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
    let Grouping { word, joins, key } = grouping(filters, GroupBy::of_problems);
    let statement = statement.push("SELECT 'problem' AS part, ").push(key).push(
        " AS grp, r.disposition AS word, CAST(NULL AS text) AS more, CAST(NULL AS text) AS heading, \
         CAST(1 AS bigint) AS valid, CAST(SUM(r.n) AS bigint) AS n",
    );
    let added = Added {
        table: &PROBLEMS,
        amount: "r.problems",
        words: [word, "r.disposition, "],
        joins,
    };
    added
        .push(statement, filters, |rows| of_problems(rows, filters))
        .push(" GROUP BY 2, 3")
}

fn outcomes(statement: Sql, filters: &Filters) -> Sql {
    let Grouping { word, joins, key } = grouping(filters, GroupBy::of_problems);
    let statement = statement
        .push(" UNION ALL SELECT 'outcome', ")
        .push(key)
        .push(", r.outcome, NULL, NULL, 1, CAST(SUM(r.n) AS bigint)");
    let by_disposition = filters.group_by == Some(GroupBy::Disposition);
    let added = Added {
        table: &OUTCOMES,
        amount: "r.amount",
        words: [if by_disposition { "r.disposition, " } else { word }, "r.outcome, "],
        joins,
    };
    let conditions = |rows: Sql| of_problems(rows.and("r.since <= ", filters.period.as_of), filters);
    added.push(statement, filters, conditions).push(" GROUP BY 2, 3")
}

fn visits(statement: Sql, filters: &Filters) -> Sql {
    let Grouping { word, joins, key } = grouping(filters, GroupBy::of_visits);
    let statement = statement
        .push(" UNION ALL SELECT CASE WHEN r.place_kind = 'office' THEN 'office_visit' ELSE 'visit' END, ")
        .push(key)
        .push(", ")
        .push(LEVEL)
        .push(", r.origin, NULL, 1, CAST(SUM(r.n) AS bigint)");
    let added = Added {
        table: &VISITS,
        amount: "r.visits",
        words: [word, "r.place_kind, r.origin, "],
        joins,
    };
    added
        .push(statement, filters, |rows| of_visits(rows, filters))
        .push(" GROUP BY 1, 2, 3, 4")
}

fn objects(statement: Sql, filters: &Filters) -> Sql {
    let statement =
        statement.push(" UNION ALL SELECT 'object', NULL, r.object_type, NULL, NULL, 1, COUNT(DISTINCT r.object_id)");
    let statement = scoped(statement, &table!("visit_fact"), filters);
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
    let added = Added {
        table: &VISITS,
        amount: "r.visits",
        words: ["", ""],
        joins: " JOIN division_ancestor p ON p.descendant_id = r.division_id",
    };
    added
        .push(statement, filters, |rows| of_visits(rows, filters))
        .push(" AND r.n > 0) reached ON reached.id = c.id WHERE c.level = 'county' AND s.descendant_id = c.id")
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
