//! The words of the table: how a caller is connected with a problem, and what else must hold of it.

use crate::text_enum;

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
        Unruled = "unruled" / "尚未终局裁定" / "acts before a final ruling",
        Ruled = "ruled" / "已经终局裁定" / "acts after a final ruling",
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
        NothingAsked = "nothing_asked" / "没有待决定的请求" / "no request waits for a decision",
        Returnable = "returnable" / "未经终局裁定" / "was not ruled to whoever leads it",
        Unconfirmed = "unconfirmed" / "未经确认" / "is not confirmed yet",
    }
}

text_enum! {
    /// When an action happens by itself, without anybody asking for it.
    pub enum ByItself {
        EndOfNextWorkingDay = "end_of_next_working_day" / "记录后第一个工作日下班时" / "at the end of the first working day after recording",
        NoonOfNextWorkingDay = "noon_of_next_working_day" / "下一个工作日12:00" / "at noon of the next working day",
        FiveWorkingDays = "five_working_days" / "5个工作日内反映人未答复" / "after five working days without an answer of the reporter",
        Until = "until" / "挂起期限届满" / "when the time is up for which it was put on hold",
    }
}
