//! Lists of outputs, the latest first.

use super::super::dto::OutputFilters;
use super::{FROM, OutputRow, columns};
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::{Db, On, Sql};
use crate::http::window::{self, Rows, WINDOW, Windowed};

/// A place in the order: when it was entered, and its id.
pub type Place = window::Place<Timestamp>;

/// A list that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'q> {
    /// Who asks.
    pub who: &'q Caller,
    /// What narrows it.
    pub filters: &'q OutputFilters,
}

impl Windowed for Asked<'_> {
    type Key = Timestamp;
    type Row = OutputRow;

    fn window(&self, statement: Sql, after: Option<Place>, rows: Rows) -> Sql {
        along(statement, after, rows)
    }

    fn page(&self, db: &Db, after: Option<Place>, fetch: i64) -> Sql {
        let statement = columns(&On::from(db), self.who).push(FROM).push(" JOIN (");
        self.taken(statement, after, WINDOW)
            .push_bind(" ORDER BY o.created_at DESC, o.id DESC LIMIT ", fetch)
            .push(") k ON k.id = o.id ORDER BY o.created_at DESC, o.id DESC")
    }

    fn place(&self, row: &OutputRow) -> Place {
        (row.created_at, row.id)
    }

    fn taken(&self, statement: Sql, after: Option<Place>, rows: i64) -> Sql {
        let filters = self.filters;
        let mut statement = first(statement, after, rows)
            .and_in("o.kind", &filters.kind)
            .and_in("o.audience", &filters.audience)
            .and_opt("o.issuing_org_id = ", filters.issuing_org_id)
            .and_opt("o.theme_id = ", filters.theme_id)
            .and_opt("o.published = ", filters.published);
        statement = of_categories(statement, &filters.category);
        if let Some(problem) = filters.problem_id {
            statement = statement
                .push(
                    " AND EXISTS (SELECT 1 FROM output_problem x JOIN problem_scope z ON z.problem_id = x.problem_id \
                     WHERE x.output_id = o.id",
                )
                .and("x.problem_id = ", problem)
                .push(" AND z.scope_id")
                .in_list(&self.who.every_scope())
                .push(")");
        }
        if filters.include_ended == Some(true) {
            statement
        } else {
            statement.push(" AND o.ended_at IS NULL")
        }
    }
}

/// The outputs along the index of time.
pub(super) fn along(statement: Sql, after: Option<Place>, rows: Rows) -> Sql {
    let statement = statement.push("SELECT q.id, q.created_at FROM output q WHERE 1 = 1");
    let statement = statement.behind(" AND (q.created_at, q.id) < (", after);
    rows.of(statement.push(" ORDER BY q.created_at DESC, q.id DESC"))
}

/// `SELECT o.id, o.created_at` of so many of them, up to what narrows it.
pub(super) fn first(statement: Sql, after: Option<Place>, rows: i64) -> Sql {
    along(
        statement.push("SELECT o.id, o.created_at FROM ("),
        after,
        Rows::First(rows),
    )
    .push(") w JOIN output o ON o.id = w.id WHERE 1 = 1")
}

pub(super) fn of_categories(statement: Sql, codes: &[String]) -> Sql {
    if codes.is_empty() {
        return statement;
    }
    statement
        .push(" AND o.category_id IN (SELECT y.id FROM term y WHERE y.kind = 'category' AND y.code")
        .in_list(codes)
        .push(")")
}
