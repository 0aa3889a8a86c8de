//! Condorcet fusion.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;
use crate::methods::{Input, pairs};
use crate::scratch::Work;

/// Condorcet fusion: a document that the majority of lists prefers to another comes before it, as far as majorities do not
/// run in a circle.
///
/// The order begins with [`copeland`](crate::copeland)'s (equal ones: by the weight of all votes for them less that against
/// them, then by id); then each document moves up while a majority prefers it to the one before it. So every component of
/// the majority graph is before those that it beats, the winner of all pairs is first, no document follows one that it
/// beats, and the answer is the same for any order of the input. The score is the number of places up to the last, 1 for
/// the last.
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
/// Montague, Aslam: Condorcet Fusion for Improved Retrieval (CIKM 2002); Dwork, Kumar, Naor, Sivakumar: Rank Aggregation
/// Methods for the Web (WWW 2001), for the last step.
///
/// # Example
///
/// ```
/// use rank_fusion::condorcet;
///
/// let a = vec![("x", 4.0), ("y", 3.0), ("z", 2.0)];
/// let b = vec![("y", 9.0), ("w", 5.0)];
/// // y against x: b alone votes for y, a alone for x; y beats w and z.
/// assert_eq!(condorcet(&[a, b])?, [("y", 4.0), ("x", 3.0), ("w", 2.0), ("z", 1.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn condorcet<I, S, L>(lists: &[L]) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::Condorcet).fuse(lists)
}

pub(crate) fn totals(input: &Input<'_>, work: &mut Work, totals: &mut [f64]) {
    order(input, work);
    pairs::places(work, totals);
}

/// Puts the documents in order.
pub(crate) fn order(input: &Input<'_>, work: &mut Work) {
    pairs::positions(input, work);
    pairs::by_wins(input, work);
    let ballots = pairs::Ballots::of(input, &work.positions, &work.ballots);
    for place in 1..work.order.len() {
        let mut place = place;
        while place > 0 && ballots.beats(work.order[place], work.order[place - 1]) {
            work.order.swap(place, place - 1);
            place -= 1;
        }
    }
}
