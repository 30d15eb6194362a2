//! Finding telephone numbers in a text.
//!
//! A telephone number is known by its form where it is one of the mainland by which a person is reached: a mobile
//! number, a landline with its area code, or a landline's seven or eight digits where they are all that is said or
//! stand behind 电话 or the like. Digits are those of any script, Chinese numerals too, and up to six characters that are
//! neither letters nor digits part them. Spaces, hyphens, dots and brackets may stand anywhere in a number; other marks
//! part the items of a list as well (1500、2000、300), so with them, or with one Latin letter between groups, a number is
//! one only in the groups in which numbers are written. Short numbers such as 12345, dates, sums, document numbers and
//! credit codes are let through. Whoever knows a person's number compares it with [`phone_candidates`].

use std::ops::Range;

use super::digits::{chinese_digit, digit, plain};
use super::normalise_phone;

#[cfg(test)]
mod tests;

/// How many characters may stand between two digits of one number.
const LONGEST_GAP: usize = 6;
/// The digits of the longest number with its country code: 0086 and twelve.
const MOST_DIGITS: usize = 16;
/// The fewest digits of a number that is compared.
const FEWEST_COMPARED: usize = 7;
/// What a number without an area code stands behind.
const CALLED: &[&str] = &[
    "电话",
    "座机",
    "固话",
    "热线",
    "号码",
    "手机",
    "联系方式",
    "致电",
    "来电",
    "拨打",
    "请拨",
    "请打",
    "直拨",
    "拨通",
    "tel",
    "phone",
    "telephone",
    "call",
];
/// What may stand between that and the number.
const IS: &[&str] = &["号码", "号", "是", "为", "我", "到"];
/// What makes a sum of a number.
pub(super) const UNITS: &[char] = &[
    '元', '万', '亿', '人', '户', '个', '件', '吨', '亩', '家', '年', '次', '％', '%',
];

/// The bytes of the first telephone number in `text`, from its first digit to its last. A longer run of digits holds no
/// telephone number.
pub fn find_phone_number(text: &str) -> Option<Range<usize>> {
    let in_digits = read(text, false);
    let anyhow = || read(text, true);
    first(&in_digits, text).or_else(|| first(&anyhow(), text))
}

/// Whether `text` holds a telephone number.
pub fn holds_phone_number(text: &str) -> bool {
    find_phone_number(text).is_some()
}

/// Everything in a text that might be a telephone number, whatever its form, as [`normalise_phone`] writes it; each
/// once.
pub fn phone_candidates(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for items in [read(text, false), read(text, true)] {
        for start in runs(&items) {
            let (before, rest) = items.split_at(start);
            let digits = digits_from(rest);
            let plus = if before.last().is_some_and(|item| item.what == What::Plus) {
                "+"
            } else {
                ""
            };
            for length in FEWEST_COMPARED..=digits.len().min(MOST_DIGITS) {
                if digits.get(length).is_some_and(Digit::adjoins) {
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
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// What a character is to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Digit(u32),
    /// A letter that ends a number.
    Letter,
    /// One that may part its groups.
    Latin,
    /// Spaces of any width, hyphens, dots, brackets, and what shows nothing.
    Soft,
    /// Any other mark.
    Mark,
    Plus,
}

/// A character of a text as NFKC writes it, and the bytes that it was written with.
#[derive(Clone, Debug)]
struct Item {
    what: What,
    at: Range<usize>,
}

/// Reads a text; Chinese numerals as digits, or as the letters that they are as well.
fn read(text: &str, numerals: bool) -> Vec<Item> {
    let characters = text.char_indices().flat_map(|(start, character)| {
        let at = start..start + character.len_utf8();
        plain(character).map(move |character| (character, at.clone()))
    });
    characters
        .map(|(character, at)| Item {
            what: what(character, numerals),
            at,
        })
        .collect()
}

fn what(character: char, numerals: bool) -> What {
    let numeral = || chinese_digit(character).filter(|_| numerals);
    match digit(character).or_else(numeral) {
        Some(value) => What::Digit(value),
        None if character.is_ascii_alphabetic() => What::Latin,
        None if character.is_alphanumeric() => What::Letter,
        None if character == '+' => What::Plus,
        None if is_soft(character) => What::Soft,
        None => What::Mark,
    }
}

fn is_soft(character: char) -> bool {
    let shows_nothing = matches!(
        character,
        '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}' | '\u{FE0E}' | '\u{FE0F}' | '\u{20E3}'
    );
    let is_mark = matches!(
        character,
        '-' | '.' | '·' | '(' | ')' | '\u{2010}'..='\u{2015}' | '\u{2212}'
    );
    character.is_whitespace() || is_mark || shows_nothing
}

/// Where digits begin that no digit adjoins in front.
fn runs(items: &[Item]) -> impl Iterator<Item = usize> {
    let mut within = false;
    items.iter().enumerate().filter_map(move |(place, item)| {
        let is_digit = matches!(item.what, What::Digit(_));
        let begins = is_digit && !within;
        within = is_digit;
        begins.then_some(place)
    })
}

/// What stands before a digit, behind the one before; each hides more than what is named before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Soft,
    Mark,
    Latin,
}

/// A digit, what parts it from the one before, and where it ends.
#[derive(Clone, Copy, Debug)]
struct Digit {
    value: u32,
    gap: Gap,
    end: usize,
}

impl Digit {
    /// Whether it follows the one before at once.
    fn adjoins(&self) -> bool {
        self.gap == Gap::None
    }
}

/// The digits at the start of what was read, as far as they can belong to one number.
fn digits_from(items: &[Item]) -> Vec<Digit> {
    let (mut digits, mut gap, mut length) = (Vec::new(), Gap::None, 0);
    for item in items {
        let parts = match item.what {
            What::Digit(value) => {
                digits.push(Digit {
                    value,
                    gap,
                    end: item.at.end,
                });
                (gap, length) = (Gap::None, 0);
                if digits.len() > MOST_DIGITS {
                    break;
                }
                continue;
            }
            What::Soft => Gap::Soft,
            What::Mark | What::Plus => Gap::Mark,
            What::Latin if gap != Gap::Latin => Gap::Latin,
            What::Latin | What::Letter => break,
        };
        length += 1;
        if length > LONGEST_GAP {
            break;
        }
        gap = gap.max(parts);
    }
    digits
}

/// The bytes of the first number.
fn first(items: &[Item], text: &str) -> Option<Range<usize>> {
    runs(items).find_map(|place| {
        let (before, rest) = items.split_at(place);
        let start = rest.first()?.at.start;
        let digits = digits_from(rest);
        let phone = phone_at_start(&digits).filter(|end| !(is_listed(&digits, *end) && is_sum(text, *end)));
        let end = phone.or_else(|| local_at_start(text, before, &digits))?;
        Some(start..end)
    })
}

/// Where the telephone number ends that begins with the first digit.
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
    // How many digits, and of these its area code.
    let lengths: &[(usize, usize)] = match (value(0)?, value(1)?) {
        (1, 3..=9) => &[(11, 0)],
        (0, 1 | 2) if adjoin(digits, 1..3) => &[(11, 3)],
        (0, 3..=9) if adjoin(digits, 1..4) => &[(11, 4), (12, 4)],
        // The area code's 0 is left out behind the country code.
        (1 | 2, _) if after_country && adjoin(digits, 1..2) => &[(10, 2)],
        (3..=9, _) if after_country && adjoin(digits, 1..3) => &[(10, 3), (11, 3)],
        _ => return None,
    };
    let is_number = |(length, area): &&(usize, usize)| {
        let ends = digits.get(*length).is_none_or(|next| !next.adjoins());
        ends && digits
            .get(..*length)
            .is_some_and(|number| is_written_as_one(number, *area))
    };
    lengths.iter().find(is_number).map(|(length, _)| *length)
}

/// Whether the gaps between these digits are those of one number.
fn is_written_as_one(number: &[Digit], area: usize) -> bool {
    let widest = number.iter().skip(1).map(|digit| digit.gap).max();
    let groups = groups(number);
    match (widest.unwrap_or(Gap::None), groups.as_slice()) {
        (Gap::None, _) => true,
        (Gap::Soft, groups) => !is_years(number, groups),
        // 158、2018、2019 are a number and two years.
        (Gap::Mark, [3, 4, 4]) if area == 0 => ![3, 7].into_iter().all(|place| is_year(number, place)),
        (Gap::Mark, [7, 4]) if area == 0 => !is_year(number, 7),
        (Gap::Mark, [3, 8]) if area == 0 => !number.get(3..).is_some_and(is_date),
        (Gap::Mark, groups) if area == 0 => {
            matches!(
                groups,
                [3, 3, 5] | [3, 5, 3] | [3, 2, 2, 2, 2] | [2, 2, 2, 2, 2, 1] | [1, 10]
            ) || groups.iter().all(|size| *size == 1)
        }
        (Gap::Mark, [first, rest @ ..]) => {
            (*first == area && matches!(rest, [7 | 8] | [4, 4] | [3, 4])) || groups.iter().all(|size| *size == 1)
        }
        (Gap::Latin, groups) => {
            let alike = |digit: &Digit| matches!(digit.gap, Gap::None | Gap::Latin);
            let all_alike = number.iter().skip(1).all(alike);
            area == 0 && all_alike && matches!(groups, [3, 4, 4] | [3, 8] | [7, 4])
        }
        (Gap::Mark, []) => false,
    }
}

/// How many digits follow each other at once, one group after the other.
fn groups(number: &[Digit]) -> Vec<usize> {
    let mut groups: Vec<usize> = Vec::new();
    for (place, digit) in number.iter().enumerate() {
        match groups.last_mut() {
            Some(size) if place > 0 && digit.adjoins() => *size += 1,
            _ => groups.push(1),
        }
    }
    groups
}

/// Whether these digits follow each other at once.
fn adjoin(digits: &[Digit], places: Range<usize>) -> bool {
    digits
        .get(places)
        .is_some_and(|digits| digits.iter().all(Digit::adjoins))
}

/// Whether a year of this century or the last begins here.
fn is_year(digits: &[Digit], place: usize) -> bool {
    let value = |place: usize| digits.get(place).map(|digit| digit.value);
    matches!(
        (value(place), value(place + 1)),
        (Some(1), Some(9)) | (Some(2), Some(0))
    )
}

/// Whether these are two years and something behind them: `1998-2003 500`. A mobile number in such groups is none.
fn is_years(number: &[Digit], groups: &[usize]) -> bool {
    groups == [4, 4, 3] && is_year(number, 0) && is_year(number, 4)
}

/// Where a landline's number without its area code ends that begins with the first digit: one that is all that is said,
/// or that stands behind 电话 or the like.
fn local_at_start(text: &str, before: &[Item], digits: &[Digit]) -> Option<usize> {
    let length = [8, 7].into_iter().find(|length| {
        let ends = digits.get(*length).is_none_or(|next| !next.adjoins());
        let number = digits.get(..*length).unwrap_or_default();
        let soft = number.iter().skip(1).all(|digit| digit.gap <= Gap::Soft);
        ends && soft && matches!(groups(number).as_slice(), [7 | 8] | [4, 4] | [3, 4])
    })?;
    let (number, behind) = digits.split_at_checked(length)?;
    let (first, last) = (number.first()?, number.last()?);
    if !(2..=9).contains(&first.value) || is_date(number) {
        return None;
    }
    let rest = text.get(last.end..)?;
    let are_years = groups(number) == [4, 4] && is_year(number, 0) && is_year(number, 4);
    let start = before.last().map_or(0, |item| item.at.end);
    let said = text.get(..start)?;
    let alone = behind.is_empty() && !said.chars().chain(rest.chars()).any(char::is_alphanumeric);
    (!are_years && (alone || (!is_sum(text, last.end) && is_called(said)))).then_some(last.end)
}

/// Whether marks that part the items of a list stand between digits that end here or before.
fn is_listed(digits: &[Digit], end: usize) -> bool {
    digits
        .iter()
        .skip(1)
        .any(|digit| digit.end <= end && digit.gap == Gap::Mark)
}

/// Whether what ends here is a sum or a number of things: 2350000.00元, 300 余户.
fn is_sum(text: &str, end: usize) -> bool {
    let more = |character: char| {
        character.is_ascii_digit() || character.is_whitespace() || matches!(character, '.' | ',' | '余' | '多')
    };
    let rest = text.get(end..).unwrap_or_default();
    rest.trim_start_matches(more).starts_with(UNITS)
}

/// Whether what stands before a number says that it is one to be called.
fn is_called(said: &str) -> bool {
    let said: String = said.chars().rev().take(24).flat_map(char::to_lowercase).collect();
    let said: String = said.chars().rev().collect();
    let mut rest = said.trim_end_matches(|character: char| !character.is_alphanumeric());
    loop {
        if CALLED.iter().any(|word| rest.ends_with(word)) {
            return true;
        }
        let Some(shorter) = IS.iter().find_map(|word| rest.strip_suffix(word)) else {
            return false;
        };
        rest = shorter.trim_end_matches(|character: char| !character.is_alphanumeric());
    }
}

/// Whether eight digits are a day: 20190110.
fn is_date(number: &[Digit]) -> bool {
    let two = |place: usize| -> Option<u32> { Some(10 * number.get(place)?.value + number.get(place + 1)?.value) };
    number.len() == 8
        && is_year(number, 0)
        && two(4).is_some_and(|month| (1..=12).contains(&month))
        && two(6).is_some_and(|day| (1..=31).contains(&day))
}
