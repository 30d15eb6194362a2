//! What a comment is, who may hide it, and what may be said to it. Pure.

use serde_json::json;

use crate::clock::Timestamp;
use crate::error::{ApiError, ApiResult, Code};
use crate::problems::domain::{ProblemAct, State};
use crate::text_enum;

/// Working days within which the administration replies.
pub const REPLY_WORKING_DAYS: u32 = 5;
/// How often one voice may speak of one problem within 24 hours.
pub const COMMENTS_A_DAY: i64 = 5;

/// The heading of the reasons for which a comment may be hidden; the law and privacy, and nothing else.
pub const HIDE: &str = "hide";

text_enum! {
    /// What a comment is.
    pub enum CommentKind {
        Comment = "comment" / "评论" / "comment",
        Suggestion = "suggestion" / "意见建议" / "suggestion",
        Criticism = "criticism" / "批评" / "criticism",
    }
}

text_enum! {
    /// How a comment stands.
    pub enum CommentState {
        Visible = "visible" / "公开" / "visible",
        Hidden = "hidden" / "已隐藏" / "hidden",
    }
}

text_enum! {
    /// What was done to a comment by whoever moderates.
    pub enum ModerationAct {
        Hide = "hide" / "隐藏" / "hidden",
        Unhide = "unhide" / "恢复显示" / "shown again",
    }
}

text_enum! {
    /// What comments are counted by.
    pub enum CommentGroup {
        HiddenReason = "hidden_reason" / "隐藏理由" / "reason for which they are hidden",
        Kind = "kind" / "类别" / "kind",
        State = "state" / "状态" / "state",
        Reply = "reply" / "回复情况" / "how their reply stands",
    }
}

text_enum! {
    /// How the reply to a comment stands.
    pub enum ReplyStatus {
        Replied = "replied" / "已回复" / "replied to",
        Waiting = "waiting" / "待回复" / "waits for a reply",
        Overdue = "overdue" / "超期未回复" / "overdue",
        None = "none" / "无须回复" / "none is due",
    }
}

/// The acts after which a person still judges a comment on the problem: those of oversight. After any other he would
/// judge what is said of himself.
const OF_OVERSIGHT: &[ProblemAct] = &[
    ProblemAct::Urge,
    ProblemAct::LookBack,
    ProblemAct::ReplaceReceipt,
    ProblemAct::Rate,
    ProblemAct::HideComment,
    ProblemAct::UnhideComment,
    ProblemAct::ReplyComment,
    ProblemAct::Redact,
    ProblemAct::Erase,
];

/// Refuses whoever is criticised: he acted on the problem, or an organisation of his handles it, or did.
///
/// # Errors
/// 403 `separation_of_duties`, with `earlier_act` where it was one.
pub fn must_not_be_criticised(acts: &[(ProblemAct, Timestamp)], took_part: bool) -> ApiResult<()> {
    let own = acts.iter().find(|(act, _)| !OF_OVERSIGHT.contains(act));
    match own {
        Some((act, at)) => {
            Err(ApiError::new(Code::SeparationOfDuties).with_member("earlier_act", json!({ "act": act, "at": at })))
        }
        None if took_part => {
            Err(ApiError::new(Code::SeparationOfDuties).with_member("earlier_act", serde_json::Value::Null))
        }
        None => Ok(()),
    }
}

impl CommentState {
    /// Refuses what is done to comments that stand otherwise.
    ///
    /// # Errors
    /// 409 `transition_not_allowed` with `state`.
    pub fn must_be(self, wanted: Self) -> ApiResult<()> {
        if self == wanted {
            return Ok(());
        }
        Err(ApiError::new(Code::TransitionNotAllowed).with_member("state", self.as_str()))
    }
}

/// Refuses words about a problem that was merged: they belong to its target.
///
/// # Errors
/// 409 `merged`.
pub fn must_not_be_merged(state: State) -> ApiResult<()> {
    match state {
        State::Merged => Err(ApiError::new(Code::Merged)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{CommentState, OF_OVERSIGHT, must_not_be_criticised, must_not_be_merged};
    use crate::clock::Timestamp;
    use crate::problems::domain::{ProblemAct, State};
    use crate::problems::separation::HANDLED;

    proptest! {
        #[test]
        fn whoever_did_anything_but_oversee_is_criticised(
            drawn in prop::collection::vec(
                prop::sample::select(ProblemAct::ALL),
                0..6,
            ),
            took_part: bool,
        ) {
            let acts: Vec<(ProblemAct, Timestamp)> = drawn
                .iter()
                .map(|act| (*act, Timestamp::from_micros(0).expect("an instant")))
                .collect();
            let criticised = took_part || drawn.iter().any(|act| !OF_OVERSIGHT.contains(act));
            prop_assert_eq!(must_not_be_criticised(&acts, took_part).is_err(), criticised);
        }
    }

    #[test]
    fn nobody_oversees_by_handling() {
        assert!(OF_OVERSIGHT.iter().all(|act| !HANDLED.contains(act)));
    }

    #[test]
    fn a_state_is_as_it_must_be_and_a_merged_problem_takes_no_words() {
        for one in CommentState::ALL {
            for other in CommentState::ALL {
                assert_eq!(one.must_be(*other).is_ok(), one == other);
            }
        }
        for state in State::ALL {
            assert_eq!(must_not_be_merged(*state).is_err(), *state == State::Merged);
        }
    }
}
