//! Client applications on the wire.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::clock::Timestamp;
use crate::directory::refs::{DivisionRef, OrgRef};
use crate::http::Versioned;

/// What narrows a list of clients.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClientAppFilters {
    /// Only those of this organisation.
    pub org: Option<Uuid>,
    /// Also those that have ended.
    pub include_ended: Option<bool>,
}

/// A client to be registered.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "client_id": "yiwu-12345", "name": "义乌市12345热线", "scopes": ["problems:read", "problems:write"],
    "org_id": "0168073d-ec00-7a53-a4f4-cb0ef64bf6f0" }))]
pub struct NewClientApp {
    /// What the client calls itself (OAuth 2.0 `client_id`).
    #[schema(
        min_length = 3,
        max_length = 64,
        pattern = "^[a-z0-9][a-z0-9._-]*$",
        example = "yiwu-12345"
    )]
    pub client_id: String,
    /// What people call it.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// The organisation for which it acts.
    pub org_id: Uuid,
    /// The code of the division that it reaches; without it the organisation's. Never wider than that.
    #[schema(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "330782")]
    pub division: Option<String>,
    /// What it may do; see `GET /meta/permissions`.
    #[schema(min_items = 1, max_items = 50)]
    pub scopes: Vec<String>,
}

/// A client application (对接系统).
#[derive(Debug, Serialize, ToSchema)]
pub struct ClientAppView {
    /// Its id.
    pub id: Uuid,
    /// What the client calls itself (OAuth 2.0 `client_id`).
    pub client_id: String,
    /// What people call it.
    pub name: String,
    /// The organisation for which it acts.
    pub org: OrgRef,
    /// The division that it reaches.
    pub division: DivisionRef,
    /// What it may do.
    pub scopes: Vec<String>,
    /// Until when the secret before the last rotation is good; null: there is none.
    #[schema(required)]
    pub previous_secret_until: Option<Timestamp>,
    /// When it was ended; null: it is not.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Why it was ended.
    #[schema(required)]
    pub end_reason: Option<String>,
    /// Grows with every change; for `If-Match`.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// A client with a new secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClientAppWithSecret {
    /// The client.
    #[serde(flatten)]
    pub client: ClientAppView,
    /// The secret; it is shown this once.
    #[schema(min_length = 43, max_length = 43)]
    pub client_secret: String,
}

impl Versioned for ClientAppView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Versioned for ClientAppWithSecret {
    fn version(&self) -> i64 {
        self.client.version
    }
}
