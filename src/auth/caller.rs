//! Who asks: what a verified token says.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::policy::{Role, Rule};
use super::scope::Scope;
use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code};
use crate::events::Act;

/// One membership as a token carries it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenMembership {
    /// The membership's id.
    pub id: Uuid,
    /// What it makes of the person.
    pub role: Role,
    /// The organisation in which it does.
    pub org: Uuid,
    /// The division whose subtree it reaches, for the roles that reach one.
    pub division: Uuid,
    /// That division's code, so that people can write `scope=division:330782`.
    pub division_code: String,
}

/// The caller of an operation.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Whose rights are used: a person, or the client itself under client_credentials.
    pub subject: Uuid,
    /// The secretary who acts under a delegation (RFC 8693 `act`), else `None`.
    pub actor: Option<Uuid>,
    /// The operations that were delegated, where the caller acts under a delegation.
    pub delegated: Option<BTreeSet<String>>,
    /// Whether a one-time password must be changed before anything else is done.
    pub must_change: bool,
    /// The client that holds the token, where one authenticated.
    pub client: Option<Uuid>,
    /// Whether the subject is the client itself.
    pub is_client: bool,
    /// The one problem that the bearer of a receipt speaks for; its subject is then the reporter's row, no person.
    pub case: Option<Uuid>,
    /// Every membership that the token carries.
    pub memberships: Vec<TokenMembership>,
    /// The one that the caller acts with.
    pub acting: Uuid,
    /// A client's scopes.
    pub scopes: BTreeSet<String>,
    /// The session family, ended at sign-out.
    pub family: Uuid,
    /// The number of the subject's rights that the token was made from.
    pub rights: i64,
    /// The same of the secretary, under a delegation.
    pub actor_rights: Option<i64>,
    /// The second after which the token is refused; leeway for clocks that differ is in it.
    pub expires: i64,
}

impl Caller {
    /// Nobody: what the service does by itself. It has no memberships, so no permission, role or tie lets it in
    /// anywhere, and its acts name no person, organisation or client.
    pub const fn nobody() -> Self {
        Self {
            subject: Uuid::nil(),
            actor: None,
            delegated: None,
            must_change: false,
            client: None,
            is_client: false,
            case: None,
            memberships: Vec::new(),
            acting: Uuid::nil(),
            scopes: BTreeSet::new(),
            family: Uuid::nil(),
            rights: 0,
            actor_rights: None,
            expires: 0,
        }
    }

    /// The person who does it: the secretary under a delegation, else the subject; `None` for a client, for the bearer
    /// of a receipt and for nobody.
    pub fn person(&self) -> Option<Uuid> {
        if self.is_client || self.case.is_some() || self.subject.is_nil() {
            None
        } else {
            Some(self.actor.unwrap_or(self.subject))
        }
    }

    /// Everybody who answers for what the caller does: the person, and for whom he does it.
    pub fn persons(&self) -> impl Iterator<Item = Uuid> {
        [self.person(), self.on_behalf_of()].into_iter().flatten()
    }

    /// Whose own rows the caller sees: a person's, or those of the one problem of a receipt.
    pub fn own(&self) -> Uuid {
        self.case.unwrap_or(self.subject)
    }

    /// The person for whom it is done, where that is another.
    pub fn on_behalf_of(&self) -> Option<Uuid> {
        self.actor.map(|_| self.subject)
    }

    /// The membership that the caller acts with.
    ///
    /// # Errors
    /// 403 where the token carries none (a person without any membership).
    pub fn acting(&self) -> ApiResult<&TokenMembership> {
        self.memberships
            .iter()
            .find(|membership| membership.id == self.acting)
            .ok_or_else(|| ApiError::new(Code::Forbidden))
    }

    /// The organisation that the caller acts for.
    ///
    /// # Errors
    /// 403 where there is none: no membership, or the bearer of a receipt.
    pub fn org(&self) -> ApiResult<Uuid> {
        match self.case {
            None => self.acting().map(|membership| membership.org),
            Some(_) => Err(ApiError::new(Code::Forbidden)),
        }
    }

    /// What the caller does at this moment, for its events.
    pub fn act(&self, at: Timestamp) -> Act {
        Act {
            person: self.person(),
            org: self.org().ok(),
            client: self.client,
            on_behalf_of: self.on_behalf_of(),
            at,
        }
    }

    /// Whether some membership bears the role.
    pub fn has(&self, role: Role) -> bool {
        self.memberships.iter().any(|membership| membership.role == role)
    }

    /// The caller's roles in this very organisation.
    pub fn roles_in(&self, org: Uuid) -> Vec<Role> {
        let held = self.memberships.iter().filter(|held| held.org == org);
        held.map(|held| held.role).collect()
    }

    /// Whether the caller is an officer or handler of this very organisation.
    pub fn works_for(&self, org: Uuid) -> bool {
        self.memberships
            .iter()
            .any(|held| held.org == org && matches!(held.role, Role::Officer | Role::Handler))
    }

    /// Whether a membership allows what the rule guards; and, for a client, a scope; and, under a delegation, whether
    /// some of it was delegated.
    pub fn may(&self, rule: &Rule) -> bool {
        // A person without any membership can still look after his own account; whoever bears a receipt has none.
        if rule.is_about_oneself() && self.case.is_none() {
            return true;
        }
        let by_role = self
            .memberships
            .iter()
            .any(|membership| rule.roles.contains(&membership.role));
        let by_scope = !self.is_client || self.scopes.contains(rule.scope);
        let by_delegation = self
            .delegated
            .as_ref()
            .is_none_or(|names| rule.operations.iter().any(|operation| names.contains(*operation)));
        by_role && by_scope && by_delegation
    }

    /// Whether the caller may call this very operation, which the rule guards.
    pub fn may_call(&self, rule: &Rule, operation: &str) -> bool {
        let delegated = self.delegated.as_ref().is_none_or(|names| names.contains(operation));
        self.may(rule) && (delegated || (rule.is_about_oneself() && self.case.is_none()))
    }

    /// The ids of every scope of every membership.
    pub fn every_scope(&self) -> Vec<Uuid> {
        let scopes = self
            .memberships
            .iter()
            .flat_map(|membership| Scope::of(self.own(), membership));
        scopes.map(|scope| scope.id()).collect()
    }

    /// The ids of the scopes of those memberships whose role is as asked.
    pub fn scopes_of(&self, is_meant: impl Fn(Role) -> bool) -> Vec<Uuid> {
        let held = self.memberships.iter().filter(|held| is_meant(held.role));
        let scopes = held.flat_map(|held| Scope::of(self.own(), held));
        scopes.map(|scope| scope.id()).collect()
    }

    /// The roles of those memberships that reach something which lies in these scopes: who is a dispatcher elsewhere is
    /// none here.
    pub fn roles_within(&self, reached: &[Uuid]) -> Vec<Role> {
        let reaches = |membership: &&TokenMembership| {
            Scope::of(self.own(), membership)
                .iter()
                .any(|scope| reached.contains(&scope.id()))
        };
        self.memberships
            .iter()
            .filter(reaches)
            .map(|membership| membership.role)
            .collect()
    }

    /// The scopes in which the caller may read what the rule guards, widest first.
    pub fn scopes_for(&self, rule: &Rule) -> Vec<Scope> {
        let mut scopes: Vec<Scope> = self
            .memberships
            .iter()
            .filter(|membership| rule.roles.contains(&membership.role))
            .flat_map(|membership| Scope::of(self.own(), membership))
            .collect();
        scopes.sort();
        scopes.dedup();
        scopes
    }
}
