//! Whose list it is. Pure.

use uuid::Uuid;

use crate::error::{ApiError, ApiResult, FaultCode};

/// Whose list it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// An organisation's.
    Org(Uuid),
    /// A service object's.
    Object(Uuid),
}

impl Whose {
    /// From what a query names: exactly one.
    ///
    /// # Errors
    /// 422 where none or both are named.
    pub fn of(org: Option<Uuid>, object: Option<Uuid>) -> ApiResult<Self> {
        match (org, object) {
            (Some(org), None) => Ok(Self::Org(org)),
            (None, Some(object)) => Ok(Self::Object(object)),
            (None, None) => Err(ApiError::invalid_at("?org_id", FaultCode::NotEmptyTogether)),
            (Some(_), Some(_)) => Err(ApiError::invalid_at("?object_id", FaultCode::Conflict)),
        }
    }
}
