//! Kemeny's order.

use std::hash::Hash;

use crate::Result;
use crate::fusion::Fusion;
use crate::list::Score;
use crate::method::Method;
use crate::methods::pairs::Ballots;
use crate::methods::{Input, pairs};
use crate::scratch::Work;

/// Components of up to this many documents are ordered exactly.
const EXACT: usize = 12;
/// In larger ones a document is moved by no more places at once …
const REACH: usize = 100;
/// … and the component is gone through no more often.
const PASSES: usize = 10;

/// Kemeny's order: the one that contradicts the lists in the fewest pairs of documents.
///
/// Documents fall into components, each of which beats all later ones pair by pair; Kemeny's order keeps to the
/// components. Inside one of up to 12 documents the order is exact (O(2ⁿ n²)). A larger one begins with the order of
/// [`condorcet`](crate::condorcet) and is improved by moving single documents by up to 100 places, in at most 10 passes:
/// there the answer is never worse than Condorcet's, but need not be Kemeny's, which is NP-hard to find. Of equally good
/// orders, the one that is nearest to Condorcet's from the top. The score is the number of places up to the last, 1 for
/// the last.
///
/// A list prefers a document that it holds to one that it lacks, and says nothing of two that it lacks. Only the order of
/// the lists counts. O(N² m) for N documents of m lists, and the search.
///
/// # Errors
///
/// [`Error::NoLists`](crate::Error::NoLists), [`Error::NanScore`](crate::Error::NanScore),
/// [`Error::NotSorted`](crate::Error::NotSorted), [`Error::DuplicateDocument`](crate::Error::DuplicateDocument).
///
/// # Source
///
/// Kemeny: Mathematics without Numbers (1959); Dwork, Kumar, Naor, Sivakumar: Rank Aggregation Methods for the Web (WWW
/// 2001).
///
/// # Example
///
/// ```
/// use rank_fusion::kemeny;
///
/// // A circle: x before y by 2 of 3 lists, y before z by 2 of 3, and z before x by 2 of 3. Three orders contradict the
/// // lists in four pairs, none in fewer; by wins all are equal, so the ids decide.
/// let a = vec![("x", 3.0), ("y", 2.0), ("z", 1.0)];
/// let b = vec![("y", 3.0), ("z", 2.0), ("x", 1.0)];
/// let c = vec![("z", 3.0), ("x", 2.0), ("y", 1.0)];
/// assert_eq!(kemeny(&[a, b, c])?, [("x", 3.0), ("y", 2.0), ("z", 1.0)]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
pub fn kemeny<I, S, L>(lists: &[L]) -> Result<Vec<(I, S)>>
where
    I: Clone + Eq + Hash + Ord,
    S: Score,
    L: AsRef<[(I, S)]>,
{
    Fusion::new(Method::Kemeny).fuse(lists)
}

pub(crate) fn totals(input: &Input<'_>, work: &mut Work, totals: &mut [f64]) {
    order(input, work);
    pairs::places(work, totals);
}

/// Puts the documents in order.
pub(crate) fn order(input: &Input<'_>, work: &mut Work) {
    crate::methods::condorcet::order(input, work);
    let mut order = std::mem::take(&mut work.order);
    let mut gain = std::mem::take(&mut work.gathered);
    let ballots = Ballots::of(input, &work.positions, &work.ballots);
    let documents = order.len() as i64;
    let mut start = 0;
    let mut wins = 0;
    for place in 0..order.len() {
        wins += work.wins[order[place] as usize].0;
        let before = place as i64 + 1;
        // Wins and losses among the first cancel out, so only if these beat all the rest is the sum at its maximum.
        if wins == before * (documents - before) {
            let component = &mut order[start..=place];
            if component.len() <= EXACT {
                exact(&ballots, component, &mut gain);
            } else {
                improve(&ballots, component);
            }
            start = place + 1;
        }
    }
    work.order = order;
    work.gathered = gain;
}

/// The best of all orders: for each set of documents, how to order it best in front of the others. `gain` is memory to
/// use.
fn exact(ballots: &Ballots<'_>, component: &mut [u32], gain: &mut Vec<f64>) {
    let n = component.len();
    if n < 3 {
        return;
    }
    let mut margins = [[0.0; EXACT]; EXACT];
    for first in 0..n {
        for second in 0..n {
            margins[first][second] = ballots.margin(component[first], component[second]);
        }
    }
    // gain[set]: the most that an order of `set` gains, counted from the back of the whole order, so that walking from
    // the full set picks the first place first.
    gain.clear();
    gain.resize(1 << n, 0.0);
    for set in 1_usize..1 << n {
        gain[set] = members(set)
            .map(|first| lead(&margins, first, set) + gain[set & !(1 << first)])
            .fold(f64::NEG_INFINITY, f64::max);
    }
    let mut set = (1 << n) - 1;
    let mut best = [0; EXACT];
    for place in best.iter_mut().take(n) {
        let even = 1e-9 * (1.0 + f64::abs(gain[set]));
        let first = members(set)
            .find(|&first| lead(&margins, first, set) + gain[set & !(1 << first)] >= gain[set] - even)
            .unwrap_or(0);
        *place = component[first];
        set &= !(1 << first);
    }
    component.copy_from_slice(&best[..n]);
}

fn members(set: usize) -> impl Iterator<Item = usize> {
    (0..EXACT).filter(move |member| set & (1 << member) != 0)
}

/// What is gained by having `first` before the rest of `set`.
fn lead(margins: &[[f64; EXACT]; EXACT], first: usize, set: usize) -> f64 {
    members(set).map(|other| margins[first][other]).sum()
}

/// Moves single documents to where they contradict the lists least, until none moves or the passes are over.
fn improve(ballots: &Ballots<'_>, component: &mut [u32]) {
    for _ in 0..PASSES {
        let mut moved = false;
        for place in 0..component.len() {
            let document = component[place];
            let mut best = (1e-9, place);
            let mut gain = 0.0;
            for to in (place.saturating_sub(REACH)..place).rev() {
                gain += ballots.margin(document, component[to]);
                if gain > best.0 {
                    best = (gain, to);
                }
            }
            gain = 0.0;
            for (to, &other) in component.iter().enumerate().skip(place + 1).take(REACH) {
                gain += ballots.margin(other, document);
                if gain > best.0 {
                    best = (gain, to);
                }
            }
            let to = best.1;
            if to < place {
                component[to..=place].rotate_right(1);
                moved = true;
            } else if to > place {
                component[place..=to].rotate_left(1);
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
}
