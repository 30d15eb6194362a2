//! Finding resident identity numbers (公民身份号码, GB 11643-1999) in free text.
//!
//! Eighteen characters: six of a division, eight of a birth date, three of a sequence, a check character (digit or X).
//! With X as 10, the products of values and weights sum to 1 mod 11. Of random runs of 18 digits about one in 15,000
//! has both a right check and a plausible birth date, so a text is hardly ever refused for another number.

use std::ops::Range;

use chrono::NaiveDate;

/// Weights of the 18 characters, the check character's own included.
const WEIGHTS: [u32; 18] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1];

/// How many separators may stand between two characters of one number.
const LONGEST_GAP: usize = 3;

/// Birth years of people who can have a number.
const BIRTH_YEARS: Range<i32> = 1900..2100;

/// The bytes of the first identity number in `text`, from its first character to its last.
///
/// Digits may be full-width, X may be of either case, and spaces or hyphens may stand between the characters. A longer
/// run of digits holds no identity number.
pub fn find_id_number(text: &str) -> Option<Range<usize>> {
    let mut within_digits = false;
    for (start, character) in text.char_indices() {
        let begins_a_run = digit(character).is_some() && !within_digits;
        within_digits = digit(character).is_some();
        if begins_a_run && let Some(length) = text.get(start..).and_then(id_number_at_start) {
            return Some(start..start + length);
        }
    }
    None
}

/// `text` with each identity number replaced by 18 asterisks: what a writer is offered instead of a refusal.
pub fn blot_id_numbers(text: &str) -> String {
    let mut blotted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(number) = find_id_number(rest) {
        let (before, from_number) = rest.split_at(number.start);
        blotted.push_str(before);
        blotted.push_str(&"*".repeat(WEIGHTS.len()));
        rest = from_number.get(number.len()..).unwrap_or_default();
    }
    blotted + rest
}

/// The length in bytes of the identity number at the start of `text`.
fn id_number_at_start(text: &str) -> Option<usize> {
    let mut values = Vec::with_capacity(WEIGHTS.len());
    let mut gap = 0;
    let mut characters = text.char_indices();
    while values.len() < WEIGHTS.len() {
        let (_, character) = characters.next()?;
        let is_last = values.len() + 1 == WEIGHTS.len();
        if let Some(value) = digit(character).or_else(|| check_x(character).filter(|_| is_last)) {
            values.push(value);
            gap = 0;
        } else if is_separator(character) && gap < LONGEST_GAP {
            gap += 1;
        } else {
            return None;
        }
    }
    let ends_in_x = values.last() == Some(&10); // X ends a run, whatever follows
    let run_goes_on = !ends_in_x && characters.clone().next().is_some_and(|(_, next)| digit(next).is_some());
    let is_number = !run_goes_on && check_holds(&values) && birth_date_is_plausible(&values);
    is_number.then(|| characters.offset())
}

fn check_holds(values: &[u32]) -> bool {
    values
        .iter()
        .zip(WEIGHTS)
        .map(|(value, weight)| value * weight)
        .sum::<u32>()
        % 11
        == 1
}

fn birth_date_is_plausible(values: &[u32]) -> bool {
    let number = |range: Range<usize>| {
        values
            .get(range)
            .map(|digits| digits.iter().fold(0, |sum, digit| sum * 10 + digit))
    };
    let date = || {
        let year = i32::try_from(number(6..10)?).ok()?;
        NaiveDate::from_ymd_opt(year, number(10..12)?, number(12..14)?).filter(|_| BIRTH_YEARS.contains(&year))
    };
    date().is_some()
}

/// The value of a digit, ASCII or full-width.
fn digit(character: char) -> Option<u32> {
    match character {
        '０'..='９' => Some(u32::from(character) - u32::from('０')),
        _ => character.to_digit(10),
    }
}

/// The value of the check character X.
fn check_x(character: char) -> Option<u32> {
    matches!(character, 'X' | 'x' | 'Ｘ' | 'ｘ').then_some(10)
}

/// Spaces of any width, hyphens and dashes, and the marks that show nothing.
fn is_separator(character: char) -> bool {
    let shows_nothing = matches!(character, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}');
    let is_hyphen = matches!(character, '-' | '－' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    character.is_whitespace() || is_hyphen || shows_nothing
}
