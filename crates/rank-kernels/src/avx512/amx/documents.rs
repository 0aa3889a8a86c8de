//! Documents whose rows are tiles as they lie, or nearly so.

use std::cell::Cell;

use super::tiles::{Operands, Product, ROWS, Sums, TILE, Tiles};
use crate::avx512::screen::Source;
use crate::maxsim::{Rows, Running};
use crate::query::{Lanes, Line, Query};
use crate::top::TopScores;

/// What differs between types of components.
pub(super) trait Kind {
    type Query: Query;
    type Value: Copy + Default;
    type Product: Product;

    /// The lines of a group of the query: 16 for each 64 bytes of a row that are begun.
    fn lines(query: &Self::Query, group: usize) -> *const u8;

    /// Zero, or no number if a document has no score for what it holds beside its rows.
    fn check(rows: Rows<'_, Self::Value>) -> f32;

    /// Brings the products of rows into what the document has come to. `scales` are those of the rows, if they have any;
    /// the first is number `row`.
    ///
    /// # Safety
    ///
    /// The machine has AVX-512 F.
    unsafe fn fold<const GROUPS: usize>(
        sums: &[[Line<<Self::Product as Product>::Sum, 16>; 2]],
        scales: &[f32],
        row: usize,
        best: Best<'_, GROUPS>,
        check: &mut Lanes,
    );

    /// What is left to do when all rows of a document are in `running`, unless there are none.
    ///
    /// # Safety
    ///
    /// The machine has AVX-512 F, BW and VL; `running` is made for the query and these rows.
    unsafe fn finish(_query: &Self::Query, _rows: Rows<'_, Self::Value>, _running: &mut Running) {}
}

/// The largest products of groups of query tokens, and the rows that have them.
pub(super) type Best<'a, const GROUPS: usize> = (&'a mut [Lanes; GROUPS], &'a mut [Line<u32, 16>; GROUPS]);

/// So many bytes of rows are met by all queries before the next: they, a query and sums stay in the first-level cache.
const PANEL: usize = 24 << 10;

/// The rows of a document as tiles want them.
struct Whole<'a, T> {
    rows: Rows<'a, T>,
    /// The first row, and from a row to the next in bytes, a multiple of 64.
    first: *const u8,
    stride: usize,
    /// Rows that are read where they lie are followed by what is read next, most likely.
    in_place: bool,
}

/// The rows as they lie, or in `scratch`, where lines are whole and there is at least one tile.
fn whole<'a, T: Copy + Default>(rows: Rows<'a, T>, scratch: &'a mut Vec<Line<u8, 64>>) -> Whole<'a, T> {
    let bytes = rows.dim * size_of::<T>();
    let stride = bytes.next_multiple_of(64);
    if bytes == stride && rows.count() >= TILE {
        return Whole { rows, first: rows.values.as_ptr().cast(), stride, in_place: true };
    }
    scratch.clear();
    scratch.resize(rows.count().max(TILE) * stride / 64, Line([0; 64]));
    let first: *mut u8 = scratch.as_mut_ptr().cast();
    for (number, row) in rows.values.chunks_exact(rows.dim).enumerate() {
        // SAFETY: there are `stride >= bytes` for each row; components are plain numbers.
        unsafe { std::ptr::copy_nonoverlapping(row.as_ptr().cast(), first.add(number * stride), bytes) };
    }
    Whole { rows, first, stride, in_place: false }
}

/// The blocks that make up the rows from `start` to `end` of `count`: where each begins, and how many tiles it has. The
/// last may overlap those before it, as a maximum does not mind a row that it has seen; it may not if there are fewer
/// than a tile.
fn blocks(start: usize, end: usize, count: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut row = start;
    std::iter::from_fn(move || {
        if row >= end {
            return None;
        }
        let tiles = if end - row > TILE && count >= ROWS { 2 } else { 1 };
        let at = row.min(count.saturating_sub(tiles * TILE));
        row = at + tiles * TILE;
        Some((at, tiles))
    })
}

thread_local! {
    /// Rows whose lines are not whole; kept for the next call, which may be for a single document.
    static SCRATCH: Cell<Vec<Line<u8, 64>>> = Cell::default();
}

/// More than so many lines are given back.
const KEPT: usize = 1 << 14;

/// As [`documents`](crate::maxsim::documents), by tiles.
///
/// # Safety
///
/// As for that, the machine having AMX, its use granted, AVX-512 F, and what `S` needs.
pub(super) unsafe fn documents<K: Kind, S: Source<Scored = K::Value>>(
    queries: &[&K::Query],
    rows: Rows<'_, S::Value>,
    offsets: &[usize],
    top: &mut [TopScores],
    scores: &mut [f32],
) {
    let count = offsets.len() - 1;
    let mut running: Vec<Running> = queries.iter().map(|query| Running::new(query.head().groups())).collect();
    let (mut lines, mut converted) = (SCRATCH.take(), Vec::new());
    let mut buffers = zeros();
    // SAFETY: the caller vouches for AMX; there are no other tiles in this function's callers.
    let tiles = unsafe { Tiles::new() };
    for (position, document) in offsets.windows(2).enumerate() {
        let stored = rows.slice(document[0], document[1] - document[0]);
        // SAFETY: the caller vouches for the instruction set.
        let rows = unsafe { S::scored(stored, &mut converted) };
        let check = K::check(rows);
        for (running, query) in running.iter_mut().zip(queries) {
            running.clear(query.head().groups());
            running.check.0[0] = check;
        }
        let mut whole = whole(rows, &mut lines);
        // What was converted has nothing behind it.
        whole.in_place &= std::ptr::eq(rows.values.as_ptr().cast::<u8>(), stored.values.as_ptr().cast());
        let panel =
            if queries.len() == 1 { rows.count() } else { (PANEL / whole.stride).next_multiple_of(ROWS).max(ROWS) };
        for start in (0..rows.count()).step_by(panel.max(1)) {
            let end = rows.count().min(start + panel);
            for (number, (query, running)) in queries.iter().zip(&mut running).enumerate() {
                // SAFETY: the caller vouches for the instruction set; tiles are set up; these are rows of the document.
                unsafe { groups::<K>(query, &whole, (start, end), number == 0, running, &mut buffers) };
            }
        }
        for (number, (query, running)) in queries.iter().zip(&mut running).enumerate() {
            if rows.count() > 0 {
                // SAFETY: the caller vouches for the instruction set.
                unsafe { K::finish(query, rows, running) };
            }
            let score = running.score(query.head());
            scores[number * count + position] = score;
            if let Some(top) = top.get_mut(number) {
                top.meet(score);
            }
        }
    }
    drop(tiles);
    if lines.capacity() <= KEPT {
        SCRATCH.set(lines);
    }
}

/// # Safety
///
/// The machine has AMX and AVX-512 F; tiles are set up; `running` is made for the query, and `whole` has the rows.
unsafe fn groups<K: Kind>(
    query: &K::Query,
    whole: &Whole<'_, K::Value>,
    rows: (usize, usize),
    mut first: bool,
    running: &mut Running,
    buffers: &mut Buffers<<K::Product as Product>::Sum>,
) {
    let Running { maxima, check, rows: winners, .. } = running;
    let ((pairs, last), (winners, last_winners)) = (maxima.as_chunks_mut::<2>(), winners.as_chunks_mut::<2>());
    for (pair, best) in pairs.iter_mut().zip(winners).enumerate() {
        let lines = [K::lines(query, 2 * pair), K::lines(query, 2 * pair + 1)];
        // SAFETY: as promised to this function.
        unsafe { panel::<K, 2>(lines, whole, rows, first, best, check, buffers) };
        first = false;
    }
    let done = 2 * pairs.len();
    for best in last.as_chunks_mut::<1>().0.iter_mut().zip(last_winners.as_chunks_mut::<1>().0) {
        let line = K::lines(query, done);
        // SAFETY: as above.
        unsafe { panel::<K, 1>([line; 2], whole, rows, first, best, check, buffers) };
    }
}

/// # Safety
///
/// As [`groups`]; `lines` are those of `GROUPS` groups.
#[target_feature(enable = "avx512f")]
unsafe fn panel<K: Kind, const GROUPS: usize>(
    lines: [*const u8; 2],
    whole: &Whole<'_, K::Value>,
    (start, end): (usize, usize),
    first: bool,
    (maxima, winners): Best<'_, GROUPS>,
    check: &mut Lanes,
    buffers: &mut Buffers<<K::Product as Product>::Sum>,
) {
    let count = whole.rows.count();
    let [mut filled, mut free] = buffers.each_mut();
    let mut fold = |sums: &Sums<_>, at: usize, tiles: usize| {
        let there = (tiles * TILE).min(count - at);
        let scales = if whole.rows.scales.is_empty() { &[] } else { &whole.rows.scales[at..at + there] };
        // SAFETY: the caller vouches for the instruction set.
        unsafe { K::fold::<GROUPS>(&sums[..there], scales, at, (&mut *maxima, &mut *winners), check) };
    };
    let mut before = None;
    for (at, tiles) in blocks(start, end, count) {
        let rows = whole.first.wrapping_add(at * whole.stride);
        let next = rows.wrapping_add(tiles * TILE * whole.stride);
        let ahead = if first && whole.in_place { next } else { std::ptr::null() };
        let operands = Operands { rows, stride: whole.stride, query: lines, steps: whole.stride / 64, ahead };
        // SAFETY: what the caller promises; there are so many rows, and of the query lines for each of the steps.
        unsafe { K::Product::multiply::<GROUPS>(tiles, operands, free) };
        // While tiles are multiplied, the sums of those before are on their way into the maxima.
        if let Some((at, tiles)) = before.replace((at, tiles)) {
            fold(filled, at, tiles);
        }
        std::mem::swap(&mut filled, &mut free);
    }
    if let Some((at, tiles)) = before {
        fold(filled, at, tiles);
    }
}

/// Room for sums: those that are made, and those that were made before.
pub(super) type Buffers<T> = [Sums<T>; 2];

pub(super) fn zeros<T: Copy>() -> Buffers<T> {
    // SAFETY: sums are numbers, of which zeros are valid.
    unsafe { std::mem::zeroed() }
}
