//! The role table, as the gate reads it, and what of it is the caller's.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::policy::{OPEN_OPERATIONS, RULES, Role, SignedIn};
use crate::auth::{Caller, Can};
use crate::http::Locale;
use crate::http::respond::{Versioned, View};

/// A role with its name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoleEntry {
    /// Which role.
    pub role: Role,
    /// Its name in the caller's language.
    #[schema(example = "服务专员、走访干部")]
    pub label: &'static str,
}

/// A permission: what it guards, and who holds it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PermissionEntry {
    /// Its name; the document has it as `x-permission` of its operations.
    #[schema(example = "RecordProblem")]
    pub permission: &'static str,
    /// What a client's token must hold besides; people's tokens are bound by role alone.
    #[schema(example = "problems:write")]
    pub scope: &'static str,
    /// The roles that hold it.
    pub roles: Vec<RoleEntry>,
    /// The operations that it guards, by `operationId`.
    #[schema(example = json!(["create_problem"]))]
    pub operations: Vec<&'static str>,
    /// Whether the caller holds it, by any of his memberships and (a client) by its scopes.
    pub mine: bool,
}

/// Who may do what.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PermissionTable {
    /// Every permission.
    pub permissions: Vec<PermissionEntry>,
    /// The operations that need no token.
    #[schema(example = json!(["list_errors"]))]
    pub open_operations: Vec<&'static str>,
}

impl Versioned for PermissionTable {}

/// Who may do what
///
/// The table that the gate reads: for each permission the roles that hold it, the scope that a client needs, and the
/// operations that it guards; `mine` says which are the caller's. What a role may touch is a matter of scope, and what
/// a state allows of `GET /meta/state-machine`.
#[utoipa::path(operation_id = "list_permissions", tag = "meta",
    responses((status = 200, description = "The table", body = PermissionTable)))]
#[get("/meta/permissions")]
pub async fn list_permissions(who: Can<SignedIn>, locale: Locale) -> View<PermissionTable> {
    View(table(&who, locale))
}

fn table(who: &Caller, locale: Locale) -> PermissionTable {
    let role = |role: &Role| RoleEntry {
        role: *role,
        label: role.label(locale),
    };
    let permissions = RULES.iter().map(|rule| PermissionEntry {
        permission: rule.permission,
        scope: rule.scope,
        roles: rule.roles.iter().map(role).collect(),
        operations: rule.operations.to_vec(),
        mine: who.may(rule),
    });
    PermissionTable {
        permissions: permissions.collect(),
        open_operations: OPEN_OPERATIONS.to_vec(),
    }
}
