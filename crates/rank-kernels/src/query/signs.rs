//! Queries for documents of sign bits, by their signs as well; and what sign bits are.

#[cfg(target_arch = "x86_64")]
use super::Line;
use super::{Head, Query};

/// The signs of a query's tokens, for documents of sign bits.
#[derive(Debug, Clone)]
pub struct PackedSigns {
    head: Head,
    /// Of each token 64 signs a word, the last filled up with zeros.
    words: Vec<u64>,
    /// A word of 8 tokens side by side.
    #[cfg(target_arch = "x86_64")]
    lines: Vec<Line<u64, 8>>,
}

impl PackedSigns {
    /// Packs the signs of `values`, token after token, each of `dim` components.
    ///
    /// # Panics
    ///
    /// If `dim` is not a multiple of 8 and at least 8, or does not divide the number of values.
    pub fn new(values: &[f32], dim: usize) -> Self {
        let head = Head::new(values, dim);
        let mut bits = vec![0; values.len() / 8];
        pack_signs(values, dim, &mut bits);
        let words: Vec<u64> = bits.chunks_exact(dim / 8).flat_map(words_of).collect();
        #[cfg(target_arch = "x86_64")]
        let lines = {
            let count = dim.div_ceil(64);
            let mut lines = vec![Line([0; 8]); head.tokens.div_ceil(8) * count];
            for (token, words) in words.chunks_exact(count).enumerate() {
                for (line, &word) in lines[token / 8 * count..].iter_mut().zip(words) {
                    line.0[token % 8] = word;
                }
            }
            lines
        };
        Self {
            head,
            words,
            #[cfg(target_arch = "x86_64")]
            lines,
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

    /// The words of each token.
    pub(crate) fn words(&self) -> std::slice::ChunksExact<'_, u64> {
        self.words.chunks_exact(self.dim().div_ceil(64))
    }

    /// The words of 8 tokens: a line for each.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn lines(&self, eight: usize) -> &[Line<u64, 8>] {
        let count = self.dim().div_ceil(64);
        &self.lines[eight * count..][..count]
    }
}

impl Query for PackedSigns {
    fn head(&self) -> &Head {
        &self.head
    }
}

/// Of the bits of a token 64 a word, the last filled up with zeros.
pub(crate) fn words_of(bits: &[u8]) -> impl Iterator<Item = u64> + '_ {
    bits.chunks(8).map(|part| {
        let mut word = [0; 8];
        word[..part.len()].copy_from_slice(part);
        u64::from_le_bytes(word)
    })
}

/// The signs of tokens of `dim` components, a bit each: 1 for what is above zero, the first in the uppermost bit of a
/// byte, as `numpy.packbits` has it.
///
/// # Panics
///
/// If `dim` is not a multiple of 8 and at least 8, `values` are not made of tokens, or `bits` are not as many as the
/// values by 8.
///
/// # Example
///
/// ```
/// let mut bits = [0];
/// rank_kernels::pack_signs(&[0.5, -1.0, 0.0, 2.0, 0.1, -0.1, -0.2, 3.0], 8, &mut bits);
/// assert_eq!(bits, [0b1001_1001]);
/// ```
pub fn pack_signs(values: &[f32], dim: usize, bits: &mut [u8]) {
    assert!(dim > 0 && dim.is_multiple_of(8) && values.len().is_multiple_of(dim), "tokens of whole bytes");
    assert_eq!(values.len(), 8 * bits.len(), "a bit for each value");
    for (bits, values) in bits.iter_mut().zip(values.as_chunks::<8>().0) {
        *bits = values.iter().fold(0, |bits, &value| (bits << 1) | u8::from(value > 0.0));
    }
}

/// Of a byte the signs that its bits stand for.
static SIGNS: [[i8; 8]; 256] = {
    let mut signs = [[-1; 8]; 256];
    let mut at = 0;
    while at < 8 * 256 {
        if ((at / 8) >> (7 - at % 8)) & 1 == 1 {
            signs[at / 8][at % 8] = 1;
        }
        at += 1;
    }
    signs
};

/// The signs of bits, ±1.
pub(crate) fn unpack_signs(bits: &[u8], signs: &mut Vec<i8>) {
    signs.clear();
    signs.extend(bits.iter().flat_map(|&byte| SIGNS[usize::from(byte)]));
}
