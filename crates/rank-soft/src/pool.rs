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

    /// The blocks, into `blocks`. O(n). With `exponentials`, those of KL ranks: `e^((value - first) / strength)` of each
    /// value, where none of them is too small to be added up.
    pub(crate) fn blocks(&self, regularization: Regularization, exponentials: Option<&[f64]>, blocks: &mut Vec<Block>) {
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
            (Regularization::Kl, _) => self.kl(exponentials, blocks),
        }
    }

    /// Takes the values one by one, and joins the last two blocks as long as `join` does. The last block is held in
    /// registers: it is all that a row of one block needs.
    #[inline]
    fn pooled(&self, blocks: &mut Vec<Block>, first: f64, join: impl Fn(&Block, &Block) -> Option<Block>) {
        blocks.clear();
        if self.sorted.is_empty() {
            return;
        }
        let mut left = self.single(0, self.outside[0], first);
        let mut before = self.outside[0] + left.count;
        'values: for start in 1..self.sorted.len() {
            let mut last = self.single(start, before, first);
            before += last.count;
            while let Some(joined) = join(&left, &last) {
                last = joined;
                let Some(next) = blocks.pop() else {
                    left = last;
                    continue 'values;
                };
                left = next;
            }
            blocks.push(left);
            left = last;
        }
        blocks.push(left);
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
        self.pooled(blocks, 0.0, |left, last| {
            let gap = self.sorted[left.start as usize] - self.sorted[last.start as usize];
            // The sum of the right block's distances from the first value of the left: nothing here cancels.
            let distance = last.count * gap - last.sum;
            violates(left, last, left.count * distance + last.count * left.sum).then_some(Block {
                end: last.end,
                count: left.count + last.count,
                sum: left.sum - distance,
                ..*left
            })
        });
    }

    /// `e^-(gap / strength)`.
    #[inline]
    pub(crate) fn decay(&self, gap: f64) -> f64 {
        if self.strength < TINY { f64::from(u8::from(gap == 0.0)) } else { (-gap / self.strength).exp() }
    }

    fn kl(&self, exponentials: Option<&[f64]>, blocks: &mut Vec<Block>) {
        let all = self.all();
        if let Some(exponentials) = exponentials {
            // All are of one scale, so that sums are those of the exponentials themselves.
            let own = |block: &Block| {
                block.sum * if block.end - block.start == 1 { exponentials[block.start as usize] } else { 1.0 }
            };
            self.pooled(blocks, 1.0, |left, last| {
                let (left_sum, last_sum) = (own(left), own(last));
                let apart = left_sum * self.total(last, all) > last_sum * self.total(left, all)
                    && self.sorted[left.start as usize] > self.sorted[last.start as usize];
                (!apart).then_some(Block {
                    end: last.end,
                    count: left.count + last.count,
                    sum: left_sum + last_sum,
                    ..*left
                })
            });
            return;
        }
        self.pooled(blocks, 1.0, |left, last| {
            let decay = self.decay(self.sorted[left.start as usize] - self.sorted[last.start as usize]);
            // Equal values have one level below the other's, whatever rounding says.
            let above = left.sum * self.total(last, all) > last.sum * decay * self.total(left, all);
            let apart = decay < 1.0 && (above || self.strength < TINY);
            (!apart).then_some(Block {
                end: last.end,
                count: left.count + last.count,
                sum: left.sum + last.sum * decay,
                ..*left
            })
        });
    }

    fn kl_sort(&self, blocks: &mut Vec<Block>) {
        self.pooled(blocks, 1.0, |left, last| {
            let gap = self.sorted[left.start as usize] - self.sorted[last.start as usize];
            let steps = if self.strength < TINY { f64::INFINITY } else { left.count / self.strength };
            let above = (steps - gap).exp() * left.geometric * last.sum;
            let apart = above.is_nan() || above > left.sum * last.geometric;
            (!apart).then(|| Block {
                end: last.end,
                count: left.count + last.count,
                sum: left.sum + last.sum * (-gap).exp(),
                geometric: left.geometric + last.geometric * (-steps).exp(),
                ..*left
            })
        });
    }

    /// `log Σ exp(-j / strength)` over the places of a block.
    pub(crate) fn log_geometric(block: &Block) -> f64 {
        block.geometric.ln()
    }
}
