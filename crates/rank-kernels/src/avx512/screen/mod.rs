//! MaxSim of `f32`, `f16` and `bf16` documents, most of it in eight bits.
//!
//! A document's rows are quantized once, by one scale; dot products of the codes, at twice to four times the rate, are off
//! by no more than a bound. A row whose product lies further below the largest than twice that cannot hold a query token's
//! maximum. The few others are scored in the type of the document, so that the result is the maximum of such dot products
//! as without. Where that does not pay, or bounds do not hold, the document takes the plain way.
//!
//! The largest products and the bound also tell what a document can score at most: one that cannot be among the best is
//! left there.

mod candidates;
mod codes;
mod dots;
mod pass;
mod products;

use std::cell::Cell;
use std::marker::PhantomData;

use half::bf16;

use super::vnni::Ahead;
use super::widen::Narrow512;
use crate::PackedQuery;
use crate::maxsim::{Block, Narrow, Rows, Running, one_document};
use crate::query::{Query, Screen};
use crate::top::TopScores;
use candidates::Found;
use codes::Codes;
pub(super) use dots::{Dots, Pairs, Wide};
use pass::{Outcome, Pass};
pub(super) use products::{Best, Both, Products, Vnni};

/// How documents come.
pub(super) trait Source {
    /// The type of their components.
    type Value;
    /// That in which they are scored.
    type Scored: Default + Clone;

    /// A document as it is scored, in `scratch` if that is not how it came.
    ///
    /// # Safety
    ///
    /// The machine has the instruction set.
    unsafe fn scored<'a>(rows: Rows<'a, Self::Value>, scratch: &'a mut Vec<Self::Scored>) -> Rows<'a, Self::Scored>;
}

/// As they are scored.
pub(super) struct Stored<T>(PhantomData<T>);

impl<T: Default + Clone> Source for Stored<T> {
    type Value = T;
    type Scored = T;

    unsafe fn scored<'a>(rows: Rows<'a, T>, _: &'a mut Vec<T>) -> Rows<'a, T> {
        rows
    }
}

/// As `f32`, to be scored in `bf16`.
pub(super) struct Rounded;

impl Source for Rounded {
    type Value = f32;
    type Scored = bf16;

    unsafe fn scored<'a>(rows: Rows<'a, f32>, scratch: &'a mut Vec<bf16>) -> Rows<'a, bf16> {
        scratch.resize(rows.values.len(), bf16::ZERO);
        // SAFETY: the caller vouches for the instruction set; the slices are of one length.
        unsafe { Narrow512::narrow(rows.values, scratch) };
        Rows { values: scratch, scales: &[], dim: rows.dim }
    }
}

thread_local! {
    /// Kept for the next call, which may be for a single document.
    static SCRATCH: Cell<(Codes, Found)> = Cell::default();
}

/// More than so many lines are given back.
const KEPT: usize = 1 << 14;
/// Shorter documents are not worth it.
const LEAST_ROWS: usize = 16;

/// As [`documents`](crate::maxsim::documents); `B` is the plain way.
///
/// # Safety
///
/// As for that, the machine having AVX-512 F, BW, VL and VNNI, and what `P`, `S`, `B` and `D` need.
pub(super) unsafe fn documents<
    P: Products,
    S: Source,
    B: Block<Value = S::Scored>,
    D: Dots<Query = B::Query, Value = S::Scored>,
>(
    queries: &[&B::Query],
    rows: Rows<'_, S::Value>,
    offsets: &[usize],
    top: &mut [TopScores],
    scores: &mut [f32],
) where
    B::Query: AsRef<PackedQuery>,
{
    let count = offsets.len() - 1;
    let groups = queries.iter().map(|query| query.head().groups()).max().unwrap_or(0);
    let mut running = Running::new(groups);
    let (mut codes, mut found) = SCRATCH.take();
    let distance = Ahead::<S::Value>::distance(offsets, rows.dim);
    let mut scratch = Vec::new();
    let mut block = B::new(rows.dim);
    // SAFETY: the caller vouches for the instruction set.
    let mut held = unsafe { P::hold() };
    let mut screens: Vec<Option<&Screen>> = Vec::new();
    for (position, document) in offsets.windows(2).enumerate() {
        let stored = rows.slice(document[0], document[1] - document[0]);
        // SAFETY: the caller vouches for the instruction set.
        let rows = unsafe { S::scored(stored, &mut scratch) };
        let long = rows.count() >= LEAST_ROWS;
        if long && screens.is_empty() {
            // SAFETY: as above.
            screens.extend(queries.iter().map(|query| unsafe { (**query).as_ref().screen() }));
        }
        // SAFETY: as above; there are at least four rows.
        let ready = long && screens.iter().any(Option::is_some) && unsafe { codes.fill::<P, D::Load>(rows) };
        for (number, query) in queries.iter().enumerate() {
            running.clear(query.head().groups());
            let outcome = match screens.get(number) {
                Some(Some(screen)) if ready => {
                    // While rows are multiplied, the next query comes into the second-level cache, or the next document.
                    let ahead = match (queries.get(number + 1), screens.get(number + 1)) {
                        (Some(next), Some(Some(screen))) => {
                            Ahead::spans([screen.bytes(), D::bytes(next)], &codes.bytes)
                        }
                        (Some(next), _) => Ahead::spans([D::bytes(next), &[]], &codes.bytes),
                        (None, _) => Ahead::document(stored.values, distance, &codes.bytes),
                    };
                    let bar = top.get(number).map_or(f32::NEG_INFINITY, |top| query.head().bar(top));
                    let pass = Pass::<D> { query, screen, rows, codes: &codes };
                    // SAFETY: the caller vouches for the instruction set and the rows, whose codes these are.
                    unsafe { pass.run::<P, _>(&mut held, ahead, &mut found, bar, &mut running) }
                }
                _ => Outcome::Plain,
            };
            let score = &mut scores[number * count + position];
            if let Outcome::Below(most) = outcome {
                *score = most;
                continue;
            }
            if matches!(outcome, Outcome::Plain) {
                running.clear(query.head().groups());
                // SAFETY: as above.
                unsafe { one_document(&mut block, query, rows, &mut running) };
            }
            *score = running.score(query.head());
            if let Some(top) = top.get_mut(number) {
                top.meet(*score);
            }
        }
    }
    if codes.bytes.capacity() + found.products.capacity() <= KEPT {
        SCRATCH.set((codes, found));
    }
}
