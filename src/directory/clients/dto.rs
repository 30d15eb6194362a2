//! Clients on the wire.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::store::ClientRow;
use crate::auth::policy::RULES;
use crate::clock::Timestamp;
use crate::directory::refs::OrgRef;
use crate::error::FaultCode;
use crate::http::Versioned;
use crate::http::body::fault;
use crate::http::patch::nullable;
use crate::http::rate_limit::Rate;

/// A client to be added.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "scopes_exist"))]
#[schema(example = json!({
    "client_id": "yiwu-hotline", "name": "义乌市12345热线", "org_id": "019fb0c5-3f8e-7000-8000-000000000001",
    "scopes": ["problems:read", "problems:write"]
}))]
pub struct NewClientApp {
    /// What the client calls itself in OAuth; never changed.
    #[schema(min_length = 3, max_length = 64, pattern = "^[a-z0-9][a-z0-9._-]*$")]
    pub client_id: String,
    /// Its name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// The organisation that it acts for.
    pub org_id: Uuid,
    /// What it may do: scopes of `GET /meta/permissions`.
    #[schema(min_items = 1, max_items = 50)]
    pub scopes: Vec<String>,
    /// How many requests it may send as a whole; null: what the installation allows each person.
    #[serde(default)]
    pub rate_policy: Option<Rate>,
}

/// What changes of a client.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "rate_policy": { "requests": 6000, "seconds": 60 } }))]
pub struct ClientAppPatch {
    /// How many requests it may send as a whole, on every replica; null: what the installation allows each person.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Rate>)]
    pub rate_policy: Option<Option<Rate>>,
}

fn scopes_exist(body: &NewClientApp) -> Result<(), validator::ValidationError> {
    let known = |scope: &String| RULES.iter().any(|rule| rule.scope == scope) || scope == "reporters:act";
    if body.scopes.iter().all(known) {
        Ok(())
    } else {
        Err(fault(FaultCode::NotInList, "/scopes"))
    }
}

/// Why something ends.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "系统下线" }))]
pub struct EndReason {
    /// In words.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// A client.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClientAppView {
    /// Its id.
    pub id: Uuid,
    /// What it calls itself in OAuth.
    pub client_id: String,
    /// Its name.
    pub name: String,
    /// The organisation that it acts for.
    pub org: OrgRef,
    /// What it may do.
    #[schema(value_type = Vec<String>)]
    pub scopes: Value,
    /// How many requests it may send as a whole; null: what the installation allows each person.
    #[schema(required, value_type = Option<Rate>)]
    pub rate_policy: Option<Value>,
    /// Until when the secret before the present one is good.
    #[schema(required)]
    pub previous_secret_until: Option<Timestamp>,
    /// When it ended.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Grows with every change.
    pub version: i64,
}

/// A client with a new secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClientSecretView {
    /// The client.
    #[serde(flatten)]
    pub client: ClientAppView,
    /// The secret; shown this once.
    pub client_secret: String,
}

impl Versioned for ClientAppView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Versioned for ClientSecretView {
    fn version(&self) -> i64 {
        self.client.version
    }
}

impl From<ClientRow> for ClientAppView {
    fn from(row: ClientRow) -> Self {
        Self {
            id: row.id,
            client_id: row.client_id,
            name: row.name,
            org: OrgRef {
                id: row.org_id,
                name: row.org_name,
            },
            scopes: row.scopes,
            rate_policy: row.rate_policy,
            previous_secret_until: row.previous_secret_until,
            ended_at: row.ended_at,
            version: row.version,
        }
    }
}

/// Which clients.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClientFilters {
    /// Ended ones too.
    pub include_ended: Option<bool>,
}
