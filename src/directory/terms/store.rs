//! Every statement on `term`.

use chrono::NaiveDate;
use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use super::domain::{Heading, TermKind};
use super::dto::{NewTerm, TermFilters, TermPatch, TermView};
use crate::clock::Ids;
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::directory::listing;
use crate::directory::refs::TermRef;
use crate::directory::words::Audience;
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::events::store::append_to;
use crate::events::{Act, NewEvent};
use crate::http::page::PageRequest;
use crate::http::{Locale, Page};

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

    /// The fault of a term that a new row names, if it has one: there is none such (or it is a heading), it is retired, or
    /// it is of another audience than the row's.
    pub fn fault(term: Option<&Self>, audience: Option<Audience>, date: NaiveDate, pointer: &str) -> Option<Fault> {
        let code = match term {
            None => FaultCode::UnknownReference,
            Some(term) if term.is_heading => FaultCode::UnknownReference,
            Some(term) if !term.is_valid_on(date) => FaultCode::RetiredTerm,
            Some(term) if audience.is_some() && term.audience.is_some() && term.audience != audience => {
                FaultCode::OtherAudience
            }
            Some(_) => return None,
        };
        Some(Fault::new(pointer, code))
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

#[derive(FromRow)]
struct ListRow {
    id: Uuid,
    kind: TermKind,
    code: String,
    audience: Option<Audience>,
    parent_code: Option<String>,
    parent_zh: Option<String>,
    parent_en: Option<String>,
    is_heading: bool,
    zh: String,
    en: String,
    sort_order: i64,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    version: i64,
}

const COLUMNS: &str = "SELECT t.id, t.kind, t.code, t.audience, p.code AS parent_code, p.zh AS parent_zh, \
     p.en AS parent_en, EXISTS (SELECT 1 FROM term c WHERE c.parent_id = t.id) AS is_heading, t.zh, t.en, t.sort_order, \
     t.valid_from, t.valid_to, t.version";

const TABLES: &str = " FROM term t LEFT JOIN term p ON p.id = t.parent_id";

/// A page of terms, by kind and in the order in which they are shown.
pub async fn list(
    db: &Db,
    filters: &TermFilters,
    as_of: NaiveDate,
    locale: Locale,
    page: &PageRequest,
) -> ApiResult<Page<TermView>> {
    let mut statement = filtered(COLUMNS, filters, as_of);
    if let Some(((kind, order), id)) = page.after::<(String, i64)>()? {
        statement = statement
            .push_bind(" AND (t.kind, t.sort_order, t.id) > (", kind)
            .push_bind(", ", order)
            .push_bind(", ", id)
            .push(")");
    }
    let rows: Vec<ListRow> = statement
        .push_bind(" ORDER BY t.kind, t.sort_order, t.id LIMIT ", page.fetch())
        .all(db)
        .await?;
    let total = listing::total(db, page, |head| filtered(head, filters, as_of)).await?;
    let position = |row: &ListRow| ((row.kind.as_str().to_owned(), row.sort_order), row.id);
    Ok(page.page(rows, position, |row| row.view(locale)).with_total(total))
}

fn filtered(head: &'static str, filters: &TermFilters, as_of: NaiveDate) -> Sql {
    let mut statement = sql(head)
        .push(TABLES)
        .push(" WHERE 1 = 1")
        .and_in("t.kind", &filters.kind);
    if let Some(audience) = filters.audience {
        statement = statement
            .push_bind(" AND (t.audience IS NULL OR t.audience = ", audience)
            .push(")");
    }
    if filters.include_ended != Some(true) {
        statement = statement
            .push_bind(" AND (t.valid_from IS NULL OR t.valid_from <= ", as_of)
            .push_bind(") AND (t.valid_to IS NULL OR t.valid_to > ", as_of)
            .push(")");
    }
    statement
}

/// A term, retired or not.
pub async fn find_view(on: impl Into<On<'_>>, id: Uuid, locale: Locale) -> ApiResult<TermView> {
    let row: Option<ListRow> = sql(COLUMNS)
        .push(TABLES)
        .push_bind(" WHERE t.id = ", id)
        .optional(on)
        .await?;
    Ok(row.or_not_found()?.view(locale))
}

/// What a term that is to head others must be judged by, with its id.
pub async fn find_heading(
    on: impl Into<On<'_>>,
    kind: TermKind,
    code: &str,
) -> Result<Option<(Uuid, Heading)>, DbError> {
    let found: Option<(Uuid, Option<Audience>, bool, bool, bool)> = sql(
        "SELECT t.id, t.audience, t.parent_id IS NOT NULL, EXISTS (SELECT 1 FROM term c WHERE c.parent_id = t.id), \
         EXISTS (SELECT 1 FROM problem x WHERE x.category_id = t.id) \
         OR EXISTS (SELECT 1 FROM problem_cause x WHERE x.term_id = t.id) \
         OR EXISTS (SELECT 1 FROM problem_goal x WHERE x.term_id = t.id) \
         OR EXISTS (SELECT 1 FROM competence x WHERE x.category_id = t.id) \
         FROM term t WHERE t.kind = $1 AND t.code = $2",
    )
    .bind(kind)
    .bind(code)
    .optional(on)
    .await?;
    Ok(found.map(|(id, audience, has_parent, is_heading, in_use)| {
        let heading = Heading {
            audience,
            has_parent,
            is_heading,
            in_use,
        };
        (id, heading)
    }))
}

/// Adds a term.
///
/// # Errors
/// 409 `duplicate` where the kind has the code already.
pub async fn insert(tx: &mut Tx, ids: &Ids, act: &Act, body: &NewTerm, parent: Option<Uuid>) -> ApiResult<Uuid> {
    let id = ids.next();
    sql(
        "INSERT INTO term (id, kind, code, audience, parent_id, zh, en, sort_order, valid_from, valid_to, created_at, \
         created_by, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, \
         coalesce($8, (SELECT MAX(sort_order) + 10 FROM term WHERE kind = $2), 10), $9, $10, $11, $12, $11, $12)",
    )
    .bind(id)
    .bind(body.kind)
    .bind(&body.code)
    .bind(body.audience)
    .bind(parent)
    .bind(&body.zh)
    .bind(&body.en)
    .bind(body.sort_order)
    .bind(body.valid_from.unwrap_or_else(|| act.at.shanghai_date()))
    .bind(body.valid_to)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await
    .map_err(|error| match error {
        DbError::Unique(_) => {
            ApiError::new(Code::Duplicate).with_faults(vec![Fault::new("/code", FaultCode::Repeated)])
        }
        other => other.into(),
    })?;
    let payload = json!({ "kind": body.kind, "code": body.code, "audience": body.audience, "parent_id": parent });
    append_to(tx, ids, act, NewEvent::of("term", id, "term.created").with(payload)).await?;
    Ok(id)
}

/// Version of a term and the first day on which it may be chosen; locked until the end.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<Option<(i64, Option<NaiveDate>)>, DbError> {
    // SQLite's one writer needs no lock.
    let lock = tx.pick("", " FOR UPDATE");
    sql("SELECT version, valid_from FROM term WHERE id = $1")
        .bind(id)
        .push(lock)
        .optional(tx)
        .await
}

/// Carries a patch out.
pub async fn update(tx: &mut Tx, ids: &Ids, act: &Act, id: Uuid, patch: &TermPatch) -> ApiResult<()> {
    sql(
        "UPDATE term SET version = version + 1, updated_at = $2, updated_by = $3, zh = coalesce($4, zh), \
         en = coalesce($5, en), sort_order = coalesce($6, sort_order), \
         valid_to = CASE WHEN $7 THEN $8 ELSE valid_to END WHERE id = $1",
    )
    .bind(id)
    .bind(act.at)
    .bind(act.person)
    .bind(patch.zh.as_deref())
    .bind(patch.en.as_deref())
    .bind(patch.sort_order)
    .bind(patch.valid_to.is_some())
    .bind(patch.valid_to.flatten())
    .run(tx)
    .await?;
    let payload = json!({
        "zh": patch.zh.is_some(), "en": patch.en.is_some(), "sort_order": patch.sort_order,
        "valid_to_changed": patch.valid_to.is_some(), "valid_to": patch.valid_to.flatten(),
    });
    append_to(tx, ids, act, NewEvent::of("term", id, "term.updated").with(payload)).await?;
    Ok(())
}

impl ListRow {
    fn view(self, locale: Locale) -> TermView {
        let parent = match (self.parent_code, self.parent_zh, self.parent_en) {
            (Some(code), Some(zh), Some(en)) => Some(TermRef::new(code, zh, en, locale)),
            _ => None,
        };
        TermView {
            id: self.id,
            kind: self.kind,
            code: self.code,
            audience: self.audience,
            parent,
            is_heading: self.is_heading,
            label: match locale {
                Locale::Zh => self.zh.clone(),
                Locale::En => self.en.clone(),
            },
            zh: self.zh,
            en: self.en,
            sort_order: self.sort_order,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            version: self.version,
        }
    }
}
