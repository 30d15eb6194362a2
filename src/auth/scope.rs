//! How far a membership sees.
//!
//! A scope is the id of a division, an organisation or a person; a problem or a visit is in it exactly when a row of
//! `problem_scope` or `visit_scope` says so. So every list and every single read asks one question of one index,
//! whatever kind the scope is. What is outside does not exist (404). A division in a body is never trusted.

use uuid::Uuid;

use super::caller::TokenMembership;
use super::policy::Role;
use crate::error::{ApiError, ApiResult, FaultCode};

/// What a caller can see; ordered widest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Everything whose division lies under this one.
    Division {
        /// The division's id.
        id: Uuid,
        /// Its code, by which people name it.
        code: String,
    },
    /// Everything in which this organisation, or one below it, has a part.
    Org(Uuid),
    /// What the person himself reported, visited or led.
    Own(Uuid),
}

impl Scope {
    /// The scopes that a membership gives.
    pub fn of(subject: Uuid, membership: &TokenMembership) -> Vec<Self> {
        let division = || Self::Division {
            id: membership.division,
            code: membership.division_code.clone(),
        };
        let org = || Self::Org(membership.org);
        match membership.role {
            Role::Reporter => vec![Self::Own(subject)],
            Role::Officer => vec![org(), Self::Own(subject)],
            Role::Leader => vec![division(), Self::Own(subject)],
            Role::Handler | Role::Head | Role::Integrator => vec![org()],
            Role::Dispatcher | Role::Supervisor | Role::Assessor | Role::Admin | Role::Auditor => vec![division()],
        }
    }

    /// The id that rows of `problem_scope` and `visit_scope` bear.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Division { id, .. } | Self::Org(id) | Self::Own(id) => *id,
        }
    }

    /// How `?scope=` names it: `division:330782`, `org:<id>`, `own`.
    pub fn name(&self) -> String {
        match self {
            Self::Division { code, .. } => format!("division:{code}"),
            Self::Org(id) => format!("org:{id}"),
            Self::Own(_) => "own".to_owned(),
        }
    }

    /// Chooses the scope that a list runs in: the one named, or the widest.
    ///
    /// # Errors
    /// 422 at `?scope` where the name is none of the caller's.
    pub fn choose(scopes: Vec<Self>, named: Option<&str>) -> ApiResult<Self> {
        let chosen = match named {
            None => scopes.into_iter().next(),
            Some(name) => scopes.into_iter().find(|scope| scope.name() == name),
        };
        chosen.ok_or_else(|| ApiError::invalid_at("?scope", FaultCode::UnknownScope))
    }
}
