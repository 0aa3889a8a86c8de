//! Rows as they come in, cut into pieces of one query each.

use std::ops::Range;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::block::{Block, key};

/// Rows that follow each other in the input.
#[derive(Debug, Clone)]
pub(crate) struct Part<V> {
    pub(crate) block: Block<V>,
    /// The queries of the part, in order of first sight.
    pub(crate) queries: Vec<Box<str>>,
    /// The query and the first row of each piece; a piece ends where the next one begins.
    starts: Vec<(u32, u32)>,
    numbers: HashTable<u32>,
    current: u32,
}

impl<V> Default for Part<V> {
    fn default() -> Self {
        Self {
            block: Block::default(),
            queries: Vec::new(),
            starts: Vec::new(),
            numbers: HashTable::new(),
            current: u32::MAX,
        }
    }
}

impl<V: Copy> Part<V> {
    pub(crate) fn with_capacity(rows: usize, text: usize) -> Self {
        Self { block: Block::with_capacity(rows, text), ..Self::default() }
    }

    /// The query of the row before, if there is one.
    pub(crate) fn current(&self) -> Option<&str> {
        self.queries.get(self.current as usize).map(AsRef::as_ref)
    }

    /// The query of the rows that follow.
    pub(crate) fn query(&mut self, id: &str) {
        self.query_from(id, self.block.len());
    }

    /// The query of the rows from `start` on.
    pub(crate) fn query_from(&mut self, id: &str, start: usize) {
        // Input comes grouped by query.
        if self.current() == Some(id) {
            return;
        }
        let Self { queries, numbers, .. } = self;
        let hash = |text: &str| u64::from(key(text.as_bytes())).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let entry = numbers.entry(
            hash(id),
            |&number| *queries[number as usize] == *id,
            |&number| hash(&queries[number as usize]),
        );
        self.current = match entry {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                let number = queries.len() as u32;
                place.insert(number);
                queries.push(id.into());
                number
            }
        };
        self.starts.push((self.current, start as u32));
    }

    /// The query of the rows that follow, in UTF-8.
    pub(crate) fn query_bytes(&mut self, id: &[u8]) {
        if self.queries.get(self.current as usize).is_none_or(|current| current.as_bytes() != id) {
            self.query(std::str::from_utf8(id).unwrap_or_default());
        }
    }

    /// Adds a row to the last query named, its id being a range of bytes.
    pub(crate) fn push_bytes(&mut self, bytes: &[u8], id: Range<usize>, value: V) {
        match bytes[id.start..].first_chunk() {
            Some(padded) if id.len() <= padded.len() => self.block.push_padded(padded, id.len(), value),
            _ => self.block.push(&bytes[id], value),
        }
    }

    /// Adds a row to the last query named, which is the empty id if none was.
    pub(crate) fn push(&mut self, document: &str, value: V) {
        if self.starts.is_empty() {
            self.query("");
        }
        self.block.push(document.as_bytes(), value);
    }

    /// The pieces: a query's number and its rows.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = (u32, Range<usize>)> {
        let ends = self.starts.iter().skip(1).map(|&(_, start)| start as usize).chain([self.block.len()]);
        self.starts.iter().zip(ends).map(|(&(query, start), end)| (query, start as usize..end))
    }
}

/// Parts in the making, row by row.
#[derive(Debug, Clone)]
pub(crate) struct Parts<V> {
    closed: Vec<Part<V>>,
    open: Part<V>,
}

impl<V> Default for Parts<V> {
    fn default() -> Self {
        Self { closed: Vec::new(), open: Part::default() }
    }
}

impl<V: Copy> Parts<V> {
    /// A part is closed at the first query after so many rows.
    const ROWS: usize = 1 << 17;
    /// A part is closed in the midst of a query too after so many bytes, so that they can be counted in 32 bits.
    const TEXT: usize = 1 << 30;

    /// The query of the rows that follow, if one was named.
    pub(crate) fn current(&self) -> Option<&str> {
        self.open.current()
    }

    pub(crate) fn query(&mut self, id: &str) {
        if self.open.block.len() >= Self::ROWS && self.open.current() != Some(id) {
            self.close();
        }
        self.open.query(id);
    }

    pub(crate) fn push(&mut self, document: &str, value: V) {
        if self.open.block.text.len() + document.len() > Self::TEXT {
            let current = self.open.current().map(str::to_owned);
            self.close();
            if let Some(current) = current {
                self.open.query(&current);
            }
        }
        self.open.push(document, value);
    }

    fn close(&mut self) {
        let rows = self.open.block.len();
        let next = Part::with_capacity(rows, self.open.block.text.len());
        self.closed.push(std::mem::replace(&mut self.open, next));
    }

    /// Adds parts whose rows follow.
    pub(crate) fn extend(&mut self, parts: impl IntoIterator<Item = Part<V>>) {
        self.closed.push(std::mem::take(&mut self.open));
        self.closed.extend(parts);
    }

    /// The number of rows so far.
    pub(crate) fn len(&self) -> usize {
        self.closed.iter().chain([&self.open]).map(|part| part.block.len()).sum()
    }

    pub(crate) fn finish(mut self) -> Vec<Part<V>> {
        self.closed.push(self.open);
        self.closed
    }
}
