//! What stands for a digit, in whichever script.

use unicode_normalization::UnicodeNormalization as _;

/// The zeros of the scripts that NFKC leaves as they are (Unicode's decimal digits); the other nine follow each.
const ZEROS: &[char] = &[
    '0',
    '\u{0660}',
    '\u{06F0}',
    '\u{07C0}',
    '\u{0966}',
    '\u{09E6}',
    '\u{0A66}',
    '\u{0AE6}',
    '\u{0B66}',
    '\u{0BE6}',
    '\u{0C66}',
    '\u{0CE6}',
    '\u{0D66}',
    '\u{0DE6}',
    '\u{0E50}',
    '\u{0ED0}',
    '\u{0F20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17E0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19D0}',
    '\u{1A80}',
    '\u{1A90}',
    '\u{1B50}',
    '\u{1BB0}',
    '\u{1C40}',
    '\u{1C50}',
    '\u{A620}',
    '\u{A8D0}',
    '\u{A900}',
    '\u{A9D0}',
    '\u{A9F0}',
    '\u{AA50}',
    '\u{ABF0}',
    '\u{104A0}',
    '\u{10D30}',
    '\u{11066}',
    '\u{110F0}',
    '\u{11136}',
    '\u{111D0}',
    '\u{112F0}',
    '\u{11450}',
    '\u{114D0}',
    '\u{11650}',
    '\u{116C0}',
    '\u{11730}',
    '\u{118E0}',
    '\u{11950}',
    '\u{11C50}',
    '\u{11D50}',
    '\u{11DA0}',
    '\u{16A60}',
    '\u{16AC0}',
    '\u{16B50}',
    '\u{1E140}',
    '\u{1E2F0}',
    '\u{1E950}',
];
/// The ones of the signs ❶, ➀, ➊ and ⓵, which NFKC leaves as well; the other eight follow each.
const ONES: &[char] = &['\u{2776}', '\u{2780}', '\u{278A}', '\u{24F5}'];
/// Zeros of such signs.
const SIGNS_OF_ZERO: &[char] = &['\u{24FF}', '\u{1F10B}', '\u{1F10C}'];

/// A character as NFKC writes it: ① is 1, ⑿ is (12).
pub fn plain(character: char) -> impl Iterator<Item = char> {
    std::iter::once(character).nfkc()
}

/// The value of a decimal digit of any script.
pub fn digit(character: char) -> Option<u32> {
    if character.is_ascii() {
        return character.to_digit(10);
    }
    let of = |first: &char, least: u32, most: u32| {
        let value = u32::from(character).checked_sub(u32::from(*first))? + least;
        (value <= most).then_some(value)
    };
    if SIGNS_OF_ZERO.contains(&character) {
        return Some(0);
    }
    let zeros = ZEROS.iter().find_map(|zero| of(zero, 0, 9));
    zeros.or_else(|| ONES.iter().find_map(|one| of(one, 1, 9)))
}

/// The value of a Chinese numeral of one digit.
pub const fn chinese_digit(character: char) -> Option<u32> {
    Some(match character {
        '〇' | '零' | '○' => 0,
        '一' | '壹' | '幺' => 1,
        '二' | '贰' | '两' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{digit, plain};

    #[test]
    fn digits_of_every_script_are_read() {
        for (text, value) in [
            ('7', 7),
            ('７', 7),
            ('𝟭', 1),
            ('①', 1),
            ('٣', 3),
            ('۸', 8),
            ('९', 9),
            ('❷', 2),
            ('⓵', 1),
            ('⓪', 0),
        ] {
            let read: Vec<u32> = plain(text).filter_map(digit).collect();
            assert_eq!(read, [value], "{text}");
        }
        assert!(['一', 'a', '-', '½'].into_iter().all(|other| digit(other).is_none()));
    }
}
