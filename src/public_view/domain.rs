//! What may be shown to everybody, in words that everybody understands. Pure.

pub mod guard;

use crate::problems::domain::State;
use crate::text_enum;

/// Working days for which the result of a reporter whom nobody knows is shown.
pub const NOTICE_DAYS: u32 = 10;

text_enum! {
    /// What a publication is for.
    pub enum PublicationKind {
        Problem = "problem" / "问题公开" / "the problem is public",
        ResultNotice = "result_notice" / "结果公示" / "the result is shown for 10 working days to a reporter whom nobody knows",
    }
}

text_enum! {
    /// Where a published problem stands, as the public is told.
    pub enum PublicState {
        Received = "received" / "已受理" / "received",
        Handling = "handling" / "办理中" / "being handled",
        AwaitingConfirmation = "awaiting_confirmation" / "待反映人确认" / "done, to be confirmed by its reporter",
        Closed = "closed" / "已销号" / "closed",
        Declined = "declined" / "不予办理" / "declined",
    }
}

impl PublicState {
    /// How a state is told; `None` for what is not shown.
    pub const fn of(state: State) -> Option<Self> {
        Some(match state {
            State::Recorded | State::Open => Self::Received,
            State::Assigned
            | State::Accepted
            | State::Studying
            | State::InProgress
            | State::AwaitingReporter
            | State::OnHold
            | State::InDispute
            | State::Escalated => Self::Handling,
            State::PendingConfirmation => Self::AwaitingConfirmation,
            State::Closed => Self::Closed,
            State::Declined => Self::Declined,
            State::Merged | State::Withdrawn => return None,
        })
    }

    /// The states that are told so.
    pub fn states(self) -> impl Iterator<Item = State> {
        State::ALL
            .iter()
            .copied()
            .filter(move |state| Self::of(*state) == Some(self))
    }
}

text_enum! {
    /// A step of a published problem's course. What is not here is not told.
    pub enum PublicStep {
        Recorded = "recorded" / "已受理" / "received",
        ResolvedOnSite = "resolved_on_site" / "现场解决" / "resolved on site",
        TakenAlong = "taken_along" / "交由研究" / "taken along to be studied",
        Claimed = "claimed" / "主动认领" / "claimed",
        Assigned = "assigned" / "已交办" / "assigned",
        Transferred = "transferred" / "已转办" / "handed to another organisation",
        Accepted = "accepted" / "已签收" / "accepted",
        Concluded = "concluded" / "研究完毕" / "the study is concluded",
        Started = "started" / "开始办理" / "begun",
        PutOnHold = "put_on_hold" / "暂缓办理" / "put on hold",
        Resumed = "resumed" / "恢复办理" / "taken up again",
        Answered = "answered" / "已答复" / "answered",
        Completed = "completed" / "已办结，待反映人确认" / "done, to be confirmed by its reporter",
        Confirmed = "confirmed" / "反映人已确认" / "confirmed by its reporter",
        ConfirmedByCallBack = "confirmed_by_call_back" / "电话回访确认" / "confirmed by a call back",
        ClosedUnanswered = "closed_unanswered" / "逾期未确认，销号" / "closed without an answer of its reporter",
        ResultRejected = "result_rejected" / "反映人不满意，继续办理" / "the result was rejected: another round",
        Reopened = "reopened" / "重新办理" / "begun anew",
        LookedBack = "looked_back" / "已回头看" / "looked back at",
        Declined = "declined" / "不予办理" / "declined",
    }
}

impl PublicStep {
    /// The type of its events on a problem.
    pub fn event(self) -> String {
        format!("problem.{}", self.as_str())
    }

    /// The step of such an event.
    pub fn of_event(kind: &str) -> Option<Self> {
        kind.strip_prefix("problem.").and_then(Self::parse)
    }

    /// Whether the organisation for which it was done is told: what the reporter does is done for none.
    pub const fn names_org(self) -> bool {
        !matches!(
            self,
            Self::Recorded | Self::Confirmed | Self::ConfirmedByCallBack | Self::ResultRejected | Self::Reopened
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{PublicState, PublicStep};
    use crate::problems::domain::State;

    #[test]
    fn every_state_is_told_or_hidden() {
        let told: Vec<State> = PublicState::ALL.iter().flat_map(|state| state.states()).collect();
        assert_eq!(told.len() + 2, State::ALL.len());
        assert!(!told.contains(&State::Merged) && !told.contains(&State::Withdrawn));
    }

    #[test]
    fn a_step_is_the_event_of_its_name() {
        for step in PublicStep::ALL {
            assert_eq!(PublicStep::of_event(&step.event()), Some(*step));
        }
        assert_eq!(PublicStep::of_event("problem.urged"), None);
        assert_eq!(PublicStep::of_event("action_plan.started"), None);
    }
}
