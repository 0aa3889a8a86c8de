//! Documents as numbers, query after query in the same memory: nothing is allocated per document.

use std::cmp::Ordering;
use std::hash::{BuildHasher, Hash};

use rustc_hash::FxBuildHasher;

use crate::lists::Lists;
use crate::{Duplicates, Error, Fusion, Order, Result};

/// Numbers by hash. Forgetting all keys costs one increment, so one table serves query after query.
#[derive(Debug, Default)]
struct Table {
    slots: Vec<Slot>,
    /// A slot that another round wrote is empty.
    round: u32,
    len: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    hash: u64,
    number: u32,
    round: u32,
}

impl Table {
    fn clear(&mut self) {
        self.len = 0;
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.slots.fill(Slot::default());
            self.round = 1;
        }
    }

    /// The number of the key with this `hash` for which `same(number)` holds, and whether it is new.
    #[inline]
    fn number(&mut self, hash: u64, mut same: impl FnMut(u32) -> bool) -> (u32, bool) {
        if (self.len as usize + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut place = hash as usize & mask;
        loop {
            let slot = &mut self.slots[place];
            if slot.round != self.round {
                let number = self.len;
                *slot = Slot { hash, number, round: self.round };
                self.len += 1;
                return (number, true);
            }
            if slot.hash == hash && same(slot.number) {
                return (slot.number, false);
            }
            place = (place + 1) & mask;
        }
    }

    #[cold]
    fn grow(&mut self) {
        self.round = self.round.max(1);
        let slots = vec![Slot::default(); (self.slots.len() * 2).max(64)];
        let old = std::mem::replace(&mut self.slots, slots);
        let mask = self.slots.len() - 1;
        for slot in old.into_iter().filter(|slot| slot.round == self.round) {
            let mut place = slot.hash as usize & mask;
            while self.slots[place].round == self.round {
                place = (place + 1) & mask;
            }
            self.slots[place] = slot;
        }
    }
}

/// The lists of a query by numbers, without the ids.
#[derive(Debug, Clone, Default)]
pub struct NumberedLists {
    documents: usize,
    starts: Vec<usize>,
    numbers: Vec<u32>,
    scores: Vec<f64>,
}

impl NumberedLists {
    /// The lists as methods take them.
    ///
    /// # Errors
    ///
    /// [`Error::NoLists`].
    pub fn lists(&self) -> Result<Lists<'_>> {
        if self.starts.len() < 2 {
            return Err(Error::NoLists);
        }
        Ok(Lists::trusted(self.documents, &self.starts, &self.numbers, &self.scores))
    }
}

/// Numbers the documents of a query in the order in which they are met, checks their lists and puts them in order.
/// [`clear`](Self::clear) makes it ready for the next query and keeps the memory.
///
/// ```
/// use rank_fusion::{Fusion, Method, Numbering, Scratch};
///
/// let fusion = Fusion::new(Method::ReciprocalRank { k: 0.0 });
/// let mut numbering = Numbering::new();
/// numbering.add_list(&fusion, [("a", 3.0), ("b", 2.0)])?;
/// numbering.add_list(&fusion, [("b", 0.9)])?;
///
/// let mut totals = Vec::new();
/// fusion.totals(&numbering.lists()?, &mut Scratch::new(), &mut totals)?;
/// assert_eq!(numbering.ids(), ["a", "b"]);
/// assert_eq!(totals, [1.0, 1.5]);
/// # Ok::<(), rank_fusion::Error>(())
/// ```
#[derive(Debug)]
pub struct Numbering<I> {
    table: Table,
    ids: Vec<I>,
    /// Per document: the last list that holds it, and where.
    met: Vec<(u32, u32)>,
    /// The list that is being read.
    pending: Vec<(f64, I)>,
    pub(crate) plain: NumberedLists,
}

impl<I> Default for Numbering<I> {
    fn default() -> Self {
        Self {
            table: Table::default(),
            ids: Vec::new(),
            met: Vec::new(),
            pending: Vec::new(),
            plain: NumberedLists { starts: vec![0], ..NumberedLists::default() },
        }
    }
}

impl<I> Numbering<I> {
    /// No list yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets all lists and documents; the memory stays.
    pub fn clear(&mut self) {
        self.table.clear();
        self.ids.clear();
        self.met.clear();
        let NumberedLists { documents, starts, numbers, scores } = &mut self.plain;
        *documents = 0;
        starts.clear();
        starts.push(0);
        numbers.clear();
        scores.clear();
    }

    /// The documents, by number.
    pub fn ids(&self) -> &[I] {
        &self.ids
    }

    /// The lists, by document numbers.
    ///
    /// # Errors
    ///
    /// [`Error::NoLists`].
    pub fn lists(&self) -> Result<Lists<'_>> {
        self.plain.lists()
    }

    /// The documents, and the lists without them: these can be sent to another thread even where ids cannot.
    pub fn parts(&self) -> (&[I], &NumberedLists) {
        (&self.ids, &self.plain)
    }
}

impl<I: Eq + Hash + Ord> Numbering<I> {
    /// Reads the next list under the rules of `fusion`: its order, its duplicates, its depth.
    ///
    /// # Errors
    ///
    /// [`Error::NanScore`], [`Error::NotSorted`], [`Error::DuplicateDocument`].
    pub fn add_list(&mut self, fusion: &Fusion, entries: impl IntoIterator<Item = (I, f64)>) -> Result<()> {
        self.try_add_list(fusion, entries.into_iter().map(Some)).map(|_| ())
    }

    /// As [`add_list`](Self::add_list), unless an entry is `None`: then nothing is added, and the answer is `false`.
    ///
    /// # Errors
    ///
    /// Those of [`add_list`](Self::add_list).
    pub fn try_add_list(
        &mut self,
        fusion: &Fusion,
        entries: impl IntoIterator<Item = Option<(I, f64)>>,
    ) -> Result<bool> {
        let list = self.plain.starts.len() - 1;
        self.pending.clear();
        for entry in entries {
            let Some((id, score)) = entry else { return Ok(false) };
            self.pending.push((score, id));
        }
        if let Some(position) = self.pending.iter().position(|(score, _)| score.is_nan()) {
            return Err(Error::NanScore { list, position });
        }
        match fusion.order {
            Order::Given => {}
            Order::Sorted => sort(&mut self.pending),
            Order::Checked => {
                if let Some(place) = self.pending.windows(2).position(|pair| pair[1].0 > pair[0].0) {
                    let (previous, score) = (self.pending[place].0, self.pending[place + 1].0);
                    return Err(Error::NotSorted { list, position: place + 1, score, previous });
                }
            }
        }
        let depth = fusion.depth.unwrap_or(usize::MAX);
        let NumberedLists { documents, starts, numbers, scores } = &mut self.plain;
        let start = numbers.len();
        for (position, (score, id)) in self.pending.drain(..).enumerate() {
            if numbers.len() - start == depth {
                break;
            }
            let ids = &self.ids;
            let (number, new) = self.table.number(FxBuildHasher.hash_one(&id), |number| ids[number as usize] == id);
            if new {
                self.ids.push(id);
                self.met.push((list as u32, position as u32));
            } else {
                let met = &mut self.met[number as usize];
                if met.0 == list as u32 {
                    if fusion.duplicates == Duplicates::Best {
                        continue;
                    }
                    return Err(Error::DuplicateDocument { list, position, first: met.1 as usize });
                }
                *met = (list as u32, position as u32);
            }
            numbers.push(number);
            scores.push(score);
        }
        *documents = self.ids.len();
        starts.push(numbers.len());
        Ok(true)
    }

    /// Numbers the documents anew, in the order of their ids: what methods ask for that
    /// [order by number](crate::Method::orders_by_number). No list can be added after that before
    /// [`clear`](Self::clear).
    pub fn order_by_id(&mut self) {
        let mut order: Vec<(I, u32)> = self.ids.drain(..).zip(0..).collect();
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut renamed = vec![0; order.len()];
        for (new, (id, old)) in order.into_iter().enumerate() {
            renamed[old as usize] = new as u32;
            self.ids.push(id);
        }
        for number in &mut self.plain.numbers {
            *number = renamed[*number as usize];
        }
    }
}

/// By score descending, then by id ascending. Lists are nearly always sorted already, or nearly so.
fn sort<I: Ord>(entries: &mut [(f64, I)]) {
    let after = |a: &(f64, I), b: &(f64, I)| a.0 < b.0 || (a.0 == b.0 && a.1 > b.1);
    let mut moves = 4 * entries.len();
    for end in 1..entries.len() {
        let mut place = end;
        while place > 0 && after(&entries[place - 1], &entries[place]) {
            entries.swap(place - 1, place);
            place -= 1;
            moves -= 1;
            if moves == 0 {
                entries.sort_unstable_by(|a, b| {
                    b.0.partial_cmp(&a.0).unwrap_or(Ordering::Equal).then_with(|| a.1.cmp(&b.1))
                });
                return;
            }
        }
    }
}

/// Puts totals in order, in memory that is used again.
#[derive(Debug, Default)]
pub struct Ranking {
    /// The score as bits that ascend as scores descend, and the document.
    keys: Vec<(u64, u32)>,
}

impl Ranking {
    /// No memory yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sorts by score, the best first, and leaves ties for [`settle`](Self::settle); keeps no more documents than could
    /// be among the best `limit`.
    pub fn sort(&mut self, fusion: &Fusion, totals: &[f64]) {
        let limit = fusion.limit.unwrap_or(usize::MAX);
        let flip = if fusion.ascending { u64::MAX } else { 0 };
        self.keys.clear();
        self.keys.extend(totals.iter().zip(0..).map(|(&total, number)| (descending(total) ^ flip, number)));
        if limit == 0 {
            self.keys.clear();
        } else if limit < self.keys.len() {
            let (_, &mut (last, _), _) = self.keys.select_nth_unstable(limit - 1);
            // What is tied with the last place may be ahead of it by its id.
            self.keys.retain(|key| key.0 <= last);
        }
        self.keys.sort_unstable();
    }

    /// Orders ties by id and returns the numbers of the documents, the best first.
    pub fn settle<I: Ord>(&mut self, fusion: &Fusion, ids: &[I]) -> impl ExactSizeIterator<Item = usize> + '_ {
        for tied in self.keys.chunk_by_mut(|a, b| a.0 == b.0).filter(|tied| tied.len() > 1) {
            tied.sort_unstable_by(|a, b| ids[a.1 as usize].cmp(&ids[b.1 as usize]));
        }
        self.keys.truncate(fusion.limit.unwrap_or(usize::MAX));
        self.keys.iter().map(|key| key.1 as usize)
    }
}

/// Bits that ascend as numbers descend; both zeros are one.
fn descending(score: f64) -> u64 {
    let bits = (score + 0.0).to_bits();
    // Negative numbers are stored by magnitude: theirs ascend already as they descend.
    if bits >> 63 == 1 { bits } else { !bits & (u64::MAX >> 1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Method;

    #[test]
    fn bits_descend() {
        let scores = [f64::INFINITY, 1e300, 2.0, 1.0, 1e-300, 0.0, -1e-300, -1.0, -2.0, -1e300, f64::NEG_INFINITY];
        assert!(scores.windows(2).all(|pair| descending(pair[0]) < descending(pair[1])));
        assert_eq!(descending(0.0), descending(-0.0));
    }

    #[test]
    fn keys_of_equal_hash_stay_apart_and_rounds_forget() {
        let mut table = Table::default();
        for round in 0..3 {
            table.clear();
            let mut keys: Vec<u32> = Vec::new();
            for key in 0..200 {
                let found = table.number(7, |number| keys[number as usize] == key);
                assert_eq!(found, (key, true), "round {round}");
                keys.push(key);
            }
            assert_eq!(table.number(7, |number| keys[number as usize] == 150), (150, false));
        }
    }

    #[test]
    fn rounds_may_run_over() {
        let mut table = Table { round: u32::MAX, ..Table::default() };
        assert_eq!(table.number(1, |_| true), (0, true));
        table.clear();
        assert_eq!(table.number(1, |_| true), (0, true));
        assert_eq!(table.number(1, |_| true), (0, false));
    }

    #[test]
    fn any_order_is_sorted() {
        for step in 1..50_u64 {
            let mut entries: Vec<(f64, u64)> =
                (0..101).map(|i| ((i * step % 101 / 3) as f64, i * step % 101)).collect();
            let mut expected = entries.clone();
            expected.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            sort(&mut entries);
            assert_eq!(entries, expected);
        }
    }

    #[test]
    fn a_limit_keeps_ties_for_their_ids() {
        let fusion = Fusion::new(Method::Borda).limit(2);
        let mut ranking = Ranking::new();
        ranking.sort(&fusion, &[1.0, 2.0, 1.0, 1.0]);
        assert_eq!(ranking.settle(&fusion, &["z", "y", "x", "w"]).collect::<Vec<_>>(), [1, 3]);
    }
}
