//! One year's notice of the State Council, checked: every fault of it at once.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};

use super::domain::{is_weekend, may_move};

/// A notice that can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    year: i32,
    named: BTreeMap<NaiveDate, bool>,
}

/// Where a notice names a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedAs {
    /// Among the days off.
    DayOff,
    /// Among the make-up days.
    MakeUpDay,
}

/// Why a date of a notice was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoticeFault {
    /// A date neither in the notice's year nor in the last week of the December before it.
    #[error("{0} is not a date that this year's notice can speak of")]
    OutsideYear(NaiveDate),
    /// A make-up day that is a working day anyway.
    #[error("{0} is no weekend day and cannot be a make-up day")]
    MakeUpOnWeekday(NaiveDate),
    /// A date named both as a day off and as a make-up day.
    #[error("{0} is both a day off and a make-up day")]
    Contradiction(NaiveDate),
    /// A date named twice.
    #[error("{0} is named twice")]
    Repeated(NaiveDate),
}

/// A fault, and the place in its list where it is.
pub type Misplaced = (NamedAs, usize, NoticeFault);

impl Notice {
    /// A notice of a year.
    ///
    /// # Errors
    /// Every date that cannot be where it is named; of two that contradict each other, the make-up day.
    pub fn new(year: i32, days_off: &[NaiveDate], make_up_days: &[NaiveDate]) -> Result<Self, Vec<Misplaced>> {
        let (mut named, mut faults) = (BTreeMap::new(), Vec::new());
        let off = days_off.iter().enumerate().map(|at| (NamedAs::DayOff, at));
        let made_up = make_up_days.iter().enumerate().map(|at| (NamedAs::MakeUpDay, at));
        for (list, (index, date)) in off.chain(made_up) {
            let works = list == NamedAs::MakeUpDay;
            let fault = match named.get(date) {
                _ if !may_speak_of(year, *date) => Some(NoticeFault::OutsideYear(*date)),
                _ if works && !is_weekend(*date) => Some(NoticeFault::MakeUpOnWeekday(*date)),
                Some(before) if *before == works => Some(NoticeFault::Repeated(*date)),
                Some(_) => Some(NoticeFault::Contradiction(*date)),
                None => None,
            };
            match fault {
                Some(fault) => faults.push((list, index, fault)),
                None => {
                    named.insert(*date, works);
                }
            }
        }
        if faults.is_empty() {
            Ok(Self { year, named })
        } else {
            Err(faults)
        }
    }

    /// A notice as it was kept.
    pub(super) fn kept(year: i32, named: BTreeMap<NaiveDate, bool>) -> Self {
        Self { year, named }
    }

    /// Its year.
    pub fn year(&self) -> i32 {
        self.year
    }

    /// The dates that it names, and whether people work on them, in order.
    pub fn days(&self) -> impl Iterator<Item = (NaiveDate, bool)> {
        self.named.iter().map(|(date, works)| (*date, *works))
    }

    /// Its days off, in order.
    pub fn days_off(&self) -> Vec<NaiveDate> {
        self.days().filter(|(_, works)| !works).map(|(date, _)| date).collect()
    }

    /// Its make-up days, in order.
    pub fn make_up_days(&self) -> Vec<NaiveDate> {
        self.days().filter(|(_, works)| *works).map(|(date, _)| date).collect()
    }

    pub(super) fn into_named(self) -> BTreeMap<NaiveDate, bool> {
        self.named
    }
}

/// A notice speaks of its year, and of the days of the December before that it may move.
fn may_speak_of(year: i32, date: NaiveDate) -> bool {
    date.year() == year || date.year() == year - 1 && may_move(date)
}
