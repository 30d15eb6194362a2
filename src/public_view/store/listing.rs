//! A page of what is published: a range of one index, newest first.
//!
//! What vanished by itself stands in the range and is left out, so a page may be short and still have a `next_cursor`.
//! Filters look at no more than 5,000 rows along the order, as everywhere; where a query finds fewer, the range is of those.

use uuid::Uuid;

use super::SEEN;
use super::shown::{BRIEF, JOINS, PublicRow};
use crate::calendar::start_of_shanghai_day;
use crate::clock::Timestamp;
use crate::db::{Db, DbError, Sql, sql};
use crate::full_text::store::Found;
use crate::http::page::{COUNTED, PageRequest};
use crate::public_view::domain::PublicState;
use crate::public_view::dto::PublicFilters;

/// How many rows along the order a filtered page looks at.
const LOOKED_AT: i64 = 5_000;

/// A place in the order.
pub type Place = (Timestamp, Uuid);

/// What filters mean now, and now.
#[derive(Clone, Debug)]
pub struct Meant<'f> {
    pub(crate) filters: &'f PublicFilters,
    pub(crate) division: Option<Uuid>,
    pub(crate) words: Option<Found>,
    pub(crate) now: Timestamp,
}

/// One page; to be read as [`PublicRow`]s.
pub fn page(meant: &Meant<'_>, page: &PageRequest, after: Option<Place>) -> Sql {
    let statement = range(sql(BRIEF).push(" FROM ("), meant, after).push_bind(" LIMIT ", looked_at(meant, page));
    let statement = statement
        .push(") s JOIN publication b ON b.id = s.id JOIN problem p ON p.id = b.problem_id ")
        .push(JOINS);
    filtered(statement, meant)
        .push(" ORDER BY s.published_at DESC, s.id DESC")
        .push_bind(" LIMIT ", page.fetch())
}

/// The place at which a page that is not full stopped looking; `None` where it saw the end.
pub async fn stopped_at(
    db: &Db,
    meant: &Meant<'_>,
    page: &PageRequest,
    after: Option<Place>,
) -> Result<Option<Place>, DbError> {
    let statement = range(sql(""), meant, after).push_bind(" LIMIT 1 OFFSET ", looked_at(meant, page) - 1);
    let place: Option<(Uuid, Timestamp)> = statement.optional(db).await?;
    Ok(place.map(|(id, at)| (at, id)))
}

/// How many are seen of the first 10,001 published, and whether that is all.
pub async fn count(db: &Db, meant: &Meant<'_>) -> Result<(i64, bool), DbError> {
    let most = COUNTED + 1;
    let looked = range(sql("SELECT COUNT(*) FROM ("), meant, None)
        .push_bind(" LIMIT ", most)
        .push(") s");
    let seen = range(sql("SELECT COUNT(*) FROM ("), meant, None)
        .push_bind(" LIMIT ", most)
        .push(") s JOIN publication b ON b.id = s.id JOIN problem p ON p.id = b.problem_id");
    let (seen,): (i64,) = filtered(seen, meant).one(db).await?;
    let (looked,): (i64,) = looked.one(db).await?;
    Ok((seen, looked < most))
}

/// Where a row stands.
pub fn place(row: &PublicRow) -> Place {
    (row.published_at, row.id)
}

fn looked_at(meant: &Meant<'_>, page: &PageRequest) -> i64 {
    let PublicFilters {
        audience,
        category,
        division,
        state,
        year,
        q,
    } = meant.filters;
    let is_filtered = !audience.is_empty()
        || !category.is_empty()
        || division.is_some()
        || !state.is_empty()
        || year.is_some()
        || q.is_some();
    if is_filtered { LOOKED_AT } else { page.fetch() }
}

fn range(statement: Sql, meant: &Meant<'_>, after: Option<Place>) -> Sql {
    let statement = statement.push("SELECT b.id, b.published_at");
    let statement = match &meant.words {
        Some(words) => words.from(statement, "publication b", "b.problem_id"),
        None => statement.push(" FROM publication b WHERE 1 = 1"),
    };
    let statement = statement.push(" AND b.ended_at IS NULL");
    let statement = statement.behind(" AND (b.published_at, b.id) < (", after);
    statement.push(" ORDER BY b.published_at DESC, b.id DESC")
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
