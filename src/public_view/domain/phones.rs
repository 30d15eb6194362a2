//! Finding telephone numbers in free text.
//!
//! Digits that stand together, or apart by one separator each, are read as one number wherever a part may begin and end:
//! `138 0000-1234` hides no better than `13800001234`. A mobile number and one with its area code are known by their form;
//! shorter ones are not, so the caller compares [`candidates`] with the numbers that he knows.

use crate::privacy::normalise_phone;

/// The longest number, in digits, that is put together of parts.
const MOST_DIGITS: usize = 15;
/// The fewest digits of a number that is compared.
const FEWEST_DIGITS: usize = 7;

/// Whether a text holds what has the form of a mobile number or of a landline's with its area code.
pub fn has_number(text: &str) -> bool {
    joined(text).iter().any(|(first, digits)| {
        normalise_phone(digits).is_ok_and(|number| is_mobile(&number) || is_landline(first, &number))
    })
}

/// Everything in a text that might be a telephone number, in the one written form that numbers are stored in.
pub fn candidates(text: &str) -> Vec<String> {
    let mut found: Vec<String> = joined(text)
        .into_iter()
        .filter(|(_, digits)| digits.len() >= FEWEST_DIGITS)
        .filter_map(|(_, digits)| normalise_phone(&digits).ok())
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn is_mobile(number: &str) -> bool {
    number.len() == 11 && matches!(number.as_bytes(), [b'1', b'3'..=b'9', ..])
}

/// `first` is the part that it begins with: an area code, or the whole of it. A date has neither.
fn is_landline(first: &str, number: &str) -> bool {
    let begins_with_code = matches!(first.len(), 3 | 4) || first.len() == number.len();
    let code = matches!(number.as_bytes(), [b'0', b'1', b'0', ..] | [b'0', b'2'..=b'9', ..]);
    code && begins_with_code && (10..=12).contains(&number.len())
}

/// Every run of neighbouring parts, put together, with its first part.
fn joined(text: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for parts in runs(text) {
        for from in 0..parts.len() {
            let mut digits = String::new();
            for part in parts.iter().skip(from) {
                digits.push_str(part);
                if digits.len() > MOST_DIGITS {
                    break;
                }
                all.push((parts.get(from).cloned().unwrap_or_default(), digits.clone()));
            }
        }
    }
    all
}

/// Parts of digits that stand apart by one separator each (a bracket and a space count as one).
fn runs(text: &str) -> Vec<Vec<String>> {
    let mut runs: Vec<Vec<String>> = vec![Vec::new()];
    let mut part = String::new();
    let mut gap = 0;
    for character in text.chars().chain(['\n', '\n', '\n']) {
        let digit = match character {
            '0'..='9' => Some(character),
            '０'..='９' => char::from_digit(u32::from(character) - u32::from('０'), 10),
            _ => None,
        };
        if let Some(digit) = digit {
            part.push(digit);
            gap = 0;
            continue;
        }
        if !part.is_empty()
            && let Some(run) = runs.last_mut()
        {
            run.push(std::mem::take(&mut part));
        }
        gap += 1;
        let is_separator = character.is_whitespace()
            || matches!(
                character,
                '-' | '－' | '—' | '–' | '(' | ')' | '（' | '）' | '.' | '·' | '+' | '\u{200B}'..='\u{200D}'
            );
        if (!is_separator || gap > 2) && runs.last().is_some_and(|run| !run.is_empty()) {
            runs.push(Vec::new());
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{candidates, has_number};

    #[test]
    fn numbers_are_found_however_they_are_written() {
        for text in [
            "电话13800001234。",
            "联系 138 0000 1234",
            "138-0000-1234",
            "+86 138 0000 1234",
            "8613800001234",
            "１３８００００１２３４",
            "0571-87654321",
            "(0571) 87654321",
            "057187654321",
            "010 12345678",
            "138.0000.1234",
        ] {
            assert!(has_number(text), "{text}");
        }
        for text in [
            "2019-01-10 办结",
            "2019年1月10日至2019年12月31日",
            "国办发明电〔2026〕7号",
            "补贴 1380000 元",
            "拨打12345",
            "417=76+204+137",
            "01-10 2019-01-15",
            "编号 20190113800001234",
            "第3次，共5次",
            "",
        ] {
            assert!(!has_number(text), "{text}");
        }
    }

    #[test]
    fn what_has_no_form_of_its_own_can_be_compared() {
        assert!(candidates("请打 8523 0000 找她").contains(&"85230000".to_owned()));
        assert!(candidates("2019年").is_empty());
    }

    proptest! {
        #[test]
        fn a_mobile_number_is_found_in_any_text(before in "[^0-9０-９]{0,12}", number in "1[3-9][0-9]{9}", gap in "[ -]?", at in 1usize..10, after in "[^0-9０-９]{0,12}") {
            let (head, tail) = number.split_at(at);
            let text = format!("{before}{head}{gap}{tail}{after}");
            prop_assert!(has_number(&text), "{}", text);
        }
    }
}
