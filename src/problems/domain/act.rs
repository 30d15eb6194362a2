//! What somebody does to a problem, as the rules of separation compare it.
//!
//! Every transition is such an act: the transitions are listed here once, and `lifecycle::workflow::Action` is made of
//! the same list.

use crate::text_enum;

/// The transitions that somebody asks for, handed to a macro that takes `Name = "word" / "zh" / "en",`.
macro_rules! transitions {
    ($callback:ident) => {
        $callback! {
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
    };
}
pub(crate) use transitions;

macro_rules! problem_acts {
    ($($name:ident = $text:literal / $zh:literal / $en:literal,)+) => {
        text_enum! {
            /// An act on a problem, kept with who did it: every transition that somebody asks for, and what is none.
            pub enum ProblemAct {
                $($name = $text / $zh / $en,)+
                Recorded = "recorded" / "记录" / "recorded for himself",
                RecordedForOther = "recorded_for_other" / "代为记录" / "recorded for another",
                Responsible = "responsible" / "责任人" / "made responsible",
                Analyse = "analyse" / "成因分析" / "analyse",
                Plan = "plan" / "拟定方案" / "plan",
                ApprovePlan = "approve_plan" / "批准方案" / "approve a plan",
                SendBackPlan = "send_back_plan" / "退回方案" / "send a plan back",
                AbandonPlan = "abandon_plan" / "放弃方案" / "abandon a plan",
                DoStep = "do_step" / "落实步骤" / "do a step",
                Support = "support" / "协办" / "support",
                Waive = "waive" / "免除协办" / "waive a part",
                Reply = "reply" / "公开回复" / "reply",
                Refer = "refer" / "转研究" / "refer a question",
                AnswerReferral = "answer_referral" / "答复转研究" / "answer a referral",
                Decide = "decide" / "裁定" / "decide a request",
                IssueInvitation = "issue_invitation" / "发出评价邀请" / "issue an invitation to rate",
                ReplaceReceipt = "replace_receipt" / "更换回执" / "replace a receipt",
                Rate = "rate" / "评价" / "rate",
                ReviewRating = "review_rating" / "核查评价" / "review a rating",
                HideComment = "hide_comment" / "隐藏评论" / "hide a comment",
                UnhideComment = "unhide_comment" / "恢复评论" / "unhide a comment",
                ReplyComment = "reply_comment" / "回复评论" / "reply to a comment",
                Redact = "redact" / "隐去个人信息" / "redact",
                Erase = "erase" / "删除个人信息" / "erase",
            }
        }
    };
}
transitions!(problem_acts);
