//! Lists of themes, the latest first, and of a theme's members, in the order in which they came.

use uuid::Uuid;

use super::super::dto::ThemeFilters;
use super::{FROM, MemberRow, columns, within};
use crate::auth::Caller;
use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, sql};
use crate::http::page::COUNTED;
use crate::http::window;

/// How many themes along the order a page looks at.
const WINDOW: i64 = 5_000;

/// A place in the order: when it was opened (or came into the theme), and the id.
pub type Place = (Timestamp, Uuid);

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

impl Asked<'_> {
    /// The statement of a page; to be read as rows of themes.
    pub fn page(&self, db: &Db, after: Option<Place>, fetch: i64) -> Sql {
        let statement = columns(&On::from(db), self.who).push(FROM).push(" JOIN (");
        self.taken(statement, after, WINDOW)
            .push_bind(" ORDER BY t.created_at DESC, t.id DESC LIMIT ", fetch)
            .push(") k ON k.id = t.id ORDER BY t.created_at DESC, t.id DESC")
    }

    /// The place at which a page stopped looking; `None` where it saw the end.
    pub async fn stopped_at(&self, db: &Db, after: Option<Place>) -> Result<Option<Place>, DbError> {
        let end = window(sql(""), after).push_bind(" LIMIT 1 OFFSET ", WINDOW - 1);
        let end: Option<(Uuid, Timestamp)> = end.optional(db).await?;
        Ok(end.map(|(id, at)| (at, id)))
    }

    /// How many there are, and whether that is all: exact where no more than 50,000 rows had to be looked at.
    pub async fn count(&self, db: &Db) -> Result<(i64, bool), DbError> {
        window::count(
            db,
            |statement, rows| self.taken(statement, None, rows),
            |statement| window(statement, None),
        )
        .await
    }

    /// What of the window lies within the scope and is asked for.
    fn taken(&self, statement: Sql, after: Option<Place>, rows: i64) -> Sql {
        let statement = window(statement.push("SELECT t.id, t.created_at FROM ("), after);
        let statement = statement
            .push_bind(" LIMIT ", rows)
            .push(") w JOIN theme t ON t.id = w.id WHERE 1 = 1");
        self.narrowed(within(statement, &[self.scope]))
    }

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

/// The rows along the index, up to their order.
fn window(statement: Sql, after: Option<Place>) -> Sql {
    let statement = statement.push("SELECT q.id, q.created_at FROM theme q WHERE 1 = 1");
    let statement = statement.behind(" AND (q.created_at, q.id) < (", after);
    statement.push(" ORDER BY q.created_at DESC, q.id DESC")
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
    let (count,): (i64,) = sql("SELECT COUNT(*) FROM (SELECT 1 AS one FROM theme_problem x WHERE x.left_at IS NULL")
        .and("x.theme_id = ", theme)
        .push(SEEN)
        .in_list(scopes)
        .push_bind(") LIMIT ", COUNTED + 1)
        .push(") counted")
        .one(db)
        .await?;
    Ok(count)
}

impl MemberRow {
    /// Where it stands in the order.
    pub const fn place(&self) -> Place {
        (self.since, self.id)
    }
}
