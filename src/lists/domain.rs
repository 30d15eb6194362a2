//! Whose list it is, and the words of an assignment. Pure.

use uuid::Uuid;

use crate::error::{ApiError, ApiResult, FaultCode};
use crate::text_enum;

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

text_enum! {
    /// What an organisation is assigned as (S-56).
    pub enum AssignmentRole {
        Lead = "lead" / "主办" / "lead",
        Supporting = "supporting" / "协办" / "supporting",
    }
}

text_enum! {
    /// How an assignment came about.
    pub enum AssignmentOrigin {
        Claimed = "claimed" / "主动认领" / "claimed",
        Assigned = "assigned" / "交办" / "assigned",
        Ruled = "ruled" / "裁定" / "ruled",
    }
}

text_enum! {
    /// Where an assignment stands.
    pub enum AssignmentState {
        Pending = "pending" / "待签收" / "pending",
        Accepted = "accepted" / "已签收" / "accepted",
        Done = "done" / "已完成" / "done",
        Refused = "refused" / "已谢绝" / "refused",
        Waived = "waived" / "已豁免" / "waived",
        Superseded = "superseded" / "已由他单位接替" / "superseded",
    }
}
