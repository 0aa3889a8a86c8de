//! Ids as numbers: each text is kept once.

use std::hash::{BuildHasher, BuildHasherDefault};

use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// A table of texts, numbered from 0 in order of first sight.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    text: String,
    /// Where each text ends; it begins where the one before it ends.
    ends: Vec<usize>,
    numbers: HashTable<u32>,
}

impl Default for Ids {
    fn default() -> Self {
        Self { text: String::new(), ends: Vec::new(), numbers: HashTable::new() }
    }
}

fn hash(id: &str) -> u64 {
    BuildHasherDefault::<FxHasher>::default().hash_one(id)
}

fn slice<'a>(text: &'a str, ends: &[usize], number: u32) -> &'a str {
    let number = number as usize;
    let start = if number == 0 { 0 } else { ends[number - 1] };
    &text[start..ends[number]]
}

impl Ids {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a number that this table gave.
    pub(crate) fn name(&self, number: u32) -> &str {
        slice(&self.text, &self.ends, number)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).map(|number| self.name(number))
    }

    pub(crate) fn find(&self, id: &str) -> Option<u32> {
        self.numbers.find(hash(id), |&number| self.name(number) == id).copied()
    }

    /// The number of `id`, a new one if it is met for the first time.
    pub(crate) fn intern(&mut self, id: &str) -> u32 {
        let Self { text, ends, numbers } = self;
        let entry = numbers.entry(
            hash(id),
            |&number| slice(text, ends, number) == id,
            |&number| hash(slice(text, ends, number)),
        );
        match entry {
            hashbrown::hash_table::Entry::Occupied(known) => *known.get(),
            hashbrown::hash_table::Entry::Vacant(place) => {
                let number = ends.len() as u32;
                place.insert(number);
                text.push_str(id);
                ends.push(text.len());
                number
            }
        }
    }
}
