//! The documents that a search may find, and those that hold a term at all.

use super::{Bits, Engine, WINDOW, WINDOW_BITS};

/// Words of 64 documents in a window.
const WORDS: usize = WINDOW / 64;

/// A set of documents, window by window.
#[derive(Debug, Clone, Default)]
pub(crate) struct Allowed {
    /// Each with its size.
    windows: Vec<(Bits, usize)>,
    total: usize,
}

fn counted(bits: Bits) -> (Bits, usize) {
    let count = bits.len();
    (bits, count)
}

impl Allowed {
    pub(crate) fn new(windows: Vec<Bits>) -> Self {
        let windows: Vec<(Bits, usize)> = windows.into_iter().map(counted).collect();
        let total = windows.iter().map(|window| window.1).sum();
        Self { windows, total }
    }

    /// The set of these words, of 64 documents each.
    pub(crate) fn from_words(words: &[u64]) -> Self {
        Self::new(words.chunks(WORDS).map(Bits::from_words).collect())
    }

    /// What of it is in a window, and how many; nothing if there are none.
    pub(super) fn window(&self, part: usize) -> Option<(&Bits, usize)> {
        self.windows.get(part).filter(|window| window.1 > 0).map(|(bits, count)| (bits, *count))
    }

    /// How many documents.
    pub(crate) fn len(&self) -> usize {
        self.total
    }

    /// How many of all `documents` it may take for `k` of these to be among them, if these are like all; more than there
    /// are if they are fewer.
    pub(super) fn likely(&self, k: usize, documents: usize) -> usize {
        if self.total < k.max(1) {
            return usize::MAX;
        }
        k.saturating_mul(2).saturating_add(6).saturating_mul(documents) / self.total
    }

    /// The documents, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let number = |at: u32| move |local: u16| at << WINDOW_BITS | u32::from(local);
        (0..).zip(&self.windows).flat_map(move |(at, window)| window.0.iter().map(number(at)))
    }

    /// Whether a document is in it.
    #[cfg(feature = "usearch")]
    pub(crate) fn contains(&self, document: u32) -> bool {
        let window = self.windows.get((document >> WINDOW_BITS) as usize);
        window.is_some_and(|(bits, _)| bits.contains((document % WINDOW as u32) as u16))
    }

    /// The words of it, of 64 documents each.
    pub(crate) fn words(&self) -> impl Iterator<Item = u64> + '_ {
        self.windows.iter().flat_map(|(bits, _)| bits.words().iter().copied())
    }
}

impl Engine {
    /// The documents that are not deleted, as words of 64.
    pub(crate) fn present(&self) -> Vec<u64> {
        let mut words = vec![0_u64; self.numbered().div_ceil(64)];
        let documents = self.numbered();
        for (at, word) in words.iter_mut().enumerate() {
            let left = documents - 64 * at;
            *word = if left < 64 { (1 << left) - 1 } else { u64::MAX };
        }
        let deleted = self.slots.iter().map(|slot| slot.deleted.as_deref()).chain([self.tail.deleted.as_ref()]);
        for (words, deleted) in words.chunks_mut(WORDS).zip(deleted) {
            for (word, gone) in words.iter_mut().zip(deleted.map_or(&[][..], Bits::words)) {
                *word &= !gone;
            }
        }
        words
    }

    /// The documents, deleted ones among them, that hold at least one of these terms, as words of 64.
    pub(crate) fn holding(&self, terms: impl Iterator<Item = u32>) -> Vec<u64> {
        let mut words = vec![0_u64; self.numbered().div_ceil(64)];
        let mut insert = |part: usize, local: u16| {
            let at = part << WINDOW_BITS | usize::from(local);
            words[at / 64] |= 1 << (at % 64);
        };
        for term in terms {
            for (part, slot) in self.slots.iter().enumerate() {
                if let Some(range) = slot.window.range(term) {
                    slot.window.locals[range].iter().for_each(|&local| insert(part, local));
                }
            }
            self.tail.list(term).iter().for_each(|posting| insert(self.slots.len(), posting.local));
        }
        words
    }
}
