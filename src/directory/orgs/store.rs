//! Every statement on `org`, but for the tree (`tree`) and the passing on of work (`succession`).

use chrono::NaiveDate;
use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use super::domain::OrgKind;
use super::dto::{NewOrg, OrgCounts, OrgFilters, OrgPatch, OrgView};
use super::tree;
use crate::clock::{Ids, Timestamp};
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::directory::listing::{self, DIVISION_OF_ORG};
use crate::directory::refs::{DivisionRef, OrgRef};
use crate::directory::words::{LeadingBody, Level};
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _};
use crate::events::store::append_to;
use crate::events::{Act, NewEvent};
use crate::http::Page;
use crate::http::page::PageRequest;
use crate::http::total;

/// What other features need to know of an organisation that a request names.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct OrgFacts {
    /// Row id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The division that it stands in.
    pub division_id: Uuid,
    /// Its level.
    pub level: Level,
    /// Which of the four leading bodies it is, where it is one.
    pub leading_body: Option<LeadingBody>,
    /// Whether it has ended.
    pub ended: bool,
}

/// An organisation by its id, ended or not.
pub async fn find_ref(on: impl Into<On<'_>>, id: Uuid) -> Result<Option<OrgFacts>, DbError> {
    facts(id).optional(on).await
}

/// The same, where its division lies within one of the caller's.
pub async fn find_within(on: impl Into<On<'_>>, scopes: &[Uuid], id: Uuid) -> Result<Option<OrgFacts>, DbError> {
    listing::within(facts(id), DIVISION_OF_ORG, scopes).optional(on).await
}

fn facts(id: Uuid) -> Sql {
    sql(
        "SELECT o.id, o.name, o.division_id, o.level, o.leading_body, o.ended_at IS NOT NULL AS ended FROM org o \
         WHERE o.id = $1",
    )
    .bind(id)
}

/// Ids and names of those of these organisations that have not ended.
pub async fn names(on: impl Into<On<'_>>, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, DbError> {
    sql("SELECT o.id, o.name FROM org o WHERE o.ended_at IS NULL AND o.id")
        .in_list(ids)
        .all(on)
        .await
}

/// The dispatch office that is responsible for a division: its own, or that of the nearest division above, and how far
/// above that is.
pub async fn dispatch_office(on: impl Into<On<'_>>, division: Uuid) -> Result<Option<(Uuid, String, i64)>, DbError> {
    sql(
        "SELECT o.id, o.name, a.depth FROM org o JOIN division_ancestor a ON a.ancestor_id = o.division_id \
         WHERE a.descendant_id = $1 AND o.kind = $2 AND o.ended_at IS NULL ORDER BY a.depth, o.id LIMIT 1",
    )
    .bind(division)
    .bind(OrgKind::DispatchOffice)
    .optional(on)
    .await
}

/// An organisation as it is read.
#[derive(FromRow)]
struct OrgRow {
    id: Uuid,
    name: String,
    public_name: Option<String>,
    kind: OrgKind,
    level: Level,
    division_code: String,
    division_name: String,
    division_full_name: String,
    parent_id: Option<Uuid>,
    parent_name: Option<String>,
    leading_body: Option<LeadingBody>,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    ended_at: Option<Timestamp>,
    end_reason: Option<String>,
    successor_id: Option<Uuid>,
    successor_name: Option<String>,
    people: i64,
    organisations: i64,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

const COLUMNS: &str = "SELECT o.id, o.name, o.public_name, o.kind, o.level, d.code AS division_code, \
     d.name AS division_name, d.full_name AS division_full_name, o.parent_id, p.name AS parent_name, o.leading_body, \
     o.valid_from, o.valid_to, o.ended_at, o.end_reason, h.id AS successor_id, h.name AS successor_name, \
     (SELECT COUNT(*) FROM person x WHERE x.org_id = o.id AND x.active) AS people, \
     (SELECT COUNT(*) FROM org x WHERE x.parent_id = o.id AND x.ended_at IS NULL) AS organisations, \
     o.version, o.created_at, o.updated_at";

const TABLES: &str = " FROM org o JOIN division d ON d.id = o.division_id LEFT JOIN org p ON p.id = o.parent_id \
     LEFT JOIN org_successor s ON s.old_id = o.id AND s.takes_open_work LEFT JOIN org h ON h.id = s.new_id";

/// A page of organisations, by name.
pub async fn list(db: &Db, filters: &OrgFilters, page: &PageRequest) -> ApiResult<Page<OrgView>> {
    let mut statement = filtered(COLUMNS, filters);
    statement = statement.behind(" AND (o.name, o.id) > (", page.after::<String>()?);
    let rows: Vec<OrgRow> = statement
        .push_bind(" ORDER BY o.name, o.id LIMIT ", page.fetch())
        .all(db)
        .await?;
    let total = page
        .total(total::count(db, filtered("SELECT 1 AS one", filters)))
        .await?;
    Ok(page
        .page(rows, |row| (row.name.clone(), row.id), OrgRow::view)
        .with_total(total))
}

fn filtered(head: &'static str, filters: &OrgFilters) -> Sql {
    let mut statement = sql(head)
        .push(TABLES)
        .push(" WHERE 1 = 1")
        .and_in("o.kind", &filters.kind)
        .and_opt("o.level = ", filters.level)
        .and_opt("o.parent_id = ", filters.parent);
    if filters.include_ended != Some(true) {
        statement = statement.push(" AND o.ended_at IS NULL");
    }
    if let Some(division) = &filters.division {
        statement = statement
            .push_bind(
                " AND EXISTS (SELECT 1 FROM division_ancestor a JOIN division x ON x.id = a.ancestor_id \
                 WHERE a.descendant_id = o.division_id AND x.code = ",
                division,
            )
            .push(")");
    }
    if let Some(text) = &filters.q {
        statement = statement
            .push_bind(" AND lower(o.name) LIKE ", listing::anywhere(text))
            .push(" ESCAPE '\\'");
    }
    statement
}

/// An organisation, ended or not.
pub async fn find_view(on: impl Into<On<'_>>, id: Uuid) -> ApiResult<OrgView> {
    let row: Option<OrgRow> = sql(COLUMNS)
        .push(TABLES)
        .push_bind(" WHERE o.id = ", id)
        .optional(on)
        .await?;
    Ok(row.or_not_found()?.view())
}

/// The version of an organisation within the caller's reach, and whether it has ended; locked until the end.
pub async fn lock(tx: &mut Tx, scopes: &[Uuid], id: Uuid) -> Result<Option<(i64, bool)>, DbError> {
    let lock = tx.lock_clause(" FOR UPDATE OF o");
    let statement = sql("SELECT o.version, o.ended_at IS NOT NULL FROM org o WHERE o.id = $1").bind(id);
    listing::within(statement, DIVISION_OF_ORG, scopes)
        .push(lock)
        .optional(tx)
        .await
}

/// The living organisation of this name in a division.
pub async fn find_named(on: impl Into<On<'_>>, division: Uuid, name: &str) -> Result<Option<Uuid>, DbError> {
    let found: Option<(Uuid,)> =
        sql("SELECT id FROM org WHERE division_id = $1 AND name = $2 AND ended_at IS NULL ORDER BY id")
            .bind(division)
            .bind(name)
            .optional(on)
            .await?;
    Ok(found.map(|(id,)| id))
}

/// Enters an organisation that `domain::place` has found fit.
///
/// # Errors
/// 409 `duplicate` where a living one of this name stands in the division, with its id.
pub async fn insert(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    body: &NewOrg,
    (division, level): (Uuid, Level),
) -> ApiResult<Uuid> {
    let id = ids.next();
    refuse_twin(tx, id, division, &body.name).await?;
    sql(
        "INSERT INTO org (id, name, public_name, kind, level, division_id, parent_id, leading_body, valid_from, \
         created_at, created_by, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, $11)",
    )
    .bind(id)
    .bind(&body.name)
    .bind(body.public_name.as_deref())
    .bind(body.kind)
    .bind(level)
    .bind(division)
    .bind(body.parent_id)
    .bind(body.leading_body)
    .bind(act.at.shanghai_date())
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    tree::plant(tx, id, body.parent_id).await?;
    let payload = json!({
        "kind": body.kind, "level": level, "division_id": division, "parent_id": body.parent_id,
        "leading_body": body.leading_body,
    });
    append_to(tx, ids, act, NewEvent::of("org", id, "org.created").with(payload)).await?;
    Ok(id)
}

/// Refuses a name that another living organisation of the division bears. The transaction holds the tree, so that
/// nobody else gives the same name at this moment.
///
/// # Errors
/// 409 `duplicate` with its id.
async fn refuse_twin(tx: &mut Tx, id: Uuid, division: Uuid, name: &str) -> ApiResult<()> {
    let twin: Option<(Uuid,)> =
        sql("SELECT id FROM org WHERE division_id = $1 AND name = $2 AND ended_at IS NULL AND id <> $3")
            .bind(division)
            .bind(name)
            .bind(id)
            .optional(tx)
            .await?;
    match twin {
        Some((twin,)) => Err(ApiError::new(Code::Duplicate).with_member("existing_id", twin.to_string())),
        None => Ok(()),
    }
}

/// Carries a patch out.
///
/// # Errors
/// 409 `duplicate` where another living one of the new name stands in the division, with its id.
pub async fn update(tx: &mut Tx, ids: &Ids, act: &Act, org: &OrgFacts, patch: &OrgPatch) -> ApiResult<()> {
    let id = org.id;
    if let Some(name) = &patch.name {
        refuse_twin(tx, id, org.division_id, name).await?;
    }
    sql(
        "UPDATE org SET version = version + 1, updated_at = $2, updated_by = $3, \
         name = coalesce($4, name), public_name = CASE WHEN $5 THEN $6 ELSE public_name END WHERE id = $1",
    )
    .bind(id)
    .bind(act.at)
    .bind(act.person)
    .bind(patch.name.as_deref())
    .bind(patch.public_name.is_some())
    .bind(patch.public_name.as_ref().and_then(|name| name.as_deref()))
    .run(tx)
    .await?;
    if let Some(parent) = patch.parent_id {
        tree::move_under(tx, id, parent).await?;
    }
    let changed: Vec<&str> = [
        ("name", patch.name.is_some()),
        ("public_name", patch.public_name.is_some()),
        ("parent_id", patch.parent_id.is_some()),
    ]
    .into_iter()
    .filter_map(|(field, there)| there.then_some(field))
    .collect();
    let payload = json!({ "changed": changed, "parent_id": patch.parent_id.flatten() });
    append_to(tx, ids, act, NewEvent::of("org", id, "org.updated").with(payload)).await?;
    Ok(())
}

impl OrgRow {
    fn view(self) -> OrgView {
        OrgView {
            id: self.id,
            name: self.name,
            public_name: self.public_name,
            kind: self.kind,
            level: self.level,
            division: DivisionRef {
                code: self.division_code,
                name: self.division_name,
                full_name: self.division_full_name,
            },
            parent: OrgRef::from_parts(self.parent_id, self.parent_name),
            leading_body: self.leading_body,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            ended_at: self.ended_at,
            end_reason: self.end_reason,
            successor: OrgRef::from_parts(self.successor_id, self.successor_name),
            counts: OrgCounts {
                people: self.people,
                organisations: self.organisations,
            },
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}
