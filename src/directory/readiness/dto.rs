//! Readiness on the wire.

use serde::Serialize;
use utoipa::ToSchema;

use super::domain::{DecidedBy, Decision};
use crate::auth::Role;
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
    /// The role that nobody holds where it would be needed.
    pub missing_role: Role,
    /// Who decides it as things are.
    pub decided_by: DecidedBy,
}
