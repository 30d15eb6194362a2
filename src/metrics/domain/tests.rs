use proptest::prelude::*;

use super::coverage::{County, Coverage, coverage};
use super::*;

fn shown(numerator: i64, denominator: i64) -> Option<String> {
    Decimal::quotient(numerator, denominator).map(|value| serde_json::to_string(&value).expect("a number"))
}

#[test]
fn the_shares_of_the_speech_are_rounded_to_four_decimals() {
    assert_eq!(shown(76, 417).as_deref(), Some("0.1823"));
    assert_eq!(shown(204, 417).as_deref(), Some("0.4892"));
    assert_eq!(shown(137, 417).as_deref(), Some("0.3285"));
    assert_eq!(shown(52, 89).as_deref(), Some("0.5843"));
    assert_eq!(shown(52, 90).as_deref(), Some("0.5778"));
    assert_eq!(shown(417, 52).as_deref(), Some("8.0192"));
}

#[test]
fn a_half_goes_to_the_even_neighbour_and_nothing_is_divided_by_nothing() {
    assert_eq!(shown(1, 20_000).as_deref(), Some("0.0"));
    assert_eq!(shown(3, 20_000).as_deref(), Some("0.0002"));
    assert_eq!(shown(5, 20_000).as_deref(), Some("0.0002"));
    assert_eq!(shown(-1, 20_000).as_deref(), Some("0.0"));
    assert_eq!(shown(-3, 20_000).as_deref(), Some("-0.0002"));
    assert_eq!(shown(0, 0), None);
    assert_eq!(shown(i64::MAX, 1), None);
}

proptest! {
    #[test]
    fn a_quotient_is_never_further_off_than_half_a_unit(numerator in 0_i64..1_000_000, denominator in 1_i64..1_000_000) {
        let Decimal(units) = Decimal::quotient(numerator, denominator).expect("a quotient");
        let (exact, rounded) = (i128::from(numerator) * 10_000, i128::from(units) * i128::from(denominator));
        prop_assert!((exact - rounded).abs() * 2 <= i128::from(denominator));
    }
}

fn county(key: &str, exists: bool, main_successor: Option<&str>, visited: bool) -> County {
    County {
        key: key.to_owned(),
        code: key.to_owned(),
        exists,
        main_successor: main_successor.map(ToOwned::to_owned),
        visited,
    }
}

#[test]
fn s03_a_visit_to_a_county_that_is_gone_counts_for_the_one_that_took_most_of_it() {
    let counties = [
        county("330102", true, None, false),
        county("330104", false, Some("330102"), true),
        county("330105", true, None, true),
        county("330103", false, Some("330105"), true),
        county("330109", true, None, false),
    ];
    let expected = Coverage {
        codes: vec!["330102".to_owned(), "330105".to_owned()],
        total: 3,
    };
    assert_eq!(coverage(&counties), expected);
}

#[test]
fn successors_in_a_circle_reach_nothing() {
    let counties = [county("1", false, Some("2"), true), county("2", false, Some("1"), true)];
    assert_eq!(
        coverage(&counties),
        Coverage {
            codes: vec![],
            total: 0
        }
    );
}

#[test]
fn a_period_ends_with_the_day_asked_and_is_never_upside_down() {
    let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
    let period = Period::new(None, Some(day("2020-01-01")), day("2019-01-14")).expect("a period");
    assert_eq!(period.until, day("2019-01-15"));
    let period = Period::new(Some(day("2019-01-02")), Some(day("2019-01-03")), day("2019-01-14")).expect("a period");
    assert_eq!(
        (period.since, period.until),
        (Some(day("2019-01-02")), day("2019-01-03"))
    );
    assert!(Period::new(Some(day("2019-01-02")), Some(day("2019-01-02")), day("2019-01-14")).is_err());
}
