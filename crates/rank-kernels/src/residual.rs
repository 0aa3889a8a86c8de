//! Residual-compressed tokens: a centroid and, of each component, what is left to it, in one, two or four bits.

use std::ops::Range;

/// Tokens, each the sum of a centroid and a residual, times a scale.
///
/// The codes of a token take [`bytes`](Self::bytes) bytes. Component `plane * bytes + at` lies in byte `at`, from bit
/// `plane * bits` on: so codes that lie side by side come apart by one shift for all.
#[derive(Debug, Clone, Copy)]
pub struct ResidualTokens<'a> {
    /// Of each token the number of its centroid.
    pub centroids: &'a [u32],
    /// The codes, token after token.
    pub codes: &'a [u8],
    /// By what each token is multiplied.
    pub scales: &'a [f32],
    /// What each code stands for, in a unit of the caller's choice; the first 2 to the power of `bits` count.
    pub weights: [i8; 16],
    /// The bits of a code: 1, 2 or 4.
    pub bits: usize,
    /// The components of a token.
    pub dim: usize,
}

impl ResidualTokens<'_> {
    /// The bytes of a token's codes.
    pub fn bytes(&self) -> usize {
        self.dim.div_ceil(self.planes())
    }

    /// The codes in a byte.
    pub(crate) fn planes(&self) -> usize {
        8 / self.bits
    }

    /// The codes of one token.
    pub(crate) fn row(&self, token: usize) -> &[u8] {
        let bytes = self.bytes();
        &self.codes[token * bytes..][..bytes]
    }

    /// # Panics
    ///
    /// If lengths do not agree, documents reach beyond the tokens, or their centroids beyond `base`.
    pub(crate) fn check(&self, dim: usize, base: &[f32], width: usize, documents: &[Range<usize>], scores: &[f32]) {
        assert!([1, 2, 4].contains(&self.bits), "codes of 1, 2 or 4 bits");
        assert_eq!(self.dim, dim, "tokens of the query's dimension");
        assert_eq!(documents.len(), scores.len(), "a score for each document");
        let count = self.centroids.len();
        assert_eq!(self.scales.len(), count, "a scale for each token");
        assert_eq!(self.codes.len(), count * self.bytes(), "codes for each token");
        for document in documents {
            assert!(document.start <= document.end && document.end <= count, "documents stay within the tokens");
            let last = self.centroids[document.clone()].iter().max();
            assert!(last.is_none_or(|&last| (last as usize + 1) * width <= base.len()), "products of each centroid");
        }
    }
}

/// Calls `block` with the first token and the number of tokens, `rows`, 4 or 1, of blocks that cover the document, the
/// last of which may overlap those before: a maximum does not mind a token that it has seen.
#[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "for other instruction sets"))]
pub(crate) fn blocks(document: &Range<usize>, rows: usize, mut block: impl FnMut(usize, usize)) {
    let mut token = document.start;
    while document.end - token >= rows {
        block(token, rows);
        token += rows;
    }
    let step = if document.len() >= 4 { 4 } else { 1 };
    while token < document.end {
        let from = token.min(document.end - step);
        block(from, step);
        token = from + step;
    }
}
