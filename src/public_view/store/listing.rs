//! A page of what is published: a range of one index, newest first.
//!
//! What vanished by itself stands in the range and is left out, so a page may be short and still have a `next_cursor`.
//! Filters look at no more than 5,000 rows along the order, as everywhere; where a query finds fewer, the range is of
//! those.

use uuid::Uuid;

use super::SEEN;
use super::shown::{BRIEF, JOINS, PublicRow};
use crate::calendar::start_of_shanghai_day;
use crate::clock::Timestamp;
use crate::db::{Db, DbError, Sql, sql};
use crate::full_text::store::Found;
use crate::http::total::{COUNTED, Total};
use crate::http::window::{self, Rows, WINDOW, Windowed};
use crate::public_view::domain::PublicState;
use crate::public_view::dto::PublicFilters;

/// A place in the order.
pub type Place = window::Place<Timestamp>;

/// What filters mean now, and now.
#[derive(Clone, Debug)]
pub struct Meant<'f> {
    pub(crate) filters: &'f PublicFilters,
    pub(crate) division: Option<Uuid>,
    pub(crate) words: Option<Found>,
    pub(crate) now: Timestamp,
}

impl Windowed for Meant<'_> {
    type Key = Timestamp;
    type Row = PublicRow;

    fn window(&self, statement: Sql, after: Option<Place>, rows: Rows) -> Sql {
        let statement = statement.push("SELECT b.id, b.published_at");
        let statement = match &self.words {
            Some(words) => words.from(statement, "publication b", "b.problem_id"),
            None => statement.push(" FROM publication b WHERE 1 = 1"),
        };
        let statement = statement.push(" AND b.ended_at IS NULL");
        let statement = statement.behind(" AND (b.published_at, b.id) < (", after);
        rows.of(statement.push(" ORDER BY b.published_at DESC, b.id DESC"))
    }

    fn taken(&self, statement: Sql, after: Option<Place>, rows: i64) -> Sql {
        let statement = self.window(statement.push("SELECT 1 AS one FROM ("), after, Rows::First(rows));
        let statement = statement.push(") s JOIN publication b ON b.id = s.id JOIN problem p ON p.id = b.problem_id");
        filtered(statement, self)
    }

    fn page(&self, _: &Db, after: Option<Place>, fetch: i64) -> Sql {
        let statement = self.window(sql(BRIEF).push(" FROM ("), after, Rows::First(self.looked_at(fetch)));
        let statement = statement
            .push(") s JOIN publication b ON b.id = s.id JOIN problem p ON p.id = b.problem_id ")
            .push(JOINS);
        filtered(statement, self)
            .push(" ORDER BY s.published_at DESC, s.id DESC")
            .push_bind(" LIMIT ", fetch)
    }

    fn place(&self, row: &PublicRow) -> Place {
        (row.published_at, row.id)
    }

    /// Where nothing is filtered, a page loses no more than what vanished by itself.
    fn looked_at(&self, fetch: i64) -> i64 {
        let PublicFilters {
            audience,
            category,
            division,
            state,
            year,
            q,
        } = self.filters;
        let is_filtered = !audience.is_empty()
            || !category.is_empty()
            || division.is_some()
            || !state.is_empty()
            || year.is_some()
            || q.is_some();
        if is_filtered { WINDOW } else { fetch }
    }

    /// Of the first 10,001 published.
    async fn count(&self, db: &Db) -> Result<Total, DbError> {
        let (most, begin) = (COUNTED + 1, || sql("SELECT COUNT(*) FROM ("));
        let (seen,): (i64,) = self.taken(begin(), None, most).push(") c").one(db).await?;
        let looked = self.window(begin(), None, Rows::First(most)).push(") s");
        let (looked,): (i64,) = looked.one(db).await?;
        let total = Total::from(seen);
        Ok(if looked < most { total } else { total.at_least() })
    }
}

fn filtered(statement: Sql, meant: &Meant<'_>) -> Sql {
    let filters = meant.filters;
    let states: Vec<_> = filters
        .state
        .iter()
        .flat_map(|state: &PublicState| state.states())
        .collect();
    let year = filters.year.and_then(|year| {
        let first = |year| {
            chrono::NaiveDate::from_ymd_opt(year, 1, 1)
                .map(start_of_shanghai_day)
                .map(Timestamp::from)
        };
        first(year).zip(first(year + 1))
    });
    let mut statement = statement
        .push(" WHERE 1 = 1")
        .push_bind(SEEN, meant.now)
        .push(")")
        .and_in("p.audience", &filters.audience)
        .and_in("p.state", &states)
        .and_opt("p.recorded_at >= ", year.map(|(from, _)| from))
        .and_opt("p.recorded_at < ", year.map(|(_, to)| to));
    if let Some(words) = &meant.words {
        statement = words.filter(statement, "b.problem_id");
    }
    if !filters.category.is_empty() {
        statement = statement
            .push(" AND p.category_id IN (SELECT t.id FROM term t WHERE t.kind = 'category' AND t.code")
            .in_list(&filters.category)
            .push(")");
    }
    if let Some(division) = meant.division {
        statement = statement
            .push_bind(
                " AND EXISTS (SELECT 1 FROM division_ancestor a WHERE a.descendant_id = p.division_id AND a.ancestor_id = ",
                division,
            )
            .push(")");
    }
    statement
}
