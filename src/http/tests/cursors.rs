//! Cursors: what a page hands out leads on, and nothing else does.

use chrono::NaiveDate;
use proptest::prelude::*;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::http::page::{ListParams, Page, PageRequest};
use crate::http::total::{COUNTED, Total};

const QUERY: &str = "list_problems, division 330782, newest first";

fn asked(cursor: Option<String>, query: &str) -> Result<PageRequest, u16> {
    let params = ListParams {
        limit: Some(2),
        cursor,
        with_total: None,
    };
    params.page(&query).map_err(|error| error.code().status())
}

proptest! {
    #[test]
    fn a_cursor_leads_on_from_where_it_was_made(micros in any::<i64>(), text in "\\PC*", number: i64, id: u128) {
        let id = Uuid::from_u128(id);
        let first = asked(None, QUERY).expect("no cursor");
        let again = |cursor: String| asked(Some(cursor), QUERY).expect("its own");
        prop_assert_eq!(again(first.cursor_at(&number, id)).after::<i64>().expect("its own"), Some((number, id)));
        prop_assert_eq!(
            again(first.cursor_at(&text, id)).after::<String>().expect("its own"),
            Some((text.clone(), id))
        );
        if let Some(time) = Timestamp::from_micros(micros % 253_402_300_800_000_000) {
            prop_assert_eq!(again(first.cursor_at(&time, id)).after::<Timestamp>().expect("its own"), Some((time, id)));
        }
    }

    #[test]
    fn a_cursor_that_was_tampered_with_is_400_or_another_position_of_the_same_query(
        number: i64, id: u128, at in any::<prop::sample::Index>(), letter in "[A-Za-z0-9_=+/. -]"
    ) {
        let cursor = asked(None, QUERY).expect("no cursor").cursor_at(&number, Uuid::from_u128(id));
        let place = at.index(cursor.len());
        let mut tampered = cursor.clone();
        tampered.replace_range(place..=place, &letter);
        let read = asked(Some(tampered.clone()), QUERY)
            .and_then(|page| page.after::<i64>().map_err(|error| error.code().status()));
        match read {
            Err(status) => prop_assert_eq!(status, 400),
            Ok(position) => prop_assert!(position.is_some()),
        }
        // The fingerprint comes first: a cursor cannot be turned into one of another query.
        let elsewhere = asked(Some(tampered), "list_visits").map(|_| ());
        prop_assert_eq!(elsewhere, Err(400));
    }

    #[test]
    fn any_text_is_a_cursor_or_400(text in "\\PC*") {
        prop_assert_eq!(asked(Some(text), QUERY).map(|_| ()), Err(400));
    }
}

#[test]
fn a_cursor_of_another_query_or_another_kind_of_position_is_400() {
    let page = asked(None, QUERY).expect("no cursor");
    let cursor = page.cursor_at(&7_i64, Uuid::nil());
    assert_eq!(
        asked(Some(cursor.clone()), "list_problems, division 330521").map(|_| ()),
        Err(400)
    );
    let read = asked(Some(cursor), QUERY).expect("its own");
    assert_eq!(read.after::<String>().map_err(|error| error.code().status()), Err(400));
    // Instants and days that PostgreSQL does not hold: its years begin at 4713 before Christ.
    for micros in [i64::MAX, i64::MIN, -253_402_300_799_999_999, 253_402_300_800_000_000] {
        let far = asked(Some(page.cursor_at(&micros, Uuid::nil())), QUERY).expect("its own");
        assert_eq!(
            far.after::<Timestamp>().map_err(|error| error.code().status()),
            Err(400)
        );
    }
    for day in ["-9999-01-1", "+10000-01-01", "0000-01-01"] {
        let far = asked(Some(page.cursor_at(&day.to_owned(), Uuid::nil())), QUERY).expect("its own");
        assert_eq!(
            far.after::<NaiveDate>().map_err(|error| error.code().status()),
            Err(400)
        );
    }
}

#[test]
fn a_page_has_a_next_one_only_where_there_are_more_rows() {
    let page = asked(None, QUERY).expect("no cursor");
    assert_eq!(page.fetch(), 3);
    let rows = |count: i64| (1..=count).collect::<Vec<i64>>();
    let position = |row: &i64| (*row, Uuid::nil());
    let full: Page<i64> = page.page(rows(3), position, |row| row);
    assert_eq!(full.items, [1, 2]);
    assert_eq!(full.next_cursor, Some(page.cursor_at(&2_i64, Uuid::nil())));
    assert_eq!(page.page(rows(2), position, |row| row).next_cursor, None);
    assert_eq!(page.page(rows(0), position, |row| row).next_cursor, None);
    let counted = |count: Option<i64>| {
        page.page(rows(1), position, |row| row)
            .with_total(count.map(Total::from))
    };
    assert_eq!(
        (counted(Some(3)).total, counted(Some(3)).total_at_least),
        (Some(3), None)
    );
    assert_eq!(
        (
            counted(Some(COUNTED + 1)).total,
            counted(Some(COUNTED + 1)).total_at_least
        ),
        (None, Some(COUNTED))
    );
}
