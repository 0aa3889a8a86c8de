//! What the lists say of pairs of documents.

use crate::methods::Input;
use crate::scratch::Work;

const ABSENT: u32 = u32::MAX;

/// Writes down, document by document, its position in each list, and the weights, both in the order in which lists are
/// added up.
pub(crate) fn positions(input: &Input<'_>, work: &mut Work) {
    let lists = &input.lists;
    work.positions.clear();
    work.positions.resize(lists.documents() * lists.len(), ABSENT);
    work.ballots.clear();
    for (column, list) in input.in_order().enumerate() {
        work.ballots.push(input.weights[list]);
        for (position, &document) in lists.numbers(list).iter().enumerate() {
            work.positions[document as usize * lists.len() + column] = position as u32;
        }
    }
}

/// The votes of the lists on pairs of documents.
pub(crate) struct Ballots<'a> {
    positions: &'a [u32],
    weights: &'a [f64],
    /// The list of each column.
    lists: &'a [u32],
    /// Weights such as 0.1 do not add up to the bit: a smaller majority is none.
    even: f64,
}

impl<'a> Ballots<'a> {
    /// Of what [`positions`] wrote down.
    pub(crate) fn of(input: &Input<'a>, positions: &'a [u32], weights: &'a [f64]) -> Self {
        Self { positions, weights, lists: input.order, even: 1e-12 * weights.iter().sum::<f64>() }
    }

    fn row(&self, document: u32) -> &[u32] {
        &self.positions[document as usize * self.weights.len()..][..self.weights.len()]
    }

    /// The weight of the lists that prefer `first`, less that of those that prefer `second`.
    pub(crate) fn margin(&self, first: u32, second: u32) -> f64 {
        let mut margin = 0.0;
        for ((first, second), weight) in self.row(first).iter().zip(self.row(second)).zip(self.weights) {
            // An absent document has the last position of all.
            margin += weight * (f64::from(i8::from(first < second)) - f64::from(i8::from(first > second)));
        }
        if margin.abs() <= self.even { 0.0 } else { margin }
    }

    pub(crate) fn beats(&self, first: u32, second: u32) -> bool {
        self.margin(first, second) > 0.0
    }

    /// 1 if `first` beats `second`, -1 if it is beaten, 0 if they are even.
    pub(crate) fn outcome(&self, first: u32, second: u32) -> f64 {
        let margin = self.margin(first, second);
        f64::from(i8::from(margin > 0.0)) - f64::from(i8::from(margin < 0.0))
    }

    /// Divides `amount` by weight among the lists that prefer `first`, or, if it is negative, those that prefer
    /// `second`. Returns whether there is such a list.
    pub(crate) fn divide(&self, first: u32, second: u32, amount: f64, mut give: impl FnMut(usize, f64)) -> bool {
        let votes = |column: usize| {
            let (first, second) = (self.row(first)[column], self.row(second)[column]);
            if amount > 0.0 { first < second } else { first > second }
        };
        let voters = || (0..self.weights.len()).filter(|&column| votes(column) && self.weights[column] > 0.0);
        let weight: f64 = voters().map(|column| self.weights[column]).sum();
        for column in voters() {
            give(self.lists[column] as usize, amount * self.weights[column] / weight);
        }
        weight > 0.0
    }
}

/// Orders the documents by wins less losses, then by the margins of all their pairs, then by number.
pub(crate) fn by_wins(input: &Input<'_>, work: &mut Work) {
    let documents = input.lists.documents();
    let ballots = Ballots::of(input, &work.positions, &work.ballots);
    work.wins.clear();
    work.wins.resize(documents, (0, 0.0));
    for first in 0..documents {
        for second in first + 1..documents {
            let margin = ballots.margin(first as u32, second as u32);
            let outcome = i64::from(margin > 0.0) - i64::from(margin < 0.0);
            work.wins[first].0 += outcome;
            work.wins[first].1 += margin;
            work.wins[second].0 -= outcome;
            work.wins[second].1 -= margin;
        }
    }
    work.order.clear();
    work.order.extend(0..documents as u32);
    let wins = &work.wins;
    work.order.sort_unstable_by(|&a, &b| {
        let (left, right) = (wins[a as usize], wins[b as usize]);
        right.0.cmp(&left.0).then_with(|| right.1.total_cmp(&left.1)).then_with(|| a.cmp(&b))
    });
}

/// The number of places up to the last, 1 for the last.
pub(crate) fn places(work: &Work, totals: &mut [f64]) {
    for (place, &document) in work.order.iter().enumerate() {
        totals[document as usize] = (work.order.len() - place) as f64;
    }
}

/// Divides each place that a document has below it among the lists that prefer it to the document there; a place that
/// no list speaks of, and its own, go to the lists that hold it, equally.
pub(crate) fn places_by_list(input: &Input<'_>, work: &mut Work, out: &mut [f64]) {
    let lists = &input.lists;
    let documents = lists.documents();
    let ballots = Ballots::of(input, &work.positions, &work.ballots);
    for (place, &document) in work.order.iter().enumerate() {
        let mut rest = 1.0;
        for &below in &work.order[place + 1..] {
            let divided =
                ballots.divide(document, below, 1.0, |list, part| out[list * documents + document as usize] += part);
            if !divided {
                rest += 1.0;
            }
        }
        let holders = ballots.row(document).iter().filter(|position| **position != ABSENT).count() as f64;
        for (list, position) in input.in_order().zip(ballots.row(document)) {
            if *position != ABSENT {
                out[list * documents + document as usize] += rest / holders;
            }
        }
    }
}
