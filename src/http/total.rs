//! How many items a list has, where that is asked for: exact up to 10,000, beyond it "at least".

use crate::db::{DbError, On, Sql};

/// How far `with_total` counts.
pub const COUNTED: i64 = 10_000;

/// How many items a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// So many in all.
    Exactly(i64),
    /// So many, and maybe more.
    AtLeast(i64),
}

impl Total {
    /// Of a list that is read as a whole.
    pub fn of(items: usize) -> Self {
        i64::try_from(items).unwrap_or(i64::MAX).into()
    }

    /// The same where not everything was looked at.
    #[must_use]
    pub const fn at_least(self) -> Self {
        let (Self::Exactly(count) | Self::AtLeast(count)) = self;
        Self::AtLeast(count)
    }
}

impl From<i64> for Total {
    /// What a count says that went no further than one beyond `COUNTED`.
    fn from(count: i64) -> Self {
        if count > COUNTED {
            Self::AtLeast(COUNTED)
        } else {
            Self::Exactly(count)
        }
    }
}

/// How many rows a statement selects, counted no further than one beyond `COUNTED`.
pub async fn count(on: impl Into<On<'_>>, rows: Sql) -> Result<i64, DbError> {
    count_up_to(on, rows, COUNTED + 1).await
}

/// How many rows a statement selects, of which no more than `most` are read.
pub async fn count_up_to(on: impl Into<On<'_>>, rows: Sql, most: i64) -> Result<i64, DbError> {
    let counting = rows.led_by("SELECT COUNT(*) FROM (").push_bind(" LIMIT ", most);
    let (count,): (i64,) = counting.push(") counted").one(on).await?;
    Ok(count)
}
