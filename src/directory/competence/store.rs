//! Every statement on `competence`, but for the passing on of an ended organisation's (`orgs::succession`).

use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use super::domain::{self, Match, Reason};
use super::dto::{CompetenceFilters, CompetenceView};
use crate::clock::{Ids, Timestamp};
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::directory::listing;
use crate::directory::refs::{DivisionRef, OrgRef, TermRef};
use crate::directory::words::Audience;
use crate::error::{ApiResult, OrNotFound as _};
use crate::events::store::append_to;
use crate::events::{Act, NewEvent};
use crate::http::page::PageRequest;
use crate::http::{Locale, Page};

/// Id, name, distance, category, audience, priority.
type CandidateRow = (Uuid, String, i64, Option<Uuid>, Option<Audience>, i64);

/// Who is competent for a problem of a category and an audience in a division at an instant, best first, and why. Empty
/// where nobody is: then `dispatch_office`.
pub async fn competent_orgs(
    on: impl Into<On<'_>>,
    division_id: Uuid,
    category_id: Uuid,
    audience: Audience,
    at: Timestamp,
) -> Result<Vec<(OrgRef, Reason)>, DbError> {
    let rows: Vec<CandidateRow> = sql(
        "SELECT o.id, o.name, a.depth, c.category_id, c.audience, c.priority FROM division_ancestor a \
         JOIN competence c ON c.division_id = a.ancestor_id JOIN org o ON o.id = c.org_id \
         WHERE a.descendant_id = $1 AND (c.category_id IS NULL OR c.category_id = $2) \
         AND (c.audience IS NULL OR c.audience = $3) AND c.ended_at IS NULL AND c.valid_from <= $4 \
         AND (c.valid_to IS NULL OR c.valid_to > $4) AND o.ended_at IS NULL",
    )
    .bind(division_id)
    .bind(category_id)
    .bind(audience)
    .bind(at)
    .all(on)
    .await?;
    let rows = rows
        .into_iter()
        .map(|(id, name, distance, category, audience, priority)| {
            let by = match (category, audience) {
                (Some(_), _) => Match::Category,
                (None, Some(_)) => Match::Audience,
                (None, None) => Match::Any,
            };
            let reason = Reason { distance, by, priority };
            (OrgRef { id, name }, reason)
        });
    Ok(domain::order(rows.collect(), |org| org.id))
}

/// The dispatch office (“三服务”办公室) of a division or of the nearest one above it that has one.
pub async fn dispatch_office(on: impl Into<On<'_>>, division_id: Uuid) -> Result<Option<OrgRef>, DbError> {
    let office: Option<(Uuid, String)> = sql("SELECT o.id, o.name FROM division_ancestor a \
         JOIN org o ON o.division_id = a.ancestor_id AND o.kind = 'dispatch_office' AND o.ended_at IS NULL \
         WHERE a.descendant_id = $1 ORDER BY a.depth, o.id LIMIT 1")
    .bind(division_id)
    .optional(on)
    .await?;
    Ok(office.map(|(id, name)| OrgRef { id, name }))
}

/// A competence that the handler has found fit.
#[derive(Clone, Copy, Debug)]
pub struct NewRow {
    /// Who.
    pub org: Uuid,
    /// For which category.
    pub category: Option<Uuid>,
    /// For whom.
    pub audience: Option<Audience>,
    /// Where.
    pub division: Uuid,
    /// Between equals.
    pub priority: i64,
    /// From when.
    pub valid_from: Timestamp,
    /// Until when.
    pub valid_to: Option<Timestamp>,
}

#[derive(FromRow)]
struct CompetenceRow {
    id: Uuid,
    org_id: Uuid,
    org_name: String,
    category_code: Option<String>,
    category_zh: Option<String>,
    category_en: Option<String>,
    audience: Option<Audience>,
    division_code: String,
    division_name: String,
    division_full_name: String,
    priority: i64,
    valid_from: Timestamp,
    valid_to: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    end_reason: Option<String>,
    version: i64,
}

const COLUMNS: &str = "SELECT c.id, c.org_id, o.name AS org_name, t.code AS category_code, t.zh AS category_zh, \
     t.en AS category_en, c.audience, d.code AS division_code, d.name AS division_name, \
     d.full_name AS division_full_name, c.priority, c.valid_from, c.valid_to, c.ended_at, c.end_reason, c.version";

const TABLES: &str = " FROM competence c JOIN org o ON o.id = c.org_id JOIN division d ON d.id = c.division_id \
     LEFT JOIN term t ON t.id = c.category_id";

/// A page of competences, in the order of their entry.
pub async fn list(
    db: &Db,
    filters: &CompetenceFilters,
    now: Timestamp,
    locale: Locale,
    page: &PageRequest,
) -> ApiResult<Page<CompetenceView>> {
    let mut statement = filtered(COLUMNS, filters, now);
    if let Some((since, id)) = page.after::<Timestamp>()? {
        statement = statement
            .push_bind(" AND (c.valid_from, c.id) > (", since)
            .push_bind(", ", id)
            .push(")");
    }
    let rows: Vec<CompetenceRow> = statement
        .push_bind(" ORDER BY c.valid_from, c.id LIMIT ", page.fetch())
        .all(db)
        .await?;
    let total = listing::total(db, page, |head| filtered(head, filters, now)).await?;
    Ok(page
        .page(rows, |row| (row.valid_from, row.id), |row| row.view(locale))
        .with_total(total))
}

fn filtered(head: &'static str, filters: &CompetenceFilters, now: Timestamp) -> Sql {
    let mut statement = sql(head)
        .push(TABLES)
        .push(" WHERE 1 = 1")
        .and_opt("c.org_id = ", filters.org)
        .and_opt("t.code = ", filters.category.as_deref())
        .and_opt("c.audience = ", filters.audience);
    if filters.include_ended != Some(true) {
        statement = statement
            .push_bind(" AND c.ended_at IS NULL AND (c.valid_to IS NULL OR c.valid_to > ", now)
            .push(")");
    }
    if let Some(division) = &filters.division {
        statement = statement
            .push_bind(
                " AND EXISTS (SELECT 1 FROM division_ancestor a JOIN division x ON x.id = a.ancestor_id \
                 WHERE a.descendant_id = c.division_id AND x.code = ",
                division,
            )
            .push(")");
    }
    statement
}

/// A competence, ended or not.
pub async fn find_view(on: impl Into<On<'_>>, id: Uuid, locale: Locale) -> ApiResult<CompetenceView> {
    let row: Option<CompetenceRow> = sql(COLUMNS)
        .push(TABLES)
        .push_bind(" WHERE c.id = ", id)
        .optional(on)
        .await?;
    Ok(row.or_not_found()?.view(locale))
}

/// Version of a competence within the caller's reach, and whether it has ended; locked until the end.
pub async fn lock(tx: &mut Tx, scopes: &[Uuid], id: Uuid) -> Result<Option<(i64, bool)>, DbError> {
    // SQLite's one writer needs no lock.
    let lock = tx.pick("", " FOR UPDATE OF c");
    let statement = sql("SELECT c.version, c.ended_at IS NOT NULL FROM competence c WHERE c.id = $1").bind(id);
    let exists = " AND EXISTS (SELECT 1 FROM org o JOIN division_ancestor r ON r.descendant_id = o.division_id \
         WHERE o.id = c.org_id AND r.ancestor_id";
    listing::within(statement, exists, scopes).push(lock).optional(tx).await
}

/// Enters a competence.
pub async fn insert(tx: &mut Tx, ids: &Ids, act: &Act, row: &NewRow) -> ApiResult<Uuid> {
    let id = ids.next();
    sql(
        "INSERT INTO competence (id, org_id, category_id, audience, division_id, priority, valid_from, valid_to, \
         created_at, created_by, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, $10)",
    )
    .bind(id)
    .bind(row.org)
    .bind(row.category)
    .bind(row.audience)
    .bind(row.division)
    .bind(row.priority)
    .bind(row.valid_from)
    .bind(row.valid_to)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    let payload = json!({
        "org_id": row.org, "category_id": row.category, "audience": row.audience, "division_id": row.division,
        "priority": row.priority,
    });
    append_to(
        tx,
        ids,
        act,
        NewEvent::of("competence", id, "competence.created").with(payload),
    )
    .await?;
    Ok(id)
}

/// Ends a competence.
pub async fn end(tx: &mut Tx, ids: &Ids, act: &Act, id: Uuid, reason: &str) -> ApiResult<()> {
    sql(
        "UPDATE competence SET ended_at = $2, end_reason = $3, version = version + 1, updated_at = $2, updated_by = $4 \
         WHERE id = $1",
    )
    .bind(id)
    .bind(act.at)
    .bind(reason)
    .bind(act.person)
    .run(tx)
    .await?;
    let event = NewEvent::of("competence", id, "competence.ended").with_text(Some(reason.to_owned()));
    append_to(tx, ids, act, event).await?;
    Ok(())
}

impl CompetenceRow {
    fn view(self, locale: Locale) -> CompetenceView {
        let category = match (self.category_code, self.category_zh, self.category_en) {
            (Some(code), Some(zh), Some(en)) => Some(TermRef::new(code, zh, en, locale)),
            _ => None,
        };
        CompetenceView {
            id: self.id,
            org: OrgRef {
                id: self.org_id,
                name: self.org_name,
            },
            category,
            audience: self.audience,
            division: DivisionRef {
                code: self.division_code,
                name: self.division_name,
                full_name: self.division_full_name,
            },
            priority: self.priority,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            ended_at: self.ended_at,
            end_reason: self.end_reason,
            version: self.version,
        }
    }
}
