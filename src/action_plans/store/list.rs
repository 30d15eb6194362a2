//! Lists of plans: along the problems of a scope, the latest recorded first, each plan at the latest of its problems.
//!
//! A window of at most 5,000 problems is looked at, a range of an index of `problem_scope` (or the problems of one
//! object, or those of the plans that hold rare words); where that does not fill the page, the cursor goes on behind
//! it. So a page costs the same at any depth, and who newly sees a problem sees its plan at once. The plans of one
//! problem are listed by themselves, those that left it too.

use uuid::Uuid;

use super::super::dto::PlanFilters;
use super::view::{JOINS, ViewRow, columns, hides_object};
use crate::auth::{Caller, Role};
use crate::clock::Timestamp;
use crate::db::{Db, On, Sql};
use crate::full_text::store::Found;
use crate::http::window::{self, Rows, WINDOW, Windowed};
use crate::problems::hiding::Eyes;

/// A place in the order: when the problem was recorded (or came into the plan), and its id (or the plan's).
pub type Place = window::Place<Timestamp>;

/// A list that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct PlanQuery<'q> {
    /// The scope that it runs in.
    pub scope: Uuid,
    /// Who asks, and when.
    pub who: (&'q Caller, Timestamp),
    /// What narrows it.
    pub filters: &'q PlanFilters,
    /// What the words of the filters find.
    pub words: Option<&'q Found>,
}

impl Windowed for PlanQuery<'_> {
    type Key = Timestamp;
    type Row = ViewRow;

    /// The problems that are looked at: those of the plans that hold rare words, of the object, of the organisation
    /// (which has a part in every problem that it plans for), or of the scope.
    fn window(&self, statement: Sql, after: Option<Place>, rows: Rows) -> Sql {
        let (statement, compare, order) = match (self.words_of_window(), self.filters.object_id) {
            (Some(words), _) => (
                words
                    .from(
                        statement.push("SELECT s.problem_id, s.recorded_at"),
                        "action_plan_problem y CROSS JOIN problem_scope s",
                        "y.action_plan_id",
                    )
                    .push(" AND y.left_at IS NULL AND s.problem_id = y.problem_id")
                    .and("s.scope_id = ", self.scope),
                " AND (s.recorded_at, s.problem_id) < (",
                " ORDER BY s.recorded_at DESC, s.problem_id DESC",
            ),
            (None, Some(object)) => (
                statement.push_bind(
                    "SELECT s.id AS problem_id, s.recorded_at FROM problem s WHERE s.object_id = ",
                    object,
                ),
                " AND (s.recorded_at, s.id) < (",
                " ORDER BY s.recorded_at DESC, s.id DESC",
            ),
            (None, None) => (
                statement.push_bind(
                    "SELECT s.problem_id, s.recorded_at FROM problem_scope s WHERE s.scope_id = ",
                    self.filters.org_id.unwrap_or(self.scope),
                ),
                " AND (s.recorded_at, s.problem_id) < (",
                " ORDER BY s.recorded_at DESC, s.problem_id DESC",
            ),
        };
        rows.of(statement.behind(compare, after).push(order))
    }

    fn taken(&self, statement: Sql, after: Option<Place>, rows: i64) -> Sql {
        match self.filters.problem_id {
            Some(problem) => self.of_problem(statement, problem, after),
            None => self.along(statement, after, rows),
        }
    }

    fn page(&self, db: &Db, after: Option<Place>, fetch: i64) -> Sql {
        let columns = columns(&On::Db(db), false, &[self.scope], self.who).push("f.at, f.anchor FROM (");
        self.taken(columns, after, WINDOW)
            .push_bind(" LIMIT ", fetch)
            .push(") f JOIN action_plan p ON p.id = f.action_plan_id")
            .push(JOINS)
            .push(" ORDER BY f.at DESC, f.anchor DESC")
    }

    fn place(&self, row: &ViewRow) -> Place {
        (row.at, row.anchor)
    }

    /// The plans of one problem are read along an index of their own.
    fn is_thinned(&self) -> bool {
        self.filters.problem_id.is_none()
    }
}

impl PlanQuery<'_> {
    /// The plans along the window, each once.
    fn along(&self, statement: Sql, after: Option<Place>, rows: i64) -> Sql {
        let statement = statement.push("SELECT x.action_plan_id, w.recorded_at AS at, w.problem_id AS anchor FROM (");
        let statement = self
            .window(statement, after, Rows::First(rows))
            .push(
                ") w JOIN action_plan_problem x ON x.problem_id = w.problem_id AND x.left_at IS NULL \
                 JOIN action_plan p ON p.id = x.action_plan_id \
                 WHERE NOT EXISTS (SELECT 1 FROM action_plan_problem y JOIN problem_scope z ON z.problem_id = y.problem_id \
                 WHERE y.action_plan_id = x.action_plan_id AND y.left_at IS NULL \
                 AND (z.recorded_at, z.problem_id) > (w.recorded_at, w.problem_id)",
            )
            .and("z.scope_id = ", self.scope)
            .push(")");
        let statement = if self.is_own_window() {
            statement
        } else {
            self.in_scope(
                statement,
                " AND EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = w.problem_id",
            )
        };
        self.narrowed(statement)
            .push(" ORDER BY w.recorded_at DESC, w.problem_id DESC")
    }

    /// The plans of one problem, the latest first.
    fn of_problem(&self, statement: Sql, problem: Uuid, after: Option<Place>) -> Sql {
        let statement = statement
            .push(
                "SELECT x.action_plan_id, x.since AS at, x.action_plan_id AS anchor FROM action_plan_problem x \
                 JOIN action_plan p ON p.id = x.action_plan_id",
            )
            .push_bind(" WHERE x.problem_id = ", problem);
        let mut statement = self.in_scope(
            statement,
            " AND EXISTS (SELECT 1 FROM problem_scope z WHERE z.problem_id = x.problem_id",
        );
        statement = statement.behind(" AND (x.since, x.action_plan_id) < (", after);
        self.narrowed(statement)
            .push(" ORDER BY x.since DESC, x.action_plan_id DESC")
    }

    fn in_scope(&self, statement: Sql, exists: &'static str) -> Sql {
        statement.push(exists).and("z.scope_id = ", self.scope).push(")")
    }

    /// Whether the window is one of the scope itself, so that nothing in it lies outside.
    fn is_own_window(&self) -> bool {
        self.filters.object_id.is_none() && self.filters.org_id.is_none()
    }

    /// The words, where the window is of the plans that hold them.
    fn words_of_window(&self) -> Option<&Found> {
        let begins_with_them = self.is_own_window() && self.filters.problem_id.is_none();
        self.words.filter(|words| begins_with_them && !words.is_many())
    }

    fn narrowed(&self, statement: Sql) -> Sql {
        let filters = self.filters;
        let statement = statement
            .and_in("p.state", &filters.state)
            .and_opt("p.kind = ", filters.kind)
            .and_opt("p.org_id = ", filters.org_id);
        let statement = match filters.object_id {
            Some(object) if filters.problem_id.is_some() => statement
                .push_bind(
                    " AND EXISTS (SELECT 1 FROM problem q WHERE q.id = x.problem_id AND q.object_id = ",
                    object,
                )
                .push(")"),
            _ => statement,
        };
        let statement = if filters.object_id.is_some() {
            let (who, now) = self.who;
            hides_object(statement.push(" AND NOT "), &Eyes::of(who, now))
        } else {
            statement
        };
        let statement = self.worded(statement);
        if filters.state.is_empty() && filters.include_ended != Some(true) {
            statement.push(" AND p.state <> 'abandoned'")
        } else {
            statement
        }
    }

    /// What holds the words. A reporter does not read what is only planned, so he does not find it by its words either.
    fn worded(&self, statement: Sql) -> Sql {
        let Some(words) = self.words else { return statement };
        let statement = if self.words_of_window().is_some() {
            statement
        } else {
            words.probe(statement, "p.id")
        };
        let (who, _) = self.who;
        if !who.has(Role::Reporter) || self.scope != who.own() {
            return statement;
        }
        statement.push(" AND p.state IN ('approved', 'executing', 'done')")
    }
}
