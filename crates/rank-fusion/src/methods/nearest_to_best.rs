//! The distance to the best scores.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;
use crate::methods::Input;
use crate::methods::values::columns;
use crate::normalization::Normalization;
use crate::scratch::Work;

/// Nearest neighbours of the best: a document is the vector of its scores in the lists, and is scored by minus the
/// Euclidean distance to the vector of the best score of each list. A document that a list lacks has the score 0 there,
/// after normalization.
///
/// With weights (through [`Fusion`]) they multiply the squared differences.
///
/// # Errors
///
/// [`Error::NoLists`](crate::Error::NoLists), [`Error::NanScore`](crate::Error::NanScore),
/// [`Error::InfiniteScore`](crate::Error::InfiniteScore), [`Error::NotSorted`](crate::Error::NotSorted),
/// [`Error::DuplicateDocument`](crate::Error::DuplicateDocument).
///
/// # Source
///
/// Palotti, Scells, Zuccon: TrecTools (SIGIR 2019), as vector-space fusion.
///
/// # Example
///
/// ```
/// use rank_fusion::{Normalization, nearest_to_best};
///
/// let a = vec![("x", 4.0), ("y", 1.0)];
/// let b = vec![("y", 5.0), ("x", 1.0)];
/// // The best scores are (4, 5): x is at (4, 1), 4 away, y at (1, 5), 3 away.
/// assert_eq!(nearest_to_best(&[a, b], Normalization::Identity)?, [("y", -3.0), ("x", -4.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn nearest_to_best<I, S, L>(lists: &[L], normalization: Normalization) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::NearestToBest).normalization(normalization).fuse(lists)
}

pub(crate) fn totals(input: &Input<'_>, work: &mut Work, totals: &mut [f64]) {
    squares(input, work, |_, document, square| totals[document] += square);
    for total in totals {
        // Not -0.0 for the best.
        *total = 0.0 - total.sqrt();
    }
}

/// Each list adds its square over the distance.
pub(crate) fn contributions(input: &Input<'_>, work: &mut Work, out: &mut [f64]) {
    let documents = input.lists.documents();
    squares(input, work, |list, document, square| out[list * documents + document] = square);
    for document in 0..documents {
        let of_lists = input.in_order().map(|list| list * documents + document);
        let distance = of_lists.clone().map(|at| out[at]).sum::<f64>().sqrt();
        for at in of_lists {
            out[at] = if distance == 0.0 { 0.0 } else { -out[at] / distance };
        }
    }
}

/// Calls back with the weighted square of each difference.
fn squares(input: &Input<'_>, work: &mut Work, mut call: impl FnMut(usize, usize, f64)) {
    columns(input, work);
    let documents = input.lists.documents();
    for list in input.in_order() {
        let best = input.values(list).iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for (document, value) in work.columns[list * documents..][..documents].iter().enumerate() {
            // A list without documents has no best, one that says nothing no difference.
            if best.is_finite() && !value.is_nan() {
                call(list, document, input.weights[list] * (best - value) * (best - value));
            }
        }
    }
}
