//! Lists of `(id, score)`: what they must be, how they become numbered lists, and how numbers become a list again.

use std::cmp::Ordering;
use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::fusion::{Duplicates, Fusion, Order};
use crate::lists::Lists;
use crate::{Error, Result};

/// The number type of a list's scores, `f32` or `f64`. Sums are made in `f64` for both.
pub trait Score: Copy + private::Sealed {
    /// The score as `f64`.
    fn to_f64(self) -> f64;
    /// The nearest score to an `f64`.
    fn from_f64(value: f64) -> Self;
}

mod private {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

impl Score for f32 {
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    fn from_f64(value: f64) -> Self {
        value as f32
    }
}

impl Score for f64 {
    fn to_f64(self) -> f64 {
        self
    }
    fn from_f64(value: f64) -> Self {
        value
    }
}

/// The documents of several lists, numbered, and the lists in those numbers.
pub(crate) struct Union<'a, I> {
    pub(crate) ids: Vec<&'a I>,
    starts: Vec<usize>,
    numbers: Vec<u32>,
    scores: Vec<f64>,
}

impl<'a, I: Eq + Hash + Ord> Union<'a, I> {
    /// Numbers the documents of `lists`: in order of first sight, or in the order of their ids if the method asks for
    /// it.
    pub(crate) fn of<L, S>(fusion: &Fusion, lists: &'a [L]) -> Result<Self>
    where
        L: AsRef<[(I, S)]>,
        S: Score + 'a,
    {
        let longest = lists.iter().map(|list| list.as_ref().len()).max().unwrap_or(0);
        let entries = lists.iter().map(|list| list.as_ref().len()).sum();
        let mut numbers_of: FxHashMap<&I, u32> = FxHashMap::default();
        numbers_of.reserve(longest);
        let mut union = Self {
            ids: Vec::with_capacity(longest),
            starts: vec![0],
            numbers: Vec::with_capacity(entries),
            scores: Vec::with_capacity(entries),
        };
        // Per document, the last list it was met in and where.
        let mut seen: Vec<(usize, usize)> = Vec::with_capacity(longest);
        let mut order = Vec::new();
        for (list, entries) in lists.iter().enumerate() {
            let entries = entries.as_ref();
            order_of(fusion.order, list, entries, &mut order)?;
            let start = union.numbers.len();
            for &position in &order {
                if fusion.depth.is_some_and(|depth| union.numbers.len() - start >= depth) {
                    break;
                }
                let (id, score) = &entries[position];
                let number = *numbers_of.entry(id).or_insert_with(|| {
                    union.ids.push(id);
                    seen.push((usize::MAX, 0));
                    union.ids.len() as u32 - 1
                });
                let (last_list, first) = seen[number as usize];
                if last_list == list {
                    if fusion.duplicates == Duplicates::Best {
                        continue;
                    }
                    let (first, position) = (first.min(position), first.max(position));
                    return Err(Error::DuplicateDocument { list, position, first });
                }
                seen[number as usize] = (list, position);
                union.numbers.push(number);
                union.scores.push(score.to_f64());
            }
            union.starts.push(union.numbers.len());
        }
        if fusion.method.orders_by_number() {
            union.number_by_id();
        }
        Ok(union)
    }

    pub(crate) fn lists(&self) -> Lists<'_> {
        Lists::trusted(self.ids.len(), &self.starts, &self.numbers, &self.scores)
    }

    fn number_by_id(&mut self) {
        let mut order: Vec<u32> = (0..self.ids.len() as u32).collect();
        order.sort_unstable_by_key(|&number| self.ids[number as usize]);
        let mut renumbered = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            renumbered[old as usize] = new as u32;
        }
        for number in &mut self.numbers {
            *number = renumbered[*number as usize];
        }
        self.ids.sort_unstable();
    }
}

/// The positions of a list in the order of its ranks, once its scores have been looked at.
fn order_of<I: Ord, S: Score>(policy: Order, list: usize, entries: &[(I, S)], order: &mut Vec<usize>) -> Result<()> {
    let scores = entries.iter().map(|(_, score)| score.to_f64());
    check_scores(list, scores, policy == Order::Checked)?;
    order.clear();
    order.extend(0..entries.len());
    if policy == Order::Sorted {
        order.sort_by(|&a, &b| {
            let (a, b) = (&entries[a], &entries[b]);
            descending(a.1.to_f64(), b.1.to_f64()).then_with(|| a.0.cmp(&b.0))
        });
    }
    Ok(())
}

/// Refuses NaN, and, if asked to, scores that do not descend.
pub(crate) fn check_scores(list: usize, scores: impl Iterator<Item = f64>, sorted: bool) -> Result<()> {
    let mut previous = f64::INFINITY;
    for (position, score) in scores.enumerate() {
        if score.is_nan() {
            return Err(Error::NanScore { list, position });
        }
        if sorted && score > previous {
            return Err(Error::NotSorted { list, position, score, previous });
        }
        previous = score;
    }
    Ok(())
}

/// Best first; the two zeros are equal.
fn descending(a: f64, b: f64) -> Ordering {
    b.partial_cmp(&a).unwrap_or(Ordering::Equal)
}

/// The documents with their totals, by score descending (or ascending), then by id ascending.
///
/// Totals are rounded to the type that is returned before they are compared, so that what the caller sees as a tie is
/// broken as a tie.
pub(crate) fn ranked<I: Clone + Ord, S: Score>(
    ids: &[&I],
    totals: &[f64],
    ascending: bool,
    limit: Option<usize>,
) -> Vec<(I, S)> {
    let sign = if ascending { -1.0 } else { 1.0 };
    let mut order: Vec<(f64, &I, S)> = ids
        .iter()
        .zip(totals)
        .map(|(&id, &total)| {
            let score = S::from_f64(total);
            (sign * score.to_f64(), id, score)
        })
        .collect();
    order.sort_unstable_by(|a, b| descending(a.0, b.0).then_with(|| a.1.cmp(b.1)));
    order.into_iter().take(limit.unwrap_or(usize::MAX)).map(|(_, id, score)| (id.clone(), score)).collect()
}
