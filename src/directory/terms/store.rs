//! Every statement on `term`.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use super::dto::{NewTerm, TermFilters, TermKind};
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::directory::words::Audience;
use crate::events::Act;
use crate::http::total;

/// A term as other features need it: to refer to it, to judge whether it may be chosen, and to show it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct TermRow {
    /// Row id.
    pub id: Uuid,
    /// Unique within the kind.
    pub code: String,
    /// Whom it is for; `None`: anyone.
    pub audience: Option<Audience>,
    /// The Chinese label.
    pub zh: String,
    /// The English label.
    pub en: String,
    /// The first day on which it may be chosen; `None`: since ever.
    pub valid_from: Option<NaiveDate>,
    /// The first day on which it may no longer be chosen; `None`: not retired.
    pub valid_to: Option<NaiveDate>,
    /// Whether other terms stand under it, so that it is not chosen itself.
    pub is_heading: bool,
}

impl TermRow {
    /// Whether it may be chosen on new rows on this day, as far as dates go.
    pub fn is_valid_on(&self, date: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= date) && self.valid_to.is_none_or(|to| date < to)
    }
}

/// The term of a kind with a code, retired or not.
pub async fn find(on: impl Into<On<'_>>, kind: &str, code: &str) -> Result<Option<TermRow>, DbError> {
    sql(
        "SELECT t.id, t.code, t.audience, t.zh, t.en, t.valid_from, t.valid_to, \
         EXISTS (SELECT 1 FROM term c WHERE c.parent_id = t.id) AS is_heading \
         FROM term t WHERE t.kind = $1 AND t.code = $2",
    )
    .bind(kind)
    .bind(code)
    .optional(on)
    .await
}

/// The term of a kind with a code, below a heading of that kind; retired or not.
pub async fn find_below(
    on: impl Into<On<'_>>,
    kind: &str,
    heading: &str,
    code: &str,
) -> Result<Option<TermRow>, DbError> {
    sql(
        "SELECT t.id, t.code, t.audience, t.zh, t.en, t.valid_from, t.valid_to, \
         EXISTS (SELECT 1 FROM term c WHERE c.parent_id = t.id) AS is_heading \
         FROM term t JOIN term h ON h.id = t.parent_id WHERE t.kind = $1 AND h.code = $2 AND t.code = $3",
    )
    .bind(kind)
    .bind(heading)
    .bind(code)
    .optional(on)
    .await
}

/// A term with everything that its view shows.
#[derive(Clone, Debug, FromRow)]
pub struct TermDetail {
    pub(crate) id: Uuid,
    pub(crate) kind: TermKind,
    pub(crate) code: String,
    pub(crate) audience: Option<Audience>,
    pub(crate) zh: String,
    pub(crate) en: String,
    pub(crate) sort_order: i64,
    pub(crate) valid_from: Option<NaiveDate>,
    pub(crate) valid_to: Option<NaiveDate>,
    pub(crate) version: i64,
    pub(crate) parent_code: Option<String>,
    pub(crate) parent_zh: Option<String>,
    pub(crate) parent_en: Option<String>,
    pub(crate) heading: bool,
}

const DETAIL: &str = "SELECT t.id, t.kind, t.code, t.audience, t.zh, t.en, t.sort_order, t.valid_from, t.valid_to, t.version, \
     p.code AS parent_code, p.zh AS parent_zh, p.en AS parent_en, \
     EXISTS (SELECT 1 FROM term c WHERE c.parent_id = t.id) AS heading";
const FROM: &str = " FROM term t LEFT JOIN term p ON p.id = t.parent_id WHERE 1 = 1";

/// How many terms there are on a day; counted to one more than lists do.
pub async fn count(db: &Db, filters: &TermFilters, today: NaiveDate) -> Result<i64, DbError> {
    total::count(db, filtered("SELECT 1 AS one", filters, today)).await
}

/// What is selected, by `what`, of the terms that the filters leave on a day.
fn filtered(what: &'static str, filters: &TermFilters, today: NaiveDate) -> Sql {
    let statement = sql(what).push(FROM).and_opt("t.kind = ", filters.kind);
    let statement = match filters.audience {
        Some(audience) => statement
            .push_bind(" AND (t.audience IS NULL OR t.audience = ", audience)
            .push(")"),
        None => statement,
    };
    if filters.include_ended == Some(true) {
        return statement;
    }
    statement
        .push_bind(" AND (t.valid_to IS NULL OR t.valid_to > ", today)
        .push(")")
}

/// A page of terms, in the order of taxonomies and places.
pub fn page(filters: &TermFilters, today: NaiveDate, after: Option<(String, Uuid)>, fetch: i64) -> Sql {
    let statement = filtered(DETAIL, filters, today);
    let statement = statement.behind(" AND (t.kind || ':' || t.code, t.id) > (", after);
    statement.push_bind(" ORDER BY t.kind || ':' || t.code, t.id LIMIT ", fetch)
}

/// One term.
pub fn detail(id: Uuid) -> Sql {
    sql(DETAIL).push(FROM).and("t.id = ", id)
}

/// Inserts a term.
pub async fn insert(
    tx: &mut Tx,
    id: Uuid,
    act: &Act,
    new: &NewTerm,
    parent: Option<Uuid>,
    valid_from: NaiveDate,
) -> Result<(), DbError> {
    sql("INSERT INTO term (id, kind, code, audience, parent_id, zh, en, sort_order, valid_from, created_at, created_by, \
         updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, $11)")
    .bind(id)
    .bind(new.kind)
    .bind(&new.code)
    .bind(new.audience)
    .bind(parent)
    .bind(&new.zh)
    .bind(&new.en)
    .bind(new.sort_order)
    .bind(valid_from)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    Ok(())
}

/// Changes a term that still has this version; whether it had.
pub async fn update(tx: &mut Tx, id: Uuid, version: i64, act: &Act, row: &TermDetail) -> Result<bool, DbError> {
    let touched = sql(
        "UPDATE term SET zh = $1, en = $2, sort_order = $3, valid_to = $4, version = version + 1, \
         updated_at = $5, updated_by = $6 WHERE id = $7 AND version = $8",
    )
    .bind(&row.zh)
    .bind(&row.en)
    .bind(row.sort_order)
    .bind(row.valid_to)
    .bind(act.at)
    .bind(act.person)
    .bind(id)
    .bind(version)
    .run(tx)
    .await?;
    Ok(touched == 1)
}
