//! From instants to Shanghai's calendar days and back.
//!
//! The offset is fixed at +08:00: China has kept no summer time since 1991. A result beyond the range of the calendar
//! (some 262,000 years either way) stays at its edge; no date of the system's comes near.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

/// How far Shanghai's clock is ahead of UTC.
const AHEAD_OF_UTC: TimeDelta = TimeDelta::hours(8);

/// Time since midnight at which a working day begins, for working minutes: 09:00 in Shanghai.
pub const START_OF_BUSINESS: TimeDelta = TimeDelta::hours(9);

/// Time since midnight at which a working day ends for deadlines: 17:00 in Shanghai.
pub const CLOSE_OF_BUSINESS: TimeDelta = TimeDelta::hours(17);

/// Time since midnight at which an unclaimed problem is assigned: 12:00 in Shanghai.
pub const NOON: TimeDelta = TimeDelta::hours(12);

/// The calendar day in Shanghai at this instant.
pub fn shanghai_date(at: DateTime<Utc>) -> NaiveDate {
    let utc = at.naive_utc();
    utc.checked_add_signed(AHEAD_OF_UTC).unwrap_or(utc).date()
}

/// The instant at which this day begins in Shanghai: 16:00 UTC of the day before.
pub fn start_of_shanghai_day(date: NaiveDate) -> DateTime<Utc> {
    shanghai_time(date, TimeDelta::zero())
}

/// The instant `since_midnight` after this day began in Shanghai, for example [`NOON`].
pub fn shanghai_time(date: NaiveDate, since_midnight: TimeDelta) -> DateTime<Utc> {
    let midnight_read_as_utc = date.and_time(NaiveTime::MIN);
    midnight_read_as_utc
        .checked_add_signed(since_midnight - AHEAD_OF_UTC)
        .unwrap_or(midnight_read_as_utc)
        .and_utc()
}
