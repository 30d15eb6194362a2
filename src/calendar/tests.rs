//! The vectors are from the State Council's notices, counted by hand; the properties hold for any date and number.

mod resource;
mod working_time;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;

use super::notice::NoticeFault;
use super::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn calendar() -> &'static Calendar {
    Calendar::shipped()
}

#[test]
fn periods_end_where_the_notices_say() {
    for (start, n, end) in [
        ("2019-01-14", 5, "2019-01-21"),
        ("2019-01-31", 3, "2019-02-03"), // Sat 02 and Sun 03 are made up for Spring Festival
        ("2019-02-01", 5, "2019-02-13"),
        ("2019-04-26", 3, "2019-04-30"),
        ("2019-09-27", 5, "2019-10-10"),
        ("2025-01-24", 3, "2025-02-05"),
        ("2025-09-26", 5, "2025-10-10"),
        ("2026-02-13", 1, "2026-02-14"), // a Saturday
        ("2026-02-14", 5, "2026-02-28"), // a Saturday
        ("2026-09-18", 5, "2026-09-24"),
        ("2026-09-30", 1, "2026-10-08"),
    ] {
        let due = calendar().add_working_days(date(start), n);
        assert_eq!(
            due,
            Due {
                date: date(end),
                provisional: false
            },
            "{start} + {n}"
        );
        assert_eq!(
            calendar().working_days_between(date(start), date(end)),
            n,
            "{start} to {end}"
        );
    }
}

#[test]
fn an_unpublished_year_counts_weekdays_and_says_so() {
    let due = calendar().add_working_days(date("2026-12-31"), 5);
    assert_eq!(
        due,
        Due {
            date: date("2027-01-07"),
            provisional: true
        }
    );
    assert_eq!(
        calendar().is_working_day(date("2027-01-01")),
        Day {
            working: true,
            known: false
        }
    );
    assert_eq!(
        calendar().is_working_day(date("2003-12-31")),
        Day {
            working: true,
            known: false
        }
    );
    assert!(!calendar().add_working_days(date("2026-12-22"), 1).provisional);
}

#[test]
fn a_year_has_its_number_of_working_days() {
    for (year, expected) in [(2019, 250), (2024, 251), (2025, 248), (2026, 248)] {
        let eve = NaiveDate::from_ymd_opt(year - 1, 12, 31).unwrap();
        let end = NaiveDate::from_ymd_opt(year, 12, 31).unwrap();
        assert_eq!(calendar().working_days_between(eve, end), expected, "{year}");
    }
}

#[test]
fn every_shipped_number_is_a_date() {
    let numbers: u32 = data::NOTICES
        .iter()
        .map(|notice| u32::try_from(notice.make_up_days.len()).unwrap())
        .sum();
    let mut days_off = 0;
    let mut make_up_days = 0;
    for notice in data::NOTICES {
        for (first, last) in notice.days_off {
            let day = |number: u32| NaiveDate::from_ymd_opt(notice.year, number / 100, number % 100).unwrap();
            assert!(first <= last);
            for day in day(*first).iter_days().take_while(|each| *each <= day(*last)) {
                assert!(!calendar().is_working_day(day).working, "{day}");
                days_off += 1;
            }
        }
        for number in notice.make_up_days {
            let day = NaiveDate::from_ymd_opt(notice.year, number / 100, number % 100).unwrap();
            assert!(day.weekday().number_from_monday() >= 6, "{day}");
            assert!(calendar().is_working_day(day).working, "{day}");
            make_up_days += 1;
        }
    }
    assert_eq!((days_off, make_up_days, numbers), (621, 150, 150));
    assert_eq!(calendar().published_years(), (2004..=2026).collect());
}

#[test]
fn a_period_ends_at_five_in_the_afternoon_in_shanghai() {
    // 2019-01-14 23:30 in Shanghai is still the 14th; half an hour later the period starts a day later.
    assert_eq!(
        calendar().due_at(instant("2019-01-14T15:30:00Z"), 5),
        (instant("2019-01-21T09:00:00Z"), false)
    );
    assert_eq!(
        calendar().due_at(instant("2019-01-14T16:00:00Z"), 5),
        (instant("2019-01-22T09:00:00Z"), false)
    );
    assert_eq!(
        calendar().due_at(instant("2026-12-31T01:00:00Z"), 5),
        (instant("2027-01-07T09:00:00Z"), true)
    );
}

#[test]
fn overdue_days_are_working_days_begun_since() {
    let due = instant("2019-02-01T09:00:00Z"); // Friday 17:00; the weekend after it is made up
    for (now, expected) in [
        ("2019-01-31T09:00:00Z", 0),
        ("2019-02-01T12:00:00Z", 0),
        ("2019-02-02T01:00:00Z", 1),
        ("2019-02-10T15:59:59Z", 2),
        ("2019-02-10T16:00:00Z", 3),
    ] {
        assert_eq!(calendar().overdue_working_days(due, instant(now)), expected, "{now}");
    }
}

#[test]
fn days_of_shanghai_begin_at_sixteen_hours_utc() {
    assert_eq!(shanghai_date(instant("2018-12-31T15:59:59Z")), date("2018-12-31"));
    assert_eq!(shanghai_date(instant("2018-12-31T16:00:00Z")), date("2019-01-01"));
    assert_eq!(
        start_of_shanghai_day(date("2019-01-01")),
        instant("2018-12-31T16:00:00Z")
    );
    assert_eq!(shanghai_time(date("2019-01-01"), NOON), instant("2019-01-01T04:00:00Z"));
}

#[test]
fn the_edges_of_time_do_not_panic() {
    assert_eq!(calendar().add_working_days(NaiveDate::MAX, 3).date, NaiveDate::MAX);
    assert_eq!(
        shanghai_date(DateTime::<Utc>::MAX_UTC),
        DateTime::<Utc>::MAX_UTC.date_naive()
    );
    assert_eq!(start_of_shanghai_day(NaiveDate::MIN).date_naive(), NaiveDate::MIN);
    let all_time = calendar().working_days_between(NaiveDate::MIN, NaiveDate::MAX);
    assert!(all_time > 100_000_000);
}

#[test]
fn a_look_back_on_a_day_off_moves_to_the_next_working_day() {
    assert_eq!(
        calendar().working_day_on_or_after(date("2019-10-01")).date,
        date("2019-10-08")
    );
    assert_eq!(
        calendar().working_day_on_or_after(date("2019-10-12")).date,
        date("2019-10-12")
    ); // made up
    assert!(calendar().working_day_on_or_after(date("2027-01-02")).provisional);
}

#[test]
fn a_published_year_settles_what_was_provisional() {
    let days_off = [date("2026-12-31"), date("2027-01-01"), date("2027-01-02")];
    let later = calendar().with_year(2027, days_off, [date("2027-01-03")]).unwrap();
    assert_eq!(later.version(), "2027.1");
    let due = later.add_working_days(date("2026-12-30"), 2);
    assert_eq!(
        due,
        Due {
            date: date("2027-01-04"),
            provisional: false
        }
    );
    assert!(!later.is_working_day(date("2026-12-31")).working); // the later notice moved a day of December

    let corrected = later.with_year(2027, [date("2027-01-01")], []).unwrap();
    assert_eq!(corrected.version(), "2027.2");
    assert!(corrected.is_working_day(date("2026-12-31")).working);
    assert_eq!(calendar().version(), "2026.1");
}

#[test]
fn a_notice_that_cannot_be_is_refused() {
    let refuse = |off: &[&str], made_up: &[&str]| {
        let dates = |texts: &[&str]| texts.iter().map(|text| date(text)).collect::<Vec<_>>();
        calendar().with_year(2027, dates(off), dates(made_up)).unwrap_err()
    };
    assert_eq!(
        refuse(
            &["2026-12-23", "2027-01-02", "2027-01-03", "2027-01-03"],
            &["2028-01-01", "2027-01-04", "2027-01-02"]
        ),
        [
            NoticeFault::OutsideYear(date("2026-12-23")),
            NoticeFault::Repeated(date("2027-01-03")),
            NoticeFault::OutsideYear(date("2028-01-01")),
            NoticeFault::MakeUpOnWeekday(date("2027-01-04")),
            NoticeFault::Contradiction(date("2027-01-02")),
        ]
    );
}

#[test]
fn what_a_version_knew_can_be_told_again() {
    let later = calendar().with_year(2027, [date("2027-01-01")], []).unwrap();
    assert_eq!(&later.as_known_by("2026.1"), calendar());
    assert_eq!(later.as_known_by("2027.1"), later);
    assert_eq!(later.as_known_by("nonsense"), later);
}

fn any_date() -> impl Strategy<Value = NaiveDate> {
    (0_i64..9_500).prop_map(|days| date("2003-01-01") + TimeDelta::days(days))
}

proptest! {
    #[test]
    fn adding_twice_is_adding_the_sum(start in any_date(), n in 0_u32..60, m in 0_u32..60) {
        let first = calendar().add_working_days(start, n);
        let second = calendar().add_working_days(first.date, m);
        let provisional = first.provisional || second.provisional;
        prop_assert_eq!(calendar().add_working_days(start, n + m), Due { provisional, ..second });
    }

    #[test]
    fn a_later_start_or_a_longer_period_never_ends_earlier(start in any_date(), wait in 0_i64..40, n in 0_u32..60) {
        let end = calendar().add_working_days(start, n).date;
        prop_assert!(calendar().add_working_days(start + TimeDelta::days(wait), n).date >= end);
        prop_assert!(calendar().add_working_days(start, n + 1).date > end);
    }

    #[test]
    fn a_period_never_ends_on_a_day_off(start in any_date(), n in 1_u32..60) {
        let end = calendar().add_working_days(start, n).date;
        prop_assert!(calendar().is_working_day(end).working);
        prop_assert!(calendar().working_day_on_or_after(start).date >= start);
    }

    #[test]
    fn counting_is_the_inverse_of_adding(start in any_date(), n in 0_u32..200) {
        let end = calendar().add_working_days(start, n).date;
        prop_assert_eq!(calendar().working_days_between(start, end), n);
    }

    #[test]
    fn counting_agrees_with_looking_at_each_day(start in any_date(), span in -50_i64..400) {
        let end = start + TimeDelta::days(span);
        let days = start.iter_days().skip(1).take_while(|day| *day <= end);
        let counted = days.filter(|day| calendar().is_working_day(*day).working).count();
        prop_assert_eq!(calendar().working_days_between(start, end) as usize, counted);
    }

    #[test]
    fn an_instant_lies_within_its_day(seconds in 0_i64..4_000_000_000) {
        let at = DateTime::from_timestamp(seconds, 0).unwrap();
        let start = start_of_shanghai_day(shanghai_date(at));
        prop_assert!(start <= at && at < start + TimeDelta::days(1));
    }
}
