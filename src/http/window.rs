//! Lists that are thinned behind a window: a page looks at 5,000 rows along an index and takes what scope and filters
//! leave of them. Where that does not fill the page, its cursor goes on behind the last row that was looked at. So a
//! page costs the same at any depth, however few rows are left.

use std::future::Future;

use uuid::Uuid;

use super::page::{CursorKey, Page, PageRequest};
use super::total::{COUNTED, Total};
use crate::db::{Db, DbError, Row, Sql, Value, sql};
use crate::error::ApiResult;

/// How many rows along the order a page looks at.
pub const WINDOW: i64 = 5_000;
/// How many rows along the order a count looks at.
pub const LOOKED_AT: i64 = COUNTED * 5;

/// A place in the order of a list: the key that it is sorted by, and the id.
pub type Place<K> = (K, Uuid);

/// Which rows of a window are meant.
#[derive(Clone, Copy, Debug)]
pub enum Rows {
    /// The first so many.
    First(i64),
    /// The last one of so many.
    Last(i64),
}

impl Rows {
    /// How many rows are looked at for them.
    pub const fn reach(self) -> i64 {
        let (Self::First(rows) | Self::Last(rows)) = self;
        rows
    }

    /// Ends the statement of a window by them.
    pub fn of(self, window: Sql) -> Sql {
        match self {
            Self::First(rows) => window.push_bind(" LIMIT ", rows),
            Self::Last(rows) => window.push_bind(" LIMIT 1 OFFSET ", rows - 1),
        }
    }
}

/// A list that was asked for and is thinned behind a window.
pub trait Windowed {
    /// What it is sorted by, before the id.
    type Key: CursorKey + Into<Value>;
    /// What a page is read as.
    type Row: Row;

    /// Continues a statement by rows of the window behind a place, in order; the id and the key are their first
    /// columns.
    fn window(&self, statement: Sql, after: Option<Place<Self::Key>>, rows: Rows) -> Sql;

    /// Continues a statement by what is left of the first so many rows of the window.
    fn taken(&self, statement: Sql, after: Option<Place<Self::Key>>, rows: i64) -> Sql;

    /// The statement of a page of so many rows.
    fn page(&self, db: &Db, after: Option<Place<Self::Key>>, fetch: i64) -> Sql;

    /// Where a row stands in the order.
    fn place(&self, row: &Self::Row) -> Place<Self::Key>;

    /// Whether rows of the window may be left out.
    fn is_thinned(&self) -> bool {
        true
    }

    /// How many rows of the window a page of so many looks at.
    fn looked_at(&self, fetch: i64) -> i64 {
        if self.is_thinned() { WINDOW } else { fetch }
    }

    /// How many items there are: exact where no more than 50,000 rows had to be looked at.
    fn count(&self, db: &Db) -> impl Future<Output = Result<Total, DbError>> {
        count(self, db)
    }
}

async fn count<L: Windowed + ?Sized>(list: &L, db: &Db) -> Result<Total, DbError> {
    let begin = || sql("SELECT COUNT(*) FROM (");
    let taken = list.taken(begin(), None, LOOKED_AT).push_bind(" LIMIT ", COUNTED + 1);
    let (count,): (i64,) = taken.push(") c").one(db).await?;
    if count > COUNTED || !list.is_thinned() {
        return Ok(count.into());
    }
    let window = list.window(begin(), None, Rows::First(LOOKED_AT));
    let (looked,): (i64,) = window.push(") w").one(db).await?;
    let total = Total::Exactly(count);
    Ok(if looked < LOOKED_AT { total } else { total.at_least() })
}

impl PageRequest {
    /// The page of a list that is thinned behind a window, with its total where one is asked for.
    ///
    /// # Errors
    /// 400 at `?cursor` for a place of another kind.
    pub async fn windowed<L: Windowed, T>(&self, db: &Db, list: &L, view: impl FnMut(L::Row) -> T) -> ApiResult<Page<T>>
    where
        (Uuid, L::Key): Row,
    {
        let statement = list.page(db, self.after()?, self.fetch());
        let rows: Vec<L::Row> = statement.all(db).await?;
        let page = self
            .thinned(rows, |row| list.place(row), view, self.stopped_at(db, list))
            .await?;
        Ok(page.with_total(self.total(list.count(db)).await?))
    }

    /// The place at which a page that is not full stopped looking; `None` where it saw the end.
    async fn stopped_at<L: Windowed>(&self, db: &Db, list: &L) -> ApiResult<Option<Place<L::Key>>>
    where
        (Uuid, L::Key): Row,
    {
        if !list.is_thinned() {
            return Ok(None);
        }
        let last = Rows::Last(list.looked_at(self.fetch()));
        let row: Option<(Uuid, L::Key)> = list.window(sql(""), self.after()?, last).optional(db).await?;
        Ok(row.map(|(id, key)| (key, id)))
    }
}
