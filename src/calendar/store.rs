//! Every statement on `calendar_year` and `calendar_day`: the notices that were given to this installation.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sqlx::FromRow;

use super::Calendar;
use super::notice::Notice;
use crate::db::{DbError, On, Tx, sql};
use crate::events::Act;

/// A year as it was given here.
#[derive(Clone, Debug, FromRow)]
pub struct YearRow {
    pub(crate) year: i64,
    pub(crate) version: String,
    pub(crate) document_no: Option<String>,
    pub(crate) published_on: Option<NaiveDate>,
    pub(crate) edition: i64,
}

/// The calendar as it stands: what ships, and over it what was given here.
pub async fn load(on: impl Into<On<'_>>) -> Result<Calendar, DbError> {
    let mut on = on.into();
    let years = years(&mut on).await?;
    if years.is_empty() {
        return Ok(Calendar::shipped().clone());
    }
    let days: Vec<(i64, NaiveDate, bool)> = sql("SELECT year, day, working FROM calendar_day").all(&mut on).await?;
    let mut given: BTreeMap<i32, BTreeMap<NaiveDate, bool>> = BTreeMap::new();
    for row in &years {
        given.insert(year_of(row.year), BTreeMap::new());
    }
    for (year, day, working) in days {
        given.entry(year_of(year)).or_default().insert(day, working);
    }
    let versions = years.iter().map(|row| row.version.as_str());
    Ok(Calendar::shipped().with_given(given, versions))
}

fn year_of(stored: i64) -> i32 {
    i32::try_from(stored).unwrap_or_default()
}

/// The years that were given here.
pub async fn years(on: impl Into<On<'_>>) -> Result<Vec<YearRow>, DbError> {
    sql("SELECT year, version, document_no, published_on, edition FROM calendar_year ORDER BY year")
        .all(on)
        .await
}

/// One of them.
pub async fn year(on: impl Into<On<'_>>, year: i32) -> Result<Option<YearRow>, DbError> {
    sql("SELECT year, version, document_no, published_on, edition FROM calendar_year WHERE year = $1")
        .bind(year)
        .optional(on)
        .await
}

/// Keeps others from changing the calendar until the end of the transaction: versions count every change.
pub async fn lock(tx: &mut Tx) -> Result<(), DbError> {
    tx.hold(sql("LOCK TABLE calendar_year IN SHARE ROW EXCLUSIVE MODE"))
        .await
}

/// Keeps a notice: the first of its year here, or in the place of the one that was given before.
pub async fn keep(tx: &mut Tx, act: &Act, row: &YearRow, notice: &Notice) -> Result<(), DbError> {
    sql(
        "INSERT INTO calendar_year (year, version, document_no, published_on, edition, updated_at, updated_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (year) DO UPDATE SET version = excluded.version, \
         document_no = excluded.document_no, published_on = excluded.published_on, edition = excluded.edition, \
         updated_at = excluded.updated_at, updated_by = excluded.updated_by",
    )
    .bind(row.year)
    .bind(&row.version)
    .bind(row.document_no.clone())
    .bind(row.published_on)
    .bind(row.edition)
    .bind(act.at)
    .bind(act.person)
    .run(&mut *tx)
    .await?;
    sql("DELETE FROM calendar_day WHERE year = $1")
        .bind(row.year)
        .run(&mut *tx)
        .await?;
    let days: Vec<_> = notice.days().collect();
    if days.is_empty() {
        return Ok(());
    }
    sql("INSERT INTO calendar_day (year, day, working)")
        .values(
            days.into_iter()
                .map(|(day, working)| [row.year.into(), day.into(), working.into()]),
        )
        .run(tx)
        .await?;
    Ok(())
}
