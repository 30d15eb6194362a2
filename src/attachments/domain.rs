//! What an attachment is: whose, under what name, of what type. Pure.

pub mod file_name;
pub mod media_type;
pub mod plain_text;

use crate::text_enum;

/// How long an attachment without an owner is kept, in seconds of real time: 24 hours.
pub const OWNERLESS_SECONDS: i64 = 24 * 3600;
/// How long a link to the bytes is good, in seconds of real time: five minutes.
pub const LINK_SECONDS: i64 = 5 * 60;

text_enum! {
    /// What an attachment belongs to.
    pub enum OwnerKind {
        Visit = "visit" / "走访" / "a visit",
        Problem = "problem" / "问题" / "a problem",
        ActionPlan = "action_plan" / "落实清单条目" / "an action plan",
        LookBack = "look_back" / "回头看" / "a look-back",
    }
}
