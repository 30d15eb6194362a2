//! Lists of outputs, the latest first.
//!
//! A window of at most 5,000 outputs along the order is looked at; where that does not fill the page, the cursor goes on
//! behind it.

use uuid::Uuid;

use super::super::dto::OutputFilters;
use super::{FROM, columns};
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, sql};
use crate::http::window;

/// How many outputs along the order a page looks at.
pub(super) const WINDOW: i64 = 5_000;

/// A place in the order: when it was entered, and its id.
pub type Place = (Timestamp, Uuid);

/// A list that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'q> {
    /// Who asks.
    pub who: &'q Caller,
    /// What narrows it.
    pub filters: &'q OutputFilters,
}

impl Asked<'_> {
    /// The statement of a page; to be read as rows of outputs.
    pub fn page(&self, db: &Db, after: Option<Place>, fetch: i64) -> Sql {
        let statement = columns(&On::from(db), self.who).push(FROM).push(" JOIN (");
        self.taken(statement, after, WINDOW)
            .push_bind(" ORDER BY o.created_at DESC, o.id DESC LIMIT ", fetch)
            .push(") k ON k.id = o.id ORDER BY o.created_at DESC, o.id DESC")
    }

    /// How many there are, and whether that is all.
    pub async fn count(&self, db: &Db) -> Result<(i64, bool), DbError> {
        counted(db, |statement, rows| self.taken(statement, None, rows)).await
    }

    fn taken(&self, statement: Sql, after: Option<Place>, rows: i64) -> Sql {
        let filters = self.filters;
        let mut statement = windowed(statement, after, rows)
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

/// `SELECT o.id, o.created_at` of the window, up to what narrows it.
pub(super) fn windowed(statement: Sql, after: Option<Place>, rows: i64) -> Sql {
    window(statement.push("SELECT o.id, o.created_at FROM ("), after)
        .push_bind(" LIMIT ", rows)
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

/// The rows along the index, up to their limit.
fn window(statement: Sql, after: Option<Place>) -> Sql {
    let statement = statement.push("SELECT q.id, q.created_at FROM output q WHERE 1 = 1");
    let statement = statement.behind(" AND (q.created_at, q.id) < (", after);
    statement.push(" ORDER BY q.created_at DESC, q.id DESC")
}

/// The place at which a page stopped looking; `None` where it saw the end.
pub async fn stopped_at(db: &Db, after: Option<Place>) -> Result<Option<Place>, DbError> {
    let end = window(sql(""), after).push_bind(" LIMIT 1 OFFSET ", WINDOW - 1);
    let end: Option<(Uuid, Timestamp)> = end.optional(db).await?;
    Ok(end.map(|(id, at)| (at, id)))
}

/// How many a list has, and whether that is all: exact where no more than 50,000 rows had to be looked at.
pub(super) async fn counted(db: &Db, taken: impl Fn(Sql, i64) -> Sql) -> Result<(i64, bool), DbError> {
    window::count(db, taken, |statement| window(statement, None)).await
}
