//! The collection: sealed windows, the tail, and the impacts that are kept.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::accumulate::{Lift, Scratch};
use super::candidates::pays;
use super::gather::{Gathered, Part};
use super::kept::Kept;
use super::lists::{Frame, List};
use super::tail::Tail;
use super::top::{Order, Top};
use super::window::{Posting, Slot};
use super::{Allowed, WINDOW, WINDOW_BITS};
use crate::scoring::{Collection, Field, Scoring};

/// What postings carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// How often the term is in the document.
    Counts,
    /// The impact itself.
    Weights,
}

/// A term of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    pub(crate) term: u32,
    pub(crate) field: u16,
    /// A count, or the bits of a weight; above 0.
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
    spent: AtomicU64,
    making: Mutex<()>,
    idle: Mutex<Vec<Scratch>>,
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
            tail: Tail::new(kind == Kind::Weights, count),
            documents: 0,
            lengths: vec![0; count],
            terms: 0,
            kept: RwLock::new(None),
            spent: AtomicU64::new(0),
            making: Mutex::new(()),
            idle: Mutex::default(),
        }
    }

    /// The documents there are.
    pub(crate) fn len(&self) -> usize {
        self.documents
    }

    /// Whether postings carry this.
    pub(crate) fn holds(&self, kind: Kind) -> bool {
        self.kind == kind
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

    /// Writes all windows anew without the deleted. Of each document that was numbered, its new number or none.
    pub(crate) fn merge(&mut self) -> Vec<Option<u32>> {
        let mut slots = std::mem::take(&mut self.slots);
        let weights = self.kind == Kind::Weights;
        let tail = std::mem::replace(&mut self.tail, Tail::new(weights, self.fields.len()));
        slots.push(Slot { window: Arc::new(tail.freeze()), deleted: tail.deleted.map(Arc::new) });
        let mut numbers = Vec::new();
        for slot in slots {
            let mut from = 0;
            while from < slot.window.documents {
                if self.tail.is_full() {
                    self.seal();
                }
                // As many as fit, whatever of them is deleted.
                let to = slot.window.documents.min(from + WINDOW - self.tail.documents);
                let first = (self.slots.len() as u32) << WINDOW_BITS;
                let mut moved = Vec::new();
                self.tail.append(&slot.window, slot.deleted.as_deref(), from..to, &mut moved);
                numbers.extend(moved.into_iter().map(|local| local.map(|local| first | u32::from(local))));
                from = to;
            }
        }
        self.changed();
        numbers
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

    /// The terms of a document, with the value of each field or the bits of the weight.
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
    }

    pub(super) fn keep(&mut self, kept: Kept) {
        *self.kept.get_mut().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(kept));
    }

    pub(super) fn kept(&self) -> Option<Arc<Kept>> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn postings(&self) -> u64 {
        self.slots.iter().map(|slot| slot.window.locals.len() as u64).sum()
    }

    pub(super) fn collection(&self) -> Collection<'_> {
        Collection { documents: self.documents as u64, lengths: &self.lengths, fields: &self.fields }
    }

    /// The impacts of all terms for a scoring: those that are kept, or new ones, which are then kept.
    pub(super) fn prepare(&self, scoring: Option<Scoring>) -> Arc<Kept> {
        let fitting = || self.kept().filter(|kept| kept.scoring == scoring);
        if let Some(kept) = fitting() {
            return kept;
        }
        let _one = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = fitting() {
            return kept;
        }
        // Two of them need not be in memory.
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = None;
        let mut slots = self.slots.clone();
        if self.tail.documents > 0 {
            let deleted = self.tail.deleted.clone().map(Arc::new);
            slots.push(Slot { window: Arc::new(self.tail.freeze()), deleted });
        }
        let kept = Arc::new(Kept::new(&slots, self.terms, scoring, &self.collection()));
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&kept));
        kept
    }

    /// Does what the first of many searches would do.
    pub(crate) fn warm(&self, scoring: Option<Scoring>) {
        self.prepare(scoring);
    }

    /// The best documents for a request, best first, with their scores.
    pub(crate) fn search<O: Order>(&self, request: &Request<'_>, order: &O) -> Vec<(u32, f32)> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mut scratch = idle().pop().unwrap_or_default();
        let found = self.search_with(request, order, &mut scratch);
        idle().push(scratch);
        found
    }

    fn search_with<O: Order>(&self, request: &Request<'_>, order: &O, scratch: &mut Scratch) -> Vec<(u32, f32)> {
        let mut out = Vec::new();
        if request.k == 0 || self.documents == 0 || request.terms.is_empty() {
            return out;
        }
        let due = self.spent.load(Ordering::Relaxed) > self.postings();
        let kept = match self.kept() {
            Some(kept) if kept.scoring == request.scoring => Some(kept),
            _ if due => {
                self.spent.store(0, Ordering::Relaxed);
                Some(self.prepare(request.scoring))
            }
            _ => None,
        };
        match kept {
            Some(kept) => self.ready(&kept, request, order, scratch, &mut out),
            None => self.afresh(request, order, scratch, &mut out),
        }
        out
    }

    /// [`search`](Self::search) for many requests, on at most `threads` threads; the answers come in their order.
    ///
    /// `go_on` is told how many more are done, and says whether to.
    pub(crate) fn search_batch<O: Order>(
        &self,
        requests: &[Request<'_>],
        order: &O,
        threads: usize,
        go_on: &(impl Fn(usize) -> bool + Sync),
    ) -> Vec<Vec<(u32, f32)>> {
        // As many queries as make impacts worth keeping.
        if let Some(request) = requests.get(64) {
            self.warm(request.scoring);
        }
        let threads = threads.clamp(1, requests.len().max(1));
        let one = |scratch: &mut Scratch, at: usize| self.search_with(&requests[at], order, scratch);
        if threads == 1 {
            let mut scratch = Scratch::default();
            return (0..requests.len()).take_while(|_| go_on(1)).map(|at| one(&mut scratch, at)).collect();
        }
        let next = AtomicUsize::new(0);
        let work = || {
            let mut scratch = Scratch::default();
            let mut done = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= requests.len() || !go_on(1) {
                    return done;
                }
                done.push((at, one(&mut scratch, at)));
            }
        };
        let mut all: Vec<(usize, Vec<(u32, f32)>)> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let join = |worker: std::thread::ScopedJoinHandle<'_, _>| {
                worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            workers.into_iter().flat_map(join).collect()
        });
        all.sort_unstable_by_key(|entry| entry.0);
        all.into_iter().map(|entry| entry.1).collect()
    }

    /// Over kept impacts.
    fn ready<O: Order>(
        &self,
        kept: &Kept,
        request: &Request<'_>,
        order: &O,
        scratch: &mut Scratch,
        out: &mut Vec<(u32, f32)>,
    ) {
        let best = |term: u32| kept.best.get(term as usize).copied().unwrap_or(0.0);
        let terms = by_bound(request.terms.iter().map(|&(term, weight)| (term, weight, best(term))));
        let mut base = 0.0;
        if !kept.absent.is_empty() {
            let absent = |term: u32| kept.absent.get(term as usize).copied().unwrap_or(0.0);
            base = terms.iter().map(|&(term, weight)| f64::from(weight) * absent(term)).sum();
        }
        // Of the documents that may be found, a guess, that many are likely to hide among the best of a term.
        let rank = request.allowed.map_or(request.k, |allowed| allowed.likely(request.k, self.documents));
        let reached = |&(term, weight): &(u32, f32)| weight * kept.reached(term, rank);
        let reached = terms.iter().map(reached).fold(0.0, f32::max);
        let mut lists = Vec::with_capacity(terms.len() * kept.windows.len());
        let mut frames = Vec::with_capacity(kept.windows.len());
        for (part, ready) in kept.windows.iter().enumerate() {
            let first = lists.len();
            let (starts, locals) = (&*ready.window.starts, &*ready.window.locals);
            let (impacts, maxima) = (&*ready.impacts, &*ready.maxima);
            let mut bound = 0.0;
            for &(term, weight) in &terms {
                let Some(rank) = ready.window.rank(term) else { continue };
                let range = starts[rank] as usize..starts[rank + 1] as usize;
                let max = weight * maxima[rank];
                bound += max;
                lists.push(List {
                    locals: &locals[range.clone()],
                    impacts: &impacts[range.clone()],
                    weight,
                    max,
                    dense: ready.dense(rank, range),
                });
            }
            frames.push(Frame { part, bound, lists: first..lists.len() });
        }
        let lengths = |part: usize| &kept.windows[part].window.lengths[..];
        let offset = request.scoring.is_some_and(|scoring| scoring.has_offset());
        if request.allowed.is_some() && reached > 0.0 && !offset {
            self.run(request, &terms, frames.clone(), &lists, base, reached, lengths, order, scratch, out);
            if out.len() == request.k {
                return;
            }
            // Too much was asked for; what is below counts too.
            out.clear();
            return self.run(request, &terms, frames, &lists, base, 0.0, lengths, order, scratch, out);
        }
        self.run(request, &terms, frames, &lists, base, reached, lengths, order, scratch, out);
    }

    /// Over impacts that are made for this request.
    fn afresh<O: Order>(&self, request: &Request<'_>, order: &O, scratch: &mut Scratch, out: &mut Vec<(u32, f32)>) {
        let parts = self.slots.iter().map(Part::Sealed).chain([Part::Tail(&self.tail)]);
        let mut gathered = Gathered::default();
        let collection = self.collection();
        let found: Vec<_> = request
            .terms
            .iter()
            .map(|&(term, _)| gathered.term(term, parts.clone(), request.scoring, &collection))
            .collect();
        self.spent.fetch_add(gathered.locals.len() as u64, Ordering::Relaxed);
        let numbered = request.terms.iter().zip(&found).zip(0..);
        let terms = by_bound(numbered.map(|((&(_, weight), found), at)| (at, weight, found.best)));
        let base = terms.iter().map(|&(at, weight)| f64::from(weight) * found[at as usize].absent).sum();
        let mut lists = Vec::new();
        let mut frames = Vec::new();
        for part in 0..=self.slots.len() {
            let first = lists.len();
            let mut bound = 0.0;
            for &(at, weight) in &terms {
                let pieces = &gathered.pieces[found[at as usize].pieces.clone()];
                let Ok(piece) = pieces.binary_search_by_key(&part, |piece| piece.part) else { continue };
                let piece = &pieces[piece];
                let max = weight * piece.max;
                bound += max;
                lists.push(List {
                    locals: &gathered.locals[piece.range.clone()],
                    impacts: &gathered.impacts[piece.range.clone()],
                    weight,
                    max,
                    dense: None,
                });
            }
            frames.push(Frame { part, bound, lists: first..lists.len() });
        }
        let lengths = |part: usize| match self.slots.get(part) {
            Some(slot) => &slot.window.lengths[..],
            None => &self.tail.lengths[..],
        };
        self.run(request, &terms, frames, &lists, base, 0.0, lengths, order, scratch, out);
    }

    #[expect(clippy::too_many_arguments, reason = "what both ways of making lists give")]
    fn run<'a, O: Order>(
        &self,
        request: &Request<'_>,
        terms: &[(u32, f32)],
        mut frames: Vec<Frame>,
        lists: &[List<'_>],
        base: f64,
        reached: f32,
        lengths: impl Fn(usize) -> &'a [u32],
        order: &O,
        scratch: &mut Scratch,
        out: &mut Vec<(u32, f32)>,
    ) {
        let offset = request.scoring.filter(Scoring::has_offset);
        // What a query loses by a document of many words, it loses for each of its terms.
        let weight: f64 = terms.iter().map(|&(_, weight)| f64::from(weight)).sum();
        let mut bar = f32::from_bits(1);
        if offset.is_some() {
            bar = f32::NEG_INFINITY;
        } else if reached > 0.0 {
            bar = bar.max((f64::from(reached) + base) as f32);
        }
        frames.retain(|frame| !frame.lists.is_empty());
        frames.sort_by(|a, b| b.bound.total_cmp(&a.bound));
        let mut keys = std::mem::take(&mut scratch.keys);
        let mut top = Top::new(request.k.min(self.documents), bar, order, &mut keys);
        for frame in frames {
            let lengths = lengths(frame.part);
            let by_length = |local: u16| {
                let length = lengths.get(usize::from(local)).copied().unwrap_or(0);
                offset.map_or(0.0, |scoring| weight * scoring.offset(length))
            };
            let lift = Lift { base, offset: offset.map(|_| &by_length as &dyn Fn(u16) -> f64), most: 0.0 };
            let slack = 1.0 + 1.2e-7 * (terms.len() + 2) as f32;
            if frame.bound * slack < lift.below(top.bar) {
                break;
            }
            let lists = &lists[frame.lists];
            match request.allowed.map(|allowed| allowed.window(frame.part)) {
                None => scratch.window(frame.part, lists, None, &lift, &mut top),
                Some(None) => continue,
                Some(Some((bits, count))) if pays(count, lists) => {
                    scratch.candidates(frame.part, lists, bits, &lift, &mut top);
                }
                Some(Some((bits, _))) => scratch.window(frame.part, lists, Some(bits), &lift, &mut top),
            }
            top.tighten();
        }
        top.finish(out);
        scratch.keys = keys;
    }
}

/// Terms by what they can add at most, descending; those that can add something. The order does not depend on how the
/// collection came to be, and neither then do the bits of a sum.
fn by_bound(terms: impl Iterator<Item = (u32, f32, f32)>) -> Vec<(u32, f32)> {
    let mut terms: Vec<(u32, f32, f32)> =
        terms.map(|(term, weight, best)| (term, weight, weight * best)).filter(|term| term.2 > 0.0).collect();
    terms.sort_by(|a, b| b.2.total_cmp(&a.2));
    terms.into_iter().map(|(term, weight, _)| (term, weight)).collect()
}
