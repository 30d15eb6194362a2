//! Client applications, as far as authenticating one reads them. The directory keeps them.

use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use super::subjects::Membership;
use crate::auth::caller::TokenMembership;
use crate::auth::domain::Reach;
use crate::auth::policy::Role;
use crate::clock::Timestamp;
use crate::db::{DbError, On, Sql, sql};
use crate::directory::words::Level;

/// A client application.
#[derive(Clone, Debug, FromRow)]
pub struct ClientRow {
    /// Row id.
    pub id: Uuid,
    /// What it calls itself.
    pub client_id: String,
    /// Its name.
    pub name: String,
    org_id: Uuid,
    org_name: String,
    division_id: Uuid,
    division_code: String,
    division_name: String,
    division_full_name: String,
    level: Level,
    scopes: Value,
    secret_hash: Option<String>,
    previous_secret_hash: Option<String>,
    previous_secret_until: Option<Timestamp>,
    /// The number of its rights.
    pub rights: i64,
    /// When it was ended.
    pub ended_at: Option<Timestamp>,
}

const CLIENT: &str = "SELECT c.id, c.client_id, c.name, c.org_id, o.name AS org_name, c.division_id, d.code AS division_code, \
     d.name AS division_name, d.full_name AS division_full_name, d.level, c.scopes, c.secret_hash, \
     c.previous_secret_hash, c.previous_secret_until, c.rights, c.ended_at \
     FROM client_app c JOIN org o ON o.id = c.org_id JOIN division d ON d.id = c.division_id WHERE ";

fn client() -> Sql {
    sql(CLIENT)
}

/// The client that calls itself so, ended or not.
pub async fn find_by_name(on: impl Into<On<'_>>, client_id: &str) -> Result<Option<ClientRow>, DbError> {
    client().push_bind("c.client_id = ", client_id).optional(on).await
}

/// The client of a row.
pub async fn find(on: impl Into<On<'_>>, id: Uuid) -> Result<Option<ClientRow>, DbError> {
    client().push_bind("c.id = ", id).optional(on).await
}

impl ClientRow {
    /// The hashes that its secret may fit at `now` (real time): the present one, and the one before it while that is
    /// still good.
    pub fn secrets(&self, now: Timestamp) -> Vec<String> {
        let still_good = self.previous_secret_until.is_some_and(|until| until > now);
        let previous = self.previous_secret_hash.iter().filter(|_| still_good);
        self.secret_hash.iter().chain(previous).cloned().collect()
    }

    /// Its scopes.
    pub fn scopes(&self) -> Vec<String> {
        let names = self.scopes.as_array().into_iter().flatten();
        names.filter_map(Value::as_str).map(ToOwned::to_owned).collect()
    }

    /// What its registration makes of it: an integrating system of its organisation.
    pub fn membership(&self) -> Membership {
        Membership {
            reach: Reach {
                membership: TokenMembership {
                    id: self.id,
                    role: Role::Integrator,
                    org: self.org_id,
                    division: self.division_id,
                    division_code: self.division_code.clone(),
                },
                level: self.level,
            },
            org_name: self.org_name.clone(),
            division_name: self.division_name.clone(),
            division_full_name: self.division_full_name.clone(),
            valid_from: None,
            valid_to: None,
        }
    }
}

/// The clients that have a rate of their own and it.
pub async fn rate_policies(on: impl Into<On<'_>>) -> Result<Vec<(Uuid, Value)>, DbError> {
    sql("SELECT id, rate_policy FROM client_app WHERE rate_policy IS NOT NULL AND ended_at IS NULL ORDER BY id")
        .all(on)
        .await
}
