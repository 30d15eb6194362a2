//! Finding telephone numbers in a text.
//!
//! A telephone number is known by its form where it is one of the mainland by which a person is reached: a mobile number,
//! or a landline with its area code. Short numbers such as 12345, numbers of eight digits without an area code and credit
//! codes are let through, since dates, sums and codes look like them: whoever knows a person's number compares it with
//! [`phone_candidates`].

use std::ops::Range;

use super::normalise_phone;

/// How many separators may stand between two digits of one number.
const LONGEST_GAP: usize = 3;
/// The digits of the longest number with its country code: 0086 and twelve.
const MOST_DIGITS: usize = 16;
/// The fewest digits of a number that is compared.
const FEWEST_COMPARED: usize = 7;

/// The bytes of the first telephone number in `text`, from its first digit to its last.
///
/// Digits may be full-width, and spaces, hyphens, dots or brackets may stand between them. A longer run of digits holds
/// no telephone number.
pub fn find_phone_number(text: &str) -> Option<Range<usize>> {
    runs(text).find_map(|start| {
        let length = phone_at_start(&digits_from(text.get(start..)?))?;
        Some(start..start + length)
    })
}

/// Whether `text` holds a telephone number.
pub fn holds_phone_number(text: &str) -> bool {
    find_phone_number(text).is_some()
}

/// Everything in a text that might be a telephone number, whatever its form, as [`normalise_phone`] writes it; each once.
pub fn phone_candidates(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for start in runs(text) {
        let Some((before, rest)) = text.split_at_checked(start) else {
            continue;
        };
        let digits = digits_from(rest);
        let plus = if before.ends_with(['+', '＋']) { "+" } else { "" };
        for length in FEWEST_COMPARED..=digits.len().min(MOST_DIGITS) {
            if digits.get(length).is_some_and(|next| next.adjoins) {
                continue;
            }
            let number: String = digits
                .iter()
                .take(length)
                .map(|digit| digit.value.to_string())
                .collect();
            found.extend(normalise_phone(&format!("{plus}{number}")));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Where digits begin that no digit adjoins in front.
fn runs(text: &str) -> impl Iterator<Item = usize> {
    let mut within = false;
    text.char_indices().filter_map(move |(start, character)| {
        let begins = digit(character).is_some() && !within;
        within = digit(character).is_some();
        begins.then_some(start)
    })
}

/// A digit, whether it follows the one before at once, and where it ends.
#[derive(Clone, Copy, Debug)]
struct Digit {
    value: u32,
    adjoins: bool,
    end: usize,
}

/// The digits at the start of a text, as far as they can belong to one number.
fn digits_from(text: &str) -> Vec<Digit> {
    let (mut digits, mut gap) = (Vec::new(), 0);
    for (start, character) in text.char_indices() {
        if let Some(value) = digit(character) {
            let end = start + character.len_utf8();
            digits.push(Digit {
                value,
                adjoins: gap == 0,
                end,
            });
            gap = 0;
        } else if is_separator(character) && gap < LONGEST_GAP {
            gap += 1;
        } else {
            break;
        }
        if digits.len() > MOST_DIGITS {
            break;
        }
    }
    digits
}

/// The length in bytes of the telephone number that begins with the first digit.
fn phone_at_start(digits: &[Digit]) -> Option<usize> {
    let values: Vec<u32> = digits.iter().map(|digit| digit.value).collect();
    let country = match values.as_slice() {
        [8, 6, ..] => 2,
        [0, 0, 8, 6, ..] => 4,
        _ => 0,
    };
    [0, country].into_iter().find_map(|skipped| {
        let number = digits.get(skipped..)?;
        let length = number_length(number, skipped > 0)?;
        number.get(length - 1).map(|last| last.end)
    })
}

/// How many digits the number has that begins here, where it is one and no digit adjoins its last.
fn number_length(digits: &[Digit], after_country: bool) -> Option<usize> {
    let value = |place: usize| digits.get(place).map(|digit| digit.value);
    let lengths: &[usize] = match (value(0)?, value(1)?) {
        (1, 3..=9) if !is_years(digits) => &[11],
        (0, 1 | 2) if adjoin(digits, 1..3) => &[11],
        (0, 3..=9) if adjoin(digits, 1..4) => &[11, 12],
        // The area code's 0 is left out behind the country code.
        (1 | 2, _) if after_country && adjoin(digits, 1..2) => &[10],
        (3..=9, _) if after_country && adjoin(digits, 1..3) => &[10, 11],
        _ => return None,
    };
    let ends = |length: &usize| digits.len() >= *length && digits.get(*length).is_none_or(|next| !next.adjoins);
    lengths.iter().copied().find(ends)
}

/// Whether these digits follow each other at once.
fn adjoin(digits: &[Digit], places: Range<usize>) -> bool {
    digits
        .get(places)
        .is_some_and(|digits| digits.iter().all(|digit| digit.adjoins))
}

/// Whether these are two years and something behind them: `1998-2003 500`. A mobile number in such groups is none.
fn is_years(digits: &[Digit]) -> bool {
    let century = |place: usize| -> Option<u32> { Some(10 * digits.get(place)?.value + digits.get(place + 1)?.value) };
    let groups: Vec<usize> = (1..digits.len().min(11))
        .filter(|place| digits.get(*place).is_some_and(|digit| !digit.adjoins))
        .collect();
    groups == [4, 8] && century(0) == Some(19) && matches!(century(4), Some(19 | 20))
}

/// The value of a digit, ASCII or full-width.
fn digit(character: char) -> Option<u32> {
    match character {
        '０'..='９' => Some(u32::from(character) - u32::from('０')),
        _ => character.to_digit(10),
    }
}

/// Spaces of any width, hyphens, dots, brackets, and the marks that show nothing.
fn is_separator(character: char) -> bool {
    let shows_nothing = matches!(character, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}');
    let is_mark = matches!(
        character,
        '-' | '－' | '.' | '·' | '(' | ')' | '（' | '）' | '\u{2010}'..='\u{2015}' | '\u{2212}'
    );
    character.is_whitespace() || is_mark || shows_nothing
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{find_phone_number, holds_phone_number, phone_candidates};

    fn found(text: &str) -> Option<&str> {
        find_phone_number(text).and_then(|range| text.get(range))
    }

    #[test]
    fn a_number_that_reaches_a_person_is_found_however_it_is_written() {
        for (text, number) in [
            ("请打13812345678联系我", "13812345678"),
            ("电话：138 1234 5678。", "138 1234 5678"),
            ("138-1234-5678", "138-1234-5678"),
            ("138.1234.5678", "138.1234.5678"),
            ("1381 2345 678", "1381 2345 678"),
            ("1990 1234 567", "1990 1234 567"),
            ("１３８１２３４５６７８", "１３８１２３４５６７８"),
            ("1 3 8 1 2 3 4 5 6 7 8", "1 3 8 1 2 3 4 5 6 7 8"),
            ("+86 13812345678", "86 13812345678"),
            ("+86 138-1234-5678", "86 138-1234-5678"),
            ("8613812345678", "8613812345678"),
            ("0086-138-1234-5678", "0086-138-1234-5678"),
            ("家里电话0571-87654321", "0571-87654321"),
            ("热线0571-87654321转3", "0571-87654321"),
            ("057187654321", "057187654321"),
            ("(0579) 8555 1234", "0579) 8555 1234"),
            ("(0571)8765 4321", "0571)8765 4321"),
            ("0570-3012345", "0570-3012345"),
            ("010 12345678", "010 12345678"),
            ("+86 571 8765 4321", "86 571 8765 4321"),
            ("2019 13812345678", "13812345678"),
            ("138\u{200B}12345678", "138\u{200B}12345678"),
        ] {
            assert_eq!(found(text), Some(number), "{text}");
            assert!(holds_phone_number(text), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_let_through() {
        for text in [
            "",
            "请拨打12345",
            "12345热线",
            "SFW-2019-330782-000123",
            "2019-01-10 09:30",
            "2019-01-10 办结",
            "2019-03-01起施行",
            "01-10 2019-01-15",
            "2019年1月10日，417个问题",
            "2019年1月10日至2019年12月31日",
            "1998-2003 500人",
            "91330782MA28D0KL2X",
            "91330782MA28D0XXXX",
            "913307821471617453",
            "11010519491231002X",
            "6222021001116245702",
            "85551234",
            "1381234567",   // too short
            "138123456789", // too long
            "编号 20190113800001234",
            "330782001",
            "资金120000000元",
            "补助1380000000元",
            "补贴 1380000 元",
            "示例〔2019〕3号",
            "国办发明电〔2026〕7号",
            "417=76+204+137",
            "第3次，共5次",
            "0.5公里，10分钟",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn what_has_no_form_of_its_own_can_be_compared() {
        for (text, number) in [
            ("请打 8523 0000 找她", "85230000"),
            ("电话２０１９ 85230000。", "85230000"),
            ("+86 138 0000 1234", "13800001234"),
            ("+86 571-8765 4321", "057187654321"),
            ("（0571）87654321", "057187654321"),
            ("致电 +1 212 555 0100", "+12125550100"),
        ] {
            let candidates = phone_candidates(text);
            assert!(candidates.contains(&number.to_owned()), "{text}: {candidates:?}");
        }
        for text in ["2019年", "12345", "编号 20190113800001234567"] {
            assert_eq!(phone_candidates(text), Vec::<String>::new(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_mobile_number_is_found_in_any_words(
            second in 3_u32..=9,
            rest in "[0-9]{9}",
            gap in prop::sample::select(vec!["", " ", "-", "\u{3000}", " - "]),
            before in "[\\p{Han}a-z，。:]{0,12}",
            after in "[\\p{Han}a-z，。:]{0,12}",
        ) {
            let number = format!("1{second}{rest}");
            let written: Vec<String> = number.chars().map(String::from).collect();
            let written = written.join(gap);
            let text = format!("{before}{written}{after}");
            prop_assert_eq!(found(&text), Some(written.as_str()));
            prop_assert!(phone_candidates(&text).contains(&number));
        }

        #[test]
        fn a_mobile_number_in_two_parts_is_found_in_any_text(
            before in "[^0-9０-９]{0,12}", number in "1[3-9][0-9]{9}", gap in "[ -]?", at in 1_usize..10,
            after in "[^0-9０-９]{0,12}",
        ) {
            let (head, tail) = number.split_at(at);
            let text = format!("{before}{head}{gap}{tail}{after}");
            prop_assert!(holds_phone_number(&text), "{}", text);
        }

        #[test]
        fn any_text_is_read_to_its_end(text in ".{0,60}") {
            let range = find_phone_number(&text);
            prop_assert!(range.is_none_or(|range| text.get(range).is_some()));
            phone_candidates(&text);
        }
    }
}
