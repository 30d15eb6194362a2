//! The statements of the three lists; each reads along one index and writes nothing.
//!
//! Every statement has the same three layers: a window of at most 5,000 rows along the index of the organisation or
//! object, from which those within the caller's scopes and filters are taken up to a page, to which the names are
//! joined.

mod actions;
mod assignments;
mod problems;

use uuid::Uuid;

pub use actions::{ActionRow, Actions};
pub use assignments::{AssignmentRow, Assignments};
pub use problems::{ProblemRow, Problems};

use super::domain::Whose;
use crate::db::{Db, Row, Sql, Value, sql};
use crate::http::page::CursorKey;
use crate::http::window::{Place, Rows, WINDOW, Windowed};
use crate::problems::hiding::Eyes;

/// A list that was asked for.
#[derive(Debug)]
pub struct Asked<'q, L: Listing> {
    /// Whose.
    pub whose: Whose,
    /// The caller's scopes.
    pub scopes: &'q [Uuid],
    /// As whom he looks for an object.
    pub eyes: &'q Eyes,
    /// What narrows it.
    pub filters: &'q L::Filters,
}

/// What tells one list from another. `w` is the window with the columns `id` and `place`, `f` the page.
pub trait Listing {
    /// What it is narrowed by.
    type Filters: std::fmt::Debug;
    /// A line.
    type Line: Row;
    /// What it is sorted by, before the id.
    type Key: CursorKey + Into<Value>;

    /// Selects `id` and `place` along the index of the organisation or object, up to the last condition.
    fn window(statement: Sql, whose: Whose) -> Sql;
    /// Adds the filters behind [`Self::WITHIN`].
    fn narrowed(statement: Sql, filters: &Self::Filters) -> Sql;
    /// Where a line stands.
    fn place(line: &Self::Line) -> Place<Self::Key>;

    /// Compares the window's `(place, id)` with a cursor.
    const AFTER: &'static str;
    /// The order of the window, of what is taken from it, and of the page.
    const ORDER: [&'static str; 3];
    /// `) w JOIN … WHERE` up to where the scopes of the problem are named.
    const WITHIN: &'static str;
    /// The problem of a row taken from the window.
    const PROBLEM: &'static str;
    /// Whether a line says what its problem `p` is about, and so `shows_object`.
    const SHOWS_OBJECT: bool;
    /// `SELECT …` before the page, and `) f JOIN …` behind it.
    const LINES: [&'static str; 2];
}

impl<L: Listing> Windowed for Asked<'_, L> {
    type Key = L::Key;
    type Row = L::Line;

    fn window(&self, statement: Sql, after: Option<Place<L::Key>>, rows: Rows) -> Sql {
        let [of_window, ..] = L::ORDER;
        let window = L::window(statement, self.whose).behind(L::AFTER, after);
        rows.of(window.push(of_window))
    }

    fn taken(&self, statement: Sql, after: Option<Place<L::Key>>, rows: i64) -> Sql {
        let window = self.window(statement.push("SELECT w.id, w.place FROM ("), after, Rows::First(rows));
        let within = window.push(L::WITHIN).in_list(self.scopes).push(")");
        let within = match self.whose {
            Whose::Org(_) => within,
            Whose::Object(_) => {
                let problem = within
                    .push(" AND EXISTS (SELECT 1 FROM problem p WHERE p.id = ")
                    .push(L::PROBLEM);
                self.eyes.see_object(problem.push(" AND ")).push(")")
            }
        };
        L::narrowed(within, self.filters)
    }

    fn page(&self, _: &Db, after: Option<Place<L::Key>>, fetch: i64) -> Sql {
        let [select, joins] = L::LINES;
        let [_, of_taken, of_page] = L::ORDER;
        let select = if L::SHOWS_OBJECT {
            self.eyes.see_object(sql(select).push(", ")).push(" AS shows_object")
        } else {
            sql(select)
        };
        self.taken(select.push(" FROM ("), after, WINDOW)
            .push(of_taken)
            .push_bind(" LIMIT ", fetch)
            .push(joins)
            .push(of_page)
    }

    fn place(&self, line: &L::Line) -> Place<L::Key> {
        L::place(line)
    }
}
