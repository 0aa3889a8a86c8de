//! Borda count.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;

/// Borda count: among N documents of all lists, rank r gives `N - r + 1` points; the documents that a list of length L
/// lacks share what is left of its points, `(N - L + 1) / 2` each. Only the order of the lists counts.
///
/// With weights (through [`Fusion`]) it is weighted Borda.
///
/// # Errors
///
/// [`Error::NoLists`](crate::Error::NoLists), [`Error::NanScore`](crate::Error::NanScore),
/// [`Error::NotSorted`](crate::Error::NotSorted), [`Error::DuplicateDocument`](crate::Error::DuplicateDocument).
///
/// # Source
///
/// Aslam, Montague: Models for Metasearch (SIGIR 2001).
///
/// # Example
///
/// ```
/// use rank_fusion::borda;
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// // Four documents. a gives 4, 3, 2 and 1 to w; b gives 4, 3 and (4 - 2 + 1) / 2 to x and z.
/// assert_eq!(borda(&[a, b])?, [("y", 7.0), ("x", 5.5), ("w", 4.0), ("z", 3.5)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn borda<I, S, L>(lists: &[L]) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::Borda).fuse(lists)
}

/// What a rank is worth among so many documents, the best one having position 0.
pub(crate) fn value(documents: usize, position: usize) -> f64 {
    documents as f64 - position as f64
}

/// What a document is worth that a list of this length lacks.
pub(crate) fn missing(documents: usize, length: usize) -> f64 {
    f64::midpoint((documents - length) as f64, 1.0)
}
