//! MaxSim of one query and many documents: what all instruction sets and all types of components share.
//!
//! A block of document rows meets all query tokens while it is in the first-level cache, and leaves behind nothing but
//! the running maximum of each query token: no matrix of similarities is written.

use std::marker::PhantomData;

use half::bf16;

use crate::query::{Head, Lanes, Line, PackedBf16, PackedInt8, PackedQuery, Query};
use crate::top::TopScores;

/// A kernel, as [`documents`] is one.
pub(crate) type MaxSim<Q, T> = unsafe fn(&[&Q], Rows<'_, T>, &[usize], &mut [TopScores], &mut [f32]);

/// What a document has come to so far.
pub(crate) struct Running {
    /// The largest dot product of each query token, by group.
    pub(crate) maxima: Vec<Lanes>,
    /// Zero times every dot product, added up: zero, unless one of them was NaN or infinite.
    pub(crate) check: Lanes,
    /// For kernels that want to know: the first row that has the largest product.
    pub(crate) rows: Vec<Line<u32, 16>>,
    /// The number of the next block's first row.
    pub(crate) row: usize,
}

impl Running {
    pub(crate) fn new(groups: usize) -> Self {
        Self { maxima: vec![Lanes::LOWEST; groups], check: Lanes::ZERO, rows: vec![Line([0; 16]); groups], row: 0 }
    }

    pub(crate) fn clear(&mut self, groups: usize) {
        self.maxima.clear();
        self.maxima.resize(groups, Lanes::LOWEST);
        self.check = Lanes::ZERO;
        self.rows.clear();
        self.rows.resize(groups, Line([0; 16]));
    }

    /// The weighted sum of the maxima in the order of the query's tokens; NaN if any dot product was NaN or infinite.
    pub(crate) fn score(&self, head: &Head) -> f32 {
        if self.check.0.iter().any(|lane| lane.is_nan()) {
            return f32::NAN;
        }
        head.sum(&self.maxima)
    }
}

/// Rows of documents, one after the other.
#[derive(Debug)]
pub(crate) struct Rows<'a, T> {
    pub(crate) values: &'a [T],
    /// Of each row the factor of its values; none where values stand for themselves.
    pub(crate) scales: &'a [f32],
    /// The values of a row.
    pub(crate) dim: usize,
}

impl<T> Clone for Rows<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Rows<'_, T> {}

impl<T> Rows<'_, T> {
    pub(crate) fn count(self) -> usize {
        self.values.len() / self.dim
    }

    pub(crate) fn slice(self, from: usize, count: usize) -> Self {
        let scales = if self.scales.is_empty() { self.scales } else { &self.scales[from..][..count] };
        Self { values: &self.values[from * self.dim..][..count * self.dim], scales, dim: self.dim }
    }

    /// The place behind the last row, for a prefetch.
    pub(crate) fn end(self) -> *const T {
        self.values.as_ptr_range().end
    }
}

/// What an instruction set does with a block of rows of one type.
pub(crate) trait Block {
    /// The query, as it is packed for this type.
    type Query: Query;
    /// The type of the components of a row.
    type Value;
    /// The rows of its largest block: a multiple of none, at least 1.
    const ROWS: usize;

    /// What it needs beside a query of so many components, made once a call.
    fn new(dim: usize) -> Self;

    /// Brings `rows` into `running`: `ROWS`, 4 or 1 of them. `next` is what will likely be read next, and may lie beyond
    /// the end of everything.
    ///
    /// # Safety
    ///
    /// The machine has the instruction set; `rows` holds `ROWS`, 4 or 1 rows of `query.dim()` values; `running` has a
    /// maximum for each group of the query; `self` was made for this dimension.
    unsafe fn block(
        &mut self,
        query: &Self::Query,
        rows: Rows<'_, Self::Value>,
        next: *const Self::Value,
        running: &mut Running,
    );

    /// What is left to do when all `rows` of a document are in `running`, unless there are none.
    ///
    /// # Safety
    ///
    /// As [`block`](Self::block), for any number of rows.
    #[inline]
    unsafe fn finish(_query: &Self::Query, _rows: Rows<'_, Self::Value>, _running: &mut Running) {}
}

/// A short tail is done in blocks of this many rows.
const TAIL: usize = 4;

/// Scores all documents for each query, one after the other, in one fixed order of operations each. A document meets
/// all queries while it is in the second-level cache. Scores are brought into `top`, one for each query or none at all; one
/// that is below the bar there may be anything that is below it.
///
/// # Safety
///
/// The machine has the instruction set of `B`; rows have as many values as each query has components; `scores` hold as
/// many as there are queries times documents, query by query; `offsets` are one more than the documents, ascend, and
/// stay within `rows`.
pub(crate) unsafe fn documents<B: Block>(
    queries: &[&B::Query],
    rows: Rows<'_, B::Value>,
    offsets: &[usize],
    top: &mut [TopScores],
    scores: &mut [f32],
) {
    let count = offsets.len() - 1;
    let groups = queries.iter().map(|query| query.head().groups()).max().unwrap_or(0);
    let mut running = Running::new(groups);
    let mut block = B::new(rows.dim);
    for (position, document) in offsets.windows(2).enumerate() {
        let rows = rows.slice(document[0], document[1] - document[0]);
        for (number, query) in queries.iter().enumerate() {
            running.clear(query.head().groups());
            // SAFETY: the caller vouches for the instruction set and the rows.
            unsafe { one_document(&mut block, query, rows, &mut running) };
            let score = running.score(query.head());
            scores[number * count + position] = score;
            if let Some(top) = top.get_mut(number) {
                top.meet(score);
            }
        }
    }
}

/// # Safety
///
/// The machine has the instruction set of `B`; rows have as many values as the query has components; `block` was
/// made for that dimension, and `running` for the query.
pub(crate) unsafe fn one_document<B: Block>(
    block: &mut B,
    query: &B::Query,
    rows: Rows<'_, B::Value>,
    running: &mut Running,
) {
    let count = rows.count();
    let mut run = |row: usize, count: usize| {
        let part = rows.slice(row, count);
        running.row = row;
        // SAFETY: the caller vouches for the instruction set; `part` holds `count` rows, which is ROWS, TAIL or 1.
        unsafe { block.block(query, part, part.end(), running) };
        row + count
    };
    let mut row = 0;
    while count - row >= B::ROWS {
        row = run(row, B::ROWS);
    }
    // A maximum does not mind a row that it has seen: the last block overlaps those before it instead of being padded.
    let step = if count >= TAIL { TAIL } else { 1 };
    while row < count {
        row = run(row.min(count - step), step);
    }
    if count > 0 {
        // SAFETY: the caller vouches for the instruction set and the rows.
        unsafe { B::finish(query, rows, running) };
    }
}

/// Adds to the largest product of each query token that of its row with what the token's codes lack.
#[inline(always)]
#[expect(clippy::inline_always, reason = "so that it is compiled with the instructions of its caller")]
pub(crate) fn refine(query: &PackedInt8, rows: Rows<'_, i8>, running: &mut Running) {
    let lanes = running.maxima.iter_mut().flat_map(|lanes| &mut lanes.0);
    let winners = running.rows.iter().flat_map(|rows| rows.0);
    for (token, (maximum, row)) in lanes.zip(winners).enumerate().take(query.tokens()) {
        let codes = &rows.values[row as usize * rows.dim..][..rows.dim];
        *maximum = refined_row(query, token, *maximum, codes, rows.scales[row as usize]);
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "as above")]
pub(crate) fn refined_row(query: &PackedInt8, token: usize, maximum: f32, codes: &[i8], scale: f32) -> f32 {
    let (lines, unit) = query.rest(token);
    let sum: i32 = lines.iter().zip(codes.chunks(64)).map(|(line, codes)| product(&line.0, codes)).sum();
    refined(maximum, sum, unit, scale)
}

/// The largest product, and what it lacks.
#[inline(always)]
#[expect(clippy::inline_always, reason = "so that it is compiled with the instructions of its caller")]
pub(crate) fn refined(maximum: f32, sum: i32, unit: f32, scale: f32) -> f32 {
    maximum + sum as f32 * unit * scale
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "as above")]
fn product(a: &[i8], b: &[i8]) -> i32 {
    a.iter().zip(b).map(|(&a, &b)| i32::from(i16::from(a) * i16::from(b))).sum()
}

/// How an instruction set makes `f32` of smaller values.
pub(crate) trait Widen {
    /// The query, which is also packed for `f32`.
    type Query: Query + AsRef<PackedQuery>;
    /// The type of the values.
    type Value;

    /// # Safety
    ///
    /// The machine has the instruction set; `from` and `to` are of the same length.
    unsafe fn widen(from: &[Self::Value], to: &mut [f32]);
}

/// A block of smaller values, made `f32` in the first-level cache and scored there.
pub(crate) struct Widened<B, W> {
    inner: B,
    scratch: Vec<Lanes>,
    widen: PhantomData<W>,
}

impl<B: Block<Query = PackedQuery, Value = f32>, W: Widen> Block for Widened<B, W> {
    type Query = W::Query;
    type Value = W::Value;
    const ROWS: usize = B::ROWS;

    fn new(dim: usize) -> Self {
        // The tail's blocks may be larger than the largest.
        let lines = (B::ROWS.max(TAIL) * dim).div_ceil(Lanes::WIDTH);
        Self { inner: B::new(dim), scratch: vec![Lanes::ZERO; lines], widen: PhantomData }
    }

    unsafe fn block(
        &mut self,
        query: &W::Query,
        rows: Rows<'_, W::Value>,
        next: *const W::Value,
        running: &mut Running,
    ) {
        let wide = &mut lanes_flat(&mut self.scratch)[..rows.values.len()];
        // SAFETY: the caller vouches for the instruction set and the rows; the slices are of one length.
        unsafe {
            W::widen(rows.values, wide);
            let wide = Rows { values: wide, scales: &[], dim: rows.dim };
            self.inner.block(query.as_ref(), wide, next.cast(), running);
        }
    }
}

/// How an instruction set makes `bf16` of `f32`: to the nearest, ties to even.
pub(crate) trait Narrow {
    /// # Safety
    ///
    /// The machine has the instruction set; `from` and `to` are of the same length.
    unsafe fn narrow(from: &[f32], to: &mut [bf16]);
}

/// A block of `f32`, made `bf16` in the first-level cache and scored there.
pub(crate) struct Narrowed<B, N> {
    inner: B,
    scratch: Vec<bf16>,
    narrow: PhantomData<N>,
}

impl<B: Block<Query = PackedBf16, Value = bf16>, N: Narrow> Block for Narrowed<B, N> {
    type Query = PackedBf16;
    type Value = f32;
    const ROWS: usize = B::ROWS;

    fn new(dim: usize) -> Self {
        let scratch = vec![bf16::ZERO; B::ROWS.max(TAIL) * dim];
        Self { inner: B::new(dim), scratch, narrow: PhantomData }
    }

    unsafe fn block(&mut self, query: &PackedBf16, rows: Rows<'_, f32>, next: *const f32, running: &mut Running) {
        let narrow = &mut self.scratch[..rows.values.len()];
        // SAFETY: the caller vouches for the instruction set and the rows; the slices are of one length.
        unsafe {
            N::narrow(rows.values, narrow);
            let narrow = Rows { values: narrow, scales: &[], dim: rows.dim };
            self.inner.block(query, narrow, next.cast(), running);
        }
    }
}

/// The values of lines, one after the other.
pub(crate) fn lanes_flat(lanes: &mut [Lanes]) -> &mut [f32] {
    // SAFETY: a line is 16 values and nothing else.
    unsafe { std::slice::from_raw_parts_mut(lanes.as_mut_ptr().cast(), lanes.len() * Lanes::WIDTH) }
}
