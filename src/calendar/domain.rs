//! The calendar: published notices, and counting over them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, Utc, Weekday};

use super::data::{NOTICES, Notice};
use super::shanghai::{CLOSE_OF_BUSINESS, shanghai_date, shanghai_time, start_of_shanghai_day};

/// The last days of December that the next year's notice may still move (for 2019 it moved 29 to 31 December 2018).
const DECEMBER_MOVED_FROM: u32 = 24;

/// The working days of China as far as the State Council has published them.
///
/// A value: adding a year gives a new calendar, so one request sees one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// By year of the notice: for each date it names, whether that is a working day.
    notices: BTreeMap<i32, BTreeMap<NaiveDate, bool>>,
    /// Sorted weekdays without work. Days off on a weekend change nothing and are left out.
    weekdays_off: Vec<NaiveDate>,
    /// Sorted weekend days with work.
    make_up_days: Vec<NaiveDate>,
    revision: u32,
    version: String,
}

/// What the calendar says about one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Whether people work on it.
    pub working: bool,
    /// Whether that is settled: its year is published and, for 24 to 31 December, the next year too, whose notice may
    /// still move them. In a year that is not published `working` goes by the weekday alone.
    pub known: bool,
}

/// A day found by counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The day in Shanghai.
    pub date: NaiveDate,
    /// Whether a day that was counted or skipped is not settled yet ([`Day::known`]).
    pub provisional: bool,
}

/// Why a year's notice was not taken.
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
}

static SHIPPED: LazyLock<Calendar> = LazyLock::new(|| {
    let notices = NOTICES.iter().map(|notice| (notice.year, read(notice))).collect();
    Calendar::of(notices, 1)
});

impl Calendar {
    /// The calendar this release carries: 2004 to 2026.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// This calendar with one year's notice added, or replaced if it was there.
    ///
    /// A notice may also name days of the December before (24 to 31), and then overrules that year's own. So those days
    /// are not settled until the next year is published, and what counted them before is provisional.
    pub fn with_year(
        &self,
        year: i32,
        days_off: impl IntoIterator<Item = NaiveDate>,
        make_up_days: impl IntoIterator<Item = NaiveDate>,
    ) -> Result<Self, NoticeFault> {
        let mut named = BTreeMap::new();
        for date in days_off {
            check_year(year, date)?;
            named.insert(date, false);
        }
        for date in make_up_days {
            check_year(year, date)?;
            if !is_weekend(date) {
                return Err(NoticeFault::MakeUpOnWeekday(date));
            }
            if named.insert(date, true) == Some(false) {
                return Err(NoticeFault::Contradiction(date));
            }
        }
        let is_a_new_last_year = self.notices.keys().next_back().is_none_or(|last| year > *last);
        let revision = if is_a_new_last_year { 1 } else { self.revision + 1 };
        let mut notices = self.notices.clone();
        notices.insert(year, named);
        Ok(Self::of(notices, revision))
    }

    fn of(notices: BTreeMap<i32, BTreeMap<NaiveDate, bool>>, revision: u32) -> Self {
        let mut working: BTreeMap<NaiveDate, bool> = BTreeMap::new();
        for notice in notices.values() {
            working.extend(notice); // ascending years: the later notice overrules
        }
        let dates = |wanted: bool, weekend: bool| {
            let all = working.iter();
            all.filter(|(date, works)| **works == wanted && is_weekend(**date) == weekend)
                .map(|(date, _)| *date)
                .collect()
        };
        let last_year = notices.keys().next_back().copied().unwrap_or_default();
        Self {
            weekdays_off: dates(false, false),
            make_up_days: dates(true, true),
            version: format!("{last_year}.{revision}"),
            revision,
            notices,
        }
    }

    /// What to store beside an answer as `calendar_version`: the last published year and, after the point, how many
    /// times the calendar was given since that year came in, as in `2026.1`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The years whose notice is known.
    pub fn published_years(&self) -> BTreeSet<i32> {
        self.notices.keys().copied().collect()
    }

    /// Whether people work on this day, and whether that is known.
    pub fn is_working_day(&self, date: NaiveDate) -> Day {
        let working = if is_weekend(date) {
            self.make_up_days.binary_search(&date).is_ok()
        } else {
            self.weekdays_off.binary_search(&date).is_err()
        };
        let moved_by_the_next = date.month() == 12 && date.day() >= DECEMBER_MOVED_FROM;
        let is_published = |year: i32| self.notices.contains_key(&year);
        Day {
            working,
            known: is_published(date.year()) && (!moved_by_the_next || is_published(date.year() + 1)),
        }
    }

    /// The `n`-th working day after `start`; `start` itself where `n` is 0.
    ///
    /// Walks day by day: periods are 1 to 30 working days. Past the end of time it stays on the last day there is.
    pub fn add_working_days(&self, start: NaiveDate, n: u32) -> Due {
        let mut due = Due {
            date: start,
            provisional: false,
        };
        let mut remaining = n;
        while remaining > 0 {
            let Some(date) = due.date.succ_opt() else { break };
            let day = self.is_working_day(date);
            due = Due {
                date,
                provisional: due.provisional || !day.known,
            };
            remaining -= u32::from(day.working);
        }
        due
    }

    /// The first working day after `date`.
    pub fn next_working_day(&self, date: NaiveDate) -> Due {
        self.add_working_days(date, 1)
    }

    /// `date` if people work on it, else the first working day after it: where a look-back of 30 calendar days lands.
    pub fn working_day_on_or_after(&self, date: NaiveDate) -> Due {
        let day = self.is_working_day(date);
        if day.working {
            return Due {
                date,
                provisional: !day.known,
            };
        }
        let next = self.next_working_day(date);
        Due {
            provisional: next.provisional || !day.known,
            ..next
        }
    }

    /// How many working days lie after `after`, up to and including `until`; 0 if `until` is not later.
    ///
    /// The inverse of [`add_working_days`](Self::add_working_days), at the cost of four binary searches whatever the
    /// span.
    pub fn working_days_between(&self, after: NaiveDate, until: NaiveDate) -> u32 {
        if until <= after {
            return 0;
        }
        let made_up = count_within(&self.make_up_days, after, until);
        let taken_off = count_within(&self.weekdays_off, after, until);
        u32::try_from(weekdays_until(until) - weekdays_until(after) + made_up - taken_off).unwrap_or_default()
    }

    /// When a period of `n` working days that starts at `start` ends: 17:00 in Shanghai on the `n`-th working day after
    /// the start day, and whether that is provisional.
    pub fn due_at(&self, start: DateTime<Utc>, n: u32) -> (DateTime<Utc>, bool) {
        let due = self.add_working_days(shanghai_date(start), n);
        (shanghai_time(due.date, CLOSE_OF_BUSINESS), due.provisional)
    }

    /// The latest day whose `n`-th working day has come by `date`: who began later has not had `n` working days yet.
    pub fn working_days_before(&self, date: NaiveDate, n: u32) -> NaiveDate {
        let (mut day, mut remaining) = (date, n);
        while remaining > 0 {
            remaining -= u32::from(self.is_working_day(day).working);
            let Some(before) = day.pred_opt() else { break };
            day = before;
        }
        day
    }

    /// The instant before which a period of `n` working days must have begun for its end to be over at `now`.
    pub fn began_before(&self, now: DateTime<Utc>, n: u32) -> DateTime<Utc> {
        let today = shanghai_date(now);
        let ended = if now > shanghai_time(today, CLOSE_OF_BUSINESS) {
            today
        } else {
            today.pred_opt().unwrap_or(today)
        };
        let latest = self.working_days_before(ended, n);
        start_of_shanghai_day(latest.succ_opt().unwrap_or(latest))
    }

    /// How many working days have begun since the day of `due`; 0 while `now` is not past `due`, and on that day.
    pub fn overdue_working_days(&self, due: DateTime<Utc>, now: DateTime<Utc>) -> u32 {
        self.working_days_between(shanghai_date(due), shanghai_date(now))
    }
}

/// The dates of a shipped notice. A number that is no date would be left out; a test counts them.
fn read(notice: &Notice) -> BTreeMap<NaiveDate, bool> {
    let date = |month_day: u32| NaiveDate::from_ymd_opt(notice.year, month_day / 100, month_day % 100);
    let ranges = notice
        .days_off
        .iter()
        .filter_map(|(first, last)| Some((date(*first)?, date(*last)?)));
    let days_off = ranges.flat_map(|(first, last)| first.iter_days().take_while(move |day| *day <= last));
    let make_up_days = notice.make_up_days.iter().filter_map(|month_day| date(*month_day));
    days_off
        .map(|day| (day, false))
        .chain(make_up_days.map(|day| (day, true)))
        .collect()
}

fn check_year(year: i32, date: NaiveDate) -> Result<(), NoticeFault> {
    let in_the_december_before = date.year() == year - 1 && date.month() == 12 && date.day() >= DECEMBER_MOVED_FROM;
    if date.year() == year || in_the_december_before {
        Ok(())
    } else {
        Err(NoticeFault::OutsideYear(date))
    }
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// How many of the sorted `dates` lie after `after`, up to and including `until`.
fn count_within(dates: &[NaiveDate], after: NaiveDate, until: NaiveDate) -> i64 {
    let up_to = |limit: NaiveDate| dates.partition_point(|date| *date <= limit);
    i64::try_from(up_to(until).saturating_sub(up_to(after))).unwrap_or_default()
}

/// Mondays to Fridays since the Monday 0001-01-01 (day 1 of the common era), up to and including `date`.
fn weekdays_until(date: NaiveDate) -> i64 {
    let days = i64::from(date.num_days_from_ce());
    days.div_euclid(7) * 5 + days.rem_euclid(7).min(5)
}
