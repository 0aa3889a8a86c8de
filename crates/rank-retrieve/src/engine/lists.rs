//! What a query looks at in one window.

use rank_kernels::{Kernels, Keys, prefetch};

use super::impacts::Slice;

/// A term's postings in a window.
#[derive(Debug, Clone, Copy)]
pub(super) struct List<'a> {
    pub(super) locals: &'a [u16],
    pub(super) impacts: Slice<'a>,
    /// The weight of the term in the query, times the width of a step.
    pub(super) weight: f32,
    /// The greatest impact times the weight.
    pub(super) max: f32,
    /// The impact of each document of the window, where the list is long.
    pub(super) dense: Option<Slice<'a>>,
    /// Where the buckets of `locals` begin, if that is known.
    pub(super) starts: &'a [u16],
}

impl List<'_> {
    /// Adds to the sums of documents what the term adds to their scores.
    pub(super) fn add_found(&self, kernels: &Kernels, locals: &[u16], sums: &mut [f32]) {
        let keys = || Keys::new(self.locals, self.starts);
        match (self.dense, self.impacts) {
            (Some(Slice::F32(dense)), _) => {
                for (&local, sum) in locals.iter().zip(sums) {
                    *sum += self.weight * dense[usize::from(local)];
                }
            }
            (Some(Slice::U8(dense)), _) => {
                for (&local, sum) in locals.iter().zip(sums) {
                    *sum += self.weight * f32::from(dense[usize::from(local)]);
                }
            }
            (None, Slice::F32(impacts)) => kernels.add_found(keys(), impacts, self.weight, locals, sums),
            (None, Slice::U8(impacts)) => kernels.add_found_bytes(keys(), impacts, self.weight, locals, sums),
        }
    }

    /// Asks for what is read first.
    pub(super) fn prefetch(&self) {
        prefetch(self.locals, 4);
        prefetch(self.impacts.bytes(), 8);
    }
}

/// A window with the lists of a query's terms, in the order in which their parts are added up.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) part: usize,
    /// No score in the window is above.
    pub(super) bound: f32,
    pub(super) lists: std::ops::Range<usize>,
}
