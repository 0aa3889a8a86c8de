//! A sealed window: up to 2^14 documents, whose postings lie term after term.

use std::ops::Range;

use super::impacts::Row;
use super::index::Kind;
use super::{Bits, Column, WINDOW};

/// The greatest count that a byte holds; it stands for itself and all above, which are listed apart.
const MANY: u8 = u8::MAX;

/// What postings carry.
#[derive(Debug, Clone)]
pub(crate) enum Values {
    /// A row for each field: how often the term is in it.
    Counts(Vec<Counts>),
    /// The impact itself, or its steps.
    Weights(Row),
}

/// Counts in a byte each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    pub(crate) bytes: Column<u8>,
    /// The posting and the count, where it is 255 or more; postings ascend.
    pub(crate) large: Column<[u32; 2]>,
}

impl Counts {
    fn push(&mut self, count: u32) {
        if count >= u32::from(MANY) {
            let at = self.bytes.len() as u32;
            self.large.to_mut().push([at, count]);
        }
        self.bytes.to_mut().push(count.min(u32::from(MANY)) as u8);
    }

    fn get(&self, at: usize, byte: u8) -> u32 {
        if byte < MANY {
            return u32::from(byte);
        }
        let large = &*self.large;
        large.binary_search_by_key(&(at as u32), |entry| entry[0]).map_or(u32::from(MANY), |found| large[found][1])
    }

    /// Appends the counts of a range of postings: for each, one of each field.
    pub(super) fn side_by_side(fields: &[Self], range: Range<usize>, out: &mut Vec<u32>) {
        if let [counts] = fields {
            let bytes = &counts.bytes[range.clone()];
            return out.extend(range.zip(bytes).map(|(at, &byte)| counts.get(at, byte)));
        }
        for at in range {
            out.extend(fields.iter().map(|counts| counts.get(at, counts.bytes[at])));
        }
    }
}

/// A window as it was sealed.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    pub(crate) documents: usize,
    pub(crate) fields: usize,
    /// For each 64 terms: which of them are here, and how many are before.
    pub(crate) presence: Column<[u64; 2]>,
    /// Of each term that is here, where its postings begin; then where the last end.
    pub(crate) starts: Column<u32>,
    pub(crate) locals: Column<u16>,
    pub(crate) values: Values,
    /// Of each document and field.
    pub(crate) lengths: Column<u32>,
}

/// A posting of the making.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Posting {
    pub(crate) local: u16,
    pub(crate) field: u16,
    /// A count, the bits of a weight, or its steps.
    pub(crate) value: u32,
}

impl Window {
    /// A window of the lists of terms, which ascend, each ascending by document and field.
    pub(crate) fn seal<'a>(
        kind: Kind,
        fields: usize,
        lengths: Vec<u32>,
        documents: usize,
        lists: impl Iterator<Item = (u32, &'a [Posting])> + Clone,
    ) -> Self {
        let total: usize = lists.clone().map(|(_, list)| list.len()).sum();
        let mut presence: Vec<[u64; 2]> = Vec::new();
        let mut starts = vec![0_u32];
        let mut locals: Vec<u16> = Vec::with_capacity(total);
        let mut counts = vec![Counts::default(); if kind.is_counts() { fields } else { 0 }];
        let mut weights = Vec::with_capacity(if kind == Kind::Weights { total } else { 0 });
        let mut steps = Vec::with_capacity(if matches!(kind, Kind::Steps(_)) { total } else { 0 });
        for count in &mut counts {
            count.bytes.to_mut().reserve_exact(total);
        }
        for (term, list) in lists {
            let block = term as usize / 64;
            while presence.len() <= block {
                presence.push([0, starts.len() as u64 - 1]);
            }
            presence[block][0] |= 1 << (term % 64);
            for postings in list.chunk_by(|a, b| a.local == b.local) {
                locals.push(postings[0].local);
                match kind {
                    Kind::Weights => weights.push(f32::from_bits(postings[0].value)),
                    Kind::Steps(_) => steps.push(postings[0].value as u8),
                    Kind::Counts(_) => {
                        for (field, counts) in counts.iter_mut().enumerate() {
                            let posting = postings.iter().find(|posting| usize::from(posting.field) == field);
                            counts.push(posting.map_or(0, |posting| posting.value));
                        }
                    }
                }
            }
            starts.push(locals.len() as u32);
        }
        let values = match kind {
            Kind::Counts(_) => Values::Counts(counts),
            Kind::Weights => Values::Weights(Row::F32(weights.into())),
            Kind::Steps(_) => Values::Weights(Row::U8(steps.into())),
        };
        Self {
            documents,
            fields,
            presence: presence.into(),
            starts: starts.into(),
            locals: locals.into(),
            values,
            lengths: lengths.into(),
        }
    }

    /// Whether the rows agree with each other, so that no look-up leaves them.
    pub(crate) fn is_sound(&self) -> bool {
        let postings = self.locals.len();
        let mut before = 0;
        let counted = self.presence.iter().all(|&[bits, rank]| {
            let good = rank == before;
            before += u64::from(bits.count_ones());
            good
        });
        let valued = match &self.values {
            Values::Counts(counts) => {
                counts.len() == self.fields
                    && self.lengths.len() == self.documents * self.fields
                    && counts.iter().all(|counts| counts.bytes.len() == postings)
            }
            Values::Weights(weights) => weights.len() == postings && weights.is_sound(),
        };
        counted
            && valued
            && self.documents <= WINDOW
            && self.starts.len() as u64 == before + 1
            && self.starts.first() == Some(&0)
            && self.starts.last() == Some(&(postings as u32))
            && self.starts.is_sorted()
            && self.locals.iter().all(|&local| usize::from(local) < self.documents)
            && self
                .starts
                .windows(2)
                .all(|pair| self.locals[pair[0] as usize..pair[1] as usize].is_sorted_by(|a, b| a < b))
    }

    /// Which of the terms here this one is.
    pub(crate) fn rank(&self, term: u32) -> Option<usize> {
        let [bits, before] = *self.presence.get(term as usize / 64)?;
        let bit = 1_u64 << (term % 64);
        (bits & bit != 0).then(|| before as usize + (bits & (bit - 1)).count_ones() as usize)
    }

    /// The postings of a term.
    pub(crate) fn range(&self, term: u32) -> Option<Range<usize>> {
        let rank = self.rank(term)?;
        let starts = &*self.starts;
        Some(starts[rank] as usize..starts[rank + 1] as usize)
    }

    /// Appends what the postings of a range carry: for each, a count for each field, or the bits or steps of the weight.
    pub(crate) fn values(&self, range: Range<usize>, out: &mut Vec<u32>) {
        match &self.values {
            Values::Weights(Row::F32(weights)) => out.extend(weights[range].iter().map(|weight| weight.to_bits())),
            Values::Weights(Row::U8(steps)) => out.extend(steps[range].iter().map(|&steps| u32::from(steps))),
            Values::Counts(counts) => Counts::side_by_side(counts, range, out),
        }
    }

    /// The terms that are here, ascending.
    pub(crate) fn terms(&self) -> impl Iterator<Item = u32> + '_ {
        self.presence.iter().zip(0_u32..).flat_map(|(&[bits, _], block)| {
            let mut left = bits;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(64 * block + bit)
            })
        })
    }

    /// The terms of a document with what they carry.
    pub(crate) fn document(&self, local: u16) -> Vec<(u32, Vec<u32>)> {
        let mut found = Vec::new();
        for (rank, term) in self.terms().enumerate() {
            let start = self.starts[rank] as usize;
            let list = &self.locals[start..self.starts[rank + 1] as usize];
            if let Ok(at) = list.binary_search(&local) {
                let mut values = Vec::new();
                self.values(start + at..start + at + 1, &mut values);
                found.push((term, values));
            }
        }
        found
    }
}

/// A sealed window, and which of its documents are gone.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub(crate) window: std::sync::Arc<Window>,
    pub(crate) deleted: Option<std::sync::Arc<Bits>>,
}
