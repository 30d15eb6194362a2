//! Every statement on `client_app`, but for those that sign a client in (`auth`).

use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use super::dto::{ClientFilters, NewClientApp};
use crate::clock::Timestamp;
use crate::db::{Db, DbError, Sql, Tx, sql};
use crate::directory::listing::{DIVISION_OF_ORG, within};
use crate::events::Act;
use crate::http::rate_limit::Rate;
use crate::http::total;

/// A client without its secrets.
#[derive(Clone, Debug, FromRow)]
pub struct ClientRow {
    pub(crate) id: Uuid,
    pub(crate) client_id: String,
    pub(crate) name: String,
    pub(crate) org_id: Uuid,
    pub(crate) org_name: String,
    pub(crate) scopes: Value,
    pub(crate) rate_policy: Option<Value>,
    pub(crate) previous_secret_until: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) version: i64,
    pub(crate) rights: i64,
}

const DETAIL: &str = "SELECT c.id, c.client_id, c.name, c.org_id, o.name AS org_name, c.scopes, c.rate_policy, c.previous_secret_until, \
     c.ended_at, c.version, c.rights FROM client_app c JOIN org o ON o.id = c.org_id WHERE 1 = 1";

/// A page of the clients whose organisations lie in these divisions.
pub fn page(divisions: &[Uuid], filters: &ClientFilters, after: Option<(String, Uuid)>, fetch: i64) -> Sql {
    narrowed(sql(DETAIL), divisions, filters)
        .and_opt("c.client_id > ", after.map(|(id, _)| id))
        .push_bind(" ORDER BY c.client_id LIMIT ", fetch)
}

/// How many of them there are; counted to one more than lists do.
pub async fn count(db: &Db, divisions: &[Uuid], filters: &ClientFilters) -> Result<i64, DbError> {
    let rows = sql("SELECT 1 AS one FROM client_app c JOIN org o ON o.id = c.org_id WHERE 1 = 1");
    total::count(db, narrowed(rows, divisions, filters)).await
}

fn narrowed(statement: Sql, divisions: &[Uuid], filters: &ClientFilters) -> Sql {
    let statement = within(statement, DIVISION_OF_ORG, divisions);
    if filters.include_ended == Some(true) {
        statement
    } else {
        statement.push(" AND c.ended_at IS NULL")
    }
}

/// One client within these divisions.
pub fn one(divisions: &[Uuid], id: Uuid) -> Sql {
    within(sql(DETAIL), DIVISION_OF_ORG, divisions).and("c.id = ", id)
}

/// How a secret is kept: hexadecimal SHA-256 behind a prefix that says so.
pub fn secret_hash(secret: &str) -> String {
    format!(
        "sha256:{}",
        crate::events::domain::hex(&crate::auth::keys::sha256(secret.as_bytes()))
    )
}

/// Inserts a client.
pub async fn insert(
    tx: &mut Tx,
    id: Uuid,
    act: &Act,
    real_now: Timestamp,
    new: &NewClientApp,
    secret: &str,
) -> Result<(), DbError> {
    sql(
        "INSERT INTO client_app (id, client_id, name, org_id, division_id, scopes, secret_hash, rights_changed_at, \
         created_at, created_by, updated_at, updated_by, rate_policy) \
         SELECT $1, $2, $3, o.id, o.division_id, $4, $5, $6, $7, $8, $7, $8, $9 FROM org o WHERE o.id = $10",
    )
    .bind(id)
    .bind(&new.client_id)
    .bind(&new.name)
    .bind(serde_json::json!(new.scopes))
    .bind(secret_hash(secret))
    .bind(real_now)
    .bind(act.at)
    .bind(act.person)
    .bind(new.rate_policy.map(|rate| serde_json::json!(rate)))
    .bind(new.org_id)
    .run(tx)
    .await?;
    Ok(())
}

/// Gives a client of this version another rate, or none of its own. Whether it had the version.
pub async fn set_rate(tx: &mut Tx, id: Uuid, version: i64, act: &Act, rate: Option<Rate>) -> Result<bool, DbError> {
    let touched = sql(
        "UPDATE client_app SET rate_policy = $1, version = version + 1, updated_at = $2, updated_by = $3 \
         WHERE id = $4 AND version = $5",
    )
    .bind(rate.map(|rate| serde_json::json!(rate)))
    .bind(act.at)
    .bind(act.person)
    .bind(id)
    .bind(version)
    .run(tx)
    .await?;
    Ok(touched == 1)
}

/// Gives a client of this version a new secret; the old one stays good until then. Whether it had the version.
pub async fn rotate(
    tx: &mut Tx,
    id: Uuid,
    version: i64,
    act: &Act,
    secret: &str,
    until: Timestamp,
) -> Result<bool, DbError> {
    let touched = sql(
        "UPDATE client_app SET previous_secret_hash = secret_hash, previous_secret_until = $1, \
         secret_hash = $2, version = version + 1, updated_at = $3, updated_by = $4 WHERE id = $5 AND version = $6",
    )
    .bind(until)
    .bind(secret_hash(secret))
    .bind(act.at)
    .bind(act.person)
    .bind(id)
    .bind(version)
    .run(tx)
    .await?;
    Ok(touched == 1)
}

/// Ends a client of this version; its tokens are stale at once. Whether it had the version.
pub async fn end(
    tx: &mut Tx,
    id: Uuid,
    version: i64,
    act: &Act,
    real_now: Timestamp,
    reason: &str,
) -> Result<bool, DbError> {
    let touched = sql(
        "UPDATE client_app SET ended_at = $1, end_reason = $2, rights = rights + 1, rights_changed_at = $3, \
         version = version + 1, updated_at = $1, updated_by = $4 WHERE id = $5 AND version = $6",
    )
    .bind(act.at)
    .bind(reason)
    .bind(real_now)
    .bind(act.person)
    .bind(id)
    .bind(version)
    .run(tx)
    .await?;
    Ok(touched == 1)
}

/// Whether some client calls itself so.
pub async fn is_taken(tx: &mut Tx, client_id: &str) -> Result<bool, DbError> {
    let (count,): (i64,) = sql("SELECT COUNT(*) FROM client_app WHERE client_id = $1")
        .bind(client_id)
        .one(tx)
        .await?;
    Ok(count > 0)
}
