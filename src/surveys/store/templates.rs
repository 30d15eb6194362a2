//! Every statement on `survey_template`.

use chrono::NaiveDate;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::directory::words::Audience;
use crate::events::Act;
use crate::http::total;
use crate::surveys::domain::Item;
use crate::surveys::dto::SurveyTemplateFilters;

/// A set of questions.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TemplateRow {
    /// Row id.
    pub id: Uuid,
    /// Whom they are asked.
    pub audience: Audience,
    /// From 1, for each audience.
    pub number: i64,
    pub(crate) title: String,
    pub(crate) title_en: String,
    /// The questions.
    pub items: Json<Vec<Item>>,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The day after the last.
    pub valid_to: Option<NaiveDate>,
}

impl TemplateRow {
    /// Whether it is in force on a day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day < end)
    }
}

const TEMPLATE: &str = "SELECT t.id, t.audience, t.number, t.title, t.title_en, t.items, t.valid_from, t.valid_to \
     FROM survey_template t WHERE t.number > 0";

/// What a list shows: those in force on a day, or all.
fn filtered(statement: Sql, filters: &SurveyTemplateFilters, today: NaiveDate) -> Sql {
    let statement = statement.and_opt("t.audience = ", filters.audience);
    if filters.include_ended == Some(true) {
        return statement;
    }
    statement
        .and("t.valid_from <= ", today)
        .push_bind(" AND (t.valid_to IS NULL OR t.valid_to > ", today)
        .push(")")
}

/// A page, by audience.
pub fn page(filters: &SurveyTemplateFilters, today: NaiveDate, after: Option<(String, Uuid)>, fetch: i64) -> Sql {
    let statement = filtered(sql(TEMPLATE), filters, today);
    let statement = statement.behind(" AND (t.audience, t.id) > (", after);
    statement.push_bind(" ORDER BY t.audience, t.id LIMIT ", fetch)
}

/// How many there are; counted to one more than lists do.
pub async fn count(db: &Db, filters: &SurveyTemplateFilters, today: NaiveDate) -> Result<i64, DbError> {
    let rows = sql("SELECT 1 AS one FROM survey_template t WHERE t.number > 0");
    total::count(db, filtered(rows, filters, today)).await
}

/// One of them.
pub async fn find(on: impl Into<On<'_>>, id: Uuid) -> Result<Option<TemplateRow>, DbError> {
    sql(TEMPLATE).and("t.id = ", id).optional(on).await
}

/// The one with the highest number for an audience, locked.
pub async fn last(tx: &mut Tx, audience: Audience) -> Result<Option<TemplateRow>, DbError> {
    let lock = tx.lock_clause(" FOR UPDATE");
    sql(TEMPLATE)
        .and("t.audience = ", audience)
        .push(" ORDER BY t.number DESC LIMIT 1")
        .push(lock)
        .optional(tx)
        .await
}

/// Inserts one.
///
/// # Errors
/// `DbError::Unique` (409 `duplicate`) where another made this number at the same time.
pub async fn insert(tx: &mut Tx, act: &Act, new: &TemplateRow, items: Value) -> Result<(), DbError> {
    sql(
        "INSERT INTO survey_template (id, audience, number, title, title_en, items, valid_from, created_at, created_by, \
         updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, $9)",
    )
    .bind(new.id)
    .bind(new.audience)
    .bind(new.number)
    .bind(&new.title)
    .bind(&new.title_en)
    .bind(items)
    .bind(new.valid_from)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(())
}

/// Ends one as another takes its place.
pub async fn end(tx: &mut Tx, act: &Act, id: Uuid, on: NaiveDate) -> Result<(), DbError> {
    sql("UPDATE survey_template SET valid_to = $1, version = version + 1, updated_at = $2, updated_by = $3 WHERE id = $4")
        .bind(on)
        .bind(act.at)
        .bind(act.person)
        .bind(id)
        .run(tx)
        .await?;
    Ok(())
}
