//! The search of few documents of a window: they are looked up, instead of all lists being read.

use super::Bits;
use super::accumulate::{Lift, Scratch, consider};
use super::lists::List;
use super::top::{Order, Top};

/// What a look-up costs in a list, and in a row by document, when a posting costs 1.
const SEARCH: usize = 24;
const LOOK: usize = 4;

/// Whether looking `count` documents up takes less than reading the lists.
pub(super) fn pays(count: usize, lists: &[List<'_>]) -> bool {
    let total: usize = lists.iter().map(|list| list.locals.len()).sum();
    let look: usize = lists.iter().map(|list| if list.dense.is_some() { LOOK } else { SEARCH }).sum();
    count * look / 2 < total
}

impl Scratch {
    /// As [`window`](Scratch::window), for the documents of `bits` alone. The sums have the same bits.
    pub(super) fn candidates<O: Order>(
        &mut self,
        number: usize,
        lists: &[List<'_>],
        bits: &Bits,
        lift: &Lift<'_>,
        top: &mut Top<'_, O>,
    ) {
        let first = (number as u32) << super::WINDOW_BITS;
        let slack = 1.0 + 1.2e-7 * (lists.len() + 2) as f32;
        let bar = lift.below(top.bar);
        let needed = self.needed(lists, slack, bar);
        self.few.clear();
        self.few.extend(bits.iter().map(|local| (local, 0.0)));
        for (at, list) in lists.iter().enumerate() {
            if at >= needed {
                let rest = self.rest[at];
                self.few.retain(|&(_, sum)| (sum + rest * slack) * slack >= bar);
            }
            match list.dense {
                Some(dense) => {
                    for (local, sum) in &mut self.few {
                        *sum += list.weight * dense.get(usize::from(*local));
                    }
                }
                None => look_up(list, &mut self.few),
            }
        }
        for &(local, sum) in &self.few {
            if sum >= lift.below(top.bar) {
                consider(sum, local, lift, top, &|_| true, first);
            }
        }
    }
}

/// Adds what a list adds to documents, which ascend as its postings do: steps that double find the next one.
fn look_up(list: &List<'_>, found: &mut [(u16, f32)]) {
    let (mut locals, mut passed) = (list.locals, 0);
    for (local, sum) in found {
        let mut step = 1;
        while step < locals.len() && locals[step] < *local {
            step *= 2;
        }
        let from = step / 2;
        let to = (step + 1).min(locals.len());
        let at = from + locals[from..to].partition_point(|other| other < local);
        (locals, passed) = (&locals[at..], passed + at);
        match locals.first() {
            None => return,
            Some(other) if other == local => *sum += list.weight * list.impacts.get(passed),
            Some(_) => {}
        }
    }
}
