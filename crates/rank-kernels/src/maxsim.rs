//! MaxSim of one query and many documents: what all instruction sets share.
//!
//! A block of document rows meets all query tokens while it is in the first-level cache, and leaves behind nothing but
//! the running maximum of each query token: no matrix of similarities is written.

use crate::PackedQuery;
use crate::query::Lanes;

/// What a document has come to so far.
pub(crate) struct Running {
    /// The largest dot product of each query token, by group.
    pub(crate) maxima: Vec<Lanes>,
    /// Zero times every dot product, added up: zero, unless one of them was NaN or infinite.
    pub(crate) check: Lanes,
}

/// What an instruction set does with a block of rows.
pub(crate) trait Block {
    /// The rows of its largest block.
    const ROWS: usize;

    /// Brings the rows of `block` into `running`: `ROWS`, 4 or 1 of them. `next` is what will likely be read next, and
    /// may lie beyond the end of everything.
    ///
    /// # Safety
    ///
    /// The machine has the instruction set; `block` holds `ROWS`, 4 or 1 times `query.dim()` values; `running` has a
    /// maximum for each group of the query.
    unsafe fn block(query: &PackedQuery, block: &[f32], next: *const f32, running: &mut Running);
}

/// A short tail is done in blocks of this many rows.
const TAIL: usize = 4;

/// Scores all documents, one after the other, in one fixed order of operations each.
///
/// # Safety
///
/// The machine has the instruction set of `B`.
pub(crate) unsafe fn documents<B: Block>(query: &PackedQuery, values: &[f32], offsets: &[usize], scores: &mut [f32]) {
    let dim = query.dim();
    let mut running = Running { maxima: vec![Lanes::LOWEST; query.groups()], check: Lanes::ZERO };
    for (document, score) in offsets.windows(2).zip(scores) {
        running.maxima.fill(Lanes::LOWEST);
        running.check = Lanes::ZERO;
        // SAFETY: the caller vouches for the instruction set.
        unsafe { one_document::<B>(query, &values[document[0] * dim..document[1] * dim], &mut running) };
        *score = finish(query, &running);
    }
}

/// # Safety
///
/// The machine has the instruction set of `B`.
unsafe fn one_document<B: Block>(query: &PackedQuery, document: &[f32], running: &mut Running) {
    let dim = query.dim();
    let rows = document.len() / dim;
    let mut run = |row: usize, count: usize| {
        let block = &document[row * dim..][..count * dim];
        // SAFETY: the caller vouches for the instruction set; `block` holds `count` rows, which is ROWS, TAIL or 1.
        unsafe { B::block(query, block, block.as_ptr_range().end, running) };
        row + count
    };
    let mut row = 0;
    while rows - row >= B::ROWS {
        row = run(row, B::ROWS);
    }
    // A maximum does not mind a row that it has seen: the last block overlaps those before it instead of being padded.
    let step = if rows >= TAIL { TAIL } else { 1 };
    while row < rows {
        row = run(row.min(rows - step), step);
    }
}

/// The sum of the maxima over the query's tokens, in their order; NaN if any dot product was NaN or infinite.
fn finish(query: &PackedQuery, running: &Running) -> f32 {
    if running.check.0.iter().any(|lane| lane.is_nan()) {
        return f32::NAN;
    }
    let maxima = running.maxima.iter().flat_map(|lanes| lanes.0);
    maxima.take(query.tokens()).map(f64::from).sum::<f64>() as f32
}
