//! Documents as numbers, query after query in the same memory: nothing is allocated per document.

use std::cmp::Ordering;
use std::hash::{BuildHasher, Hash};

use rustc_hash::FxBuildHasher;

use crate::lists::Lists;
use crate::{Duplicates, Error, Fusion, Order, Result};

/// Numbers by hash, eight bytes each, so that a query's table stays in the nearest cache.
#[derive(Debug, Default)]
struct Table {
    /// Half a hash above, a number plus 1 below; 0 is empty. As many as the last round asked for, a power of two.
    slots: Vec<u64>,
    len: u32,
}

impl Table {
    fn clear(&mut self) {
        let mut slots = 64;
        while self.len as usize * 8 > slots * 5 {
            slots *= 2;
        }
        self.slots.clear();
        self.slots.resize(slots, 0);
        self.len = 0;
    }

    /// The number of the key with this `hash` for which `same(number)` holds, and whether it is new.
    #[inline]
    fn number(&mut self, hash: u64, mut same: impl FnMut(u32) -> bool) -> (u32, bool) {
        let half = hash << 32;
        let mut place = hash as usize;
        let mask = self.slots.len().wrapping_sub(1);
        while let Some(slot) = self.slots.get_mut(place & mask) {
            if *slot == 0 {
                if (self.len as usize + 1) * 8 > (mask + 1) * 5 {
                    break;
                }
                self.len += 1;
                *slot = half | u64::from(self.len);
                return (self.len - 1, true);
            }
            let number = (*slot as u32).wrapping_sub(1);
            if *slot & !u64::from(u32::MAX) == half && same(number) {
                return (number, false);
            }
            place += 1;
        }
        (self.add(hash), true)
    }

    /// The number of a key that is known to be new, in a table that is too small for it.
    #[cold]
    fn add(&mut self, hash: u64) -> u32 {
        let slots = (self.slots.len() * 2).max(64);
        let old = std::mem::replace(&mut self.slots, vec![0; slots]);
        self.len += 1;
        let new = hash << 32 | u64::from(self.len);
        for slot in old.into_iter().filter(|slot| *slot != 0).chain([new]) {
            let mut place = (slot >> 32) as usize & (slots - 1);
            while self.slots[place] != 0 {
                place = (place + 1) & (slots - 1);
            }
            self.slots[place] = slot;
        }
        self.len - 1
    }
}

/// The lists of a query by numbers, without the ids.
#[derive(Debug, Clone, Default)]
pub struct NumberedLists {
    documents: usize,
    starts: Vec<usize>,
    numbers: Vec<u32>,
    scores: Vec<f64>,
    /// The lists in an order that depends on what they hold alone, for sums that are the same bits however lists are
    /// permuted.
    order: Vec<u32>,
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
        Ok(Lists::trusted(self.documents, &self.starts, &self.numbers, &self.scores, &self.order))
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
    /// Per document: the last list that holds it, from 1.
    met: Vec<u32>,
    /// The list that is being read, if it is read to a certain depth.
    pending: Vec<(f64, I)>,
    /// The list that is being sorted.
    unsorted: Vec<(f64, u32)>,
    /// The documents that are numbered anew, with their numbers, and the new number of each.
    renaming: (Vec<(I, u32)>, Vec<u32>),
    pub(crate) plain: NumberedLists,
}

impl<I> Default for Numbering<I> {
    fn default() -> Self {
        Self {
            table: Table::default(),
            ids: Vec::new(),
            met: Vec::new(),
            pending: Vec::new(),
            unsorted: Vec::new(),
            renaming: (Vec::new(), Vec::new()),
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
        let NumberedLists { documents, starts, numbers, scores, order } = &mut self.plain;
        *documents = 0;
        starts.clear();
        starts.push(0);
        numbers.clear();
        scores.clear();
        order.clear();
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
        self.try_add_list(fusion, |list| {
            for (id, score) in entries {
                list.push(id, score);
            }
            true
        })
        .map(|_| ())
    }

    /// As [`add_list`](Self::add_list), of what `read` pushes; if it answers `false`, nothing is added, and that is the
    /// answer.
    ///
    /// # Errors
    ///
    /// Those of [`add_list`](Self::add_list).
    pub fn try_add_list(&mut self, fusion: &Fusion, read: impl FnOnce(&mut Incoming<'_, I>) -> bool) -> Result<bool> {
        let known = self.ids.len();
        let start = self.plain.numbers.len();
        self.pending.clear();
        if !read(&mut Incoming { numbering: self, waits: fusion.depth.is_some() }) {
            self.forget(known, start);
            return Ok(false);
        }
        if let Some(depth) = fusion.depth {
            self.number_pending(fusion, depth)?;
        } else {
            self.order(fusion, start)?;
            self.meet_all(fusion, start)?;
        }
        self.plain.documents = self.ids.len();
        self.plain.starts.push(self.plain.numbers.len());
        self.place_last();
        Ok(true)
    }

    /// Finds the place of the last list in the order of lists.
    fn place_last(&mut self) {
        let NumberedLists { starts, numbers, scores, order, .. } = &mut self.plain;
        let list = |place: u32| starts[place as usize]..starts[place as usize + 1];
        let last = starts.len() as u32 - 2;
        let place = order.partition_point(|&other| {
            by_content(&scores[list(other)], &scores[list(last)])
                .then_with(|| {
                    let id = |number: &u32| &self.ids[*number as usize];
                    numbers[list(other)].iter().map(id).cmp(numbers[list(last)].iter().map(id))
                })
                .is_lt()
        });
        order.insert(place, last);
    }

    /// The number of a document, a new one if it was not met before.
    #[inline]
    fn number<Q: Hash + Into<I>>(&mut self, id: Q) -> u32
    where
        I: PartialEq<Q>,
    {
        let ids = &self.ids;
        let (number, new) = self.table.number(FxBuildHasher.hash_one(&id), |number| ids[number as usize] == id);
        if new {
            self.ids.push(id.into());
            self.met.push(0);
        }
        number
    }

    /// Takes back the documents from `known` on, and the entries from `start` on.
    #[cold]
    fn forget(&mut self, known: usize, start: usize) {
        self.plain.numbers.truncate(start);
        self.plain.scores.truncate(start);
        self.ids.truncate(known);
        self.met.truncate(known);
        self.table.clear();
        for id in &self.ids {
            self.table.number(FxBuildHasher.hash_one(id), |_| false);
        }
    }

    /// Puts the list from `start` on in order, or checks that it is.
    fn order(&mut self, fusion: &Fusion, start: usize) -> Result<()> {
        let NumberedLists { starts, numbers, scores, .. } = &mut self.plain;
        let (list, numbers, scores) = (starts.len() - 1, &mut numbers[start..], &mut scores[start..]);
        // What is not above the other is below it, equal to it, or NaN.
        if scores.windows(2).all(|pair| pair[0] > pair[1]) && !scores.first().is_some_and(|score| score.is_nan()) {
            return Ok(());
        }
        if !check_order(fusion.order, list, &scores.iter().copied())? {
            return Ok(());
        }
        self.unsorted.clear();
        self.unsorted.extend(scores.iter().copied().zip(numbers.iter().copied()));
        sort(&mut self.unsorted, |a, b| self.ids[*a as usize].cmp(&self.ids[*b as usize]));
        for ((&(score, number), scores), numbers) in self.unsorted.iter().zip(scores).zip(numbers) {
            (*scores, *numbers) = (score, number);
        }
        Ok(())
    }

    /// Looks for documents that are in the list from `start` on twice.
    fn meet_all(&mut self, fusion: &Fusion, start: usize) -> Result<()> {
        let list = self.plain.starts.len() - 1;
        let mut again = false;
        for &number in &self.plain.numbers[start..] {
            again |= std::mem::replace(&mut self.met[number as usize], list as u32 + 1) == list as u32 + 1;
        }
        if !again {
            return Ok(());
        }
        let Self { met, plain: NumberedLists { numbers, scores, .. }, .. } = self;
        for &number in &numbers[start..] {
            met[number as usize] = 0;
        }
        let mut kept = start;
        for place in start..numbers.len() {
            let number = numbers[place];
            if std::mem::replace(&mut met[number as usize], list as u32 + 1) != 0 {
                if fusion.duplicates == Duplicates::Refused {
                    let first = numbers[start..].iter().position(|other| *other == number).unwrap_or(0);
                    return Err(Error::DuplicateDocument { list, position: place - start, first });
                }
                continue;
            }
            numbers[kept] = number;
            scores[kept] = scores[place];
            kept += 1;
        }
        numbers.truncate(kept);
        scores.truncate(kept);
        Ok(())
    }

    /// Adds the pending list as far as it is read: what lies deeper gets no number.
    fn number_pending(&mut self, fusion: &Fusion, depth: usize) -> Result<()> {
        let list = self.plain.starts.len() - 1;
        let start = self.plain.numbers.len();
        let mut pending = std::mem::take(&mut self.pending);
        if check_order(fusion.order, list, &pending.iter().map(|(score, _)| *score))? {
            sort(&mut pending, I::cmp);
        }
        for (position, (score, id)) in pending.drain(..).enumerate() {
            if self.plain.numbers.len() - start == depth {
                break;
            }
            let number = self.number(id);
            if std::mem::replace(&mut self.met[number as usize], list as u32 + 1) == list as u32 + 1 {
                if fusion.duplicates == Duplicates::Best {
                    continue;
                }
                let first = self.plain.numbers[start..].iter().position(|other| *other == number).unwrap_or(0);
                return Err(Error::DuplicateDocument { list, position, first });
            }
            self.plain.numbers.push(number);
            self.plain.scores.push(score);
        }
        self.pending = pending;
        Ok(())
    }

    /// Numbers the documents anew, in the order of their ids: what methods ask for that
    /// [order by number](crate::Method::orders_by_number). No list can be added after that before
    /// [`clear`](Self::clear).
    pub fn order_by_id(&mut self) {
        let (order, renamed) = &mut self.renaming;
        order.extend(self.ids.drain(..).zip(0..));
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        renamed.clear();
        renamed.resize(order.len(), 0);
        for (new, (id, old)) in order.drain(..).enumerate() {
            renamed[old as usize] = new as u32;
            self.ids.push(id);
        }
        for number in &mut self.plain.numbers {
            *number = renamed[*number as usize];
        }
    }
}

/// An order of lists by their scores.
pub(crate) fn by_content(scores: &[f64], others: &[f64]) -> Ordering {
    scores.iter().map(|score| score.to_bits()).cmp(others.iter().map(|score| score.to_bits()))
}

/// The list that is being added to a [`Numbering`].
#[derive(Debug)]
pub struct Incoming<'a, I> {
    numbering: &'a mut Numbering<I>,
    /// Whether documents get their numbers once all of the list is there.
    waits: bool,
}

impl<I: Eq + Hash + Ord> Incoming<'_, I> {
    /// The next document with its score.
    #[inline]
    pub fn push(&mut self, id: I, score: f64) {
        self.push_as(id, score);
    }

    /// The next document by what stands for its id, has the same hash and becomes one only where the document is new.
    #[inline]
    pub fn push_as<Q: Hash + Into<I>>(&mut self, id: Q, score: f64)
    where
        I: PartialEq<Q>,
    {
        if self.waits {
            self.numbering.pending.push((score, id.into()));
        } else {
            let number = self.numbering.number(id);
            self.numbering.plain.numbers.push(number);
            self.numbering.plain.scores.push(score);
        }
    }
}

/// Whether the list is to be sorted.
fn check_order(order: Order, list: usize, scores: &(impl Iterator<Item = f64> + Clone)) -> Result<bool> {
    if let Some(position) = scores.clone().position(f64::is_nan) {
        return Err(Error::NanScore { list, position });
    }
    let pairs = || scores.clone().zip(scores.clone().skip(1));
    if order == Order::Checked
        && let Some(place) = pairs().position(|(previous, score)| score > previous)
        && let Some((previous, score)) = pairs().nth(place)
    {
        return Err(Error::NotSorted { list, position: place + 1, score, previous });
    }
    Ok(order == Order::Sorted)
}

/// By score descending, then by id ascending. Lists are nearly always sorted already, or nearly so.
fn sort<I>(entries: &mut [(f64, I)], by_id: impl Fn(&I, &I) -> Ordering) {
    let order =
        |a: &(f64, I), b: &(f64, I)| b.0.partial_cmp(&a.0).unwrap_or(Ordering::Equal).then_with(|| by_id(&a.1, &b.1));
    let mut moves = 4 * entries.len();
    for end in 1..entries.len() {
        let mut place = end;
        while place > 0 && order(&entries[place - 1], &entries[place]) == Ordering::Greater {
            entries.swap(place - 1, place);
            place -= 1;
            moves -= 1;
            if moves == 0 {
                entries.sort_unstable_by(order);
                return;
            }
        }
    }
}

/// Puts totals in order, in memory that is used again.
#[derive(Debug, Default)]
pub struct Ranking {
    /// Per document: the score as bits that ascend as scores descend.
    bits: Vec<u64>,
    /// The documents: the score's bits, of which the last give way to the number.
    keys: Vec<u64>,
    /// The bits of a key that hold the number.
    mask: u64,
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
        self.bits.clear();
        self.bits.extend(totals.iter().map(|&total| descending(total) ^ flip));
        self.mask = totals.len().next_power_of_two() as u64 - 1;
        let mask = self.mask;
        self.keys.clear();
        self.keys.extend(self.bits.iter().zip(0..).map(|(bits, number)| bits & !mask | number));
        if limit == 0 {
            self.keys.clear();
        } else if limit < self.keys.len() {
            let (_, &mut last, _) = self.keys.select_nth_unstable(limit - 1);
            // What is tied with the last place may be ahead of it by its id.
            self.keys.retain(|key| *key <= last | mask);
        }
        self.keys.sort_unstable();
    }

    /// Orders ties by id and returns the numbers of the documents, the best first.
    pub fn settle<I: Ord>(&mut self, fusion: &Fusion, ids: &[I]) -> impl ExactSizeIterator<Item = usize> + '_ {
        let Self { bits, keys, mask } = self;
        let mask = *mask;
        let number = move |key: &u64| (key & mask) as usize;
        // Scores that agree in all bits but the last may still differ in those.
        for tied in keys.chunk_by_mut(|a, b| a & !mask == b & !mask).filter(|tied| tied.len() > 1) {
            tied.sort_unstable_by(|a, b| {
                let (a, b) = (number(a), number(b));
                bits[a].cmp(&bits[b]).then_with(|| ids[a].cmp(&ids[b]))
            });
        }
        keys.truncate(fusion.limit.unwrap_or(usize::MAX));
        keys.iter().map(number)
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
    fn a_list_that_is_taken_back_leaves_nothing() {
        let fusion = Fusion::new(Method::Borda);
        let mut numbering = Numbering::new();
        numbering.add_list(&fusion, [("a", 2.0), ("b", 1.0)]).unwrap();
        let refused = numbering.try_add_list(&fusion, |list| {
            list.push("c", 3.0);
            list.push("a", 2.0);
            false
        });
        assert_eq!(refused, Ok(false));
        assert_eq!(numbering.ids(), ["a", "b"]);
        numbering.add_list(&fusion, [("d", 3.0), ("b", 2.0)]).unwrap();
        assert_eq!(numbering.ids(), ["a", "b", "d"]);
        let lists = numbering.lists().unwrap();
        assert_eq!((lists.numbers(0), lists.numbers(1)), (&[0, 1][..], &[2, 1][..]));
    }

    #[test]
    fn a_large_round_makes_no_later_one_large() {
        let mut table = Table::default();
        for size in [5, 3000, 5, 200, 0, 70] {
            table.clear();
            for key in 0..size {
                assert_eq!(table.number(u64::from(key) << 7, |number| number == key), (key, true));
                assert_eq!(table.number(u64::from(key) << 7, |number| number == key), (key, false));
            }
        }
        assert!(table.slots.len() <= 256);
    }

    #[test]
    fn scores_that_differ_in_their_last_bits_are_no_tie() {
        let fusion = Fusion::new(Method::Borda);
        let mut totals = vec![0.0; 1000];
        totals[3] = f64::from_bits(1.0_f64.to_bits() + 1);
        totals[999] = f64::from_bits(1.0_f64.to_bits() + 2);
        totals[500] = 1.0;
        let mut ranking = Ranking::new();
        ranking.sort(&fusion, &totals);
        let ids: Vec<usize> = (0..1000).collect();
        assert_eq!(ranking.settle(&fusion, &ids).take(5).collect::<Vec<_>>(), [999, 3, 500, 0, 1]);
    }

    #[test]
    fn any_order_is_sorted() {
        for step in 1..50_u64 {
            let mut entries: Vec<(f64, u64)> =
                (0..101).map(|i| ((i * step % 101 / 3) as f64, i * step % 101)).collect();
            let mut expected = entries.clone();
            expected.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            sort(&mut entries, u64::cmp);
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
