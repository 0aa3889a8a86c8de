//! The window that grows.

use std::ops::Range;

use super::index::Kind;
use super::window::{Posting, Window};
use super::{Bits, WINDOW};

/// The documents since the last sealed window.
#[derive(Debug, Clone)]
pub(crate) struct Tail {
    kind: Kind,
    pub(crate) fields: usize,
    /// By term number.
    lists: Vec<Vec<Posting>>,
    /// The terms that have postings, in the order in which they came.
    used: Vec<u32>,
    pub(crate) lengths: Vec<u32>,
    pub(crate) documents: usize,
    pub(crate) deleted: Option<Bits>,
}

impl Tail {
    pub(crate) fn new(kind: Kind, fields: usize) -> Self {
        Self { kind, fields, lists: Vec::new(), used: Vec::new(), lengths: Vec::new(), documents: 0, deleted: None }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.documents == WINDOW
    }

    pub(crate) fn list(&self, term: u32) -> &[Posting] {
        self.lists.get(term as usize).map_or(&[], |list| list)
    }

    /// Adds a document of `lengths`, one for each field; its postings follow.
    pub(crate) fn open(&mut self, lengths: &[u32]) -> u16 {
        self.lengths.extend(lengths);
        self.documents += 1;
        (self.documents - 1) as u16
    }

    pub(crate) fn push(&mut self, term: u32, posting: Posting) {
        let at = term as usize;
        if at >= self.lists.len() {
            self.lists.resize_with(at + 1, Vec::new);
        }
        if self.lists[at].is_empty() {
            self.used.push(term);
        }
        self.lists[at].push(posting);
    }

    /// Adds the documents `range` of a sealed window but the deleted. Of each, its new number or none goes to `moved`.
    pub(crate) fn append(
        &mut self,
        window: &Window,
        deleted: Option<&Bits>,
        range: Range<usize>,
        moved: &mut Vec<Option<u16>>,
    ) {
        let first = moved.len();
        for local in range.clone() {
            let gone = deleted.is_some_and(|bits| bits.contains(local as u16));
            let new = (!gone).then(|| {
                let lengths = local * window.fields..(local + 1) * window.fields;
                self.open(window.lengths.get(lengths).unwrap_or(&[]))
            });
            moved.push(new);
        }
        let mut values = Vec::new();
        for (rank, term) in window.terms().enumerate() {
            let whole = window.starts[rank] as usize..window.starts[rank + 1] as usize;
            let list = &window.locals[whole.clone()];
            let from = list.partition_point(|&local| usize::from(local) < range.start);
            let to = list.partition_point(|&local| usize::from(local) < range.end);
            values.clear();
            window.values(whole.start + from..whole.start + to, &mut values);
            for (local, values) in list[from..to].iter().zip(values.chunks_exact(self.kind.values(self.fields))) {
                let Some(local) = moved[first + usize::from(*local) - range.start] else { continue };
                for (&value, field) in values.iter().zip(0..) {
                    if value > 0 || !self.kind.is_counts() {
                        self.push(term, Posting { local, field, value });
                    }
                }
            }
        }
    }

    /// A sealed window of the same documents.
    pub(crate) fn freeze(&self) -> Window {
        let mut used = self.used.clone();
        used.sort_unstable();
        let lists = used.iter().map(|&term| (term, self.list(term)));
        Window::seal(self.kind, self.fields, self.lengths.clone(), self.documents, lists)
    }

    /// Empties it; the memory is kept for the documents to come.
    pub(crate) fn clear(&mut self) {
        for term in self.used.drain(..) {
            self.lists[term as usize].clear();
        }
        self.lengths.clear();
        self.documents = 0;
        self.deleted = None;
    }
}
