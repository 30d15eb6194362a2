//! The transitions of a problem, as one table.

mod action;
pub mod asking;
mod connected;

pub use action::Action;
pub use connected::{ByItself, Need, Tie};

use super::urge::URGES;
use crate::auth::Role;
use crate::problems::domain::{ProblemAct, State};
use crate::problems::separation::HANDLED;

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Transition {
    /// What is done.
    pub action: Action,
    /// The states from which it may be.
    pub from: &'static [State],
    /// The states to which it may lead.
    pub to: &'static [State],
    /// Who may, and how he must be connected.
    pub who: &'static [(Role, Tie)],
    /// What else must hold.
    pub needs: &'static [Need],
    /// What must be said.
    pub carries: &'static [&'static str],
    /// The caller's earlier acts that forbid it, unless he speaks for the reporter.
    pub apart: &'static [&'static [ProblemAct]],
    /// When it happens by itself; `None`: never.
    pub by_itself: Option<ByItself>,
}

use State::{
    Accepted, Assigned, AwaitingReporter, Closed, InDispute, InProgress, Merged, OnHold, PendingConfirmation, Recorded,
    Studying, Withdrawn,
};

const RECORDED_IT: &[ProblemAct] = &[ProblemAct::Recorded, ProblemAct::RecordedForOther];
const SPEAKS: (Role, Tie) = (Role::Reporter, Tie::Speaks);
const SPEAKS_BY_PORTAL: (Role, Tie) = (Role::Integrator, Tie::Speaks);
const CALL_BACK: &[(Role, Tie)] = &[
    SPEAKS,
    SPEAKS_BY_PORTAL,
    (Role::Dispatcher, Tie::CallsBack),
    (Role::Officer, Tie::CallsBack),
    (Role::Supervisor, Tie::CallsBack),
];

/// A row of what most rows have.
const fn row(action: Action, from: &'static [State], to: &'static [State], who: &'static [(Role, Tie)]) -> Transition {
    Transition {
        action,
        from,
        to,
        who,
        needs: &[],
        carries: &[],
        apart: &[],
        by_itself: None,
    }
}

/// Every transition that there is.
pub const TRANSITIONS: &[Transition] = &[
    Transition {
        needs: &[Need::OfAVisit, Need::Undisposed],
        carries: &["on_site_kind", "text"],
        ..row(
            Action::DisposeResolvedOnSite,
            &[Recorded, State::Open],
            &[PendingConfirmation],
            &[(Role::Leader, Tie::ItsVisit), (Role::Officer, Tie::ItsVisit)],
        )
    },
    Transition {
        needs: &[Need::Undisposed],
        carries: &["lead_org_id", "due_on"],
        ..row(
            Action::DisposeFollowUp,
            &[Recorded, State::Open],
            &[State::Open, Assigned],
            &[
                (Role::Leader, Tie::LedOrRecorded),
                (Role::Officer, Tie::LedOrRecorded),
                (Role::Dispatcher, Tie::None),
            ],
        )
    },
    Transition {
        needs: &[Need::Undisposed],
        carries: &["study_org_id", "due_on"],
        ..row(
            Action::DisposeTypical,
            &[Recorded, State::Open],
            &[Studying],
            &[(Role::Leader, Tie::None)],
        )
    },
    Transition {
        needs: &[Need::Undisposed],
        by_itself: Some(ByItself::EndOfNextWorkingDay),
        ..row(
            Action::Open,
            &[Recorded],
            &[State::Open],
            &[(Role::Dispatcher, Tie::None)],
        )
    },
    Transition {
        carries: &["person_id"],
        ..row(
            Action::Claim,
            &[State::Open],
            &[Accepted],
            &[(Role::Officer, Tie::Competent), (Role::Handler, Tie::Competent)],
        )
    },
    Transition {
        carries: &["lead_org_id", "due_on"],
        by_itself: Some(ByItself::NoonOfNextWorkingDay),
        ..row(
            Action::Assign,
            &[State::Open],
            &[Assigned],
            &[(Role::Dispatcher, Tie::None)],
        )
    },
    Transition {
        needs: &[Need::SimpleMatter],
        carries: &["text"],
        ..row(
            Action::Answer,
            &[State::Open, Assigned, Accepted],
            &[PendingConfirmation],
            &[(Role::Officer, Tie::Answers), (Role::Handler, Tie::Answers)],
        )
    },
    Transition {
        carries: &["person_id"],
        ..row(
            Action::Accept,
            &[Assigned],
            &[Accepted],
            &[(Role::Handler, Tie::Handles)],
        )
    },
    Transition {
        carries: &["output or lead_org_id"],
        ..row(
            Action::Conclude,
            &[Studying],
            &[Assigned, PendingConfirmation],
            &[(Role::Handler, Tie::Handles), (Role::Head, Tie::Heads)],
        )
    },
    row(Action::Start, &[Accepted], &[InProgress], &[(Role::Head, Tie::Heads)]),
    Transition {
        needs: &[Need::NotAsked],
        carries: &["question"],
        ..row(
            Action::AskReporter,
            &[Accepted, InProgress],
            &[AwaitingReporter],
            &[(Role::Handler, Tie::Handles)],
        )
    },
    Transition {
        carries: &["answer"],
        by_itself: Some(ByItself::FiveWorkingDays),
        ..row(
            Action::Supply,
            &[AwaitingReporter],
            &[Accepted, InProgress],
            &[SPEAKS, SPEAKS_BY_PORTAL],
        )
    },
    Transition {
        by_itself: Some(ByItself::Until),
        ..row(
            Action::Resume,
            &[OnHold],
            &[Accepted, Studying, InProgress],
            &[(Role::Head, Tie::Heads), (Role::Supervisor, Tie::None)],
        )
    },
    Transition {
        carries: &["lead_org_id", "due_on", "reason"],
        ..row(
            Action::Transfer,
            &[Assigned, Accepted, Studying, InProgress, OnHold],
            &[Assigned, InDispute],
            &[(Role::Dispatcher, Tie::Unruled), (Role::Supervisor, Tie::Ruled)],
        )
    },
    Transition {
        carries: &["person_id"],
        ..row(
            Action::HandOver,
            &[Accepted, Studying, InProgress, OnHold, AwaitingReporter],
            &[Accepted, Studying, InProgress, OnHold, AwaitingReporter],
            &[(Role::Head, Tie::Heads)],
        )
    },
    Transition {
        carries: &["result"],
        ..row(
            Action::Complete,
            &[InProgress],
            &[PendingConfirmation],
            &[(Role::Head, Tie::Heads)],
        )
    },
    Transition {
        needs: &[Need::Unconfirmed],
        apart: &[HANDLED, RECORDED_IT],
        ..row(Action::Confirm, &[PendingConfirmation, Closed], &[Closed], CALL_BACK)
    },
    Transition {
        carries: &["reason"],
        apart: &[HANDLED, RECORDED_IT],
        ..row(
            Action::RejectResult,
            &[PendingConfirmation],
            &[Assigned, State::Open, InDispute],
            CALL_BACK,
        )
    },
    Transition {
        carries: &["attempts"],
        ..row(
            Action::CloseUnanswered,
            &[PendingConfirmation],
            &[Closed],
            &[(Role::Dispatcher, Tie::None)],
        )
    },
    Transition {
        carries: &["result", "evidence"],
        apart: &[HANDLED],
        ..row(
            Action::LookBack,
            &[Closed],
            &[Closed, Assigned, State::Open],
            &[(Role::Supervisor, Tie::None), (Role::Officer, Tie::Elsewhere)],
        )
    },
    Transition {
        carries: &["reason"],
        ..row(
            Action::Reopen,
            &[Closed],
            &[Assigned, State::Open],
            &[SPEAKS, SPEAKS_BY_PORTAL, (Role::Supervisor, Tie::None)],
        )
    },
    Transition {
        carries: &["target"],
        ..row(
            Action::Merge,
            &[Recorded, State::Open, Assigned, Accepted, Studying, InProgress, OnHold],
            &[Merged],
            &[(Role::Dispatcher, Tie::None)],
        )
    },
    Transition {
        carries: &["reason"],
        ..row(
            Action::Withdraw,
            &[
                Recorded,
                State::Open,
                Assigned,
                Accepted,
                Studying,
                InProgress,
                AwaitingReporter,
            ],
            &[Withdrawn],
            &[
                SPEAKS,
                SPEAKS_BY_PORTAL,
                (Role::Officer, Tie::Recorded),
                (Role::Leader, Tie::Recorded),
            ],
        )
    },
    Transition {
        carries: &["disposition", "reason"],
        ..row(
            Action::Redispose,
            &[Assigned, Studying],
            &[PendingConfirmation, State::Open, Assigned, Studying],
            &[
                (Role::Leader, Tie::None),
                (Role::Officer, Tie::LedOrRecorded),
                (Role::Dispatcher, Tie::None),
            ],
        )
    },
    asking::RETURN.row(),
    asking::ESCALATE.row(),
    asking::HOLD.row(),
    asking::EXTEND.row(),
    asking::DECLINE.row(),
    asking::APPEAL.row(),
    Transition {
        carries: &["note"],
        ..row(Action::Urge, State::NOT_ENDED, State::NOT_ENDED, URGES)
    },
];

/// The row of an action.
pub fn transition(action: Action) -> Option<&'static Transition> {
    TRANSITIONS.iter().find(|row| row.action == action)
}
