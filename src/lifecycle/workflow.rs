//! The transitions of a problem, as one table.

use super::urge::URGES;
use crate::auth::Role;
use crate::problems::domain::{Disposition, State};
use crate::problems::separation::HANDLED;
use crate::text_enum;

text_enum! {
    /// What can be done to a problem.
    pub enum Action {
        DisposeResolvedOnSite = "dispose_resolved_on_site" / "现场解决" / "resolve on site",
        DisposeFollowUp = "dispose_follow_up" / "明确后续落实" / "follow up",
        DisposeTypical = "dispose_typical" / "带回典型" / "take along as typical",
        Open = "open" / "转为待认领" / "open to be claimed",
        Claim = "claim" / "主动认领" / "claim",
        Assign = "assign" / "交办" / "assign",
        Answer = "answer" / "直接答复" / "answer",
        Accept = "accept" / "签收" / "accept",
        Conclude = "conclude" / "研究办结" / "conclude the study",
        Start = "start" / "开始办理" / "start",
        AskReporter = "ask_reporter" / "请反映人补充" / "ask the reporter",
        Supply = "supply" / "补充材料" / "supply what was asked",
        Transfer = "transfer" / "转办" / "transfer",
        HandOver = "hand_over" / "移交承办人" / "hand over",
        Complete = "complete" / "办结" / "report done",
        Confirm = "confirm" / "反映人确认" / "confirm",
        RejectResult = "reject_result" / "不认可结果" / "reject the result",
        CloseUnanswered = "close_unanswered" / "无回应销号" / "close unanswered",
        LookBack = "look_back" / "回头看" / "look back",
        Reopen = "reopen" / "重新办理" / "reopen",
        Merge = "merge" / "并案" / "merge",
        Withdraw = "withdraw" / "撤回" / "withdraw",
        Redispose = "redispose" / "重新处置" / "dispose anew",
        Urge = "urge" / "催办" / "urge",
    }
}

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
            Self::Urge => "urge_problem",
        }
    }

    /// The last segment of the path that carries it out.
    pub const fn path(self) -> &'static str {
        match self {
            Self::DisposeResolvedOnSite | Self::DisposeFollowUp | Self::DisposeTypical => "dispose",
            _ => self.as_str(),
        }
    }
}

text_enum! {
    /// How the caller must be connected with the problem, beyond holding the role in its scope.
    pub enum Tie {
        None = "none" / "无" / "not at all",
        ItsVisit = "its_visit" / "该走访的带队领导或随行人员" / "leads its visit or took part in it",
        LedOrRecorded = "led_or_recorded" / "带队领导或记录人" / "leads its visit or recorded it",
        Recorded = "recorded" / "记录人" / "recorded it",
        Competent = "competent" / "主管单位人员" / "belongs to a competent organisation",
        Handles = "handles" / "承办单位人员" / "belongs to the organisation that leads or studies",
        Answers = "answers" / "主管或承办单位人员" / "belongs to a competent organisation, or to the one that leads",
        Heads = "heads" / "承办单位负责人" / "heads the organisation that leads or studies",
        Speaks = "speaks" / "反映人或其代理" / "speaks for the reporter",
        CallsBack = "calls_back" / "回访人" / "called the reporter back",
        Elsewhere = "elsewhere" / "未参与办理单位人员" / "belongs to an organisation without a part in handling",
        Watches = "watches" / "盯办人" / "watches it",
    }
}

text_enum! {
    /// What else must hold of the problem.
    pub enum Need {
        OfAVisit = "of_a_visit" / "走访中记录" / "belongs to a visit",
        Undisposed = "undisposed" / "尚未处置" / "has no disposition yet",
        SimpleMatter = "simple_matter" / "简单事项" / "its matter is simple",
        NotAsked = "not_asked" / "本轮未询问过反映人" / "the reporter was not asked in this cycle",
        Unconfirmed = "unconfirmed" / "未经确认" / "is not confirmed yet",
    }
}

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
    pub apart: &'static [&'static [&'static str]],
}

use State::{
    Accepted, Assigned, AwaitingReporter, Closed, InDispute, InProgress, Merged, OnHold, PendingConfirmation, Recorded,
    Studying, Withdrawn,
};

const RECORDED_IT: &[&str] = &["recorded", "recorded_for_other"];
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
        ..row(
            Action::Supply,
            &[AwaitingReporter],
            &[Accepted, InProgress],
            &[SPEAKS, SPEAKS_BY_PORTAL],
        )
    },
    Transition {
        carries: &["lead_org_id", "due_on", "reason"],
        ..row(
            Action::Transfer,
            &[Assigned, Accepted, Studying, InProgress, OnHold],
            &[Assigned],
            &[(Role::Dispatcher, Tie::None)],
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
    Transition {
        carries: &["note"],
        ..row(Action::Urge, State::NOT_ENDED, State::NOT_ENDED, URGES)
    },
];

/// The row of an action.
pub fn transition(action: Action) -> Option<&'static Transition> {
    TRANSITIONS.iter().find(|row| row.action == action)
}
