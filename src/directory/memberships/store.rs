//! Every statement on `membership`.

use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use super::dto::{MembershipView, RightFilters};
use crate::auth::Role;
use crate::clock::{Ids, Timestamp};
use crate::db::{AdvisoryLock, Db, DbError, On, Sql, Tx, sql};
use crate::directory::listing;
use crate::directory::refs::{DivisionRef, OrgRef, PersonRef};
use crate::error::{ApiError, ApiResult, Code, OrNotFound as _};
use crate::events::store::append_to;
use crate::events::{Act, NewEvent};
use crate::http::Page;
use crate::http::page::PageRequest;
use crate::http::total;

/// A membership that `domain::Grant` has found fit.
#[derive(Clone, Copy, Debug)]
pub struct NewRow {
    /// Whose.
    pub person: Uuid,
    /// The role.
    pub role: Role,
    /// Where.
    pub org: Uuid,
    /// How far it reaches.
    pub division: Uuid,
    /// From when.
    pub valid_from: Timestamp,
    /// Until when.
    pub valid_to: Option<Timestamp>,
}

#[derive(FromRow)]
struct MembershipRow {
    id: Uuid,
    person_id: Uuid,
    person_name: String,
    role: Role,
    org_id: Uuid,
    org_name: String,
    division_code: String,
    division_name: String,
    division_full_name: String,
    valid_from: Timestamp,
    valid_to: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    end_reason: Option<String>,
    version: i64,
}

const COLUMNS: &str = "SELECT m.id, m.person_id, p.name AS person_name, m.role, m.org_id, o.name AS org_name, \
     d.code AS division_code, d.name AS division_name, d.full_name AS division_full_name, m.valid_from, m.valid_to, \
     m.ended_at, m.end_reason, m.version";

const TABLES: &str = " FROM membership m JOIN person p ON p.id = m.person_id JOIN org o ON o.id = m.org_id \
     JOIN division d ON d.id = m.division_id";

/// Of the membership `m`.
const WITHIN: &str =
    " AND EXISTS (SELECT 1 FROM division_ancestor r WHERE r.descendant_id = m.division_id AND r.ancestor_id";

/// Whether a person who is active holds a membership in this very organisation.
pub async fn belongs(on: impl Into<On<'_>>, person: Uuid, org: Uuid, now: Timestamp) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> = sql("SELECT m.id FROM membership m JOIN person p ON p.id = m.person_id \
         WHERE m.person_id = $1 AND m.org_id = $2 AND p.active = $3 AND m.ended_at IS NULL AND m.valid_from <= $4 \
         AND (m.valid_to IS NULL OR m.valid_to > $4) LIMIT 1")
    .bind(person)
    .bind(org)
    .bind(true)
    .bind(now)
    .optional(on)
    .await?;
    Ok(found.is_some())
}

/// The organisation nearest to a division in which an active person holds a role that reaches it: of the division
/// itself, else of the nearest one above; its name, and how far above that is.
pub async fn nearest_org(
    on: impl Into<On<'_>>,
    role: Role,
    division: Uuid,
    now: Timestamp,
) -> Result<Option<(Uuid, String, i64)>, DbError> {
    sql("SELECT o.id, o.name, a.depth FROM membership m \
         JOIN division_ancestor a ON a.ancestor_id = m.division_id AND a.descendant_id = $1 \
         JOIN person p ON p.id = m.person_id JOIN org o ON o.id = m.org_id \
         WHERE m.role = $2 AND p.active = $3 AND o.ended_at IS NULL AND m.ended_at IS NULL AND m.valid_from <= $4 \
         AND (m.valid_to IS NULL OR m.valid_to > $4) ORDER BY a.depth, m.org_id LIMIT 1")
    .bind(division)
    .bind(role)
    .bind(true)
    .bind(now)
    .optional(on)
    .await
}

/// A page of a person's memberships, oldest first.
pub async fn list(
    db: &Db,
    person: Uuid,
    filters: &RightFilters,
    now: Timestamp,
    page: &PageRequest,
) -> ApiResult<Page<MembershipView>> {
    let filtered = |head: &'static str| -> Sql {
        let statement = sql(head).push(TABLES).push_bind(" WHERE m.person_id = ", person);
        if filters.include_ended == Some(true) {
            return statement;
        }
        statement
            .push_bind(" AND m.ended_at IS NULL AND (m.valid_to IS NULL OR m.valid_to > ", now)
            .push(")")
    };
    let mut statement = filtered(COLUMNS);
    statement = statement.behind(" AND (m.valid_from, m.id) > (", page.after::<Timestamp>()?);
    let rows: Vec<MembershipRow> = statement
        .push_bind(" ORDER BY m.valid_from, m.id LIMIT ", page.fetch())
        .all(db)
        .await?;
    let total = page.total(total::count(db, filtered("SELECT 1 AS one"))).await?;
    Ok(page
        .page(rows, |row| (row.valid_from, row.id), MembershipRow::view)
        .with_total(total))
}

/// A membership within the caller's reach, ended or not.
pub async fn find_view(on: impl Into<On<'_>>, scopes: &[Uuid], id: Uuid) -> ApiResult<MembershipView> {
    let statement = sql(COLUMNS).push(TABLES).push_bind(" WHERE m.id = ", id);
    let row: Option<MembershipRow> = listing::within(statement, WITHIN, scopes).optional(on).await?;
    Ok(row.or_not_found()?.view())
}

/// Gives a membership. The person's row is locked by then, so two equal ones cannot be given at once.
///
/// # Errors
/// 409 `duplicate` where the person holds the same one, with its id.
pub async fn insert(tx: &mut Tx, ids: &Ids, act: &Act, row: &NewRow) -> ApiResult<Uuid> {
    let twin: Option<(Uuid,)> = sql(
        "SELECT id FROM membership WHERE person_id = $1 AND role = $2 AND org_id = $3 \
         AND division_id = $4 AND ended_at IS NULL AND (valid_to IS NULL OR valid_to > $5)",
    )
    .bind(row.person)
    .bind(row.role)
    .bind(row.org)
    .bind(row.division)
    .bind(row.valid_from)
    .optional(&mut *tx)
    .await?;
    if let Some((twin,)) = twin {
        return Err(ApiError::new(Code::Duplicate).with_member("existing_id", twin.to_string()));
    }
    let id = ids.next();
    sql(
        "INSERT INTO membership (id, person_id, role, org_id, division_id, valid_from, valid_to, created_at, created_by, \
         updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, $9)",
    )
    .bind(id)
    .bind(row.person)
    .bind(row.role)
    .bind(row.org)
    .bind(row.division)
    .bind(row.valid_from)
    .bind(row.valid_to)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    let payload = json!({
        "membership_id": id, "role": row.role, "org_id": row.org, "division_id": row.division,
    });
    append_to(
        tx,
        ids,
        act,
        NewEvent::of("person", row.person, "membership.created").with(payload),
    )
    .await?;
    Ok(id)
}

/// Ends a membership.
pub async fn end(tx: &mut Tx, ids: &Ids, act: &Act, membership: &MembershipView, reason: &str) -> ApiResult<()> {
    sql(
        "UPDATE membership SET ended_at = $2, end_reason = $3, version = version + 1, updated_at = $2, updated_by = $4 \
         WHERE id = $1",
    )
    .bind(membership.id)
    .bind(act.at)
    .bind(reason)
    .bind(act.person)
    .run(tx)
    .await?;
    let event = NewEvent::of("person", membership.person.id, "membership.ended")
        .with(json!({ "membership_id": membership.id, "role": membership.role, "org_id": membership.org.id }))
        .with_text(Some(reason.to_owned()));
    append_to(tx, ids, act, event).await?;
    Ok(())
}

/// Whether somebody can administer now: he is active, and his membership is in force. Who decides by the answer takes
/// `AdvisoryLock::Administrators` first.
pub async fn has_administrator(on: impl Into<On<'_>>, now: Timestamp) -> Result<bool, DbError> {
    let found: Option<(Uuid,)> = sql("SELECT m.id FROM membership m JOIN person p ON p.id = m.person_id \
         WHERE m.role = $1 AND m.ended_at IS NULL AND m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to > $2) \
         AND p.active LIMIT 1")
    .bind(Role::Admin)
    .bind(now)
    .optional(on)
    .await?;
    Ok(found.is_some())
}

/// Makes sure that somebody is left who can administer; to be asked after the change, before the commit.
///
/// # Errors
/// 409 `last_administrator`.
pub async fn require_administrator(tx: &mut Tx, now: Timestamp) -> ApiResult<()> {
    // Two administrators who end each other at once: the second waits here and then sees what the first did.
    tx.take(AdvisoryLock::Administrators).await?;
    if has_administrator(tx, now).await? {
        Ok(())
    } else {
        Err(ApiError::new(Code::LastAdministrator))
    }
}

impl MembershipRow {
    fn view(self) -> MembershipView {
        MembershipView {
            id: self.id,
            person: PersonRef {
                id: self.person_id,
                name: self.person_name,
            },
            role: self.role,
            org: OrgRef {
                id: self.org_id,
                name: self.org_name,
            },
            division: DivisionRef {
                code: self.division_code,
                name: self.division_name,
                full_name: self.division_full_name,
            },
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            ended_at: self.ended_at,
            end_reason: self.end_reason,
            version: self.version,
        }
    }
}
