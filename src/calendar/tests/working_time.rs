//! Working minutes. The vectors are written in Shanghai's time and counted by hand.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;

use super::super::*;
use super::{calendar, date};

/// An instant by Shanghai's clock.
fn at(text: &str) -> DateTime<Utc> {
    format!("{text}:00+08:00").parse::<DateTime<Utc>>().unwrap()
}

#[test]
fn minutes_go_by_in_working_hours_only() {
    for (since, minutes, end) in [
        ("2019-01-14T10:00", 60, "2019-01-14T11:00"),
        ("2019-01-14T16:30", 30, "2019-01-14T17:00"), // what fills a day ends at its 17:00
        ("2019-01-14T16:30", 31, "2019-01-15T09:01"),
        ("2019-01-14T17:00", 1, "2019-01-15T09:01"),
        ("2019-01-14T00:00", 480, "2019-01-14T17:00"), // midnight: the day is yet to come
        ("2019-01-14T23:59", 480, "2019-01-15T17:00"),
        ("2019-01-18T20:00", 1, "2019-01-21T09:01"),       // a Friday evening
        ("2019-02-01T17:00", 480, "2019-02-02T17:00"),     // Sat 02 and Sun 03 are made up for Spring Festival
        ("2019-02-03T16:59", 2, "2019-02-11T09:01"),       // 4 to 10 February are off
        ("2019-02-06T12:00", 480, "2019-02-11T17:00"),     // from within the holiday
        ("2018-12-29T16:00", 120, "2019-01-02T10:00"),     // Sat 29 is made up; 30 December to 1 January are off
        ("2019-09-29T12:00", 5 * 480, "2019-10-11T12:00"), // a made-up Sunday; 1 to 7 October are off
    ] {
        let (ended, provisional) = calendar().add_working_minutes(at(since), minutes);
        assert_eq!((ended, provisional), (at(end), false), "{since} + {minutes}");
        assert_eq!(calendar().working_minutes_between(at(since), ended), minutes, "{since}");
    }
}

#[test]
fn minutes_between_leave_out_nights_weekends_and_holidays() {
    for (since, until, minutes) in [
        ("2019-01-14T08:00", "2019-01-14T09:00", 0),
        ("2019-01-14T17:00", "2019-01-15T09:00", 0),
        ("2019-01-14T10:00", "2019-01-14T18:30", 420),
        ("2019-01-18T16:00", "2019-01-21T10:00", 120),
        ("2019-02-01T09:00", "2019-02-11T17:00", 4 * 480), // Fri, the two made-up days, Mon
        ("2019-02-04T09:00", "2019-02-10T17:00", 0),
        ("2019-01-15T10:00", "2019-01-14T10:00", 0), // backwards
    ] {
        assert_eq!(
            calendar().working_minutes_between(at(since), at(until)),
            minutes,
            "{since} to {until}"
        );
    }
}

#[test]
fn part_of_a_minute_is_none() {
    let since = at("2019-01-14T10:00");
    let until = since + TimeDelta::seconds(119);
    assert_eq!(calendar().working_minutes_between(since, until), 1);
    // Two halves of a minute around a night are one.
    let (evening, morning) = (at("2019-01-14T17:00") - TimeDelta::seconds(30), at("2019-01-15T09:00"));
    assert_eq!(
        calendar().working_minutes_between(evening, morning + TimeDelta::seconds(30)),
        1
    );
}

#[test]
fn an_unknown_year_is_provisional_in_minutes_too() {
    assert_eq!(
        calendar().add_working_minutes(at("2026-12-23T16:00"), 60),
        (at("2026-12-23T17:00"), false)
    );
    assert_eq!(
        calendar().add_working_minutes(at("2026-12-31T16:00"), 120),
        (at("2027-01-01T10:00"), true)
    );
    assert_eq!(
        calendar().add_working_minutes(at("2027-03-01T10:00"), 1),
        (at("2027-03-01T10:01"), true)
    );
    assert_eq!(
        calendar().add_working_minutes(at("2027-03-01T10:00"), 0),
        (at("2027-03-01T10:00"), false)
    );
}

#[test]
fn the_last_days_of_december_are_settled_by_the_next_notice() {
    assert!(!calendar().is_working_day(date("2026-12-24")).known);
    assert!(calendar().is_working_day(date("2026-12-23")).known);
    assert!(calendar().is_working_day(date("2025-12-31")).known);
    assert!(calendar().add_working_days(date("2026-12-23"), 1).provisional);
    let later = calendar().with_year(2027, [date("2027-01-01")], []).unwrap();
    assert!(!later.add_working_days(date("2026-12-23"), 1).provisional);
}

#[test]
fn the_edges_of_time_hold_in_minutes() {
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    assert!(calendar().working_minutes_between(first, last) > 0);
    assert_eq!(calendar().working_minutes_between(last, first), 0);
    assert!(calendar().add_working_minutes(last, 480).1);
    assert_eq!(calendar().working_days_before(NaiveDate::MIN, 3), NaiveDate::MIN);
}

fn any_instant() -> impl Strategy<Value = DateTime<Utc>> {
    // 2003 to 2028, to the second.
    (1_041_379_200_i64..1_861_920_000).prop_map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap())
}

proptest! {
    #[test]
    fn adding_minutes_twice_is_adding_the_sum(since in any_instant(), n in 0_i64..20_000, m in 0_i64..20_000) {
        let (first, one) = calendar().add_working_minutes(since, n);
        let (second, two) = calendar().add_working_minutes(first, m);
        prop_assert_eq!(calendar().add_working_minutes(since, n + m), (second, one || two));
    }

    #[test]
    fn a_later_start_or_more_minutes_never_end_earlier(since in any_instant(), wait in 0_i64..2_000_000, n in 0_i64..20_000) {
        let (end, _) = calendar().add_working_minutes(since, n);
        prop_assert!(calendar().add_working_minutes(since + TimeDelta::seconds(wait), n).0 >= end);
        prop_assert!(calendar().add_working_minutes(since, n + 1).0 > end);
    }

    #[test]
    fn minutes_never_end_on_a_day_off_nor_outside_the_hours(since in any_instant(), n in 1_i64..20_000) {
        let (end, _) = calendar().add_working_minutes(since, n);
        let day = shanghai_date(end);
        prop_assert!(calendar().is_working_day(day).working);
        prop_assert!(shanghai_time(day, START_OF_BUSINESS) < end && end <= shanghai_time(day, CLOSE_OF_BUSINESS));
    }

    #[test]
    fn counting_minutes_is_the_inverse_of_adding_them(since in any_instant(), n in 0_i64..20_000) {
        let (end, _) = calendar().add_working_minutes(since, n);
        prop_assert_eq!(calendar().working_minutes_between(since, end), n);
    }

    #[test]
    fn counting_minutes_agrees_with_looking_at_each(since in any_instant(), span in 0_i64..6_000) {
        let since = at("2019-01-01T00:00").max(since - TimeDelta::seconds(since.timestamp() % 60));
        let each = (0..span).map(|minute| since + TimeDelta::minutes(minute));
        let worked = each.filter(|minute| {
            let day = shanghai_date(*minute);
            calendar().is_working_day(day).working
                && shanghai_time(day, START_OF_BUSINESS) <= *minute
                && *minute < shanghai_time(day, CLOSE_OF_BUSINESS)
        });
        let counted = i64::try_from(worked.count()).unwrap();
        prop_assert_eq!(calendar().working_minutes_between(since, since + TimeDelta::minutes(span)), counted);
    }

    #[test]
    fn a_day_is_its_minutes(since in any_instant(), n in 1_u32..60) {
        // From the end of business on, days and minutes say the same.
        let evening = shanghai_time(shanghai_date(since), CLOSE_OF_BUSINESS);
        let minutes = i64::from(n) * MINUTES_OF_A_WORKING_DAY;
        prop_assert_eq!(calendar().add_working_minutes(evening, minutes).0, calendar().due_at(evening, n).0);
    }

    #[test]
    fn what_began_before_has_ended(began in any_instant(), later in 0_i64..4_000_000, n in 0_u32..30) {
        let now = began + TimeDelta::seconds(later);
        let has_ended = calendar().due_at(began, n).0 < now;
        prop_assert_eq!(began < calendar().began_before(now, n), has_ended);
    }
}
