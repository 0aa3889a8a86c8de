//! The ids of an index's documents.

use std::cmp::Ordering;
use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::engine::Order;
use crate::{Error, Result};

/// Ids by document number, and numbers by id.
#[derive(Debug, Clone)]
pub(crate) struct Ids<I> {
    all: Vec<I>,
    /// Of the documents that are not deleted.
    numbers: FxHashMap<I, u32>,
    /// Whether each id is above the one before.
    ascending: bool,
}

impl<I> Default for Ids<I> {
    fn default() -> Self {
        Self { all: Vec::new(), numbers: FxHashMap::default(), ascending: true }
    }
}

impl<I: Clone + Eq + Hash + Ord> Ids<I> {
    pub(crate) fn number(&self, id: &I) -> Option<u32> {
        self.numbers.get(id).copied()
    }

    pub(crate) fn id(&self, number: u32) -> &I {
        &self.all[number as usize]
    }

    /// Refuses an id that is there, and one more document than can be numbered.
    pub(crate) fn check(&self, id: &I) -> Result<()> {
        if let Some(document) = self.number(id) {
            return Err(Error::DuplicateDocument { document: document as usize });
        }
        count(self.all.len()).map(drop)
    }

    pub(crate) fn push(&mut self, id: I) {
        self.ascending &= self.all.last().is_none_or(|last| *last < id);
        self.numbers.insert(id.clone(), self.all.len() as u32);
        self.all.push(id);
    }

    pub(crate) fn remove(&mut self, id: &I) -> Option<u32> {
        self.numbers.remove(id)
    }

    /// Numbers the documents anew; those without a new number are gone. New numbers ascend.
    pub(crate) fn renumber(&mut self, numbers: &[Option<u32>]) {
        let mut kept = numbers.iter().map(Option::is_some);
        self.all.retain(|_| kept.next().unwrap_or(false));
        self.numbers = self.all.iter().cloned().zip(0..).collect();
        self.ascending = self.all.is_sorted_by(|a, b| a < b);
    }
}

impl<I: Ord + Sync> Order for Ids<I> {
    fn is_numeric(&self) -> bool {
        self.ascending
    }

    fn compare(&self, a: u32, b: u32) -> Ordering {
        self.all[a as usize].cmp(&self.all[b as usize])
    }
}

/// A count as the 32 bits that documents and lengths are kept in.
pub(crate) fn count(count: usize) -> Result<u32> {
    u32::try_from(count).ok().filter(|&number| number < u32::MAX).ok_or(Error::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_with_32_bits() {
        assert_eq!(count(4_294_967_294).unwrap(), 4_294_967_294);
        let error = count(4_294_967_295).unwrap_err();
        assert!(matches!(error, Error::TooLarge));
        assert!(error.to_string().starts_with("documents: expected fewer than 4294967295 documents"), "{error}");
    }
}
