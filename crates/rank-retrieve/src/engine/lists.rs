//! What a query looks at in one window.

use rank_kernels::{Kernels, Keys, prefetch};

/// A term's postings in a window.
#[derive(Debug, Clone, Copy)]
pub(super) struct List<'a> {
    pub(super) locals: &'a [u16],
    pub(super) impacts: &'a [f32],
    /// The weight of the term in the query.
    pub(super) weight: f32,
    /// The greatest impact times the weight.
    pub(super) max: f32,
    /// The impact of each document of the window, where the list is long.
    pub(super) dense: Option<&'a [f32]>,
    /// Where the buckets of `locals` begin, if that is known.
    pub(super) starts: &'a [u16],
}

impl List<'_> {
    /// Adds to the sums of documents what the term adds to their scores.
    pub(super) fn add_found(&self, kernels: &Kernels, locals: &[u16], sums: &mut [f32]) {
        match self.dense {
            Some(dense) => {
                for (&local, sum) in locals.iter().zip(sums) {
                    *sum += self.weight * dense[usize::from(local)];
                }
            }
            None => kernels.add_found(Keys::new(self.locals, self.starts), self.impacts, self.weight, locals, sums),
        }
    }

    /// Asks for what is read first.
    pub(super) fn prefetch(&self) {
        prefetch(self.locals, 4);
        prefetch(self.impacts, 8);
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
