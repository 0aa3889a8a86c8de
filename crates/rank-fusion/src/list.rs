//! What every method asks of a ranked list, and gives back.

use std::cmp::Ordering;
use std::hash::Hash;

use rustc_hash::FxHashMap;

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

/// The documents of several lists, numbered in order of first sight, and the number of each entry of each list.
pub(crate) struct Union<'a, I> {
    pub(crate) ids: Vec<&'a I>,
    pub(crate) lists: Vec<Vec<u32>>,
}

impl<'a, I: Eq + Hash> Union<'a, I> {
    /// Numbers the documents of `lists`, which must be sorted, free of NaN and of duplicates.
    pub(crate) fn of<L, S>(lists: &'a [L]) -> Result<Self>
    where
        L: AsRef<[(I, S)]>,
        S: Score + 'a,
    {
        if lists.is_empty() {
            return Err(Error::NoLists);
        }
        let longest = lists.iter().map(|list| list.as_ref().len()).max().unwrap_or(0);
        let mut numbers: FxHashMap<&I, u32> = FxHashMap::default();
        numbers.reserve(longest);
        let mut ids = Vec::with_capacity(longest);
        // Per document, the last list it was met in and where.
        let mut seen: Vec<(usize, usize)> = Vec::with_capacity(longest);
        let mut numbered = Vec::with_capacity(lists.len());
        for (list, entries) in lists.iter().enumerate() {
            let entries = entries.as_ref();
            let mut previous = f64::INFINITY;
            let mut row = Vec::with_capacity(entries.len());
            for (position, (id, score)) in entries.iter().enumerate() {
                let score = score.to_f64();
                if score.is_nan() {
                    return Err(Error::NanScore { list, position });
                }
                if score > previous {
                    return Err(Error::NotSorted { list, position, score, previous });
                }
                previous = score;
                let number = *numbers.entry(id).or_insert_with(|| {
                    ids.push(id);
                    seen.push((usize::MAX, 0));
                    ids.len() as u32 - 1
                });
                let (last_list, first) = seen[number as usize];
                if last_list == list {
                    return Err(Error::DuplicateDocument { list, position, first });
                }
                seen[number as usize] = (list, position);
                row.push(number);
            }
            numbered.push(row);
        }
        Ok(Self { ids, lists: numbered })
    }
}

/// The documents with their totals, by score descending, then by id ascending.
///
/// Totals are rounded to the type that is returned before they are compared, so that what the caller sees as a tie is
/// broken as a tie.
pub(crate) fn ranked<I: Clone + Ord, S: Score>(ids: &[&I], totals: &[f64]) -> Vec<(I, S)> {
    let mut order: Vec<(f64, &I, S)> = ids
        .iter()
        .zip(totals)
        .map(|(&id, &total)| {
            let score = S::from_f64(total);
            (score.to_f64(), id, score)
        })
        .collect();
    order.sort_unstable_by(|a, b| match b.0.total_cmp(&a.0) {
        Ordering::Equal => a.1.cmp(b.1),
        unequal => unequal,
    });
    order.into_iter().map(|(_, id, score)| (id.clone(), score)).collect()
}
