//! The forms in which texts and names are compared: nothing that can be put between two characters hides what they say.

use crate::full_text::domain::folded;
use crate::privacy::chinese_digit;

/// What parts sentences: a name of two characters is not looked for across it.
const SENTENCE: &[char] = &[',', '。', '、', ';', ':', '!', '?'];
/// What stands beside the number of a door: a Chinese numeral beside it is a number, as in 九号, and none in 三里街.
const OF_DOORS: &[char] = &[
    '号', '室', '幢', '栋', '楼', '单', '层', '组', '弄', '巷', '座', '院', '户', '队',
];

/// A text as it is compared.
#[derive(Clone, Debug)]
pub struct Squeezed {
    /// Letters and digits, and what parts sentences.
    pub sentences: String,
    /// Letters and digits alone.
    pub letters: String,
    /// The same, the numbers of doors in digits.
    pub doors: String,
}

impl Squeezed {
    /// Brings a text into its forms.
    pub fn of(text: &str) -> Self {
        let letters = letters(text);
        Self {
            sentences: folded(text)
                .filter(|character| character.is_alphanumeric() || SENTENCE.contains(character))
                .collect(),
            doors: doors(&letters),
            letters,
        }
    }

    /// Whether the text holds these letters: those of a short name within one sentence.
    pub fn holds(&self, letters: &str) -> bool {
        if letters.chars().count() > 2 {
            self.letters.contains(letters)
        } else {
            self.sentences.contains(letters)
        }
    }
}

/// The letters and digits of a text, in one width and case: marks, spaces and what shows nothing hide no name.
pub fn letters(text: &str) -> String {
    folded(text).filter(|character| character.is_alphanumeric()).collect()
}

const fn power(character: char) -> Option<u32> {
    Some(match character {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1000,
        _ => return None,
    })
}

/// Letters with the numbers of doors in digits.
pub fn doors(letters: &str) -> String {
    let characters: Vec<char> = letters.chars().collect();
    let mut written = String::with_capacity(letters.len());
    let mut rest = characters.as_slice();
    let mut before = None;
    while let Some((first, others)) = rest.split_first() {
        let length = rest.iter().take_while(|character| is_numeral(**character)).count();
        let (run, behind) = rest.split_at(length);
        if run.is_empty() {
            written.push(*first);
            (before, rest) = (Some(*first), others);
            continue;
        }
        let beside = |character: Option<&char>| {
            character.is_some_and(|character| OF_DOORS.contains(character) || character.is_ascii_digit())
        };
        if beside(before.as_ref()) || beside(behind.first()) {
            written.push_str(&digits(run));
        } else {
            written.extend(run);
        }
        (before, rest) = (run.last().copied(), behind);
    }
    written
}

fn is_numeral(character: char) -> bool {
    chinese_digit(character).is_some() || power(character).is_some()
}

/// 十二 is 12, 二〇三 is 203.
fn digits(run: &[char]) -> String {
    if !run.iter().any(|character| power(*character).is_some()) {
        return run
            .iter()
            .filter_map(|character| chinese_digit(*character))
            .map(|value| value.to_string())
            .collect();
    }
    let (mut sum, mut last) = (0_u64, None);
    for character in run {
        if let Some(power) = power(*character) {
            sum = sum.saturating_add(u64::from(last.take().unwrap_or(1)) * u64::from(power));
        } else if let Some(value) = chinese_digit(*character) {
            last = Some(value);
        }
    }
    sum.saturating_add(last.map_or(0, u64::from)).to_string()
}

#[cfg(test)]
mod tests {
    use super::{Squeezed, doors};

    #[test]
    fn numbers_of_doors_are_read_and_others_are_not() {
        for (text, read) in [
            ("示例路九号", "示例路9号"),
            ("十二号二〇三室", "12号203室"),
            ("一百零五弄三十号", "105弄30号"),
            ("三里街五号", "三里街5号"),
            ("统一路拓宽", "统一路拓宽"),
            ("一百二十万元", "一百二十万元"),
            ("7幢二单元", "7幢2单元"),
        ] {
            assert_eq!(doors(text), read, "{text}");
        }
    }

    #[test]
    fn a_name_of_two_characters_stays_within_its_sentence() {
        assert!(!Squeezed::of("他姓李，明天再来").holds("李明"));
        assert!(Squeezed::of("李·明 来过").holds("李明"));
        assert!(Squeezed::of("王，晓、芳").holds("王晓芳"));
    }
}
