//! Lists of themes, the latest first, and of a theme's members, in the order in which they came.

use uuid::Uuid;

use super::super::dto::ThemeFilters;
use super::{FROM, MemberRow, ThemeRow, columns, within};
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, sql};
use crate::http::total;
use crate::http::window::{self, Rows, WINDOW, Windowed};

/// A place in the order: when it was opened (or came into the theme), and the id.
pub type Place = window::Place<Timestamp>;

/// A list that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'q> {
    /// Who asks.
    pub who: &'q Caller,
    /// The scope that it runs in.
    pub scope: Uuid,
    /// What narrows it.
    pub filters: &'q ThemeFilters,
}

impl Windowed for Asked<'_> {
    type Key = Timestamp;
    type Row = ThemeRow;

    fn window(&self, statement: Sql, after: Option<Place>, rows: Rows) -> Sql {
        let statement = statement.push("SELECT q.id, q.created_at FROM theme q WHERE 1 = 1");
        let statement = statement.behind(" AND (q.created_at, q.id) < (", after);
        rows.of(statement.push(" ORDER BY q.created_at DESC, q.id DESC"))
    }

    fn taken(&self, statement: Sql, after: Option<Place>, rows: i64) -> Sql {
        let statement = statement.push("SELECT t.id, t.created_at FROM (");
        let statement = self
            .window(statement, after, Rows::First(rows))
            .push(") w JOIN theme t ON t.id = w.id WHERE 1 = 1");
        self.narrowed(within(statement, &[self.scope]))
    }

    fn page(&self, db: &Db, after: Option<Place>, fetch: i64) -> Sql {
        let statement = columns(&On::from(db), self.who).push(FROM).push(" JOIN (");
        self.taken(statement, after, WINDOW)
            .push_bind(" ORDER BY t.created_at DESC, t.id DESC LIMIT ", fetch)
            .push(") k ON k.id = t.id ORDER BY t.created_at DESC, t.id DESC")
    }

    fn place(&self, row: &ThemeRow) -> Place {
        (row.created_at, row.id)
    }
}

impl Asked<'_> {
    /// What is asked for.
    fn narrowed(&self, statement: Sql) -> Sql {
        let filters = self.filters;
        let states: Vec<&str> = filters.state.iter().map(|state| state.as_str()).collect();
        let mut statement = statement
            .and_in("CASE WHEN t.ended_at IS NULL THEN t.state ELSE 'ended' END", &states)
            .and_in("t.audience", &filters.audience)
            .and_opt("t.org_id = ", filters.org_id);
        if let Some(code) = &filters.category {
            statement = statement
                .push_bind(
                    " AND t.category_id IN (SELECT y.id FROM term y WHERE y.kind = 'category' AND y.code = ",
                    code,
                )
                .push(")");
        }
        if let Some(problem) = filters.problem_id {
            statement = statement
                .push(
                    " AND EXISTS (SELECT 1 FROM theme_problem x JOIN problem_scope z ON z.problem_id = x.problem_id \
                     WHERE x.theme_id = t.id AND x.left_at IS NULL",
                )
                .and("x.problem_id = ", problem)
                .and("z.scope_id = ", self.scope)
                .push(")");
        }
        if states.is_empty() && filters.include_ended != Some(true) {
            statement = statement.push(" AND t.ended_at IS NULL");
        }
        statement
    }
}

const MEMBER: &str = "SELECT p.id, p.tracking_no, p.summary, p.state, p.disposition, d.code AS division_code, \
     d.name AS division_name, d.full_name AS division_full_name, x.since FROM theme_problem x \
     JOIN problem p ON p.id = x.problem_id JOIN division d ON d.id = p.division_id \
     WHERE x.left_at IS NULL AND x.theme_id = ";
const SEEN: &str = " AND EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = x.problem_id AND z.scope_id";

/// A page of a theme's members within these scopes, the first to come first; to be read as [`MemberRow`]s.
pub fn members(scopes: &[Uuid], theme: Uuid, after: Option<Place>, fetch: i64) -> Sql {
    let statement = sql("").push_bind(MEMBER, theme).push(SEEN).in_list(scopes).push(")");
    let statement = statement.behind(" AND (x.since, x.problem_id) > (", after);
    statement.push_bind(" ORDER BY x.since, x.problem_id LIMIT ", fetch)
}

/// How many of them there are; counted to one more than lists do.
pub async fn count_members(db: &Db, scopes: &[Uuid], theme: Uuid) -> Result<i64, DbError> {
    let rows = sql("SELECT 1 AS one FROM theme_problem x WHERE x.left_at IS NULL");
    let rows = rows.and("x.theme_id = ", theme).push(SEEN).in_list(scopes).push(")");
    total::count(db, rows).await
}

impl MemberRow {
    /// Where it stands in the order.
    pub const fn place(&self) -> Place {
        (self.since, self.id)
    }
}
