//! What can be done to a problem.

use super::asking;
use crate::problems::domain::{Disposition, ProblemAct, transitions};
use crate::text_enum;

macro_rules! actions {
    ($($name:ident = $text:literal / $zh:literal / $en:literal,)+) => {
        text_enum! {
            /// What can be done to a problem.
            pub enum Action {
                $($name = $text / $zh / $en,)+
            }
        }

        impl Action {
            /// The act that is noted of whoever carries it out.
            pub const fn act(self) -> ProblemAct {
                match self {
                    $(Self::$name => ProblemAct::$name,)+
                }
            }
        }
    };
}
transitions!(actions);

impl Action {
    /// The action by which a problem is disposed of as this class.
    pub const fn disposing(class: Disposition) -> Self {
        match class {
            Disposition::ResolvedOnSite => Self::DisposeResolvedOnSite,
            Disposition::FollowUp => Self::DisposeFollowUp,
            Disposition::Typical => Self::DisposeTypical,
        }
    }

    /// The operation that carries it out.
    pub const fn operation(self) -> &'static str {
        match self {
            Self::DisposeResolvedOnSite | Self::DisposeFollowUp | Self::DisposeTypical => "dispose_problem",
            Self::Open => "open_problem",
            Self::Claim => "claim_problem",
            Self::Assign => "assign_problem",
            Self::Answer => "answer_problem",
            Self::Accept => "accept_problem",
            Self::Conclude => "conclude_problem",
            Self::Start => "start_problem",
            Self::AskReporter => "ask_reporter",
            Self::Supply => "supply_problem",
            Self::Resume => "resume_problem",
            Self::Transfer => "transfer_problem",
            Self::HandOver => "hand_over_problem",
            Self::Complete => "complete_problem",
            Self::Confirm => "confirm_problem",
            Self::RejectResult => "reject_result",
            Self::CloseUnanswered => "close_unanswered",
            Self::LookBack => "look_back_problem",
            Self::Reopen => "reopen_problem",
            Self::Merge => "merge_problem",
            Self::Withdraw => "withdraw_problem",
            Self::Redispose => "redispose_problem",
            Self::AskReturn | Self::AskEscalate | Self::AskHold | Self::AskExtend | Self::AskDecline | Self::Appeal => {
                "create_request"
            }
            Self::Urge => "urge_problem",
        }
    }

    /// The last segment of the path that carries it out.
    pub fn path(self) -> &'static str {
        match self {
            Self::DisposeResolvedOnSite | Self::DisposeFollowUp | Self::DisposeTypical => "dispose",
            _ if asking::asked_by(self).is_some() => "requests",
            _ => self.as_str(),
        }
    }
}
