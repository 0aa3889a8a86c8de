//! Greedy selection that looks at a candidate again only when it could win.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Gains that never grow while others are selected: an old gain is a bound of today's.
pub(super) trait Gains {
    /// The gain of a candidate, given all that is selected.
    fn gain(&mut self, candidate: usize) -> f64;

    /// Takes a candidate, whose gain was just computed, into the selection.
    fn select(&mut self, candidate: usize);
}

#[derive(Debug, PartialEq)]
struct Bound {
    gain: f64,
    candidate: usize,
    /// How many were selected when the gain was computed.
    selected: usize,
}

impl Eq for Bound {}

impl Ord for Bound {
    fn cmp(&self, other: &Self) -> Ordering {
        self.gain.total_cmp(&other.gain).then_with(|| other.candidate.cmp(&self.candidate))
    }
}

impl PartialOrd for Bound {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The first `k` of `candidates` by gain, and their gains; it ends earlier where no gain is above `floor`.
///
/// The same selection as that of computing all gains in each step (Minoux 1978): whatever stands on top of the heap with a
/// gain of today is at least as good as all others can be, and of equals the first candidate is looked at first.
pub(super) fn select(
    candidates: impl Iterator<Item = usize>,
    k: usize,
    floor: f64,
    gains: &mut impl Gains,
) -> Vec<(usize, f64)> {
    let mut heap: BinaryHeap<Bound> =
        candidates.map(|candidate| Bound { gain: gains.gain(candidate), candidate, selected: 0 }).collect();
    let mut chosen = Vec::with_capacity(k.min(heap.len()));
    while chosen.len() < k {
        let Some(mut top) = heap.pop() else { break };
        if top.selected < chosen.len() {
            top.gain = gains.gain(top.candidate);
            top.selected = chosen.len();
            heap.push(top);
        } else if top.gain > floor {
            gains.select(top.candidate);
            chosen.push((top.candidate, top.gain));
        } else {
            break;
        }
    }
    chosen
}
