//! A query, packed once for all documents and all instruction sets.

/// Query tokens side by side: one component of 16 tokens, on a cache line of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub(crate) struct Lanes(pub(crate) [f32; 16]);

impl Lanes {
    pub(crate) const WIDTH: usize = 16;
    pub(crate) const ZERO: Self = Self([0.0; Self::WIDTH]);
    pub(crate) const LOWEST: Self = Self([f32::NEG_INFINITY; Self::WIDTH]);
}

/// The tokens of a query, transposed in groups of 16, so that one vector register holds a component of 16 tokens and no
/// kernel sums across a register. Surplus lanes of the last group hold zeros and take no part in a score.
#[derive(Debug, Clone)]
pub struct PackedQuery {
    /// Of group g, component k: `lanes[g * dim + k]`.
    lanes: Vec<Lanes>,
    tokens: usize,
    dim: usize,
}

impl PackedQuery {
    /// Packs `values`, token after token, each of `dim` components.
    ///
    /// # Panics
    ///
    /// If `dim` is 0 or does not divide the number of values.
    pub fn new(values: &[f32], dim: usize) -> Self {
        assert!(
            dim > 0 && values.len().is_multiple_of(dim),
            "a query of {} values is not made of tokens of {dim}",
            values.len()
        );
        let tokens = values.len() / dim;
        let mut lanes = vec![Lanes::ZERO; tokens.div_ceil(Lanes::WIDTH) * dim];
        for (token, components) in values.chunks_exact(dim).enumerate() {
            let group = &mut lanes[token / Lanes::WIDTH * dim..][..dim];
            for (lanes, &component) in group.iter_mut().zip(components) {
                lanes.0[token % Lanes::WIDTH] = component;
            }
        }
        Self { lanes, tokens, dim }
    }

    /// The number of tokens.
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    /// The number of components of each token.
    pub fn dim(&self) -> usize {
        self.dim
    }

    pub(crate) fn groups(&self) -> usize {
        self.lanes.len() / self.dim
    }

    /// All components of 16 tokens: `dim` entries.
    pub(crate) fn group(&self, group: usize) -> &[Lanes] {
        &self.lanes[group * self.dim..][..self.dim]
    }
}
