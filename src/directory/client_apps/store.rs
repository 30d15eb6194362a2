//! Every statement on `client_app`, but for the end of an organisation's (`orgs::succession`).

use serde_json::json;
use sqlx::FromRow;
use sqlx::types::Json;
use uuid::Uuid;

use super::domain::OVERLAP_SECONDS;
use super::dto::{ClientAppFilters, ClientAppView, NewClientApp};
use crate::clock::{Ids, Timestamp};
use crate::db::{Db, DbError, On, Sql, Tx, sql};
use crate::directory::listing;
use crate::directory::refs::{DivisionRef, OrgRef};
use crate::error::{ApiError, ApiResult, Code, Fault, FaultCode, OrNotFound as _};
use crate::events::store::append_to;
use crate::events::{Act, NewEvent};
use crate::http::Page;
use crate::http::page::PageRequest;

#[derive(FromRow)]
struct ClientRow {
    id: Uuid,
    client_id: String,
    name: String,
    org_id: Uuid,
    org_name: String,
    division_code: String,
    division_name: String,
    division_full_name: String,
    scopes: Json<Vec<String>>,
    previous_secret_until: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    end_reason: Option<String>,
    version: i64,
    created_at: Timestamp,
}

const COLUMNS: &str = "SELECT c.id, c.client_id, c.name, c.org_id, o.name AS org_name, d.code AS division_code, \
     d.name AS division_name, d.full_name AS division_full_name, c.scopes, c.previous_secret_until, c.ended_at, \
     c.end_reason, c.version, c.created_at";

const TABLES: &str =
    " FROM client_app c JOIN org o ON o.id = c.org_id JOIN division d ON d.id = c.division_id WHERE 1 = 1";

/// A page of the clients of organisations within the caller's reach, by `client_id`.
pub async fn list(
    db: &Db,
    scopes: &[Uuid],
    filters: &ClientAppFilters,
    page: &PageRequest,
) -> ApiResult<Page<ClientAppView>> {
    let filtered = |head: &'static str| -> Sql {
        let statement = listing::within(sql(head).push(TABLES), listing::DIVISION_OF_ORG, scopes)
            .and_opt("c.org_id = ", filters.org);
        if filters.include_ended == Some(true) {
            statement
        } else {
            statement.push(" AND c.ended_at IS NULL")
        }
    };
    let mut statement = filtered(COLUMNS);
    if let Some((client, id)) = page.after::<String>()? {
        statement = statement
            .push_bind(" AND (c.client_id, c.id) > (", client)
            .push_bind(", ", id)
            .push(")");
    }
    let rows: Vec<ClientRow> = statement
        .push_bind(" ORDER BY c.client_id, c.id LIMIT ", page.fetch())
        .all(db)
        .await?;
    let total = listing::total(db, page, filtered).await?;
    Ok(page
        .page(rows, |row| (row.client_id.clone(), row.id), ClientRow::view)
        .with_total(total))
}

/// A client of an organisation within the caller's reach, ended or not.
pub async fn find_view(on: impl Into<On<'_>>, scopes: &[Uuid], id: Uuid) -> ApiResult<ClientAppView> {
    let statement = sql(COLUMNS).push(TABLES).and("c.id = ", id);
    let row: Option<ClientRow> = listing::within(statement, listing::DIVISION_OF_ORG, scopes)
        .optional(on)
        .await?;
    Ok(row.or_not_found()?.view())
}

/// Registers a client with a secret in its stored form. `real_now` is what tokens keep.
///
/// # Errors
/// 409 `duplicate` at `/client_id`.
pub async fn insert(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    body: &NewClientApp,
    division: Uuid,
    secret_hash: String,
    real_now: Timestamp,
) -> ApiResult<Uuid> {
    let id = ids.next();
    sql(
        "INSERT INTO client_app (id, client_id, name, org_id, division_id, scopes, secret_hash, rights_changed_at, \
         created_at, created_by, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, $10)",
    )
    .bind(id)
    .bind(&body.client_id)
    .bind(&body.name)
    .bind(body.org_id)
    .bind(division)
    .bind(json!(body.scopes))
    .bind(secret_hash)
    .bind(real_now)
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await
    .map_err(|error| match error {
        DbError::Unique(_) => {
            ApiError::new(Code::Duplicate).with_faults(vec![Fault::new("/client_id", FaultCode::Repeated)])
        }
        other => other.into(),
    })?;
    let payload = json!({ "org_id": body.org_id, "division_id": division, "scopes": body.scopes });
    append_to(
        tx,
        ids,
        act,
        NewEvent::of("client_app", id, "client_app.created").with(payload),
    )
    .await?;
    Ok(id)
}

/// Locks a client's row until the end of the transaction.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<(), DbError> {
    // SQLite's one writer needs no lock.
    let lock = tx.pick("", " FOR UPDATE");
    let _: Option<(i64,)> = sql("SELECT version FROM client_app WHERE id = $1")
        .bind(id)
        .push(lock)
        .optional(tx)
        .await?;
    Ok(())
}

/// Gives a client a new secret; the old one is good for a day more.
pub async fn rotate(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    id: Uuid,
    secret_hash: String,
    real_now: Timestamp,
) -> ApiResult<()> {
    sql(
        "UPDATE client_app SET previous_secret_hash = secret_hash, previous_secret_until = $3, secret_hash = $2, \
         version = version + 1, updated_at = $4, updated_by = $5 WHERE id = $1",
    )
    .bind(id)
    .bind(secret_hash)
    .bind(real_now.plus_seconds(OVERLAP_SECONDS))
    .bind(act.at)
    .bind(act.person)
    .run(tx)
    .await?;
    append_to(
        tx,
        ids,
        act,
        NewEvent::of("client_app", id, "client_app.secret_rotated"),
    )
    .await?;
    Ok(())
}

/// Ends a client; the new number of its rights.
pub async fn end(
    tx: &mut Tx,
    ids: &Ids,
    act: &Act,
    id: Uuid,
    reason: &str,
    real_now: Timestamp,
) -> Result<i64, DbError> {
    let (rights,): (i64,) = sql(
        "UPDATE client_app SET ended_at = $2, end_reason = $3, version = version + 1, updated_at = $2, updated_by = $4, \
         rights = rights + 1, rights_changed_at = $5 WHERE id = $1 RETURNING rights",
    )
    .bind(id)
    .bind(act.at)
    .bind(reason)
    .bind(act.person)
    .bind(real_now)
    .one(&mut *tx)
    .await?;
    let event = NewEvent::of("client_app", id, "client_app.ended").with_text(Some(reason.to_owned()));
    append_to(tx, ids, act, event).await?;
    Ok(rights)
}

impl ClientRow {
    fn view(self) -> ClientAppView {
        ClientAppView {
            id: self.id,
            client_id: self.client_id,
            name: self.name,
            org: OrgRef {
                id: self.org_id,
                name: self.org_name,
            },
            division: DivisionRef {
                code: self.division_code,
                name: self.division_name,
                full_name: self.division_full_name,
            },
            scopes: self.scopes.0,
            previous_secret_until: self.previous_secret_until,
            ended_at: self.ended_at,
            end_reason: self.end_reason,
            version: self.version,
            created_at: self.created_at,
        }
    }
}
