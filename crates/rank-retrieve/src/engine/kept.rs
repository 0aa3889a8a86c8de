//! Impacts of all terms, ready, with what bounds them.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use rank_kernels::Keys;

use super::gather::{Gathered, Part};
use super::window::{Slot, Values, Window};
use super::{Column, WINDOW};
use crate::scoring::{Collection, Scoring};

/// The k of which the k-th greatest impact of each term is kept.
pub(super) const RANKS: [usize; 3] = [10, 100, 1000];

/// Postings in a window from which a term also gets a row of impacts by document.
const LONG: usize = WINDOW / 4;

/// A term with a long list, and its impacts by document, made when first asked for.
type Long = (u32, OnceLock<Box<[f32]>>);

/// The ready impacts of a window.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) window: Arc<Window>,
    pub(super) impacts: Column<f32>,
    /// Of each term that is here, the greatest impact.
    pub(super) maxima: Column<f32>,
    /// Ascending by term, found when first asked for.
    long: OnceLock<Vec<Long>>,
    /// Where the buckets of each list begin, found when first asked for.
    buckets: OnceLock<Box<[u16]>>,
}

impl Ready {
    pub(super) fn new(window: Arc<Window>, impacts: Column<f32>, maxima: Column<f32>) -> Self {
        Self { window, impacts, maxima, long: OnceLock::new(), buckets: OnceLock::new() }
    }

    /// The impacts of a term by document, if its list is long.
    pub(super) fn dense(&self, rank: usize, range: Range<usize>) -> Option<&[f32]> {
        if range.len() < LONG {
            return None;
        }
        let long = self.long.get_or_init(|| {
            let lengths = self.window.starts.windows(2).map(|pair| (pair[1] - pair[0]) as usize);
            lengths.zip(0..).filter(|(length, _)| *length >= LONG).map(|(_, rank)| (rank, OnceLock::new())).collect()
        });
        let at = long.binary_search_by_key(&(rank as u32), |entry| entry.0).ok()?;
        let row = long[at].1.get_or_init(|| {
            let mut row = vec![0.0; WINDOW];
            for (&local, &impact) in self.window.locals[range.clone()].iter().zip(&self.impacts[range]) {
                row[usize::from(local)] = impact;
            }
            row.into()
        });
        Some(row)
    }
}

impl Ready {
    /// Where the buckets of all lists begin; [`buckets_of`] picks those of one.
    pub(super) fn buckets(&self) -> &[u16] {
        self.buckets.get_or_init(|| {
            let locals = &*self.window.locals;
            let mut buckets = vec![0; locals.len() / 4];
            for pair in self.window.starts.windows(2) {
                let range = pair[0] as usize..pair[1] as usize;
                Keys::fill(&locals[range.clone()], &mut buckets[places(&range)]);
            }
            buckets.into()
        })
    }
}

/// Of the list of these postings, where the buckets begin.
pub(super) fn buckets_of<'a>(buckets: &'a [u16], range: &Range<usize>) -> &'a [u16] {
    &buckets[places(range)]
}

/// A list of n takes n / 8 + 1 places, or none if it is short: those of n / 4 do not overlap.
fn places(range: &Range<usize>) -> Range<usize> {
    match Keys::starts(range.len()) {
        0 => 0..0,
        count => range.start / 4..range.start / 4 + count,
    }
}

/// The ready impacts of a collection.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) scoring: Option<Scoring>,
    pub(super) windows: Vec<Ready>,
    /// Of each term, the greatest impact.
    pub(super) best: Column<f32>,
    /// Of each term, what a document without it scores; empty if that is nothing.
    pub(super) absent: Column<f64>,
    /// For each of [`RANKS`], of each term the k-th greatest impact, 0 for shorter lists.
    pub(super) kth: [Column<f32>; RANKS.len()],
}

impl Kept {
    /// Makes the impacts of all terms.
    pub(super) fn new(slots: &[Slot], terms: usize, scoring: Option<Scoring>, collection: &Collection<'_>) -> Self {
        let mut impacts: Vec<Vec<f32>> =
            slots.iter().map(|slot| Vec::with_capacity(slot.window.locals.len())).collect();
        let mut maxima: Vec<Vec<f32>> =
            slots.iter().map(|slot| Vec::with_capacity(slot.window.starts.len() - 1)).collect();
        let mut best = vec![0.0; terms];
        let mut absent = Vec::new();
        let mut kth: [Vec<f32>; RANKS.len()] = std::array::from_fn(|_| vec![0.0; terms]);
        let mut gathered = Gathered::default();
        for term in 0..terms {
            gathered.clear();
            let found = gathered.term(term as u32, slots.iter().map(Part::Sealed), scoring, collection);
            for piece in &gathered.pieces {
                // Terms ascend in each window as they do here.
                impacts[piece.part].extend_from_slice(&gathered.impacts[piece.range.clone()]);
                maxima[piece.part].push(piece.max);
            }
            best[term] = found.best;
            if found.absent != 0.0 {
                absent.resize(terms, 0.0);
                absent[term] = found.absent;
            }
            let mut left = &mut gathered.impacts[..];
            for (rank, kth) in RANKS.iter().zip(&mut kth).rev() {
                if left.len() >= *rank {
                    let (_, &mut value, _) = left.select_nth_unstable_by(rank - 1, |a, b| b.total_cmp(a));
                    kth[term] = value;
                    left = &mut std::mem::take(&mut left)[..*rank];
                }
            }
        }
        let windows = slots.iter().zip(impacts.into_iter().zip(maxima)).map(|(slot, (impacts, maxima))| {
            // Weights that are all there are the impacts as they are.
            let impacts = match (&slot.window.values, &slot.deleted) {
                (Values::Weights(weights), None) => weights.clone(),
                _ => impacts.into(),
            };
            Ready::new(Arc::clone(&slot.window), impacts, maxima.into())
        });
        Self {
            scoring,
            windows: windows.collect(),
            best: best.into(),
            absent: absent.into(),
            kth: kth.map(Column::from),
        }
    }

    /// A score that at least `k` documents reach by this term alone: its k-th greatest impact, or less.
    pub(super) fn reached(&self, term: u32, k: usize) -> f32 {
        let row = RANKS.iter().position(|&rank| k <= rank);
        row.and_then(|row| self.kth[row].get(term as usize)).copied().unwrap_or(0.0)
    }
}
