//! A request: its words, and the limits that hold of it. Pure.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use crate::calendar::Calendar;
use crate::text_enum;

text_enum! {
    /// What is asked for.
    pub enum RequestKind {
        Return = "return" / "退回" / "to return it",
        Escalate = "escalate" / "提级" / "to escalate it",
        Hold = "hold" / "挂起" / "to put it on hold",
        Extend = "extend" / "延期" / "a later date",
        Decline = "decline" / "不予办理" / "to decline it",
        Appeal = "appeal" / "申诉" / "appeal",
    }
}

text_enum! {
    /// How a request stands.
    pub enum RequestState {
        Open = "open" / "待决定" / "to be decided",
        Granted = "granted" / "同意" / "granted",
        Refused = "refused" / "不同意" / "refused",
        Lapsed = "lapsed" / "失效" / "lapsed",
    }
}

text_enum! {
    /// A decision.
    pub enum RequestDecision {
        Granted = "granted" / "同意" / "granted",
        Refused = "refused" / "不同意" / "refused",
    }
}

impl From<RequestDecision> for RequestState {
    fn from(decision: RequestDecision) -> Self {
        match decision {
            RequestDecision::Granted => Self::Granted,
            RequestDecision::Refused => Self::Refused,
        }
    }
}

/// Working days after the assignment within which it may be returned (S-36).
pub const RETURN_DAYS: u32 = 1;
/// How often a problem may be returned at most (S-36).
pub const RETURNS: usize = 2;
/// How often a cycle may be extended at most.
pub const EXTENSIONS: usize = 2;
/// Working days by which a cycle may be extended in all.
pub const EXTENSION_DAYS: u32 = 30;
/// Calendar days for which a hold may last at most.
pub const HOLD_DAYS: u64 = 365;

/// What limits look at of a problem's requests before.
#[derive(Clone, Debug)]
pub struct Before {
    /// Which kind.
    pub kind: RequestKind,
    /// How it stands.
    pub state: RequestState,
    /// In which cycle.
    pub cycle_no: i64,
    /// Whether an organisation or a reporter asked; a request that opens by itself counts for nobody.
    pub by_itself: bool,
    /// Working days asked for, of an extension.
    pub working_days: u32,
    /// Who decided it.
    pub decided_by: Option<Uuid>,
}

/// Why no more may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exhausted {
    /// It was ruled, and that was final.
    Adjudicated,
    /// As often as may be.
    Limit(usize),
}

/// Whether a kind may be asked once more in a cycle after what was asked before. What lapsed was never decided and
/// counts nothing.
///
/// # Errors
/// Why it may not.
pub fn once_more(kind: RequestKind, cycle_no: i64, before: &[Before]) -> Result<(), Exhausted> {
    let of_kind = || {
        before
            .iter()
            .filter(move |one| one.kind == kind && one.state != RequestState::Lapsed && !one.by_itself)
    };
    let in_cycle = of_kind().filter(|one| one.cycle_no == cycle_no).count();
    match kind {
        RequestKind::Return if of_kind().count() >= RETURNS => Err(Exhausted::Adjudicated),
        // A higher level sends it back once; then it is this level's.
        RequestKind::Escalate if of_kind().any(|one| one.state == RequestState::Refused) => Err(Exhausted::Adjudicated),
        RequestKind::Appeal if of_kind().count() > 0 => Err(Exhausted::Adjudicated),
        RequestKind::Extend if in_cycle >= EXTENSIONS => Err(Exhausted::Limit(EXTENSIONS)),
        _ => Ok(()),
    }
}

/// Whether an appeal of the problem was decided before: a further rejection begins the next cycle.
pub fn was_appealed(before: &[Before]) -> bool {
    before.iter().any(|one| {
        one.kind == RequestKind::Appeal && matches!(one.state, RequestState::Granted | RequestState::Refused)
    })
}

/// Whether an appeal was refused in this cycle: that is final.
pub fn is_final(cycle_no: i64, before: &[Before]) -> bool {
    before
        .iter()
        .any(|one| one.kind == RequestKind::Appeal && one.state == RequestState::Refused && one.cycle_no == cycle_no)
}

/// Working days by which a cycle was extended before.
pub fn extended(cycle_no: i64, before: &[Before]) -> u32 {
    before
        .iter()
        .filter(|one| one.kind == RequestKind::Extend && one.state == RequestState::Granted && one.cycle_no == cycle_no)
        .map(|one| one.working_days)
        .sum()
}

/// The days to which a due day may be extended, where `extended` working days were granted before: first and last.
/// `None` where nothing is left.
pub fn extension(calendar: &Calendar, due_on: NaiveDate, extended: u32) -> Option<(NaiveDate, NaiveDate)> {
    let left = EXTENSION_DAYS.saturating_sub(extended);
    (left > 0).then(|| {
        (
            calendar.add_working_days(due_on, 1).date,
            calendar.add_working_days(due_on, left).date,
        )
    })
}

/// Whether a hold may last until this day: it must end, and within a year.
pub fn hold_ends(today: NaiveDate, until: NaiveDate) -> bool {
    until > today
        && today
            .checked_add_days(Days::new(HOLD_DAYS))
            .is_none_or(|last| until <= last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_before() -> impl Strategy<Value = Before> {
        (
            prop::sample::select(RequestKind::ALL.to_vec()),
            prop::sample::select(RequestState::ALL.to_vec()),
            1_i64..3,
            any::<bool>(),
            0_u32..20,
        )
            .prop_map(|(kind, state, cycle_no, by_itself, working_days)| Before {
                kind,
                state,
                cycle_no,
                by_itself,
                working_days,
                decided_by: None,
            })
    }

    proptest! {
        #[test]
        fn the_third_return_and_the_third_extension_are_never_asked(before in prop::collection::vec(any_before(), 0..12), cycle in 1_i64..3) {
            let counts = |kind, only: Option<i64>| before.iter().filter(|one| one.kind == kind && one.state != RequestState::Lapsed
                && !one.by_itself && only.is_none_or(|cycle| one.cycle_no == cycle)).count();
            prop_assert_eq!(once_more(RequestKind::Return, cycle, &before).is_ok(), counts(RequestKind::Return, None) < 2);
            prop_assert_eq!(once_more(RequestKind::Extend, cycle, &before).is_ok(), counts(RequestKind::Extend, Some(cycle)) < 2);
            prop_assert_eq!(once_more(RequestKind::Appeal, cycle, &before).is_ok(), counts(RequestKind::Appeal, None) == 0);
            prop_assert_eq!(once_more(RequestKind::Hold, cycle, &before), Ok(()));
        }

        #[test]
        fn an_extension_lies_behind_the_due_day_and_within_thirty_working_days(offset in 0_u64..300, extended in 0_u32..40) {
            let calendar = Calendar::shipped();
            let start = NaiveDate::from_ymd_opt(2019, 1, 2).expect("a day") + Days::new(offset);
            let due_on = calendar.add_working_days(start, 1).date;
            match extension(calendar, due_on, extended) {
                None => prop_assert!(extended >= EXTENSION_DAYS),
                Some((first, last)) => {
                    prop_assert!(first > due_on && last >= first);
                    prop_assert_eq!(calendar.working_days_between(due_on, first), 1);
                    prop_assert_eq!(calendar.working_days_between(due_on, last) + extended, EXTENSION_DAYS);
                }
            }
        }

        #[test]
        fn a_hold_ends_in_the_future_within_a_year(days in -400_i64..800) {
            let today = NaiveDate::from_ymd_opt(2019, 1, 10).expect("a day");
            prop_assert_eq!(hold_ends(today, today + chrono::TimeDelta::days(days)), (1..=365).contains(&days));
        }
    }
}
