//! What can be done to a problem.

use super::asking;
use crate::problems::domain::{Disposition, ProblemAct};
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
        Resume = "resume" / "恢复办理" / "resume",
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
        AskReturn = "ask_return" / "请求退回" / "ask to return it",
        AskEscalate = "ask_escalate" / "提请提级" / "ask to escalate it",
        AskHold = "ask_hold" / "申请挂起" / "ask to put it on hold",
        AskExtend = "ask_extend" / "申请延期" / "ask for a later date",
        AskDecline = "ask_decline" / "申请不予办理" / "ask to decline it",
        Appeal = "appeal" / "申诉" / "appeal",
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

    /// The act that is noted of whoever carries it out.
    pub const fn act(self) -> ProblemAct {
        match self {
            Self::DisposeResolvedOnSite => ProblemAct::DisposeResolvedOnSite,
            Self::DisposeFollowUp => ProblemAct::DisposeFollowUp,
            Self::DisposeTypical => ProblemAct::DisposeTypical,
            Self::Open => ProblemAct::Open,
            Self::Claim => ProblemAct::Claim,
            Self::Assign => ProblemAct::Assign,
            Self::Answer => ProblemAct::Answer,
            Self::Accept => ProblemAct::Accept,
            Self::Conclude => ProblemAct::Conclude,
            Self::Start => ProblemAct::Start,
            Self::AskReporter => ProblemAct::AskReporter,
            Self::Supply => ProblemAct::Supply,
            Self::Resume => ProblemAct::Resume,
            Self::Transfer => ProblemAct::Transfer,
            Self::HandOver => ProblemAct::HandOver,
            Self::Complete => ProblemAct::Complete,
            Self::Confirm => ProblemAct::Confirm,
            Self::RejectResult => ProblemAct::RejectResult,
            Self::CloseUnanswered => ProblemAct::CloseUnanswered,
            Self::LookBack => ProblemAct::LookBack,
            Self::Reopen => ProblemAct::Reopen,
            Self::Merge => ProblemAct::Merge,
            Self::Withdraw => ProblemAct::Withdraw,
            Self::Redispose => ProblemAct::Redispose,
            Self::AskReturn => ProblemAct::AskReturn,
            Self::AskEscalate => ProblemAct::AskEscalate,
            Self::AskHold => ProblemAct::AskHold,
            Self::AskExtend => ProblemAct::AskExtend,
            Self::AskDecline => ProblemAct::AskDecline,
            Self::Appeal => ProblemAct::Appeal,
            Self::Urge => ProblemAct::Urge,
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
