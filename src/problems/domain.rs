//! A problem: its words, its keys, and what may be said when it is recorded and disposed of. Pure.

mod act;

use chrono::NaiveDate;

pub use act::ProblemAct;
pub(crate) use act::transitions;

use crate::calendar::Calendar;
use crate::clock::Timestamp;
use crate::clock_rules::domain::{Term, Terms};
use crate::directory::words::Level;
use crate::error::{ApiError, ApiResult, Code};
use crate::text_enum;

text_enum! {
    /// What an organisation has to do with a problem; by it the problem lies in the organisation's scopes.
    pub enum OrgPart {
        Recorder = "recorder" / "记录单位" / "it was recorded for this one",
        Lead = "lead" / "主办单位" / "leads",
        FormerLead = "former_lead" / "曾任主办单位" / "led before",
        Supporting = "supporting" / "协办单位" / "supports",
        Study = "study" / "研究单位" / "studies it",
        ProposedLead = "proposed_lead" / "拟主办单位" / "is to lead",
        ProposedSupporting = "proposed_supporting" / "拟协办单位" / "is to support",
        Referred = "referred" / "转研究单位" / "was asked to study a question of it",
    }
}

text_enum! {
    /// Where a problem stands. It moves only by the transitions of `lifecycle::workflow`.
    pub enum State {
        Recorded = "recorded" / "已记录" / "recorded",
        Open = "open" / "待认领" / "open",
        Assigned = "assigned" / "已交办" / "assigned",
        Accepted = "accepted" / "已签收" / "accepted",
        Studying = "studying" / "研究中" / "being studied",
        InProgress = "in_progress" / "办理中" / "in progress",
        AwaitingReporter = "awaiting_reporter" / "待反映人补充" / "awaiting the reporter",
        OnHold = "on_hold" / "挂起" / "on hold",
        InDispute = "in_dispute" / "争议裁定中" / "in dispute",
        Escalated = "escalated" / "已提级" / "escalated",
        PendingConfirmation = "pending_confirmation" / "待反映人确认" / "pending confirmation",
        Closed = "closed" / "已销号" / "closed",
        Declined = "declined" / "不予办理" / "declined",
        Merged = "merged" / "已并案" / "merged",
        Withdrawn = "withdrawn" / "已撤回" / "withdrawn",
    }
}

impl State {
    /// Those in which something is still to be done.
    pub const NOT_ENDED: &'static [Self] = &[
        Self::Recorded,
        Self::Open,
        Self::Assigned,
        Self::Accepted,
        Self::Studying,
        Self::InProgress,
        Self::AwaitingReporter,
        Self::OnHold,
        Self::InDispute,
        Self::Escalated,
        Self::PendingConfirmation,
    ];

    /// Whether handling is over: closed, declined, merged, withdrawn.
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Closed | Self::Declined | Self::Merged | Self::Withdrawn)
    }

    /// Refuses a change to what was merged into another.
    ///
    /// # Errors
    /// 409 `merged`.
    pub fn must_not_be_merged(self) -> ApiResult<()> {
        if self == Self::Merged {
            return Err(ApiError::new(Code::Merged));
        }
        Ok(())
    }

    /// Refuses a change to what has ended.
    ///
    /// # Errors
    /// 409 `merged` or `ended`.
    pub fn must_not_have_ended(self) -> ApiResult<()> {
        self.must_not_be_merged()?;
        if self.has_ended() {
            return Err(ApiError::new(Code::Ended).with_member("state", self.as_str()));
        }
        Ok(())
    }
}

text_enum! {
    /// How a problem was disposed of on the spot (现场处置): the three classes of the speech (S-05).
    pub enum Disposition {
        ResolvedOnSite = "resolved_on_site" / "现场解决" / "resolved on site",
        FollowUp = "follow_up" / "后续落实" / "to be followed up",
        Typical = "typical" / "带回典型" / "taken along as typical",
    }
}

text_enum! {
    /// How a problem was resolved on site (S-40, S-41).
    pub enum OnSiteKind {
        Answered = "answered" / "当场答复" / "answered",
        Coordinated = "coordinated" / "现场协调" / "coordinated between organisations",
    }
}

text_enum! {
    /// How pressing it is (S-20); critical ones have half the time.
    pub enum Urgency {
        Normal = "normal" / "一般" / "normal",
        Urgent = "urgent" / "紧急" / "urgent",
        Critical = "critical" / "特急" / "critical",
    }
}

text_enum! {
    /// How difficult the matter is (事项难度): it chooses the time for resolution.
    pub enum Matter {
        Simple = "simple" / "简单事项" / "simple",
        Complex = "complex" / "复杂事项" / "complex",
        Institutional = "institutional" / "制度性事项" / "institutional",
    }
}

text_enum! {
    /// By which way it came.
    pub enum Channel {
        Visit = "visit" / "走访" / "visit",
        Portal = "portal" / "门户" / "portal",
        Hotline = "hotline" / "热线" / "hotline",
        Open311 = "open311" / "Open311" / "Open311",
        Import = "import" / "导入" / "import",
    }
}

text_enum! {
    /// By which of the four ways a closure was confirmed; the figures show the four numbers.
    pub enum ConfirmedVia {
        Account = "account" / "账号" / "by account",
        Link = "link" / "回执链接" / "by the receipt's link",
        Portal = "portal" / "门户" / "through a portal",
        CallBack = "call_back" / "电话回访" / "by a call back",
    }
}

text_enum! {
    /// How the present cycle stands against its due time, computed at the moment of reading.
    pub enum ClockStatus {
        OnTime = "on_time" / "未到期" / "on time",
        DueSoon = "due_soon" / "临期" / "due within a working day",
        Overdue = "overdue" / "超期" / "overdue",
        Paused = "paused" / "已暂停" / "paused",
    }
}

/// `due_key` of a problem without a due time: 9999-12-31T00:00:00Z in µs. A sort key is never null.
pub const NO_DUE: i64 = 253_402_214_400_000_000;

/// What a problem is sorted by for `due_at`: µs, nulls last.
pub fn due_key(due_at: Option<Timestamp>) -> i64 {
    due_at.map_or(NO_DUE, Timestamp::micros)
}

/// What a problem is sorted by for `-urgency,due_at`: one integer, because a mixed direction has no index range.
pub fn urgency_due_key(urgency: Urgency, due_at: Option<Timestamp>) -> i64 {
    let rank = match urgency {
        Urgency::Critical => 0,
        Urgency::Urgent => 1,
        Urgency::Normal => 2,
    };
    due_key(due_at) + (rank << 58)
}

/// The number that people quote (受理编号): `SFW-2019-330782-000123`.
pub fn tracking_no(year: i32, code6: &str, number: i64) -> String {
    format!("SFW-{year}-{code6}-{number:06}")
}

/// For which term a resolution has its time; `own`: by the organisation that recorded it.
pub fn resolution_term(matter: Matter, disposition: Option<Disposition>, own: bool) -> Term {
    match (matter, disposition) {
        (Matter::Simple, _) if own => Term::SimpleOwn,
        (Matter::Institutional, _) | (_, Some(Disposition::Typical)) => Term::Institutional,
        (Matter::Complex, _) => Term::Complex,
        (Matter::Simple, _) => Term::Simple,
    }
}

/// Whether a reporter was served as “最多跑一次” asks (S-60): he came once at most, and was asked once at most for what was
/// missing. Both count for the problem's whole life, however many rounds it takes.
pub const fn is_run_once(trips: i64, questions: i64) -> bool {
    trips <= 1 && questions <= 1
}

/// Whether what was recorded at one level was solved at no higher one (S-57): the level of whoever recorded it in a
/// visit, else of its division; and of whoever led it last, else studied it, else recorded it. A higher level is the
/// smaller value.
pub fn is_own_level(recorded: Level, handled: Level) -> bool {
    handled >= recorded
}

/// Working days for a resolution, from 1: those of its term; half of them, rounded up, where critical (S-20).
pub fn resolution_days(terms: &Terms, term: Term, urgency: Urgency) -> u32 {
    let days = terms.days(term);
    if urgency == Urgency::Critical {
        days.div_ceil(2)
    } else {
        days
    }
}

/// The latest day on which a problem recorded at `recorded_at` may be due; a leader's own date may be earlier.
pub fn latest_due_on(calendar: &Calendar, recorded_at: Timestamp, days: u32) -> NaiveDate {
    calendar.add_working_days(recorded_at.shanghai_date(), days).date
}

/// A due time by another calendar than the one that it was counted by: the same number of working days after the cycle
/// began, at the same time of the day; and whether it still rests on days that are not settled. `chosen` are the days
/// that were chosen, with those by which it was extended, where no pause was added to them: a time that has as many by
/// the new calendar was counted by it.
pub fn counted_anew(
    due: Timestamp,
    began: Timestamp,
    chosen: Option<u32>,
    before: &Calendar,
    calendar: &Calendar,
) -> (Timestamp, bool) {
    let (from, day) = (began.shanghai_date(), due.shanghai_date());
    let now = calendar.working_days_between(from, day);
    let counted = if chosen == Some(now) {
        now
    } else {
        before.working_days_between(from, day)
    };
    let end = calendar.add_working_days(from, counted);
    if now == counted {
        // A day off that somebody named has as many as the working day before it, and stays.
        return (due, end.provisional || !calendar.is_working_day(day).known);
    }
    (due.plus_seconds((end.date - day).num_seconds()), end.provisional)
}

/// How a clock stands: `paused` while it is paused, else by the due time and, where the work is done, by when it was.
pub fn clock_status(
    calendar: &Calendar,
    due_at: Option<Timestamp>,
    paused: bool,
    done_at: Option<Timestamp>,
    now: Timestamp,
) -> Option<ClockStatus> {
    if paused {
        return Some(ClockStatus::Paused);
    }
    let due_at = due_at?;
    let at = done_at.unwrap_or(now);
    Some(match () {
        () if at > due_at => ClockStatus::Overdue,
        () if done_at.is_some() => ClockStatus::OnTime,
        () if calendar.working_days_between(at.shanghai_date(), due_at.shanghai_date()) <= 1 => ClockStatus::DueSoon,
        () => ClockStatus::OnTime,
    })
}

/// Refuses what can no longer be said about a problem whose words and personal data were erased.
///
/// # Errors
/// 409 `erased`.
pub fn must_not_be_erased(erased_at: Option<Timestamp>) -> ApiResult<()> {
    match erased_at {
        Some(at) => Err(ApiError::new(Code::Erased).with_member("erased_at", serde_json::json!(at))),
        None => Ok(()),
    }
}
