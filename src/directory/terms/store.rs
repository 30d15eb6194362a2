//! Every statement on `term`.

use chrono::NaiveDate;
use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{DbError, On, sql};
use crate::directory::words::Audience;

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
