//! The words of the table for what must hold of a problem, and for when something happens by itself.

use crate::text_enum;

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

text_enum! {
    /// When an action happens by itself, without anybody asking for it.
    pub enum ByItself {
        EndOfNextWorkingDay = "end_of_next_working_day" / "记录后第一个工作日下班时" / "at the end of the first working day after recording",
        NoonOfNextWorkingDay = "noon_of_next_working_day" / "下一个工作日12:00" / "at noon of the next working day",
        FiveWorkingDays = "five_working_days" / "5个工作日内反映人未答复" / "after five working days without an answer of the reporter",
        Until = "until" / "挂起期限届满" / "when the time is up for which it was put on hold",
    }
}
