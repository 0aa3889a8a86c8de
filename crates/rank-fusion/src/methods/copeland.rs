//! Copeland.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;
use crate::methods::{Input, pairs};
use crate::scratch::Work;

/// Copeland: the number of documents that the majority of lists ranks below a document, less that of those ranked above.
///
/// A list prefers a document that it holds to one that it lacks, and says nothing of two that it lacks. Only the order of
/// the lists counts. O(N² m) for N documents of m lists.
///
/// # Errors
///
/// [`Error::NoLists`](crate::Error::NoLists), [`Error::NanScore`](crate::Error::NanScore),
/// [`Error::NotSorted`](crate::Error::NotSorted), [`Error::DuplicateDocument`](crate::Error::DuplicateDocument).
///
/// # Source
///
/// Copeland: A Reasonable Social Welfare Function (1951).
///
/// # Example
///
/// ```
/// use rank_fusion::copeland;
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// // y beats w and z, and is even with x, which beats z.
/// assert_eq!(copeland(&[a, b])?, [("y", 2.0), ("x", 1.0), ("w", -1.0), ("z", -2.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn copeland<I, S, L>(lists: &[L]) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::Copeland).fuse(lists)
}

pub(crate) fn totals(input: &Input<'_>, work: &mut Work, totals: &mut [f64]) {
    pairs::positions(input, work);
    let ballots = pairs::Ballots::of(input, &work.positions, &work.ballots);
    for first in 0..totals.len() {
        for second in first + 1..totals.len() {
            let outcome = ballots.outcome(first as u32, second as u32);
            totals[first] += outcome;
            totals[second] -= outcome;
        }
    }
}

/// Each win is divided among the lists that voted for it, each loss among those that voted against.
pub(crate) fn contributions(input: &Input<'_>, work: &mut Work, out: &mut [f64]) {
    pairs::positions(input, work);
    let ballots = pairs::Ballots::of(input, &work.positions, &work.ballots);
    let documents = input.lists.documents();
    for first in 0..documents {
        for second in first + 1..documents {
            let outcome = ballots.outcome(first as u32, second as u32);
            if outcome != 0.0 {
                ballots.divide(first as u32, second as u32, outcome, |list, part| {
                    out[list * documents + first] += part;
                    out[list * documents + second] -= part;
                });
            }
        }
    }
}
