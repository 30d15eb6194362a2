//! One's own account: who one is here, what one may do, where one is signed in.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::auth::policy::Role;
use crate::auth::store::sessions::SessionRow;
use crate::auth::store::subjects::{DelegationRow, Membership};
use crate::clock::Timestamp;
use crate::directory::refs::{DivisionRef, OrgRef, PersonRef};
use crate::http::Versioned;

/// A membership: what it makes of the person, and how far it reaches.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeldMembership {
    /// Its id, for `membership` in a token request.
    pub id: Uuid,
    /// The role.
    pub role: Role,
    /// The organisation in which it holds.
    pub org: OrgRef,
    /// The division whose subtree it reaches.
    pub division: DivisionRef,
    /// Since when it holds; null for a client.
    #[schema(required)]
    pub valid_from: Option<Timestamp>,
    /// When it ends; null: not known.
    #[schema(required)]
    pub valid_to: Option<Timestamp>,
    /// Whether the caller acts with it.
    pub acting: bool,
}

impl HeldMembership {
    /// The view of a membership; `acting` is the one that the caller acts with.
    pub fn of(held: &Membership, acting: Option<Uuid>) -> Self {
        let membership = &held.reach.membership;
        Self {
            id: membership.id,
            role: membership.role,
            org: OrgRef {
                id: membership.org,
                name: held.org_name.clone(),
            },
            division: DivisionRef {
                code: membership.division_code.clone(),
                name: held.division_name.clone(),
                full_name: held.division_full_name.clone(),
            },
            valid_from: held.valid_from,
            valid_to: held.valid_to,
            acting: Some(membership.id) == acting,
        }
    }
}

/// A client application.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClientRef {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// A delegation that the caller has received.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReceivedDelegation {
    /// Its id.
    pub id: Uuid,
    /// For whom the caller may act (`act_for` in a token request).
    pub from: PersonRef,
    /// The `operationId`s that it hands on.
    pub actions: Vec<String>,
    /// Since when it holds.
    pub valid_from: Timestamp,
    /// When it ends.
    pub valid_to: Timestamp,
}

impl From<DelegationRow> for ReceivedDelegation {
    fn from(row: DelegationRow) -> Self {
        Self {
            id: row.id,
            actions: row.actions(),
            from: PersonRef {
                id: row.from_person_id,
                name: row.from_name,
            },
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        }
    }
}

/// Who the caller is here and what he may do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MeView {
    /// The person who signed in; null for a client.
    #[schema(required)]
    pub person: Option<PersonRef>,
    /// The client that authenticated; null where none did.
    #[schema(required)]
    pub client: Option<ClientRef>,
    /// The person for whom the caller acts, whose memberships these are; null: for nobody else.
    #[schema(required)]
    pub on_behalf_of: Option<PersonRef>,
    /// The user name; null for a client.
    #[schema(required)]
    pub username: Option<String>,
    /// Whether the password must be changed first.
    pub must_change_password: bool,
    /// The distinct roles.
    pub roles: Vec<Role>,
    /// The names of the permissions that the caller has.
    #[schema(example = json!(["SignedIn", "ReadProblems"]))]
    pub permissions: Vec<&'static str>,
    /// What `?scope=` of a list may name, widest first: `division:330782`, `org:<id>`, `own`.
    #[schema(example = json!(["division:330782", "own"]))]
    pub scopes: Vec<String>,
    /// The memberships, oldest first.
    pub memberships: Vec<HeldMembership>,
    /// The delegations that the caller has received and that hold now.
    pub delegations: Vec<ReceivedDelegation>,
    /// The `operationId`s that the caller may carry out for `on_behalf_of`, besides what is about himself; null: he
    /// acts for nobody else.
    #[schema(required)]
    pub delegated: Option<Vec<String>>,
    /// The number of the rights that the token was made from.
    #[schema(minimum = 1)]
    pub rights: i64,
}

impl Versioned for MeView {}

/// A change of one's own password.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "old_password": "ABCDE-FGHJK-LMNPQ-RSTUV", "new_password": "three words of mine" }))]
pub struct ChangePassword {
    /// The password until now.
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 1024)]
    pub old_password: SecretString,
    /// The new one: 10 to 128 characters, at least four different ones, without the user name; not the old one.
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 1024)]
    pub new_password: SecretString,
}

/// A new password by a one-time code.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "username": "officer", "code": "ABCDE-FGHJK-LMNPQ-RSTUV", "new_password": "three words of mine"
}))]
pub struct RedeemCode {
    /// The user name; its case and width do not matter.
    #[schema(min_length = 1, max_length = 200)]
    pub username: String,
    /// The code as the administrator gave it; case and hyphens do not matter.
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 100)]
    pub code: SecretString,
    /// The new password: 10 to 128 characters, at least four different ones, without the user name.
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 1024)]
    pub new_password: SecretString,
}

/// Which sessions are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SessionFilters {
    /// Those that were ended or have expired, too.
    pub include_ended: Option<bool>,
}

/// A session: one sign-in with everything refreshed from it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// Its id.
    pub id: Uuid,
    /// Whether the caller's token belongs to it.
    pub current: bool,
    /// The client that authenticated; null where none did.
    #[schema(required)]
    pub client_name: Option<String>,
    /// For whom the caller acts in it; null: for nobody else.
    #[schema(required)]
    pub on_behalf_of: Option<PersonRef>,
    /// `User-Agent` at sign-in; null where none was sent.
    #[schema(required)]
    pub user_agent: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When a token was last taken.
    pub last_used_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// When it was ended; null: it was not.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Why it was ended: `logout`, `ended_by_owner`, `reuse`, `password_changed`, `password_reset` or `disabled`.
    #[schema(required)]
    pub end_reason: Option<String>,
}

impl SessionView {
    /// The view of a row for a caller of the session `current`.
    pub fn of(row: SessionRow, current: Uuid) -> Self {
        Self {
            id: row.id,
            current: row.id == current,
            client_name: row.client_name,
            on_behalf_of: PersonRef::from_parts(row.on_behalf_of, row.on_behalf_of_name),
            user_agent: row.user_agent,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
            ended_at: row.revoked_at,
            end_reason: row.revoke_reason,
        }
    }
}
