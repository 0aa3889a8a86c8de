//! The best k so far.

use std::cmp::Ordering;

/// Which of two documents of equal scores comes first.
pub(crate) trait Order: Sync {
    /// Whether documents are in the order of their numbers.
    fn is_numeric(&self) -> bool;
    /// Compares two documents.
    fn compare(&self, a: u32, b: u32) -> Ordering;
}

/// Collects scored documents and keeps the best `k`; `bar` is the score below which nothing is wanted any more.
pub(crate) struct Top<'a, O> {
    order: &'a O,
    k: usize,
    room: usize,
    pub(crate) bar: f32,
    keys: Vec<u64>,
}

/// A number that orders as scores do, above the complement of the document: greater is better.
fn key(score: f32, document: u32) -> u64 {
    // Adding zero makes -0 and 0 the tie that they are to a reader.
    let bits = (score + 0.0).to_bits();
    let ordered = if bits >> 31 == 1 { !bits } else { bits | 1 << 31 };
    u64::from(ordered) << 32 | u64::from(!document)
}

fn score(key: u64) -> f32 {
    let ordered = (key >> 32) as u32;
    f32::from_bits(if ordered >> 31 == 1 { ordered & !(1 << 31) } else { !ordered })
}

impl<'a, O: Order> Top<'a, O> {
    pub(crate) fn new(k: usize, bar: f32, order: &'a O, mut keys: Vec<u64>) -> Self {
        keys.clear();
        Self { order, k, room: k.saturating_mul(2).max(32), bar, keys }
    }

    pub(crate) fn push(&mut self, score: f32, document: u32) {
        self.keys.push(key(score, document));
        if self.keys.len() >= self.room {
            self.settle();
        }
    }

    /// [`settle`](Self::settle), if there is enough to drop.
    pub(crate) fn tighten(&mut self) {
        if self.keys.len() >= self.k.saturating_add(self.k / 2) {
            self.settle();
        }
    }

    /// Drops what is not among the best `k`, and raises the bar to the last of them.
    pub(crate) fn settle(&mut self) {
        if self.keys.len() < self.k || self.k == 0 {
            return;
        }
        let order = self.order;
        let last = if order.is_numeric() {
            *self.keys.select_nth_unstable_by(self.k - 1, |a, b| b.cmp(a)).1
        } else {
            *self.keys.select_nth_unstable_by(self.k - 1, |a, b| best_first(order, *a, *b)).1
        };
        self.keys.truncate(self.k);
        self.bar = self.bar.max(score(last));
    }

    /// The best `k`, best first; and the memory that is free again.
    pub(crate) fn finish(mut self) -> (Vec<(u32, f32)>, Vec<u64>) {
        self.settle();
        self.keys.truncate(self.k);
        if self.order.is_numeric() {
            self.keys.sort_unstable_by(|a, b| b.cmp(a));
        } else {
            self.keys.sort_unstable_by(|a, b| best_first(self.order, *a, *b));
        }
        let best = self.keys.iter().map(|&key| (!(key as u32), score(key))).collect();
        (best, self.keys)
    }
}

fn best_first<O: Order>(order: &O, a: u64, b: u64) -> Ordering {
    (b >> 32).cmp(&(a >> 32)).then_with(|| order.compare(!(a as u32), !(b as u32)))
}
