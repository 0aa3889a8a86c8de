//! Queries for documents of `bf16`.

#[cfg(target_arch = "x86_64")]
use std::sync::OnceLock;

#[cfg(target_arch = "x86_64")]
use half::bf16;

use super::{Head, PackedQuery, Query};
#[cfg(target_arch = "x86_64")]
use super::{Line, TILE, pack};
use crate::vectorized;

/// The tokens of a query, for documents of `bf16`: their components rounded to `bf16`, to the nearest, ties to even.
#[derive(Debug, Clone)]
pub struct PackedBf16 {
    /// The rounded components, for levels that multiply in `f32`.
    wide: PackedQuery,
    /// Token after token.
    #[cfg(target_arch = "x86_64")]
    rounded: Vec<bf16>,
    /// Two components of 16 tokens side by side; made when they are asked for.
    #[cfg(target_arch = "x86_64")]
    pairs: OnceLock<Vec<Line<u16, 32>>>,
}

impl PackedBf16 {
    /// Packs `values`, token after token, each of `dim` components.
    ///
    /// # Panics
    ///
    /// If `dim` is 0 or does not divide the number of values.
    pub fn new(values: &[f32], dim: usize) -> Self {
        let mut wide = vec![0.0; values.len()];
        vectorized(|| wide.iter_mut().zip(values).for_each(|(wide, &value)| *wide = round(value)));
        #[cfg(target_arch = "x86_64")]
        let rounded = vectorized(|| wide.iter().map(|value| bf16::from_bits((value.to_bits() >> 16) as u16)).collect());
        Self {
            wide: PackedQuery::new(&wide, dim),
            #[cfg(target_arch = "x86_64")]
            rounded,
            #[cfg(target_arch = "x86_64")]
            pairs: OnceLock::new(),
        }
    }

    /// Multiplies the maximum of each token by its weight before they are added up.
    ///
    /// # Panics
    ///
    /// If there are not as many weights as tokens.
    #[must_use]
    pub fn with_weights(mut self, weights: &[f32]) -> Self {
        self.wide = self.wide.with_weights(weights);
        self
    }

    /// The number of tokens.
    pub fn tokens(&self) -> usize {
        self.wide.tokens()
    }

    /// The number of components of each token.
    pub fn dim(&self) -> usize {
        self.wide.dim()
    }

    /// All components of 16 tokens, two at a time: half of `dim` entries, rounded up.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn group(&self, group: usize) -> &[Line<u16, 32>] {
        &self.group_filled(group)[..self.dim().div_ceil(2)]
    }

    /// The same, filled up with zeros to whole tiles of 16.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn group_filled(&self, group: usize) -> &[Line<u16, 32>] {
        let pairs = self.pairs.get_or_init(|| {
            let bits: Vec<u16> = self.rounded.iter().map(|value| value.to_bits()).collect();
            pack(&bits, self.wide.head(), TILE)
        });
        let steps = self.dim().div_ceil(2).next_multiple_of(TILE);
        &pairs[group * steps..][..steps]
    }

    /// The rounded components, token after token.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn rounded(&self) -> &[bf16] {
        &self.rounded
    }

    #[cfg(target_arch = "x86_64")]
    pub(crate) fn token(&self, index: usize) -> &[bf16] {
        &self.rounded[index * self.dim()..][..self.dim()]
    }
}

/// To the nearest `bf16`, ties to even; what is no number stays none.
#[inline(always)]
#[expect(clippy::inline_always, reason = "so that it is compiled with the instructions of its caller")]
fn round(value: f32) -> f32 {
    let bits = value.to_bits();
    let up = bits.wrapping_add(0x7fff + (bits >> 16 & 1));
    f32::from_bits(if value.is_nan() { bits | 1 << 22 } else { up } & 0xffff_0000)
}

impl Query for PackedBf16 {
    fn head(&self) -> &Head {
        self.wide.head()
    }
}

impl AsRef<PackedQuery> for PackedBf16 {
    fn as_ref(&self) -> &PackedQuery {
        &self.wide
    }
}
