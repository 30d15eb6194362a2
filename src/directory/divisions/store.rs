//! Reading divisions; what ships is put in by `directory::seed`.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{DbError, On, sql};
use crate::directory::words::Level;

/// A division as other features need it: to refer to it and to show it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct DivisionRow {
    /// Row id.
    pub id: Uuid,
    /// 6, 9 or 12 digits.
    pub code: String,
    /// Its own name.
    pub name: String,
    /// Its name with those above it.
    pub full_name: String,
    /// Its level.
    pub level: Level,
}

/// The division that a code stood for on a day; `None` where it stood for none.
pub async fn find_by_code(
    on: impl Into<On<'_>>,
    code: &str,
    on_date: NaiveDate,
) -> Result<Option<DivisionRow>, DbError> {
    sql("SELECT id, code, name, full_name, level FROM division WHERE code = $1 \
         AND (valid_from IS NULL OR valid_from <= $2) AND (valid_to IS NULL OR valid_to > $2) \
         ORDER BY valid_from IS NULL, valid_from DESC")
    .bind(code)
    .bind(on_date)
    .optional(on)
    .await
}

/// Whether a division is another one or lies under it.
pub async fn is_within(on: impl Into<On<'_>>, ancestor: Uuid, descendant: Uuid) -> Result<bool, DbError> {
    let found: Option<(i64,)> =
        sql("SELECT depth FROM division_ancestor WHERE ancestor_id = $1 AND descendant_id = $2")
            .bind(ancestor)
            .bind(descendant)
            .optional(on)
            .await?;
    Ok(found.is_some())
}
