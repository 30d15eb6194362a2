//! Telephone numbers: one written form, and its mask.
//!
//! The form is digits alone for a number of the mainland, with the area code's leading 0 (`057187654321`), and `+` with
//! the country code for any other. Equal numbers must be equal texts, since they are found by a hash.

/// Why a text is no telephone number. Says nothing of the text, which may end in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneFault {
    /// Something other than digits, spaces, hyphens, brackets and a leading `+`.
    #[error("a telephone number is written with digits")]
    Character,
    /// Fewer than 5 digits or more than 20.
    #[error("a telephone number has 5 to 20 digits")]
    Length,
}

/// How many digits a mask hides at least.
const HIDDEN_AT_LEAST: usize = 4;

/// The one written form of a telephone number.
///
/// Takes spaces, hyphens, brackets, full-width digits and the mainland's country code (`+86`, `0086`, or `86` before a
/// mobile number), and gives back the area code's 0 that is left out after it.
pub fn normalise_phone(text: &str) -> Result<String, PhoneFault> {
    let mut digits = String::new();
    let mut has_plus = false;
    for character in text.trim().chars() {
        match character {
            '0'..='9' => digits.push(character),
            '０'..='９' => digits.extend(char::from_digit(u32::from(character) - u32::from('０'), 10)),
            '+' | '＋' if digits.is_empty() && !has_plus => has_plus = true,
            '-' | '－' | '‐' | '‑' | '–' | '(' | ')' | '（' | '）' => {}
            _ if character.is_whitespace() => {}
            _ => return Err(PhoneFault::Character),
        }
    }
    if !has_plus && let Some(rest) = digits.strip_prefix("00") {
        (digits, has_plus) = (rest.to_owned(), true);
    }
    let number = match digits.strip_prefix("86") {
        // Read anew, so that a code written twice gives the same form.
        Some(rest) if has_plus => return normalise_phone(&with_trunk_zero(rest)),
        Some(rest) if is_mobile(rest) => rest.to_owned(),
        _ if has_plus => format!("+{digits}"),
        _ => digits,
    };
    let length = number.trim_start_matches('+').len();
    if (5..=20).contains(&length) {
        Ok(number)
    } else {
        Err(PhoneFault::Length)
    }
}

/// A number as it may be shown: `13812345678` as `138****5678`, `057187654321` as `0571****4321`.
///
/// Keeps the first three digits of a mobile or foreign number or the area code of a landline, and up to the last four;
/// at least four digits in between are hidden, so of a short number little or nothing is left. Takes any text.
pub fn mask_phone(number: &str) -> String {
    let number = normalise_phone(number).unwrap_or_else(|_| number.to_owned());
    let (plus, digits) = number
        .strip_prefix('+')
        .map_or(("", number.as_str()), |digits| ("+", digits));
    let length = digits.chars().count();
    let head = match digits.as_bytes() {
        _ if length < 10 => 0,
        [b'0', b'1' | b'2', ..] => 3,
        [b'0', ..] => 4,
        _ if length < 11 => 0,
        _ => 3,
    };
    let tail = length.saturating_sub(head + HIDDEN_AT_LEAST).min(4);
    let shown = |(place, digit)| {
        if place < head || place >= length - tail {
            digit
        } else {
            '*'
        }
    };
    plus.chars().chain(digits.chars().enumerate().map(shown)).collect()
}

/// A mainland number as it stands after `+86`: a landline gets back its leading 0; mobile numbers, 400 and 800 numbers
/// and short numbers have none.
fn with_trunk_zero(number: &str) -> String {
    let without_area_code = number.starts_with("400") || number.starts_with("800") || is_mobile(number);
    let lacks_zero = matches!(number.len(), 10 | 11) && !number.starts_with('0') && !without_area_code;
    if lacks_zero {
        format!("0{number}")
    } else {
        number.to_owned()
    }
}

/// Whether these digits are a mainland mobile number: eleven, the first 1, the second 3 to 9.
fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..])
}
