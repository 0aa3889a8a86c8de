//! Random numbers by their position, the same on every machine and in any order of asking.

/// The number at `position`, from 0, of the `SplitMix64` sequence from `seed` (Steele, Lea, Flood: Fast splittable
/// pseudorandom number generators, OOPSLA 2014).
#[inline]
pub(super) fn split_mix(seed: u64, position: u64) -> u64 {
    let mut z = seed.wrapping_add(position.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number below `bound` out of a random word, and what the word still holds for the next one (Lemire: Fast random
/// integer generation in an interval, 2019). The numbers are uniform but for the product of all bounds over 2^64.
#[inline]
pub(super) fn below(word: u64, bound: u64) -> (u64, u64) {
    let wide = u128::from(word) * u128::from(bound);
    ((wide >> 64) as u64, wide as u64)
}
