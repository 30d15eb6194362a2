//! The statements of the three lists; each reads along one index and writes nothing.
//!
//! Every statement has the same three layers: a window of at most 5,000 rows along the index of the organisation or
//! object, from which those within the caller's scopes and filters are taken up to a page, to which the names are joined.

mod actions;
mod assignments;
mod problems;

use uuid::Uuid;

pub use actions::{ActionRow, Actions};
pub use assignments::{AssignmentRow, Assignments};
pub use problems::{ProblemRow, Problems};

use super::domain::Whose;
use crate::db::{Db, DbError, Row, Sql, Value, sql};
use crate::http::window;
use crate::problems::hiding::Eyes;

/// How many rows along the index a page looks at.
pub const WINDOW: i64 = 5_000;

/// A list that was asked for.
#[derive(Debug)]
pub struct Asked<'q, F> {
    /// Whose.
    pub whose: Whose,
    /// The caller's scopes.
    pub scopes: &'q [Uuid],
    /// As whom he looks for an object.
    pub eyes: &'q Eyes,
    /// What narrows it.
    pub filters: &'q F,
}

/// What tells one list from another. `w` is the window with the columns `id` and `place`, `f` the page.
pub trait Listing {
    /// What it is narrowed by.
    type Filters;
    /// A line.
    type Line: Row;
    /// What it is sorted by, before the id.
    type Key: Into<Value> + Copy;

    /// Selects `id` and `place` along the index of the organisation or object, up to the last condition.
    fn window(statement: Sql, whose: Whose) -> Sql;
    /// Adds the filters behind [`Self::WITHIN`].
    fn narrowed(statement: Sql, filters: &Self::Filters) -> Sql;

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

/// A page's statement; to be read as lines.
pub fn statement<L: Listing>(asked: &Asked<'_, L::Filters>, after: Option<(L::Key, Uuid)>, fetch: i64) -> Sql {
    let [select, joins] = L::LINES;
    let [_, of_taken, of_page] = L::ORDER;
    let select = if L::SHOWS_OBJECT {
        asked.eyes.see_object(sql(select).push(", ")).push(" AS shows_object")
    } else {
        sql(select)
    };
    taken::<L>(select.push(" FROM ("), asked, after, WINDOW)
        .push(of_taken)
        .push_bind(" LIMIT ", fetch)
        .push(joins)
        .push(of_page)
}

/// A page, and where the next one begins although this one is not full: behind a window that was thinned.
pub async fn page<L: Listing>(
    db: &Db,
    asked: &Asked<'_, L::Filters>,
    after: Option<(L::Key, Uuid)>,
    fetch: i64,
) -> Result<(Vec<L::Line>, Option<(L::Key, Uuid)>), DbError>
where
    (Uuid, L::Key): Row,
{
    let lines: Vec<L::Line> = statement::<L>(asked, after, fetch).all(db).await?;
    if i64::try_from(lines.len()).is_ok_and(|count| count >= fetch) {
        return Ok((lines, None));
    }
    let end = ordered::<L>(sql(""), asked.whose, after).push_bind(" LIMIT 1 OFFSET ", WINDOW - 1);
    let end: Option<(Uuid, L::Key)> = end.optional(db).await?;
    Ok((lines, end.map(|(id, key)| (key, id))))
}

/// How many lines there are, and whether that is all: exact where no more than 50,000 rows had to be looked at.
pub async fn count<L: Listing>(db: &Db, asked: &Asked<'_, L::Filters>) -> Result<(i64, bool), DbError> {
    window::count(
        db,
        |statement, rows| taken::<L>(statement, asked, None, rows),
        |statement| ordered::<L>(statement, asked.whose, None),
    )
    .await
}

/// What of the window lies within the scopes and filters.
fn taken<L: Listing>(statement: Sql, asked: &Asked<'_, L::Filters>, after: Option<(L::Key, Uuid)>, rows: i64) -> Sql {
    let window = ordered::<L>(statement.push("SELECT w.id, w.place FROM ("), asked.whose, after);
    let within = window.push_bind(" LIMIT ", rows).push(L::WITHIN);
    let within = within.in_list(asked.scopes).push(")");
    let within = match asked.whose {
        Whose::Org(_) => within,
        Whose::Object(_) => {
            let problem = within
                .push(" AND EXISTS (SELECT 1 FROM problem p WHERE p.id = ")
                .push(L::PROBLEM);
            asked.eyes.see_object(problem.push(" AND ")).push(")")
        }
    };
    L::narrowed(within, asked.filters)
}

/// The window without its limit.
pub fn ordered<L: Listing>(statement: Sql, whose: Whose, after: Option<(L::Key, Uuid)>) -> Sql {
    let window = L::window(statement, whose);
    let window = window.behind(L::AFTER, after);
    let [of_window, ..] = L::ORDER;
    window.push(of_window)
}
