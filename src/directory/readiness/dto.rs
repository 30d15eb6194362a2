//! Readiness on the wire.

use serde::Serialize;
use utoipa::ToSchema;

use super::domain::{DecidedBy, Decision, Missing};
use crate::auth::Role;
use crate::directory::orgs::domain::OrgKind;
use crate::directory::refs::DivisionRef;

/// A division in which something cannot be decided the usual way.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unready {
    /// The division, which has organisations of its own.
    pub division: DivisionRef,
    /// What cannot be decided the usual way.
    pub gaps: Vec<Gap>,
}

/// Something that cannot be decided the usual way.
#[derive(Debug, Serialize, ToSchema)]
pub struct Gap {
    /// What is to be decided.
    pub decision: Decision,
    /// The role that nobody holds where it would be needed; null where it is an organisation that is missing.
    #[schema(required)]
    pub missing_role: Option<Role>,
    /// The kind of organisation that is missing in the division and above it; null where it is a role.
    #[schema(required)]
    pub missing_org: Option<OrgKind>,
    /// Who decides it as things are.
    pub decided_by: DecidedBy,
}

impl Gap {
    /// From what is missing.
    pub fn of((decision, missing, decided_by): (Decision, Missing, DecidedBy)) -> Self {
        let (missing_role, missing_org) = match missing {
            Missing::Role(role) => (Some(role), None),
            Missing::Org(kind) => (None, Some(kind)),
        };
        Self {
            decision,
            missing_role,
            missing_org,
            decided_by,
        }
    }
}
