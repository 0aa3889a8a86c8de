//! Pool adjacent violators: which neighbors of the sorted values share a block.
//!
//! Each operator is a projection onto a permutahedron, and each projection one isotonic fit, whose answer is a partition
//! of the sorted order into blocks. Levels of blocks are compared without forming them: by differences from each block's
//! first value, which is its largest, and by exact counts, so that neither a large offset of the values nor a tiny
//! strength cancels digits, equal values pool exactly, and no exponential overflows.

use crate::Regularization;

/// What is projected on what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// The values onto the permutations of the ranks.
    Ranks,
    /// The values onto the permutations of `k` ones, the rest zeros.
    TopK(usize),
    /// The ranks onto the permutations of the values.
    Sort,
}

/// Consecutive places of the sorted order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// The weights: how many items these are.
    pub(crate) count: f64,
    /// The weights of all before.
    pub(crate) before: f64,
    /// l2: the weighted sum of the values less the first. KL: that of their exponentials over that of the first.
    pub(crate) sum: f64,
    /// KL sort: `Σ exp(-j / strength)` over its places.
    pub(crate) geometric: f64,
}

/// Strengths below are 0.
pub(crate) const TINY: f64 = 1e-300;

/// One projection of one row.
pub(crate) struct Pool<'a> {
    /// Finite, descending.
    pub(crate) sorted: &'a [f64],
    /// How many items stand before and behind, at infinity.
    pub(crate) outside: [f64; 2],
    /// Of each sorted value, if they are not all 1.
    pub(crate) weights: Option<&'a [f64]>,
    pub(crate) strength: f64,
    pub(crate) fit: Fit,
}

impl Pool<'_> {
    /// The sum of the numbers projected upon, over the places of a block: its ranks, or its share of ones.
    pub(crate) fn total(&self, block: &Block, all: f64) -> f64 {
        match self.fit {
            Fit::TopK(k) => {
                let k = k as f64;
                (block.before + block.count).min(k) - block.before.min(k)
            }
            _ => block.count * ((all - block.before) - (block.count - 1.0) / 2.0),
        }
    }

    /// The number of items, by weight.
    pub(crate) fn all(&self) -> f64 {
        let inside = self.weights.map_or(self.sorted.len() as f64, |weights| weights.iter().sum());
        self.outside[0] + inside + self.outside[1]
    }

    /// The blocks, into `blocks`. O(n).
    pub(crate) fn blocks(&self, regularization: Regularization, blocks: &mut Vec<Block>) {
        match (regularization, self.fit) {
            (Regularization::L2, Fit::Ranks) => {
                let half = self.strength / 2.0;
                self.l2(blocks, |a, b, excess| excess <= half * (a.count * b.count * (a.count + b.count)));
            }
            (Regularization::L2, Fit::TopK(_)) => {
                self.l2(blocks, |a, b, excess| {
                    excess <= self.strength * (self.total(a, 0.0) * b.count - self.total(b, 0.0) * a.count)
                });
            }
            (Regularization::L2, Fit::Sort) => {
                self.l2(blocks, |a, b, excess| self.strength * excess >= a.count * b.count * (a.count + b.count) / 2.0);
            }
            (Regularization::Kl, Fit::Sort) => self.kl_sort(blocks),
            (Regularization::Kl, _) => self.kl(blocks),
        }
    }

    #[inline]
    fn single(&self, start: usize, before: f64, sum: f64) -> Block {
        let count = self.weights.map_or(1.0, |weights| weights[start]);
        Block { start: start as u32, end: start as u32 + 1, count, before, sum: sum * count, geometric: 1.0 }
    }

    /// Joins the last blocks as long as `violates` says of the last two, and of the excess of the former's mean over the
    /// latter's, times both counts, that they do.
    #[inline]
    fn l2(&self, blocks: &mut Vec<Block>, violates: impl Fn(&Block, &Block, f64) -> bool) {
        blocks.clear();
        let mut before = self.outside[0];
        for start in 0..self.sorted.len() {
            let mut last = self.single(start, before, 0.0);
            before += last.count;
            while let Some(left) = blocks.last() {
                let gap = self.sorted[left.start as usize] - self.sorted[last.start as usize];
                // The sum of the right block's distances from the first value of the left: nothing here cancels.
                let distance = last.count * gap - last.sum;
                if !violates(left, &last, left.count * distance + last.count * left.sum) {
                    break;
                }
                last = Block { end: last.end, count: left.count + last.count, sum: left.sum - distance, ..*left };
                blocks.pop();
            }
            blocks.push(last);
        }
    }

    /// `e^-(gap / strength)`.
    #[inline]
    pub(crate) fn decay(&self, gap: f64) -> f64 {
        if self.strength < TINY { f64::from(u8::from(gap == 0.0)) } else { (-gap / self.strength).exp() }
    }

    fn kl(&self, blocks: &mut Vec<Block>) {
        blocks.clear();
        let all = self.all();
        let mut before = self.outside[0];
        for start in 0..self.sorted.len() {
            let mut last = self.single(start, before, 1.0);
            before += last.count;
            while let Some(left) = blocks.last() {
                let decay = self.decay(self.sorted[left.start as usize] - self.sorted[last.start as usize]);
                // Equal values have one level below the other's, whatever rounding says.
                let above = left.sum * self.total(&last, all) > last.sum * decay * self.total(left, all);
                if decay < 1.0 && (above || self.strength < TINY) {
                    break;
                }
                last =
                    Block { end: last.end, count: left.count + last.count, sum: left.sum + last.sum * decay, ..*left };
                blocks.pop();
            }
            blocks.push(last);
        }
    }

    fn kl_sort(&self, blocks: &mut Vec<Block>) {
        blocks.clear();
        for start in 0..self.sorted.len() {
            let mut last = self.single(start, 0.0, 1.0);
            while let Some(left) = blocks.last() {
                let gap = self.sorted[left.start as usize] - self.sorted[last.start as usize];
                let steps = if self.strength < TINY { f64::INFINITY } else { left.count / self.strength };
                let above = (steps - gap).exp() * left.geometric * last.sum;
                if above.is_nan() || above > left.sum * last.geometric {
                    break;
                }
                last = Block {
                    end: last.end,
                    count: left.count + last.count,
                    sum: left.sum + last.sum * (-gap).exp(),
                    geometric: left.geometric + last.geometric * (-steps).exp(),
                    ..*left
                };
                blocks.pop();
            }
            blocks.push(last);
        }
    }

    /// `log Σ exp(-j / strength)` over the places of a block.
    pub(crate) fn log_geometric(block: &Block) -> f64 {
        block.geometric.ln()
    }
}
