//! Pool adjacent violators: which neighbors of the sorted values share a block.
//!
//! Both operators project onto a permutahedron, and each projection is one isotonic fit, whose answer is a partition
//! of the sorted order into blocks. The level of a block is never formed: levels are compared by differences of
//! neighboring values and by lengths, so that neither a large offset of the values nor a tiny strength cancels digits,
//! and equal values pool exactly.

use crate::Regularization;

/// Which operator the fit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Rank,
    Sort,
}

/// `numerator / strength`, of which the limit at strength 0 is wanted where the numerator is 0.
pub(crate) fn ratio(numerator: f64, strength: f64) -> f64 {
    if numerator == 0.0 { 0.0 } else { numerator / strength }
}

/// `log Σ exp(-j / strength)` over `j = 0 .. length`.
pub(crate) fn log_geometric(length: usize, strength: f64) -> f64 {
    if length == 1 {
        return 0.0;
    }
    ((-(length as f64) / strength).exp_m1() / (-1.0 / strength).exp_m1()).ln()
}

/// The sum of the ranks `count - start, count - start - 1, …` of a block.
pub(crate) fn rank_sum(count: usize, start: usize, length: usize) -> f64 {
    length as f64 * mean_rank(count, start, length)
}

/// Their mean.
pub(crate) fn mean_rank(count: usize, start: usize, length: usize) -> f64 {
    (2 * (count - start) - length + 1) as f64 / 2.0
}

struct Block {
    start: usize,
    length: usize,
    /// l2: the mean of the values less the first. KL: the sum of their exponentials over that of the first.
    statistic: f64,
}

struct Pool<'a> {
    sorted: &'a [f64],
    strength: f64,
    operator: Operator,
    regularization: Regularization,
}

impl Pool<'_> {
    fn single(&self, start: usize) -> Block {
        let statistic = match self.regularization {
            Regularization::L2 => 0.0,
            Regularization::Kl => 1.0,
        };
        Block { start, length: 1, statistic }
    }

    /// How far the first value of `left` lies above that of `right`.
    fn gap(&self, left: &Block, right: &Block) -> f64 {
        self.sorted[left.start] - self.sorted[right.start]
    }

    /// Whether the level of `left` is at most that of `right`.
    fn violates(&self, left: &Block, right: &Block) -> bool {
        let gap = self.gap(left, right);
        let half = (left.length + right.length) as f64 / 2.0;
        match (self.operator, self.regularization) {
            (Operator::Rank, Regularization::L2) => gap + left.statistic - right.statistic <= self.strength * half,
            (Operator::Sort, Regularization::L2) => self.strength * (gap + left.statistic - right.statistic) >= half,
            (Operator::Rank, Regularization::Kl) => {
                let count = self.sorted.len();
                let weights = rank_sum(count, left.start, left.length) / rank_sum(count, right.start, right.length);
                ratio(gap, self.strength) + (left.statistic / right.statistic).ln() <= weights.ln()
            }
            (Operator::Sort, Regularization::Kl) => {
                left.length as f64 / self.strength + log_geometric(left.length, self.strength)
                    - log_geometric(right.length, self.strength)
                    <= gap + (left.statistic / right.statistic).ln()
            }
        }
    }

    fn join(&self, left: &Block, right: &Block) -> Block {
        let gap = self.gap(left, right);
        let length = left.length + right.length;
        let statistic = match (self.regularization, self.operator) {
            (Regularization::L2, _) => {
                let share = right.length as f64 / length as f64;
                left.statistic + share * (right.statistic - gap - left.statistic)
            }
            (Regularization::Kl, Operator::Rank) => {
                left.statistic + right.statistic * (-ratio(gap, self.strength)).exp()
            }
            (Regularization::Kl, Operator::Sort) => left.statistic + right.statistic * (-gap).exp(),
        };
        Block { start: left.start, length, statistic }
    }
}

/// The lengths of the blocks of `sorted`, which descends. O(n).
pub(crate) fn block_lengths(
    sorted: &[f64],
    strength: f64,
    operator: Operator,
    regularization: Regularization,
) -> Vec<usize> {
    let pool = Pool { sorted, strength, operator, regularization };
    let mut blocks: Vec<Block> = Vec::with_capacity(sorted.len());
    for start in 0..sorted.len() {
        let mut last = pool.single(start);
        while let Some(previous) = blocks.pop_if(|previous| pool.violates(previous, &last)) {
            last = pool.join(&previous, &last);
        }
        blocks.push(last);
    }
    blocks.iter().map(|block| block.length).collect()
}
