//! Working time: a working day has the hours from 09:00 to 17:00 in Shanghai, 480 minutes.
//!
//! The specification fixes the end of business at 17:00 and counts in working minutes without saying when a day begins.
//! 09:00 is chosen because eight hours are a working day. An instant outside these hours stands where the hours before
//! it end: from Friday 20:00, one working minute is over on the next working day at 09:01. A period ends within (09:00,
//! 17:00], so that what fills a day ends at 17:00 of it and not at 09:00 of the next.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::Calendar;
use super::shanghai::{CLOSE_OF_BUSINESS, START_OF_BUSINESS, shanghai_date, shanghai_time};

/// Minutes of a working day.
pub const MINUTES_OF_A_WORKING_DAY: i64 = 8 * 60;

/// The same in microseconds: instants are as fine as that.
const MICROS_OF_A_DAY: i64 = MINUTES_OF_A_WORKING_DAY * MICROS_OF_A_MINUTE;
const MICROS_OF_A_MINUTE: i64 = 60_000_000;

impl Calendar {
    /// Whole working minutes from `since` to `until`; 0 if `until` is not later.
    pub fn working_minutes_between(&self, since: DateTime<Utc>, until: DateTime<Utc>) -> i64 {
        if until <= since {
            return 0;
        }
        let (first, last) = (shanghai_date(since), shanghai_date(until));
        // Whole days from the first to the one before the last; the first's own hours before `since` are taken off.
        let before = |day: NaiveDate| day.pred_opt().unwrap_or(day);
        let whole = i64::from(self.working_days_between(before(first), before(last)));
        let micros = whole * MICROS_OF_A_DAY + self.worked(until) - self.worked(since);
        micros.max(0) / MICROS_OF_A_MINUTE
    }

    /// When `minutes` working minutes from `since` are over, and whether that is provisional; `since` itself where
    /// there are none (or fewer).
    pub fn add_working_minutes(&self, since: DateTime<Utc>, minutes: i64) -> (DateTime<Utc>, bool) {
        if minutes <= 0 {
            return (since, false);
        }
        let day = shanghai_date(since);
        let today = self.is_working_day(day);
        let micros = minutes
            .saturating_mul(MICROS_OF_A_MINUTE)
            .saturating_add(self.worked(since));
        let whole = (micros - 1) / MICROS_OF_A_DAY;
        // What is left of a day off is nothing: the first working day after it counts as the first.
        let days = u32::try_from(whole + i64::from(!today.working)).unwrap_or(u32::MAX);
        let due = self.add_working_days(day, days);
        let within = TimeDelta::microseconds(micros - whole * MICROS_OF_A_DAY);
        (
            shanghai_time(due.date, START_OF_BUSINESS + within),
            due.provisional || !today.known,
        )
    }

    /// Microseconds of its day's working hours that are over at this instant.
    fn worked(&self, at: DateTime<Utc>) -> i64 {
        let day = shanghai_date(at);
        if !self.is_working_day(day).working {
            return 0;
        }
        let since_start = at.signed_duration_since(shanghai_time(day, START_OF_BUSINESS));
        let hours = CLOSE_OF_BUSINESS - START_OF_BUSINESS;
        since_start
            .clamp(TimeDelta::zero(), hours)
            .num_microseconds()
            .unwrap_or_default()
    }
}
