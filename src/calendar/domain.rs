//! The calendar: published notices, and counting over them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, Utc, Weekday};

use super::data::{self, NOTICES};
use super::notice::{Notice, NoticeFault};
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
    at: Version,
    version: String,
}

/// Which calendar an answer was counted by; later ones compare greater. As text `2026.1`: the last published year and
/// how many times the calendar was given since that year came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    year: i32,
    revision: u32,
}

impl Version {
    /// From its text; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, revision) = text.split_once('.')?;
        Some(Self {
            year: year.parse().ok()?,
            revision: revision.parse().ok()?,
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.year, self.revision)
    }
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
    ///
    /// # Errors
    /// Every date that cannot be.
    pub fn with_year(
        &self,
        year: i32,
        days_off: impl IntoIterator<Item = NaiveDate>,
        make_up_days: impl IntoIterator<Item = NaiveDate>,
    ) -> Result<Self, Vec<NoticeFault>> {
        let (days_off, make_up_days): (Vec<_>, Vec<_>) =
            (days_off.into_iter().collect(), make_up_days.into_iter().collect());
        match Notice::new(year, &days_off, &make_up_days) {
            Ok(notice) => Ok(self.with_notice(notice)),
            Err(faults) => Err(faults.into_iter().map(|(_, _, fault)| fault).collect()),
        }
    }

    /// The same of a notice that was checked.
    #[must_use]
    pub fn with_notice(&self, notice: Notice) -> Self {
        let is_a_new_last_year = self.last_year().is_none_or(|last| notice.year() > last);
        let revision = if is_a_new_last_year { 1 } else { self.at.revision + 1 };
        let mut notices = self.notices.clone();
        notices.insert(notice.year(), notice.into_named());
        Self::of(notices, revision)
    }

    /// This calendar with notices that were given to the installation in the place of its own, and the latest of the
    /// versions that were stored with them. A version that cannot be read counts as none.
    pub(super) fn with_given<'v>(
        &self,
        given: BTreeMap<i32, BTreeMap<NaiveDate, bool>>,
        versions: impl Iterator<Item = &'v str>,
    ) -> Self {
        let mut notices = self.notices.clone();
        notices.extend(given);
        let last = notices.keys().next_back().copied();
        let numbered = versions.filter_map(Version::parse).chain([self.at]);
        let of_the_last = numbered.filter(|version| Some(version.year) == last);
        Self::of(notices, of_the_last.map(|version| version.revision).max().unwrap_or(1))
    }

    /// What was known when this version was current, as far as years go: what a time counted by it was counted by.
    #[must_use]
    pub fn as_known_by(&self, version: &str) -> Self {
        let Some(version) = Version::parse(version) else {
            return self.clone();
        };
        let mut notices = self.notices.clone();
        notices.retain(|of, _| *of <= version.year);
        Self::of(notices, version.revision)
    }

    /// The notice of a year, if it is published.
    pub fn notice(&self, year: i32) -> Option<Notice> {
        let named = self.notices.get(&year)?;
        Some(Notice::kept(year, named.clone()))
    }

    /// The last year that is published.
    pub fn last_year(&self) -> Option<i32> {
        self.notices.keys().next_back().copied()
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
        let at = Version {
            year: notices.keys().next_back().copied().unwrap_or_default(),
            revision,
        };
        Self {
            weekdays_off: dates(false, false),
            make_up_days: dates(true, true),
            version: at.to_string(),
            at,
            notices,
        }
    }

    /// What to store beside an answer as `calendar_version`, as in `2026.1`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The same as a value.
    pub fn at(&self) -> Version {
        self.at
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
        let is_published = |year: i32| self.notices.contains_key(&year);
        Day {
            working,
            known: is_published(date.year()) && (!may_move(date) || is_published(date.year() + 1)),
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
fn read(notice: &data::Notice) -> BTreeMap<NaiveDate, bool> {
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

/// Whether the next year's notice may still move this day.
pub(super) fn may_move(date: NaiveDate) -> bool {
    date.month() == 12 && date.day() >= DECEMBER_MOVED_FROM
}

pub(super) fn is_weekend(date: NaiveDate) -> bool {
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
