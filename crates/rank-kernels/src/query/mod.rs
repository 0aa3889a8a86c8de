//! Queries, packed once for all documents: a component of 16 tokens side by side, so that no kernel sums across a
//! register.

use std::sync::OnceLock;

mod bf16;
mod int8;
#[cfg(target_arch = "x86_64")]
mod screen;
mod signs;

#[cfg(target_arch = "x86_64")]
use crate::top::TopScores;
pub use bf16::PackedBf16;
pub use int8::{PackedInt8, quantize};
#[cfg(target_arch = "x86_64")]
pub(crate) use screen::Screen;
pub use signs::{PackedSigns, pack_signs};
pub(crate) use signs::{unpack_signs, words_of};

/// 64 bytes on a cache line of their own.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub(crate) struct Line<T, const N: usize>(pub(crate) [T; N]);

/// The bytes of numbers.
#[cfg(target_arch = "x86_64")]
pub(crate) fn bytes_of<T: Plain>(values: &[T]) -> &[u8] {
    // SAFETY: numbers have no padding, and all bytes are valid.
    unsafe { std::slice::from_raw_parts(values.as_ptr().cast(), size_of_val(values)) }
}

/// Numbers and lines of them.
#[cfg(target_arch = "x86_64")]
pub(crate) trait Plain {}
#[cfg(target_arch = "x86_64")]
impl Plain for f32 {}
#[cfg(target_arch = "x86_64")]
impl Plain for half::bf16 {}
#[cfg(target_arch = "x86_64")]
impl Plain for Line<i8, 64> {}

/// The lines of a group that AMX reads at once.
const TILE: usize = 16;

/// Query tokens side by side: one component of 16 tokens.
pub(crate) type Lanes = Line<f32, 16>;

impl Lanes {
    pub(crate) const WIDTH: usize = 16;
    pub(crate) const ZERO: Self = Self([0.0; Self::WIDTH]);
    pub(crate) const LOWEST: Self = Self([f32::NEG_INFINITY; Self::WIDTH]);
}

/// What all packed queries have.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    tokens: usize,
    dim: usize,
    /// By what the maximum of a token is multiplied before it is added up; empty if all are 1.
    factors: Vec<f64>,
}

impl Head {
    /// # Panics
    ///
    /// If `dim` is 0 or does not divide the number of values.
    fn new(values: &[f32], dim: usize) -> Self {
        assert!(
            dim > 0 && values.len().is_multiple_of(dim),
            "a query of {} values is not made of tokens of {dim}",
            values.len()
        );
        Self { tokens: values.len() / dim, dim, factors: Vec::new() }
    }

    /// # Panics
    ///
    /// If there are not as many weights as tokens.
    fn weigh(&mut self, weights: &[f32]) {
        assert_eq!(weights.len(), self.tokens, "a weight for each token");
        if self.factors.is_empty() {
            self.factors = vec![1.0; self.tokens];
        }
        for (factor, &weight) in self.factors.iter_mut().zip(weights) {
            *factor *= f64::from(weight);
        }
    }

    pub(crate) fn dim(&self) -> usize {
        self.dim
    }

    #[cfg(target_arch = "x86_64")]
    pub(crate) fn tokens(&self) -> usize {
        self.tokens
    }

    pub(crate) fn groups(&self) -> usize {
        self.tokens.div_ceil(Lanes::WIDTH)
    }

    /// What a score is to reach: of maxima that are too large it is too large itself, unless a weight is negative.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn bar(&self, top: &TopScores) -> f32 {
        if self.factors.iter().any(|&factor| factor < 0.0) { f32::NEG_INFINITY } else { top.bar() }
    }

    /// The score that the tokens' maxima come to, added up in their order.
    pub(crate) fn sum(&self, maxima: &[Lanes]) -> f32 {
        let maxima = maxima.iter().flat_map(|lanes| lanes.0).take(self.tokens).map(f64::from);
        if self.factors.is_empty() {
            maxima.sum::<f64>() as f32
        } else {
            maxima.zip(&self.factors).map(|(maximum, factor)| maximum * factor).sum::<f64>() as f32
        }
    }
}

/// A packed query of any kind.
pub(crate) trait Query {
    fn head(&self) -> &Head;
}

/// Lines of `N` values: of group g, components `PER * k` to `PER * (k + 1)` of 16 tokens at `g * steps + k`, where
/// `PER = N / 16` and `steps` are as many as the components begin, made a multiple of `whole`. Surplus lanes and
/// components hold the default.
fn pack<T: Copy + Default, const N: usize>(values: &[T], head: &Head, whole: usize) -> Vec<Line<T, N>> {
    // A constant, so that so many values are copied by one instruction.
    match N / Lanes::WIDTH {
        1 => pack_per::<T, N, 1>(values, head, whole),
        2 => pack_per::<T, N, 2>(values, head, whole),
        _ => pack_per::<T, N, 4>(values, head, whole),
    }
}

fn pack_per<T: Copy + Default, const N: usize, const PER: usize>(
    values: &[T],
    head: &Head,
    whole: usize,
) -> Vec<Line<T, N>> {
    let steps = head.dim.div_ceil(PER).next_multiple_of(whole);
    let mut lines = vec![Line([T::default(); N]); head.groups() * steps];
    for (token, components) in values.chunks_exact(head.dim).enumerate() {
        let lane = token % Lanes::WIDTH;
        let group = &mut lines[token / Lanes::WIDTH * steps..][..steps];
        let (parts, rest) = components.as_chunks::<PER>();
        for (line, part) in group.iter_mut().zip(parts) {
            line.0.as_chunks_mut::<PER>().0[lane] = *part;
        }
        if !rest.is_empty() {
            group[head.dim / PER].0[lane * PER..][..rest.len()].copy_from_slice(rest);
        }
    }
    lines
}

/// The tokens of a query, for documents of `f32` and `f16`: transposed in groups of 16. Surplus lanes of the last group
/// hold zeros and take no part in a score.
#[derive(Debug, Clone)]
pub struct PackedQuery {
    head: Head,
    /// Token after token, as passed.
    values: Vec<f32>,
    /// Of group g, component k: `lanes[g * dim + k]`. Made when they are asked for, as is what follows.
    lanes: OnceLock<Vec<Lanes>>,
    /// None if the query cannot be screened with.
    #[cfg(target_arch = "x86_64")]
    screen: OnceLock<Option<Screen>>,
}

impl PackedQuery {
    /// Packs `values`, token after token, each of `dim` components.
    ///
    /// # Panics
    ///
    /// If `dim` is 0 or does not divide the number of values.
    pub fn new(values: &[f32], dim: usize) -> Self {
        Self {
            head: Head::new(values, dim),
            values: values.to_vec(),
            lanes: OnceLock::new(),
            #[cfg(target_arch = "x86_64")]
            screen: OnceLock::new(),
        }
    }

    /// Multiplies the maximum of each token by its weight before they are added up.
    ///
    /// # Panics
    ///
    /// If there are not as many weights as tokens.
    #[must_use]
    pub fn with_weights(mut self, weights: &[f32]) -> Self {
        self.head.weigh(weights);
        self
    }

    /// The number of tokens.
    pub fn tokens(&self) -> usize {
        self.head.tokens
    }

    /// The number of components of each token.
    pub fn dim(&self) -> usize {
        self.head.dim
    }

    /// The components, token after token.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    #[cfg(target_arch = "x86_64")]
    /// # Safety
    ///
    /// The machine has AVX-512 F and BW.
    pub(crate) unsafe fn screen(&self) -> Option<&Screen> {
        // SAFETY: what the caller promises.
        self.screen.get_or_init(|| unsafe { Screen::new(&self.values, &self.head) }).as_ref()
    }

    #[cfg(target_arch = "x86_64")]
    pub(crate) fn token(&self, index: usize) -> &[f32] {
        &self.values[index * self.head.dim..][..self.head.dim]
    }

    /// The tokens of a group.
    pub const WIDTH: usize = Lanes::WIDTH;

    /// The number of groups of tokens, the last of which may not be full.
    pub fn groups(&self) -> usize {
        self.head.groups()
    }

    /// All components of 16 tokens: `dim` entries.
    pub(crate) fn group(&self, group: usize) -> &[Lanes] {
        let lanes = self.lanes.get_or_init(|| pack(&self.values, &self.head, 1));
        &lanes[group * self.head.dim..][..self.head.dim]
    }
}

impl Query for PackedQuery {
    fn head(&self) -> &Head {
        &self.head
    }
}

impl AsRef<PackedQuery> for PackedQuery {
    fn as_ref(&self) -> &PackedQuery {
        self
    }
}
