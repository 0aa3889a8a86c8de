//! The best scores so far.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// By the total order of `f32`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Score(f32);

impl Eq for Score {}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The `k` best scores that a query has met: what is below the least of them is not among the best `k` documents,
/// whatever comes.
///
/// # Example
///
/// ```
/// let mut top = rank_kernels::TopScores::new(2);
/// for score in [1.0, 3.0, 2.0] {
///     top.meet(score);
/// }
/// assert_eq!(top.bar(), 2.0);
/// ```
#[derive(Debug, Clone)]
pub struct TopScores {
    k: usize,
    /// The least on top.
    scores: BinaryHeap<Reverse<Score>>,
}

impl TopScores {
    /// None so far.
    pub fn new(k: usize) -> Self {
        Self { k, scores: BinaryHeap::new() }
    }

    /// What the next score is to reach: negative infinity while there are fewer than `k`.
    pub fn bar(&self) -> f32 {
        match self.scores.peek() {
            _ if self.k == 0 => f32::INFINITY,
            Some(Reverse(Score(least))) if self.scores.len() == self.k => *least,
            _ => f32::NEG_INFINITY,
        }
    }

    /// Takes a score in if it is one of the best.
    pub fn meet(&mut self, score: f32) {
        if score.is_nan() || score <= self.bar() {
            return;
        }
        if self.scores.len() == self.k {
            self.scores.pop();
        }
        self.scores.push(Reverse(Score(score)));
    }
}
