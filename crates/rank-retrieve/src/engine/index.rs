//! The collection: sealed windows, the tail, and the impacts that are kept.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::accumulate::Scratch;
use super::kept::Kept;
use super::tail::Tail;
use super::window::{Posting, Slot};
use super::{Allowed, WINDOW, WINDOW_BITS};
use crate::filter::State;
use crate::scoring::{Collection, Field, Scoring};
use crate::{Error, Impacts, Result};

/// What postings carry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// How often the term is in the document; impacts are made of it, in this form.
    Counts(Impacts),
    /// The impact itself.
    Weights,
    /// The impact, in whole steps of this width.
    Steps(f32),
}

impl Kind {
    pub(super) fn is_counts(self) -> bool {
        matches!(self, Self::Counts(_))
    }

    /// Whether impacts are in a byte each.
    pub(super) fn in_bytes(self) -> bool {
        matches!(self, Self::Counts(Impacts::U8) | Self::Steps(_))
    }

    /// Of `fields`, for how many a posting has values of its own.
    pub(super) fn values(self, fields: usize) -> usize {
        if self.is_counts() { fields } else { 1 }
    }
}

/// A term of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    pub(crate) term: u32,
    pub(crate) field: u16,
    /// A count, the bits of a weight, or its steps; above 0.
    pub(crate) value: u32,
}

/// A search.
pub(crate) struct Request<'a> {
    /// Each term once, with its weight, which is above 0; parts of equal bounds are added up in this order.
    pub(crate) terms: &'a [(u32, f32)],
    pub(crate) k: usize,
    /// The documents that may be found; none for all.
    pub(crate) allowed: Option<&'a Allowed>,
    /// For collections of counts.
    pub(crate) scoring: Option<Scoring>,
}

/// A collection of postings by document number: the window above, the place in it below.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(super) kind: Kind,
    pub(super) fields: Vec<Field>,
    pub(super) slots: Vec<Slot>,
    pub(super) tail: Tail,
    /// Documents that are not deleted.
    pub(super) documents: usize,
    /// Of each field, the sum of their lengths.
    pub(super) lengths: Vec<u64>,
    /// Terms are below.
    pub(super) terms: usize,
    kept: RwLock<Option<Arc<Kept>>>,
    /// Postings whose impacts were made and thrown away since the last change.
    pub(super) spent: AtomicU64,
    making: Mutex<()>,
    pub(super) idle: Mutex<Vec<Scratch>>,
    state: State,
}

impl Clone for Engine {
    fn clone(&self) -> Self {
        Self {
            kind: self.kind,
            fields: self.fields.clone(),
            slots: self.slots.clone(),
            tail: self.tail.clone(),
            documents: self.documents,
            lengths: self.lengths.clone(),
            terms: self.terms,
            kept: RwLock::new(self.kept()),
            spent: AtomicU64::new(self.spent.load(Ordering::Relaxed)),
            making: Mutex::new(()),
            idle: Mutex::default(),
            state: self.state,
        }
    }
}

impl Engine {
    pub(crate) fn new(kind: Kind, fields: Vec<Field>) -> Self {
        let count = fields.len();
        Self {
            kind,
            fields,
            slots: Vec::new(),
            tail: Tail::new(kind, count),
            documents: 0,
            lengths: vec![0; count],
            terms: 0,
            kept: RwLock::new(None),
            spent: AtomicU64::new(0),
            making: Mutex::new(()),
            idle: Mutex::default(),
            state: State::default(),
        }
    }

    /// It changes whenever a document comes or goes.
    pub(crate) fn state(&self) -> State {
        self.state
    }

    /// The documents there are.
    pub(crate) fn len(&self) -> usize {
        self.documents
    }

    /// What postings carry.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Keeps impacts of counts in another form.
    pub(crate) fn set_impacts(&mut self, impacts: Impacts) {
        if self.kind.is_counts() && self.kind != Kind::Counts(impacts) {
            self.kind = Kind::Counts(impacts);
            self.changed();
        }
    }

    /// Terms are below.
    pub(crate) fn terms(&self) -> usize {
        self.terms
    }

    /// The documents there are and those that were.
    pub(crate) fn numbered(&self) -> usize {
        self.slots.iter().map(|slot| slot.window.documents).sum::<usize>() + self.tail.documents
    }

    /// Adds a document: entries by term and field ascending, each once, and the length of each field.
    pub(crate) fn add(&mut self, entries: &[Entry], lengths: &[u32]) -> u32 {
        self.changed();
        if self.tail.is_full() {
            self.seal();
        }
        if self.tail.documents == 0 {
            self.thaw();
        }
        let number = (self.slots.len() as u32) << WINDOW_BITS;
        let local = self.tail.open(lengths);
        for &Entry { term, field, value } in entries {
            self.terms = self.terms.max(term as usize + 1);
            self.tail.push(term, Posting { local, field, value });
        }
        for (total, &length) in self.lengths.iter_mut().zip(lengths) {
            *total += u64::from(length);
        }
        self.documents += 1;
        number | u32::from(local)
    }

    /// Takes a document out. Whether it was there.
    pub(crate) fn delete(&mut self, document: u32) -> bool {
        let (number, local) = ((document >> WINDOW_BITS) as usize, (document % WINDOW as u32) as u16);
        let fields = self.fields.len();
        let place = usize::from(local) * fields..(usize::from(local) + 1) * fields;
        let last = self.slots.len();
        let (gone, lengths) = if let Some(slot) = self.slots.get_mut(number) {
            let deleted = Arc::make_mut(slot.deleted.get_or_insert_default());
            (usize::from(local) < slot.window.documents && deleted.insert(local), &slot.window.lengths[..])
        } else {
            let there = number == last && usize::from(local) < self.tail.documents;
            (there && self.tail.deleted.get_or_insert_default().insert(local), &self.tail.lengths[..])
        };
        if gone {
            for (total, &length) in self.lengths.iter_mut().zip(lengths.get(place).unwrap_or(&[])) {
                *total -= u64::from(length);
            }
            self.documents -= 1;
            self.changed();
        }
        gone
    }

    /// Writes all windows anew without the deleted, from the first on that has some. Of each document that was numbered,
    /// its new number or none. `go_on` hears how many more are done; after a no, the collection is as it was.
    pub(crate) fn merge(&mut self, go_on: &mut dyn FnMut(usize) -> bool) -> Option<Vec<Option<u32>>> {
        let whole = self.slots.iter().take_while(|slot| slot.deleted.is_none() && slot.window.documents == WINDOW);
        let whole = whole.count();
        let mut merged = Self::new(self.kind, self.fields.clone());
        merged.slots = self.slots[..whole].to_vec();
        let mut numbers: Vec<Option<u32>> = (0..(whole * WINDOW) as u32).map(Some).collect();
        let mut rest = self.slots[whole..].to_vec();
        rest.push(Slot { window: Arc::new(self.tail.freeze()), deleted: self.tail.deleted.clone().map(Arc::new) });
        let mut going = go_on(numbers.len());
        for slot in rest {
            let mut from = 0;
            while from < slot.window.documents {
                if !going {
                    return None;
                }
                if merged.tail.is_full() {
                    merged.seal();
                }
                // As many as fit, whatever of them is deleted.
                let to = slot.window.documents.min(from + WINDOW - merged.tail.documents);
                let first = (merged.slots.len() as u32) << WINDOW_BITS;
                let mut moved = Vec::new();
                merged.tail.append(&slot.window, slot.deleted.as_deref(), from..to, &mut moved);
                numbers.extend(moved.into_iter().map(|local| local.map(|local| first | u32::from(local))));
                going = go_on(to - from);
                from = to;
            }
        }
        (self.slots, self.tail) = (merged.slots, merged.tail);
        self.changed();
        Some(numbers)
    }

    /// Of the documents that were numbered, those that are gone.
    pub(crate) fn gone(&self) -> impl Iterator<Item = u32> + '_ {
        let tail = (self.slots.len(), self.tail.documents, self.tail.deleted.as_ref());
        let slots = self.slots.iter().enumerate();
        let all = slots.map(|(at, slot)| (at, slot.window.documents, slot.deleted.as_deref())).chain([tail]);
        all.flat_map(|(at, documents, deleted)| {
            let locals =
                (0..documents as u32).filter(move |&local| deleted.is_some_and(|bits| bits.contains(local as u16)));
            locals.map(move |local| (at as u32) << WINDOW_BITS | local)
        })
    }

    /// The terms of a document, with the value of each field or that of the weight.
    pub(crate) fn document(&self, document: u32) -> Vec<(u32, Vec<u32>)> {
        let (number, local) = ((document >> WINDOW_BITS) as usize, (document % WINDOW as u32) as u16);
        match self.slots.get(number) {
            Some(slot) => slot.window.document(local),
            None => self.tail.freeze().document(local),
        }
    }

    pub(super) fn seal(&mut self) {
        let window = Arc::new(self.tail.freeze());
        self.slots.push(Slot { window, deleted: self.tail.deleted.take().map(Arc::new) });
        self.tail.clear();
    }

    /// Makes the last window of a saved collection the tail again, if there is room in it.
    fn thaw(&mut self) {
        if let Some(slot) = self.slots.pop_if(|slot| slot.window.documents < WINDOW) {
            self.tail.append(&slot.window, None, 0..slot.window.documents, &mut Vec::new());
            self.tail.deleted = slot.deleted.map(|bits| (*bits).clone());
        }
    }

    fn changed(&mut self) {
        *self.kept.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
        *self.spent.get_mut() = 0;
        self.state = State::default();
    }

    pub(super) fn keep(&mut self, kept: Kept) {
        *self.kept.get_mut().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(kept));
    }

    pub(super) fn kept(&self) -> Option<Arc<Kept>> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn postings(&self) -> u64 {
        self.slots.iter().map(|slot| slot.window.locals.len() as u64).sum()
    }

    pub(super) fn collection(&self) -> Collection<'_> {
        Collection { documents: self.documents as u64, lengths: &self.lengths, fields: &self.fields }
    }

    /// The impacts of all terms for a scoring: those that are kept, or new ones, which are then kept.
    pub(super) fn prepare(&self, scoring: Option<Scoring>) -> Arc<Kept> {
        self.prepare_while(scoring, &mut |_| true).unwrap_or_else(|| unreachable!("nobody stops it"))
    }

    /// [`prepare`](Self::prepare), if `go_on` lets it, which hears how many more documents are done.
    pub(super) fn prepare_while(
        &self,
        scoring: Option<Scoring>,
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> Option<Arc<Kept>> {
        let fitting = || self.kept().filter(|kept| kept.scoring == scoring);
        if let Some(kept) = fitting() {
            return Some(kept);
        }
        let _one = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = fitting() {
            return Some(kept);
        }
        // Two of them need not be in memory.
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = None;
        let mut slots = self.slots.clone();
        if self.tail.documents > 0 {
            let deleted = self.tail.deleted.clone().map(Arc::new);
            slots.push(Slot { window: Arc::new(self.tail.freeze()), deleted });
        }
        let kept = Arc::new(Kept::new(self.kind, &slots, self.terms, scoring, &self.collection(), go_on)?);
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&kept));
        Some(kept)
    }

    /// Does what the first of many searches would do, if `go_on` lets it: it hears how many more documents are done.
    pub(crate) fn warm(&self, scoring: Option<Scoring>, go_on: &mut dyn FnMut(usize) -> bool) -> Result<()> {
        let mut heard = 0;
        let made = self.prepare_while(scoring, &mut |documents| {
            heard += documents;
            go_on(documents)
        });
        go_on(self.numbered().saturating_sub(heard));
        made.map(drop).ok_or(Error::Stopped)
    }
}
