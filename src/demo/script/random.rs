//! SplitMix64 (Steele, Lea, Flood 2014): a deterministic generator small enough to read.
//!
//! The demo promises "same seed, same bytes" for good, which no general-purpose crate promises across versions.
//! Nothing secret may ever come from here.

/// A stream of numbers that depends on the seed alone.
pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number in `0..bound`; 0 where the bound is 0. The bias of the remainder is below 2⁻⁴⁰ for the bounds used
    /// here.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    /// A number in `low..=high`.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True in `percent` of a hundred draws.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// An index into something of this length; 0 where it is empty.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        let bound = u64::try_from(length).unwrap_or(u64::MAX);
        usize::try_from(self.below(bound)).unwrap_or(0)
    }

    /// One of the items. The tables of the demo are constants and never empty.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.index(items.len())]
    }

    /// One of the words of a list that is written with spaces.
    pub(crate) fn word<'a>(&mut self, list: &'a str) -> &'a str {
        let index = self.index(list.split(' ').count());
        list.split(' ').nth(index).unwrap_or_default()
    }

    /// Fisher–Yates.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.index(last + 1);
            items.swap(last, other);
        }
    }

    /// Deals `total` things to `parts` people, nearly evenly and at least one each.
    pub(crate) fn deal(&mut self, total: usize, parts: usize) -> Vec<usize> {
        let mut shares: Vec<usize> = (0..parts)
            .map(|part| total / parts + usize::from(part < total % parts))
            .collect();
        for _ in 0..parts / 2 {
            let (giver, taker) = (self.index(parts), self.index(parts));
            if shares[giver] > 1 {
                shares[giver] -= 1;
                shares[taker] += 1;
            }
        }
        self.shuffle(&mut shares);
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn the_stream_is_the_published_one() {
        let mut random = Random::new(1_234_567);
        let drawn: Vec<u64> = (0..3).map(|_| random.next()).collect();
        assert_eq!(
            drawn,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn dealing_gives_everything_and_leaves_nobody_out() {
        let shares = Random::new(7).deal(417, 52);
        assert_eq!(shares.iter().sum::<usize>(), 417);
        assert!(shares.iter().all(|share| *share >= 1));
    }
}
