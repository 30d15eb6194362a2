//! A visit's states, and what moves it from one to another.

use crate::text_enum;

text_enum! {
    /// Where a visit stands.
    pub enum VisitState {
        Planned = "planned" / "已安排" / "planned",
        InProgress = "in_progress" / "进行中" / "in progress",
        Completed = "completed" / "已完成" / "completed",
        Cancelled = "cancelled" / "已取消" / "cancelled",
    }
}

text_enum! {
    /// Who wanted it (S-62: 变“要我服务”为“我要服务”).
    pub enum Origin {
        Proactive = "proactive" / "主动上门" / "on the government's own initiative",
        Requested = "requested" / "应邀" / "at the request of those visited",
    }
}

impl VisitState {
    /// Whether problems may still be recorded in the visit, and the visit be changed.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::InProgress)
    }
}
