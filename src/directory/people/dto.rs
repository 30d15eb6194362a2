//! People on the wire.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::auth::Role;
use crate::clock::Timestamp;
use crate::directory::refs::OrgRef;
use crate::http::Versioned;
use crate::http::patch::nullable;

/// What narrows a list of people.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PersonFilters {
    /// Only those of this organisation or one below it.
    pub org: Option<Uuid>,
    /// Only those whose organisation stands in the division of this code, or under it.
    #[param(pattern = "^([0-9]{6}|[0-9]{9}|[0-9]{12})$", example = "330782")]
    pub division: Option<String>,
    /// Only those who hold this role now.
    #[param(inline)]
    pub role: Option<Role>,
    /// Text within the name.
    #[param(min_length = 1, max_length = 50)]
    pub q: Option<String>,
    /// Also those who are no longer active.
    pub include_ended: Option<bool>,
}

/// A person to be entered.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "示例干部", "org_id": "0168073d-ec00-7a53-a4f4-cb0ef64bf6f0", "title": "科长",
    "username": "shili.ganbu" }))]
pub struct NewPerson {
    /// The name.
    #[schema(min_length = 1, max_length = 50)]
    pub name: String,
    /// The organisation, within the administrator's division; for a reporter the one that keeps the account.
    pub org_id: Uuid,
    /// The post, in words.
    #[schema(min_length = 1, max_length = 100)]
    pub title: Option<String>,
    /// Makes an account of this name; the answer then holds its one-time code, once. Small letters, digits, `.`, `_`,
    /// `-`.
    #[schema(
        min_length = 3,
        max_length = 64,
        pattern = "^[a-z0-9][a-z0-9._-]*$",
        example = "shili.ganbu"
    )]
    pub username: Option<String>,
}

/// A change of a person (RFC 7396): what is absent stays, null empties.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "title": "副局长" }))]
pub struct PersonPatch {
    /// The name.
    #[schema(min_length = 1, max_length = 50, nullable = false)]
    pub name: Option<String>,
    /// The organisation, within the administrator's division. Memberships stay as they are.
    #[schema(nullable = false)]
    pub org_id: Option<Uuid>,
    /// The post, in words.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    pub title: Option<Option<String>>,
}

/// A person (人员).
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonView {
    /// Its id.
    pub id: Uuid,
    /// The name.
    #[schema(example = "示例干部")]
    pub name: String,
    /// The post, in words.
    #[schema(required)]
    pub title: Option<String>,
    /// The organisation; null: outside the administration.
    #[schema(required)]
    pub org: Option<OrgRef>,
    /// The roles that memberships give now, each once.
    pub roles: Vec<Role>,
    /// Whether there is an account to sign in with.
    pub has_account: bool,
    /// Whether the person is active; one who is not cannot sign in.
    pub active: bool,
    /// Grows with every change; for `If-Match`.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When the person was entered.
    pub created_at: Timestamp,
    /// When the entry was last changed.
    pub updated_at: Timestamp,
}

/// A person just entered, with the way into the account.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonCreated {
    /// The person.
    #[serde(flatten)]
    pub person: PersonView,
    /// The account, where a username was given.
    #[schema(required)]
    pub account: Option<NewAccount>,
}

/// An account that is opened with a one-time code.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewAccount {
    /// The name to sign in with.
    pub username: String,
    /// The one-time code with which the password is set; it is shown this once.
    pub one_time_code: String,
    /// Until when the code is good.
    pub expires_at: Timestamp,
}

impl Versioned for PersonView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Versioned for PersonCreated {
    fn version(&self) -> i64 {
        self.person.version
    }
}
