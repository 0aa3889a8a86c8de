//! Queries for documents of `bf16`.

use half::bf16;

use super::{Head, Line, PackedQuery, Query, pack};

/// The tokens of a query, for documents of `bf16`: their components rounded to `bf16`, to the nearest, ties to even.
#[derive(Debug, Clone)]
pub struct PackedBf16 {
    /// The rounded components, for levels that multiply in `f32`.
    wide: PackedQuery,
    /// Two components of 16 tokens side by side.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "for one instruction set"))]
    pairs: Vec<Line<u16, 32>>,
    /// Token after token.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "for one instruction set"))]
    rounded: Vec<bf16>,
}

impl PackedBf16 {
    /// Packs `values`, token after token, each of `dim` components.
    ///
    /// # Panics
    ///
    /// If `dim` is 0 or does not divide the number of values.
    pub fn new(values: &[f32], dim: usize) -> Self {
        let rounded: Vec<bf16> = values.iter().map(|&value| bf16::from_f32(value)).collect();
        let wide: Vec<f32> = rounded.iter().map(|value| value.to_f32()).collect();
        let wide = PackedQuery::new(&wide, dim);
        let bits: Vec<u16> = rounded.iter().map(|value| value.to_bits()).collect();
        Self { pairs: pack(&bits, wide.head()), wide, rounded }
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
        let steps = self.dim().div_ceil(2);
        &self.pairs[group * steps..][..steps]
    }

    #[cfg(target_arch = "x86_64")]
    pub(crate) fn token(&self, index: usize) -> &[bf16] {
        &self.rounded[index * self.dim()..][..self.dim()]
    }
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
