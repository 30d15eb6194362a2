//! Reading to-dos: a page looks at no more than 5,000 rows along the index by which they are due.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::http::window::{self, Rows, WINDOW, Windowed};
use crate::problems::domain::State;
use crate::tasks::domain::{Outcome, ToDo};
use crate::tasks::dto::{TaskFilters, TaskState};

/// A place in the order: when it is due, and its id.
pub type Place = window::Place<Timestamp>;

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

/// That a to-do lies within these scopes: by its problem, or, of a promise, by the organisation that is to keep it or
/// by its visit. Whoever sees it so learns nothing of a problem that he does not see.
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

impl Windowed for Asked<'_> {
    type Key = Timestamp;
    type Row = TaskRow;

    /// Along one index of what is open, or of what has ended.
    fn window(&self, statement: Sql, after: Option<Place>, rows: Rows) -> Sql {
        let filters = self.filters;
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
        let statement = match self.own {
            Some((person, orgs)) => statement
                .push_bind(" AND (q.person_id = ", person)
                .push(" OR q.person_id IS NULL AND q.org_id")
                .in_list(orgs)
                .push(")"),
            None => statement,
        };
        let statement = statement.behind(" AND (q.due_at, q.id) > (", after);
        rows.of(statement.push(" ORDER BY q.due_at, q.id"))
    }

    fn taken(&self, statement: Sql, after: Option<Place>, rows: i64) -> Sql {
        let statement = statement.push("SELECT w.id, w.due_at FROM (");
        let statement = self
            .window(statement, after, Rows::First(rows))
            .push(") w JOIN task t ON t.id = w.id WHERE ");
        within(statement, self.scopes)
    }

    fn page(&self, _: &Db, after: Option<Place>, fetch: i64) -> Sql {
        let [select, ..] = LINES;
        let statement = self
            .taken(sql(select).push("("), after, WINDOW)
            .push_bind(" ORDER BY w.due_at, w.id LIMIT ", fetch)
            .push(") f JOIN task t ON t.id = f.id");
        joined(statement, self.scopes).push("ORDER BY f.due_at, f.id")
    }

    fn place(&self, row: &TaskRow) -> Place {
        (row.due_at, row.id)
    }
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
