//! Days and instants of the demo. Everything is counted from New Year's Day 2019, on a clock in Asia/Shanghai (UTC+8).
//!
//! The few days off that the demo meets stand here, so that the script needs nothing but itself; a test of the
//! loader's may compare them with the published calendar.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};

/// 2019-01-01, counted in days from 1970-01-01.
const DAYS_TO_NEW_YEAR: u64 = 17_897;

/// A day of 2019 by its number in the year: 1 is 1 January, 32 is 1 February.
pub(super) fn day(of_year: u64) -> NaiveDate {
    DateTime::UNIX_EPOCH.date_naive() + Days::new(DAYS_TO_NEW_YEAR + of_year - 1)
}

/// The instant at which a clock in Asia/Shanghai shows so many minutes after midnight.
pub(super) fn at(date: NaiveDate, minutes: i64) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_utc() + TimeDelta::minutes(minutes - 8 * 60)
}

/// Minutes after midnight.
pub(super) const fn clock(hour: i64, minute: i64) -> i64 {
    hour * 60 + minute
}

/// The business clock of the demo starts at 2019-01-14T17:00+08:00, the evening of the speech.
pub(super) fn demo_starts_at() -> DateTime<Utc> {
    at(day(14), clock(17, 0))
}

/// The nine working days from the first of the year to the day of the speech.
pub(super) fn working_days_of_the_speech() -> Vec<NaiveDate> {
    (1..=14).map(day).filter(|date| is_working_day(*date)).collect()
}

/// The n-th working day after this one; the start does not count.
pub(super) fn working_day_after(start: NaiveDate, count: u64) -> NaiveDate {
    let mut date = start;
    for _ in 0..count {
        date = date + Days::new(1);
        while !is_working_day(date) {
            date = date + Days::new(1);
        }
    }
    date
}

/// New Year and the Spring Festival of 2019 with its two make-up days (2 and 3 February); else the weekday decides.
pub(super) fn is_working_day(date: NaiveDate) -> bool {
    let holiday = date == day(1) || (day(35)..=day(41)).contains(&date);
    let made_up = date == day(33) || date == day(34);
    made_up || (!holiday && !matches!(date.weekday(), Weekday::Sat | Weekday::Sun))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_instants_are_those_of_the_calendar() {
        assert_eq!(day(1).to_string(), "2019-01-01");
        assert_eq!(day(32).to_string(), "2019-02-01");
        assert_eq!(demo_starts_at().to_rfc3339(), "2019-01-14T09:00:00+00:00");
        let days: Vec<u32> = working_days_of_the_speech().iter().map(Datelike::day).collect();
        assert_eq!(days, [2, 3, 4, 7, 8, 9, 10, 11, 14]);
    }

    #[test]
    fn working_days_pass_over_the_spring_festival() {
        for (start, count, end) in [(14, 5, 21), (31, 3, 34), (32, 5, 44)] {
            assert_eq!(working_day_after(day(start), count), day(end));
        }
    }
}
