//! How alike two plans read (S-48): the similarity of their sets of shingles, and the bands by which plans that are
//! nearly the same are found without comparing each with each. Pure.
//!
//! A shingle is three characters in a row of a normalised part (a need, a step, …); the similarity of two plans is the
//! number of shingles that both have by the number that either has (Jaccard). Of each set 20 bands are made, each of
//! six MinHash values: two sets of similarity s share a given band with probability s⁶, so of pairs at 0.9 all but
//! three in ten million share one, and of pairs at 0.4 one in twelve.
//!
//! `full_text::domain::similarity` is another measure: of what texts speak of, where part of a text is like the whole.
//! A copy is the same wording throughout, which pairs of characters do not tell and which must be found by an equal
//! number.

use std::collections::BTreeSet;

use crate::full_text::domain::folded;

/// Characters in a shingle.
const SHINGLE: usize = 3;
/// Bands of a set.
const BANDS: u64 = 20;
/// MinHash values in a band.
const ROWS: u64 = 6;
/// How many characters of a plan are looked at.
const LOOKED_AT: usize = 20_000;

/// What a plan says, as far as likeness goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shingles(BTreeSet<u64>);

impl Shingles {
    /// Of the parts of a plan, in any order. Letters and digits count, in their compatible form and lower case; spaces,
    /// punctuation and the order of parts do not.
    pub fn of<'p>(parts: impl IntoIterator<Item = &'p str>) -> Self {
        let (mut set, mut left) = (BTreeSet::new(), LOOKED_AT);
        for part in parts {
            let letters: Vec<char> = normalised(part).take(left).collect();
            left -= letters.len();
            if !letters.is_empty() && letters.len() < SHINGLE {
                set.insert(hash(&letters));
            }
            set.extend(letters.windows(SHINGLE).map(hash));
        }
        Self(set)
    }

    /// How many both have, and how many either has.
    fn shared(&self, other: &Self) -> (usize, usize) {
        let both = self.0.intersection(&other.0).count();
        (both, self.0.len() + other.0.len() - both)
    }

    /// The similarity, 0 to 1; of two empty sets 1. Rounded to four decimals.
    pub fn similarity(&self, other: &Self) -> f64 {
        let (both, either) = self.shared(other);
        let number = |count: usize| u32::try_from(count).map_or(f64::from(u32::MAX), f64::from);
        if either == 0 {
            return 1.0;
        }
        (number(both) / number(either) * 10_000.0).round() / 10_000.0
    }

    /// Whether one reads as a copy of the other: a similarity of 0.9 or more, exactly.
    pub fn is_copy_of(&self, other: &Self) -> bool {
        let (both, either) = self.shared(other);
        both * 10 >= either * 9
    }

    /// The bands, each once; none of an empty set.
    pub fn bands(&self) -> BTreeSet<i64> {
        if self.0.is_empty() {
            return BTreeSet::new();
        }
        (0..BANDS).map(|band| self.band(band)).collect()
    }

    fn band(&self, band: u64) -> i64 {
        let least = |row: u64| {
            let seed = mixed(band * ROWS + row + 1);
            self.0.iter().map(|shingle| mixed(shingle ^ seed)).min().unwrap_or(0)
        };
        let together = (0..ROWS).fold(mixed(band), |together, row| mixed(together ^ least(row)));
        i64::from_le_bytes(together.to_le_bytes())
    }
}

fn normalised(part: &str) -> impl Iterator<Item = char> {
    folded(part).filter(|letter| letter.is_alphanumeric())
}

fn hash(letters: &[char]) -> u64 {
    letters
        .iter()
        .fold(0, |hash, letter| mixed(hash ^ u64::from(u32::from(*letter))))
}

/// A permutation of the 64-bit numbers that scatters them (the finaliser of splitmix64).
const fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Shingles;

    #[test]
    fn what_reads_the_same_is_the_same() {
        let one = Shingles::of(["与教育局核定学位，", "开通绿色通道"]);
        let other = Shingles::of(["开通绿色 通道。", "与教育局核定学位"]);
        assert_eq!((one.similarity(&other), one.is_copy_of(&other)), (1.0, true));
        let third = Shingles::of(["协调银行续贷", "开通绿色通道"]);
        assert!(!one.is_copy_of(&third) && one.similarity(&third) > 0.0);
        assert_eq!(Shingles::of(["", "。"]), Shingles::default());
        assert!(Shingles::default().bands().is_empty());
        assert_eq!(Shingles::of(["名额"]).bands().len(), 20);
    }

    proptest! {
        #[test]
        fn similarity_is_symmetric_within_0_and_1_and_1_for_equals(
            one in prop::collection::vec("[\\p{Han}a-c]{0,30}", 0..5),
            other in prop::collection::vec("[\\p{Han}a-c]{0,30}", 0..5),
        ) {
            let (one, other) = (
                Shingles::of(one.iter().map(String::as_str)), Shingles::of(other.iter().map(String::as_str)),
            );
            let similarity = one.similarity(&other);
            prop_assert!((0.0..=1.0).contains(&similarity));
            prop_assert_eq!(similarity, other.similarity(&one));
            prop_assert_eq!(one.is_copy_of(&other), other.is_copy_of(&one));
            prop_assert_eq!(one.similarity(&one), 1.0);
            prop_assert!(one.is_copy_of(&one));
        }

        /// A copy with a few words changed: wherever it is still one by the exact measure, a band finds it.
        #[test]
        fn whatever_is_a_copy_is_found_by_a_band(
            text in "[\\p{Han}]{120,260}", changes in prop::collection::vec((0_usize..260, "[\\p{Han}]"), 0..4),
        ) {
            let mut letters: Vec<char> = text.chars().collect();
            for (at, change) in &changes {
                if let Some(letter) = letters.get_mut(*at) {
                    *letter = change.chars().next().unwrap_or('改');
                }
            }
            let changed: String = letters.into_iter().collect();
            let (one, other) = (Shingles::of([text.as_str()]), Shingles::of([changed.as_str()]));
            prop_assume!(one.is_copy_of(&other));
            prop_assert!(one.bands().intersection(&other.bands()).next().is_some());
        }

        #[test]
        fn what_has_nothing_in_common_shares_no_band(one in "[a-m]{3,60}", other in "[n-z]{3,60}") {
            let (one, other) = (Shingles::of([one.as_str()]), Shingles::of([other.as_str()]));
            prop_assert!(one.bands().is_disjoint(&other.bands()));
        }
    }
}
