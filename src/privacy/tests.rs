//! Identity numbers here are made up; the first is the standard's own example.

use proptest::prelude::*;

use super::*;

fn found(text: &str) -> Option<&str> {
    find_id_number(text).and_then(|range| text.get(range))
}

#[test]
fn an_identity_number_is_found_however_it_is_written() {
    for (text, expected) in [
        ("11010519491231002X", "11010519491231002X"),
        ("身份证号11010519491231002x，请核对", "11010519491231002x"),
        (
            "１１０１０５１９４９１２３１００２Ｘ",
            "１１０１０５１９４９１２３１００２Ｘ",
        ),
        ("电话13812345678 110105 19491231 002X。", "110105 19491231 002X"),
        ("号码：110105-1949-1231-002X", "110105-1949-1231-002X"),
        ("2019 1101 0519 4912 3100 2X", "1101 0519 4912 3100 2X"),
        (
            "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X",
            "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X",
        ),
        (
            "110105\u{3000}19491231\u{200B}002X",
            "110105\u{3000}19491231\u{200B}002X",
        ),
        ("ID440524188001010014或11010519491231002X", "11010519491231002X"), // the first was born in 1880
        ("11010519491231002X13812345678", "11010519491231002X"),
    ] {
        assert_eq!(found(text), Some(expected), "{text}");
    }
}

#[test]
fn other_numbers_are_let_through() {
    for text in [
        "",
        "企业反映用工成本高",
        "110105194912310021",  // check
        "110105194913310028",  // month 13
        "1101051949123100",    // too short
        "911010519491231002X", // inside a longer run
        "SFW-2019-330102-000417",
        "6222021001116245702", // a bank card
        "91350100M000100Y43",
        "110105, 19491231, 002X",
        "110105    19491231002X", // too wide a gap
        "11010519491231X02X",
    ] {
        assert_eq!(found(text), None, "{text}");
    }
}

#[test]
fn every_identity_number_is_blotted_out() {
    assert_eq!(
        blot_id_numbers("甲11010519491231002X，乙110105 19491231 002x。"),
        "甲******************，乙******************。"
    );
    assert_eq!(blot_id_numbers("没有号码"), "没有号码");
}

#[test]
fn a_telephone_number_has_one_form() {
    for (text, form) in [
        ("13812345678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("8613812345678", "13812345678"),
        ("0086 138 1234 5678", "13812345678"),
        ("＋８６１３８１２３４５６７８", "13812345678"),
        ("0571-8765 4321", "057187654321"),
        ("（0571）87654321", "057187654321"),
        ("+86 571 8765 4321", "057187654321"),
        ("+86 10 1234 5678", "01012345678"),
        ("+86 400 800 1234", "4008001234"),
        ("+86 86 13812345678", "13812345678"),
        ("8612345", "8612345"), // a local number, no country code
        ("12345", "12345"),
        ("+86 12345", "12345"),
        ("+852 2345 6789", "+85223456789"),
        ("00852 2345 6789", "+85223456789"),
    ] {
        assert_eq!(normalise_phone(text).as_deref(), Ok(form), "{text}");
    }
}

#[test]
fn what_is_no_telephone_number_is_refused() {
    for text in ["1381234567a", "138/12345678", "138+12345678", "++8613812345678", "没有"] {
        assert_eq!(normalise_phone(text), Err(PhoneFault::Character), "{text}");
    }
    for text in ["", "1234", "+86 1234", "123456789012345678901"] {
        assert_eq!(normalise_phone(text), Err(PhoneFault::Length), "{text}");
    }
}

#[test]
fn a_mask_keeps_what_helps_to_recognise_a_number() {
    for (number, mask) in [
        ("13812345678", "138****5678"),
        ("+86 138 1234 5678", "138****5678"),
        ("0571-87654321", "0571****4321"),
        ("0570-3012345", "0570****345"),
        ("01012345678", "010****5678"),
        ("4008001234", "******1234"),
        ("87654321", "****4321"),
        ("1234567", "****567"),
        ("12345", "****5"),
        ("110", "***"),
        ("+85223456789", "+852****6789"),
        ("", ""),
    ] {
        assert_eq!(mask_phone(number), mask, "{number}");
    }
}

/// A valid identity number: its first 17 digits as drawn, the check character as the standard's table has it.
fn any_id_number() -> impl Strategy<Value = String> {
    let parts = (110_000_u32..659_999, 1900_i32..2100, 1_u32..=366, 0_u32..1000);
    parts.prop_map(|(division, year, day, sequence)| {
        let date = chrono::NaiveDate::from_yo_opt(year, day.min(365)).unwrap();
        let first_17 = format!("{division}{}{sequence:03}", date.format("%Y%m%d"));
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        let sum: u32 = first_17
            .bytes()
            .zip(weights)
            .map(|(digit, weight)| u32::from(digit - b'0') * weight)
            .sum();
        format!("{first_17}{}", "10X98765432".chars().nth(sum as usize % 11).unwrap())
    })
}

proptest! {
    #[test]
    fn any_identity_number_is_found_in_any_words(
        number in any_id_number(),
        gap in prop::sample::select(vec!["", " ", "-", "\u{3000}", " - "]),
        before in "[\\p{Han}a-z，。:]{0,12}",
        after in "[\\p{Han}a-z，。:]{0,12}",
    ) {
        let written: Vec<String> = number.chars().map(String::from).collect();
        let written = written.join(gap);
        let text = format!("{before}{written}{after}");
        prop_assert_eq!(found(&text), Some(written.as_str()));
        prop_assert_eq!(find_id_number(&blot_id_numbers(&text)), None);
    }

    #[test]
    fn a_number_with_one_wrong_digit_is_let_through(
        number in any_id_number(),
        place in 0_usize..17,
        other in b'0'..=b'9',
    ) {
        let mut wrong = number.clone().into_bytes();
        wrong[place] = other;
        let wrong = String::from_utf8(wrong).unwrap();
        prop_assert_eq!(found(&wrong).is_some(), wrong == number);
    }

    #[test]
    fn any_text_is_searched_and_masked_without_panic(text in any::<String>()) {
        prop_assert!(find_id_number(&text).is_none_or(|range| text.get(range).is_some()));
        let _ = (mask_phone(&text), normalise_phone(&text));
    }

    #[test]
    fn a_form_is_its_own_form_and_its_mask_hides_four_digits(text in "\\+?[0-9 -]{5,24}") {
        if let Ok(form) = normalise_phone(&text) {
            prop_assert_eq!(normalise_phone(&form), Ok(form.clone()));
            let mask = mask_phone(&form);
            prop_assert!(mask.matches('*').count() >= 4);
            prop_assert_eq!(mask_phone(&text), mask);
        }
    }
}
