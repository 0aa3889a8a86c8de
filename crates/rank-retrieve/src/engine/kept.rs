//! Row of all terms, ready, with what bounds them.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use rank_kernels::Keys;

use super::gather::{Gathered, Part};
use super::impacts::{Row, Slice};
use super::index::Kind;
use super::window::{Slot, Values, Window};
use super::{Column, WINDOW};
use crate::Impacts;
use crate::scoring::{Collection, Scoring};

/// The k of which the k-th greatest impact of each term is kept.
pub(super) const RANKS: [usize; 3] = [10, 100, 1000];

/// Postings that are made between two looks at who waits.
const BETWEEN: usize = 1 << 18;

/// Postings in a window from which a term also gets a row of impacts by document.
const LONG: usize = WINDOW / 4;

/// A term with a long list, and its impacts by document, made when first asked for.
type Long = (u32, OnceLock<Row>);

/// The ready impacts of a window.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) window: Arc<Window>,
    pub(super) impacts: Row,
    /// Of each term that is here, the greatest impact.
    pub(super) maxima: Row,
    /// Ascending by term, found when first asked for.
    long: OnceLock<Vec<Long>>,
    /// Where the buckets of each list begin, found when first asked for.
    buckets: OnceLock<Box<[u16]>>,
}

impl Ready {
    pub(super) fn new(window: Arc<Window>, impacts: Row, maxima: Row) -> Self {
        Self { window, impacts, maxima, long: OnceLock::new(), buckets: OnceLock::new() }
    }

    /// The impacts of a term by document, if its list is long.
    pub(super) fn dense(&self, rank: usize, range: Range<usize>) -> Option<Slice<'_>> {
        if range.len() < LONG {
            return None;
        }
        let long = self.long.get_or_init(|| {
            let lengths = self.window.starts.windows(2).map(|pair| (pair[1] - pair[0]) as usize);
            lengths.zip(0..).filter(|(length, _)| *length >= LONG).map(|(_, rank)| (rank, OnceLock::new())).collect()
        });
        let at = long.binary_search_by_key(&(rank as u32), |entry| entry.0).ok()?;
        let locals = &self.window.locals[range.clone()];
        let row = long[at].1.get_or_init(|| match self.impacts.all().part(range) {
            Slice::F32(impacts) => Row::F32(by_document(locals, impacts).into()),
            Slice::U8(impacts) => Row::U8(by_document(locals, impacts).into()),
        });
        Some(row.all())
    }
}

fn by_document<T: Copy + Default>(locals: &[u16], impacts: &[T]) -> Vec<T> {
    let mut row = vec![T::default(); WINDOW];
    for (&local, &impact) in locals.iter().zip(impacts) {
        row[usize::from(local)] = impact;
    }
    row
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
    /// Of each term, the width of a step, if that is not the same for all: `step`.
    pub(super) steps: Column<f32>,
    pub(super) step: f32,
    /// Of each term, what a document without it scores; empty if that is nothing.
    pub(super) absent: Column<f64>,
    /// For each of [`RANKS`], of each term the k-th greatest impact, 0 for shorter lists.
    pub(super) kth: [Column<f32>; RANKS.len()],
}

impl Kept {
    /// Makes the impacts of all terms; none if `go_on`, which hears how many more documents are done, says so.
    pub(super) fn new(
        kind: Kind,
        slots: &[Slot],
        terms: usize,
        scoring: Option<Scoring>,
        collection: &Collection<'_>,
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> Option<Self> {
        let row = |capacity| Row::with_capacity(kind.in_bytes(), capacity);
        let mut impacts: Vec<Row> = slots.iter().map(|slot| row(slot.window.locals.len())).collect();
        let mut maxima: Vec<Row> = slots.iter().map(|slot| row(slot.window.starts.len() - 1)).collect();
        let mut best = vec![0.0; terms];
        let mut steps = vec![0.0; if kind == Kind::Counts(Impacts::U8) { terms } else { 0 }];
        let mut absent = Vec::new();
        let mut kth: [Vec<f32>; RANKS.len()] = std::array::from_fn(|_| vec![0.0; terms]);
        let mut gathered = Gathered::default();
        // Terms take as long as their postings, which are as good as so many documents.
        let share = {
            let sum = |count: &dyn Fn(&Window) -> usize| slots.iter().map(|slot| count(&slot.window)).sum::<usize>();
            sum(&|window| window.documents) as f64 / sum(&|window| window.locals.len()).max(1) as f64
        };
        let (mut done, mut heard) = (0, 0);
        for term in 0..terms {
            if done >= heard + BETWEEN {
                let documents = |postings: usize| (postings as f64 * share) as usize;
                if !go_on(documents(done) - documents(heard)) {
                    return None;
                }
                heard = done;
            }
            gathered.clear();
            let found = gathered.term(term as u32, slots.iter().map(Part::Sealed), kind, scoring, collection);
            done += gathered.locals.len();
            for piece in &gathered.pieces {
                // Terms ascend in each window as they do here.
                impacts[piece.part].extend(&gathered.impacts[piece.range.clone()]);
                maxima[piece.part].extend(&[piece.max]);
            }
            best[term] = found.best;
            if let Some(step) = steps.get_mut(term) {
                *step = found.step;
            }
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
                _ => impacts,
            };
            Ready::new(Arc::clone(&slot.window), impacts, maxima)
        });
        Some(Self {
            scoring,
            windows: windows.collect(),
            best: best.into(),
            steps: steps.into(),
            step: if let Kind::Steps(step) = kind { step } else { 1.0 },
            absent: absent.into(),
            kth: kth.map(Column::from),
        })
    }

    /// The width of a step of a term's impacts; 1 for impacts that are numbers.
    pub(super) fn step(&self, term: u32) -> f32 {
        self.steps.get(term as usize).copied().unwrap_or(self.step)
    }

    /// An impact that at least `k` documents reach in this term: the k-th greatest, or less.
    pub(super) fn reached(&self, term: u32, k: usize) -> f32 {
        let row = RANKS.iter().position(|&rank| k <= rank);
        row.and_then(|row| self.kth[row].get(term as usize)).copied().unwrap_or(0.0)
    }
}
