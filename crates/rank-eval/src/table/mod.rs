//! Queries, documents and a value for each pair, as columns: what runs and qrels have in common.

mod assemble;
mod block;
mod columns;
mod merge;
mod part;

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

pub(crate) use assemble::{Fault, Row, assemble};
pub(crate) use block::{Block, key};
pub use columns::{Column, Columns, Offsets, Scores};
pub(crate) use columns::{append, names};
pub(crate) use merge::merge;
pub(crate) use part::{Part, Parts};

use crate::Result;
use crate::watch::{Steps, Watch};

/// A value of a row, and the order of rows that a table of such values has.
pub(crate) trait Cell: Copy + Send + Sync {
    /// `run` or `qrels`.
    const TABLE: &'static str;

    /// Rows are in ascending order of it, those of equal rank in that of their ids.
    fn rank(self) -> u64;

    /// Whether rows may count as equal in some order, so that it is worth knowing which came first.
    fn is_tie(self, other: Self) -> bool;

    /// The order of the ids of rows of equal rank.
    fn compare_ids(a: &[u8], b: &[u8]) -> Ordering;
}

/// Scores, best first; ties by document id descending.
impl Cell for f64 {
    const TABLE: &'static str = "run";

    fn rank(self) -> u64 {
        // 0.0 and -0.0 are a tie.
        let bits = (self + 0.0).to_bits();
        if bits >> 63 == 1 { bits } else { !bits & !(1 << 63) }
    }

    fn is_tie(self, other: Self) -> bool {
        self as f32 == other as f32
    }

    fn compare_ids(a: &[u8], b: &[u8]) -> Ordering {
        b.cmp(a)
    }
}

/// Grades, by document id.
impl Cell for i64 {
    const TABLE: &'static str = "qrels";

    fn rank(self) -> u64 {
        0
    }

    fn is_tie(self, _: Self) -> bool {
        false
    }

    fn compare_ids(a: &[u8], b: &[u8]) -> Ordering {
        a.cmp(b)
    }
}

/// The rows of a query: where they lie, and when they came.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    block: usize,
    start: usize,
    len: usize,
    /// For each row the number it had in the input, if rows of equal rank came in another order than that of the table.
    arrival: Option<Arc<[u32]>>,
}

/// Queries in ascending order of id, and for each its rows in the order of [`Cell::compare`].
///
/// Ids of documents are kept row by row and not numbered: a table of all distinct ids is larger than any cache, and a
/// look-up in it costs more than the evaluation of the row.
#[derive(Debug, Clone)]
pub(crate) struct Table<V> {
    queries: Vec<Box<str>>,
    groups: Vec<Group>,
    blocks: Vec<Arc<Block<V>>>,
}

/// The rows of one query.
#[derive(Debug)]
pub(crate) struct Rows<'a, V> {
    block: &'a Block<V>,
    start: usize,
    len: usize,
    arrival: Option<&'a [u32]>,
}

impl<V> Clone for Rows<'_, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Rows<'_, V> {}

impl<'a, V: Copy> Rows<'a, V> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    fn range(&self) -> Range<usize> {
        self.start..self.start + self.len
    }

    pub(crate) fn keys(&self) -> &'a [u32] {
        &self.block.keys[self.range()]
    }

    pub(crate) fn values(&self) -> &'a [V] {
        &self.block.values[self.range()]
    }

    pub(crate) fn name(&self, row: usize) -> &'a str {
        self.block.name(self.start + row)
    }

    pub(crate) fn bytes(&self, row: usize) -> &'a [u8] {
        self.block.bytes(self.start + row)
    }

    /// All ids, and where each ends.
    fn text(&self) -> (&'a [u8], impl Iterator<Item = usize> + use<'a, V>) {
        let span = self.block.span(&self.range());
        let start = span.start;
        (&self.block.text[span], self.block.ends[self.range()].iter().map(move |&end| end as usize - start))
    }

    /// The number that the row had in the input, counted such that it can be compared with that of equal values.
    pub(crate) fn arrival(&self, row: usize) -> u32 {
        self.arrival.map_or(row as u32, |arrival| arrival[row])
    }

    /// The rows as they came in, as far as that is known.
    pub(crate) fn by_arrival(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.len).collect();
        order.sort_by_key(|&row| self.arrival(row));
        order
    }

    pub(crate) fn iter(self) -> impl ExactSizeIterator<Item = (&'a str, V)> {
        let Self { block, start, len, .. } = self;
        (start..start + len).map(|row| (block.name(row), block.values[row]))
    }
}

impl<V: Cell> Table<V> {
    pub(crate) fn queries(&self) -> &[Box<str>] {
        &self.queries
    }

    pub(crate) fn find(&self, query: &str) -> Option<usize> {
        self.queries.binary_search_by(|known| (**known).cmp(query)).ok()
    }

    /// The rows of a query, which is given by its place.
    pub(crate) fn rows(&self, query: usize) -> Rows<'_, V> {
        let group = &self.groups[query];
        Rows { block: &self.blocks[group.block], start: group.start, len: group.len, arrival: group.arrival.as_deref() }
    }

    pub(crate) fn row_count(&self) -> usize {
        self.groups.iter().map(|group| group.len).sum()
    }

    /// The queries for which `keep` says so; the rows are shared.
    pub(crate) fn slice(&self, mut keep: impl FnMut(&str) -> bool) -> Self {
        let kept = self.queries.iter().zip(&self.groups).filter(|(query, _)| keep(query));
        let (queries, groups) = kept.map(|(query, group)| (query.clone(), group.clone())).unzip();
        Self { queries, groups, blocks: self.blocks.clone() }
    }

    /// The first `depth` rows of each query; the rows are shared.
    pub(crate) fn cut(&self, depth: usize) -> Self {
        let mut cut = self.clone();
        cut.groups.iter_mut().for_each(|group| group.len = group.len.min(depth));
        cut
    }

    /// Adds the rows for which `keep` says so to parts. A step is a row.
    pub(crate) fn pour(
        &self,
        parts: &mut Parts<V>,
        mut keep: impl FnMut(&str, &str, V) -> bool,
        watch: &Watch<'_>,
    ) -> Result<()> {
        let mut steps = Steps::new(watch);
        for (number, query) in self.queries.iter().enumerate() {
            parts.query(query);
            let rows = self.rows(number);
            // In the order of arrival, so that the order of ties is not forgotten.
            for row in rows.by_arrival() {
                let (document, value) = (rows.name(row), rows.values()[row]);
                if keep(query, document, value) {
                    parts.push(document, value);
                }
                steps.one()?;
            }
        }
        steps.report()
    }
}
