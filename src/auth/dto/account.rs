//! The accounts that an administrator keeps.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::auth::store::accounts::AccountRow;
use crate::clock::Timestamp;
use crate::directory::refs::OrgRef;
use crate::http::Versioned;

/// A person's account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// Person id.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// The organisation; null for a person outside the administration.
    #[schema(required)]
    pub org: Option<OrgRef>,
    /// The user name; null where the person has no account.
    #[schema(required)]
    pub username: Option<String>,
    /// Whether the person may come in.
    pub active: bool,
    /// Since when not; null: he may.
    #[schema(required)]
    pub disabled_at: Option<Timestamp>,
    /// Whether the password must be changed first.
    pub must_change_password: bool,
    /// When the last one-time code ends or ended; null: there is none.
    #[schema(required)]
    pub reset_expires_at: Option<Timestamp>,
    /// The number of the person's rights, which tokens carry.
    #[schema(minimum = 1)]
    pub rights: i64,
    /// The version of the person, for `If-Match`.
    #[schema(minimum = 1)]
    pub version: i64,
}

impl Versioned for AccountView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl From<AccountRow> for AccountView {
    fn from(row: AccountRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            org: OrgRef::from_parts(row.org_id, row.org_name),
            username: row.username,
            active: row.active,
            disabled_at: row.disabled_at,
            must_change_password: row.must_change.unwrap_or(false),
            reset_expires_at: row.reset_expires_at,
            rights: row.rights,
            version: row.version,
        }
    }
}

/// Why a person may no longer come in.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "调离岗位" }))]
pub struct DisablePerson {
    /// The reason, for the record.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// What a one-time code is made for.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "username": "officer" }))]
pub struct NewResetCode {
    /// The user name to open an account with, for a person who has none: 2 to 64 characters without spaces. Not needed
    /// where there is an account: a name is never changed.
    #[schema(min_length = 1, max_length = 200)]
    pub username: Option<String>,
}

impl Versioned for ResetCode {}

/// A one-time code, shown this once.
#[derive(Serialize, ToSchema)]
pub struct ResetCode {
    /// The person's user name.
    #[schema(example = "officer")]
    pub username: String,
    /// The code, for `redeem_reset_code`.
    #[schema(example = "ABCDE-FGHJK-LMNPQ-RSTUV")]
    pub code: String,
    /// When it ends: 24 hours after it was made.
    pub expires_at: Timestamp,
}
