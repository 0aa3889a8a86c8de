//! Greedy selection that looks at a candidate again only when it could win.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Gains that never grow while others are selected: an old gain is a bound of today's.
pub(super) trait Gains {
    /// A bound of the gain of a candidate: [`Exact`](Bound::Exact), or less than `enough`.
    fn gain(&mut self, candidate: usize, enough: f64) -> Bound;

    /// A gain that is likely to be asked for next.
    fn expect(&self, candidate: usize) {
        let _ = candidate;
    }

    /// Takes a candidate, whose gain was just computed, into the selection.
    fn select(&mut self, candidate: usize);
}

pub(super) enum Bound {
    /// The gain, given all that is selected.
    Exact(f64),
    /// No less than the gain.
    AtMost(f64),
}

#[derive(Debug, PartialEq)]
struct Entry {
    gain: f64,
    candidate: usize,
    /// How many were selected when this was the exact gain; `None` for a bound.
    selected: Option<usize>,
}

impl Entry {
    fn new(candidate: usize, bound: &Bound, selected: usize) -> Self {
        match *bound {
            Bound::Exact(gain) => Self { gain, candidate, selected: Some(selected) },
            Bound::AtMost(gain) => Self { gain, candidate, selected: None },
        }
    }
}

impl Eq for Entry {}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.gain.total_cmp(&other.gain).then_with(|| other.candidate.cmp(&self.candidate))
    }
}

impl PartialOrd for Entry {
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
    let mut heap: BinaryHeap<Entry> =
        candidates.map(|candidate| Entry::new(candidate, &gains.gain(candidate, f64::NEG_INFINITY), 0)).collect();
    let mut chosen = Vec::with_capacity(k.min(heap.len()));
    while chosen.len() < k {
        let Some(top) = heap.pop() else { break };
        if top.selected != Some(chosen.len()) {
            let next = heap.peek().map_or(f64::NEG_INFINITY, |next| {
                gains.expect(next.candidate);
                next.gain
            });
            heap.push(Entry::new(top.candidate, &gains.gain(top.candidate, next), chosen.len()));
        } else if top.gain > floor {
            gains.select(top.candidate);
            chosen.push((top.candidate, top.gain));
        } else {
            break;
        }
    }
    chosen
}
