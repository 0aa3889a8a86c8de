//! Rows of documents as columns: the ids in one text, their keys, and a value for each.

use std::ops::Range;

/// The number of a text among 2³², the same on every machine. Texts of equal keys need not be equal.
pub(crate) fn key(text: &[u8]) -> u32 {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let mix = |hash: u64, word: u64| {
        let product = (hash ^ word).wrapping_mul(ODD);
        product ^ (product >> 32)
    };
    let mut hash = (text.len() as u64).wrapping_mul(ODD);
    if let Some(&tail) = text.last_chunk::<8>() {
        let (words, rest) = text.as_chunks::<8>();
        for &word in words {
            hash = mix(hash, u64::from_le_bytes(word));
        }
        if !rest.is_empty() {
            hash = mix(hash, u64::from_le_bytes(tail));
        }
    } else if let (Some(&head), Some(&tail)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        hash = mix(hash, u64::from(u32::from_le_bytes(head)) | u64::from(u32::from_le_bytes(tail)) << 32);
    } else {
        hash = mix(hash, text.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)));
    }
    (hash.wrapping_mul(ODD) >> 32) as u32
}

/// Documents with a value each. The id of a row begins where the one before it ends.
#[derive(Debug, Clone)]
pub(crate) struct Block<V> {
    /// UTF-8.
    pub(crate) text: Vec<u8>,
    pub(crate) ends: Vec<u32>,
    pub(crate) keys: Vec<u32>,
    pub(crate) values: Vec<V>,
}

impl<V> Default for Block<V> {
    fn default() -> Self {
        Self { text: Vec::new(), ends: Vec::new(), keys: Vec::new(), values: Vec::new() }
    }
}

impl<V: Copy> Block<V> {
    pub(crate) fn with_capacity(rows: usize, text: usize) -> Self {
        Self {
            text: Vec::with_capacity(text),
            ends: Vec::with_capacity(rows),
            keys: Vec::with_capacity(rows),
            values: Vec::with_capacity(rows),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    fn start(&self, row: usize) -> usize {
        if row == 0 { 0 } else { self.ends[row - 1] as usize }
    }

    /// Where the ids of the rows lie in the text.
    pub(crate) fn span(&self, rows: &Range<usize>) -> Range<usize> {
        self.start(rows.start)..self.start(rows.end)
    }

    pub(crate) fn name(&self, row: usize) -> &str {
        std::str::from_utf8(self.bytes(row)).unwrap_or_default()
    }

    /// The id of a row as bytes, whose order is that of the texts.
    pub(crate) fn bytes(&self, row: usize) -> &[u8] {
        &self.text[self.start(row)..self.ends[row] as usize]
    }

    /// Adds a row whose id is in UTF-8.
    pub(crate) fn push(&mut self, document: &[u8], value: V) {
        self.text.extend_from_slice(document);
        self.ends.push(self.text.len() as u32);
        self.keys.push(key(document));
        self.values.push(value);
    }

    /// Adds a row whose id is the first `length` bytes, which are UTF-8. What follows them is there because a copy of a
    /// fixed length costs less.
    pub(crate) fn push_padded(&mut self, document: &[u8; 24], length: usize, value: V) {
        let end = self.text.len() + length;
        self.text.extend_from_slice(document);
        self.text.truncate(end);
        self.ends.push(end as u32);
        self.keys.push(key(&document[..length]));
        self.values.push(value);
    }

    /// Appends rows of another block.
    pub(crate) fn extend(&mut self, from: &Self, rows: Range<usize>) {
        let span = from.span(&rows);
        let moved = self.text.len();
        self.text.extend_from_slice(&from.text[span.clone()]);
        self.ends.extend(from.ends[rows.clone()].iter().map(|&end| (end as usize - span.start + moved) as u32));
        self.keys.extend_from_slice(&from.keys[rows.clone()]);
        self.values.extend_from_slice(&from.values[rows]);
    }

    /// Puts the rows from `start` on into another order, given by their numbers from `start`.
    pub(crate) fn permute(&mut self, start: usize, order: &[u32]) {
        let mut moved = Self::with_capacity(order.len(), 0);
        let span = self.span(&(start..start + order.len()));
        for &row in order {
            let row = start + row as usize;
            moved.text.extend_from_slice(self.bytes(row));
            moved.ends.push((span.start + moved.text.len()) as u32);
            moved.keys.push(self.keys[row]);
            moved.values.push(self.values[row]);
        }
        let rows = start..start + order.len();
        self.text[span].copy_from_slice(&moved.text);
        self.ends[rows.clone()].copy_from_slice(&moved.ends);
        self.keys[rows.clone()].copy_from_slice(&moved.keys);
        self.values[rows].copy_from_slice(&moved.values);
    }
}
