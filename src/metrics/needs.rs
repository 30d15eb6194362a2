//! What this feature needs of `visits::domain` until that is there.

use crate::text_enum;

text_enum! {
    /// Who wanted a visit (S-62: 变“要我服务”为“我要服务”).
    pub enum Origin {
        Proactive = "proactive" / "主动上门" / "on the government's own initiative",
        Requested = "requested" / "应邀" / "at the request of those visited",
    }
}
