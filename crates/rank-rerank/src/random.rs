//! Numbers by chance, the same on every machine.

/// `SplitMix64`. Source: Steele, Lea, Flood: Fast splittable pseudorandom number generators (OOPSLA 2014).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Less than `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    /// Of mean 0 and variance 1, near to normal: twelve uniform numbers added up, as logarithms and cosines would not be
    /// the same on every machine.
    pub(crate) fn normal(&mut self) -> f32 {
        let sum: u64 = (0..12).map(|_| self.next() >> 12).sum();
        (sum as f64 / (1_u64 << 52) as f64 - 6.0) as f32
    }

    /// 1 or -1.
    pub(crate) fn sign(&mut self) -> f32 {
        if self.next() >> 63 == 0 { 1.0 } else { -1.0 }
    }
}
