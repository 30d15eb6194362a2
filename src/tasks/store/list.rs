//! Reading to-dos: a page looks at no more than 5,000 rows along the index by which they are due.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::http::window;
use crate::problems::domain::State;
use crate::tasks::domain::{Outcome, ToDo};
use crate::tasks::dto::{TaskFilters, TaskState};

/// How many rows along the index a page looks at.
pub const WINDOW: i64 = 5_000;

/// A to-do with all that its view shows.
#[derive(Clone, Debug, FromRow)]
pub struct TaskRow {
    pub(crate) id: Uuid,
    pub(crate) kind: ToDo,
    pub(crate) problem_id: Option<Uuid>,
    pub(crate) tracking_no: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) problem_state: Option<State>,
    pub(crate) commitment_id: Option<Uuid>,
    pub(crate) visit_id: Option<Uuid>,
    pub(crate) promise: Option<String>,
    pub(crate) due_on: Option<NaiveDate>,
    pub(crate) org_id: Option<Uuid>,
    pub(crate) org_name: Option<String>,
    pub(crate) person_id: Option<Uuid>,
    pub(crate) person_name: Option<String>,
    pub(crate) due_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) done: bool,
    pub(crate) done_by: Option<Uuid>,
    pub(crate) done_by_name: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) created_at: Timestamp,
}

/// The to-dos that were asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'q> {
    /// The caller's scopes.
    pub scopes: &'q [Uuid],
    /// The caller and his organisations, where his own alone are asked for.
    pub own: Option<(Uuid, &'q [Uuid])>,
    /// What narrows them.
    pub filters: &'q TaskFilters,
}

const LINES: [&str; 3] = [
    "SELECT t.id, t.kind, p.id AS problem_id, p.tracking_no, p.summary, p.state AS problem_state, c.id AS commitment_id, c.visit_id, \
     c.text AS promise, c.due_on, t.org_id, o.name AS org_name, \
     t.person_id, n.name AS person_name, t.due_at, t.done_at AS ended_at, COALESCE(t.outcome, '') = 'done' AS done, \
     t.done_by, d.name AS done_by_name, t.note, t.created_at FROM ",
    " LEFT JOIN problem p ON p.id = t.problem_id AND EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = p.id \
     AND z.scope_id",
    ") LEFT JOIN commitment c ON c.id = t.commitment_id LEFT JOIN org o ON o.id = t.org_id LEFT JOIN person n ON n.id = t.person_id \
     LEFT JOIN person d ON d.id = t.done_by ",
];

/// That a to-do lies within these scopes: by its problem, or, of a promise, by the organisation that is to keep it or by its
/// visit. Whoever sees it so learns nothing of a problem that he does not see.
fn within(statement: Sql, scopes: &[Uuid]) -> Sql {
    statement
        .push("(EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = t.problem_id AND z.scope_id")
        .in_list(scopes)
        .push(
            ") OR (t.commitment_id IS NOT NULL AND (EXISTS (SELECT 1 FROM org_ancestor z WHERE z.descendant_id = t.org_id \
             AND z.ancestor_id",
        )
        .in_list(scopes)
        .push(
            ") OR EXISTS (SELECT 1 FROM commitment m JOIN visit_scope z ON z.visit_id = m.visit_id \
             WHERE m.id = t.commitment_id AND z.scope_id",
        )
        .in_list(scopes)
        .push("))))")
}

/// What is shown of the to-dos `t`, to who sees problems in these scopes.
fn joined(statement: Sql, scopes: &[Uuid]) -> Sql {
    let [_, problem, others] = LINES;
    statement.push(problem).in_list(scopes).push(others)
}

/// One to-do within these scopes.
pub async fn find(on: impl Into<On<'_>>, scopes: &[Uuid], id: Uuid) -> Result<Option<TaskRow>, DbError> {
    let [select, ..] = LINES;
    let statement = joined(sql(select).push("task t"), scopes)
        .push_bind("WHERE t.performer = 'person' AND t.id = ", id)
        .push(" AND ");
    within(statement, scopes).optional(on).await
}

/// A page's statement; to be read as [`TaskRow`]s.
pub fn statement(asked: Asked<'_>, after: Option<(Timestamp, Uuid)>, fetch: i64) -> Sql {
    let [select, ..] = LINES;
    let statement = taken(sql(select).push("("), asked, after, WINDOW)
        .push_bind(" ORDER BY w.due_at, w.id LIMIT ", fetch)
        .push(") f JOIN task t ON t.id = f.id");
    joined(statement, asked.scopes).push("ORDER BY f.due_at, f.id")
}

/// A page, and where the next one begins although this one is not full: behind a window that was thinned.
pub async fn page(
    db: &Db,
    asked: Asked<'_>,
    after: Option<(Timestamp, Uuid)>,
    fetch: i64,
) -> Result<(Vec<TaskRow>, Option<(Timestamp, Uuid)>), DbError> {
    let rows: Vec<TaskRow> = statement(asked, after, fetch).all(db).await?;
    if i64::try_from(rows.len()).is_ok_and(|count| count >= fetch) {
        return Ok((rows, None));
    }
    let end = window(sql(""), asked, after).push_bind(" LIMIT 1 OFFSET ", WINDOW - 1);
    let end: Option<(Uuid, Timestamp, Uuid)> = end.optional(db).await?;
    Ok((rows, end.map(|(id, due_at, _)| (due_at, id))))
}

/// How many there are, and whether that is all: exact where no more than 50,000 rows had to be looked at.
pub async fn count(db: &Db, asked: Asked<'_>) -> Result<(i64, bool), DbError> {
    window::count(
        db,
        |statement, rows| taken(statement, asked, None, rows),
        |statement| window(statement, asked, None),
    )
    .await
}

/// What of the window lies within the scopes.
fn taken(statement: Sql, asked: Asked<'_>, after: Option<(Timestamp, Uuid)>, rows: i64) -> Sql {
    let statement = window(statement.push("SELECT w.id, w.due_at FROM ("), asked, after)
        .push_bind(" LIMIT ", rows)
        .push(") w JOIN task t ON t.id = w.id WHERE ");
    within(statement, asked.scopes)
}

/// The window without its limit: along one index of what is open, or of what has ended.
fn window(statement: Sql, asked: Asked<'_>, after: Option<(Timestamp, Uuid)>) -> Sql {
    let filters = asked.filters;
    let (ended, outcome) = match filters.state {
        None | Some(TaskState::Open) => (" AND q.done_at IS NULL", None),
        Some(TaskState::Done) => (" AND q.done_at IS NOT NULL", Some(Outcome::Done)),
        Some(TaskState::Lapsed) => (" AND q.done_at IS NOT NULL", Some(Outcome::Lapsed)),
    };
    let statement = statement
        .push("SELECT q.id, q.due_at, q.problem_id FROM task q WHERE q.performer = 'person'")
        .push(ended)
        .and_opt("q.kind = ", filters.kind)
        .and_opt("q.outcome = ", outcome)
        .and_opt("q.due_at < ", filters.due_before)
        .and_opt("q.problem_id = ", filters.problem_id);
    let statement = match asked.own {
        Some((person, orgs)) => statement
            .push_bind(" AND (q.person_id = ", person)
            .push(" OR q.person_id IS NULL AND q.org_id")
            .in_list(orgs)
            .push(")"),
        None => statement,
    };
    let statement = statement.behind(" AND (q.due_at, q.id) > (", after);
    statement.push(" ORDER BY q.due_at, q.id")
}

/// Marks a to-do done, with what was noted.
pub async fn complete(tx: &mut Tx, id: Uuid, note: &str, by: Option<Uuid>, now: Timestamp) -> Result<(), DbError> {
    sql("UPDATE task SET done_at = $1, outcome = $2, done_by = $3, note = $4 WHERE id = $5 AND done_at IS NULL")
        .bind(now)
        .bind(Outcome::Done)
        .bind(by)
        .bind(note)
        .bind(id)
        .run(tx)
        .await?;
    Ok(())
}
