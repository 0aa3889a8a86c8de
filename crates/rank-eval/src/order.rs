//! The order of documents of equal score.

use std::ops::Range;

use crate::table::{Cell, Rows};
use crate::topic::Found;

/// The order of documents of equal score, for every measure of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// By document id descending, by bytes: `trec_eval`. The default.
    #[default]
    DocidDesc,
    /// By document id ascending, by bytes.
    DocidAsc,
    /// As they came in. A run that is written and read again comes in the order of [`Order::DocidDesc`].
    Stable,
    /// No order: the value is the mean over all orders of the documents of equal score, in closed form.
    Expected,
    /// Positive grades first, the highest before the others; then what is not judged; then the other grades.
    Best,
    /// The opposite of [`Order::Best`].
    Worst,
}

/// What ties are told by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ties<'a> {
    rows: Rows<'a, f64>,
    /// Whether scores are compared as `f32`.
    rounded: bool,
}

impl<'a> Ties<'a> {
    pub(crate) fn new(rows: Rows<'a, f64>, rounded: bool) -> Self {
        Self { rows, rounded }
    }

    /// The rows whose score equals that of `row`. They stand together, since rounding keeps the order.
    fn around(&self, row: usize) -> Range<usize> {
        let scores = self.rows.values();
        let score = |row: usize| if self.rounded { f64::from(scores[row] as f32) } else { scores[row] };
        let own = score(row);
        let start = (0..row).rev().find(|&other| score(other) != own).map_or(0, |other| other + 1);
        let end = (row + 1..scores.len()).find(|&other| score(other) != own).unwrap_or(scores.len());
        start..end
    }

    /// Moves what was found into an order, and notes the places of its ties if there is none.
    pub(crate) fn arrange(&self, found: &mut [Found], order: Order, noted: &mut Vec<Range<u32>>) {
        let mut first = 0;
        while first < found.len() {
            let tie = self.around(found[first].position as usize);
            let count = found[first..].partition_point(|found| (found.position as usize) < tie.end);
            if tie.len() > 1 {
                self.arrange_tie(tie.clone(), &mut found[first..first + count], order);
                if order == Order::Expected {
                    noted.push(tie.start as u32..tie.end as u32);
                }
            }
            first += count;
        }
    }

    fn arrange_tie(&self, tie: Range<usize>, found: &mut [Found], order: Order) {
        match order {
            Order::Best | Order::Worst => return by_grade(tie, found, order == Order::Best),
            // Rows of one score have this order already.
            Order::DocidDesc | Order::Expected if !self.rounded => return,
            _ => {}
        }
        let mut rows: Vec<u32> = (tie.start as u32..tie.end as u32).collect();
        rows.sort_unstable_by(|&a, &b| {
            let (a, b) = (a as usize, b as usize);
            match order {
                Order::DocidAsc => self.rows.bytes(a).cmp(self.rows.bytes(b)),
                Order::Stable => self.rows.arrival(a).cmp(&self.rows.arrival(b)),
                _ => f64::compare_ids(self.rows.bytes(a), self.rows.bytes(b)),
            }
        });
        let mut places = vec![0; tie.len()];
        for (place, &row) in (tie.start as u32..).zip(&rows) {
            places[row as usize - tie.start] = place;
        }
        for found in &mut *found {
            found.position = places[found.position as usize - tie.start];
        }
        found.sort_unstable_by_key(|found| found.position);
    }
}

fn by_grade(tie: Range<usize>, found: &mut [Found], best: bool) {
    let (start, end) = (tie.start as u32, tie.end as u32);
    found.sort_by_key(|found| if best { found.grade.saturating_neg() } else { found.grade });
    let ahead = found.partition_point(|found| (found.grade > 0) == best);
    for (position, found) in (start..).zip(&mut found[..ahead]) {
        found.position = position;
    }
    let behind = (found.len() - ahead) as u32;
    for (position, found) in (end - behind..).zip(&mut found[ahead..]) {
        found.position = position;
    }
}
