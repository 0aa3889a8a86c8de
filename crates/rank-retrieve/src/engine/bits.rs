//! A set of documents of one window.

use super::WINDOW;

const WORDS: usize = WINDOW / 64;

/// A bit for each document of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bits(Box<[u64]>);

impl Default for Bits {
    fn default() -> Self {
        Self(vec![0; WORDS].into())
    }
}

impl Bits {
    /// The set of these words, of 64 documents each; what is beyond the end is not in it.
    pub(crate) fn from_words(words: &[u64]) -> Self {
        let mut bits = Self::default();
        for (bit, word) in bits.0.iter_mut().zip(words) {
            *bit = *word;
        }
        bits
    }

    pub(crate) fn words(&self) -> &[u64] {
        &self.0
    }

    pub(crate) fn contains(&self, local: u16) -> bool {
        let at = usize::from(local) % WINDOW;
        self.0[at / 64] >> (at % 64) & 1 == 1
    }

    /// Whether it was not there before.
    pub(crate) fn insert(&mut self, local: u16) -> bool {
        let new = !self.contains(local);
        let at = usize::from(local) % WINDOW;
        self.0[at / 64] |= 1 << (at % 64);
        new
    }

    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The documents, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        self.0.iter().zip(0_u16..).flat_map(|(&word, at)| {
            let mut left = word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as u16)?;
                left &= left - 1;
                Some(64 * at + bit)
            })
        })
    }
}
