//! Searches, one by one and many at once.

use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Allowed;
use super::accumulate::{Lift, Scratch};
use super::candidates::pays;
use super::gather::{Gathered, Part};
use super::impacts::Slice;
use super::index::{Engine, Request};
use super::kept::{Kept, Ready, buckets_of};
use super::lists::{Frame, List};
use super::top::{Order, Top};
use crate::scoring::Scoring;

/// Queries that go through a window together, while it is in the cache; fewer, where their best are many.
const TOGETHER: usize = 512;
const BEST: usize = 1 << 22;

/// Documents with their scores, best first.
type Ranked = Vec<(u32, f32)>;

/// A term of a query.
#[derive(Debug, Clone, Copy)]
struct Term {
    /// Of the collection, or the place in the request.
    number: u32,
    weight: f32,
    /// The weight of a step of its impacts.
    step: f32,
}

/// A search under way.
struct Search<'a, O> {
    request: &'a Request<'a>,
    /// In the order in which their parts are added up.
    terms: Vec<Term>,
    /// What every document scores.
    base: f64,
    /// For scores that depend on the length alone: the scoring, and how often it counts.
    offset: Option<(Scoring, f64)>,
    slack: f32,
    /// Whether the bar is a guess, which may have been too high.
    guessed: bool,
    top: Top<'a, O>,
}

impl<'a, O: Order> Search<'a, O> {
    /// `k` documents score `reached` at least.
    fn new(
        request: &'a Request<'a>,
        documents: usize,
        terms: Vec<Term>,
        base: f64,
        reached: f32,
        order: &'a O,
        keys: Vec<u64>,
    ) -> Self {
        // What a query loses by a document of many words, it loses for each of its terms.
        let weight: f64 = terms.iter().map(|term| f64::from(term.weight)).sum();
        let offset = request.scoring.filter(Scoring::has_offset).map(|scoring| (scoring, weight));
        let mut bar = f32::from_bits(1);
        if offset.is_some() {
            bar = f32::NEG_INFINITY;
        } else if reached > 0.0 {
            bar = bar.max((f64::from(reached) + base) as f32);
        }
        let slack = 1.0 + 1.2e-7 * (terms.len() + 2) as f32;
        let top = Top::new(request.k.min(documents), bar, order, keys);
        let guessed = request.allowed.is_some() && reached > 0.0 && offset.is_none();
        Self { request, terms, base, offset, slack, guessed, top }
    }

    /// Over kept impacts.
    fn ready(
        engine: &Engine,
        kept: &Kept,
        request: &'a Request<'a>,
        order: &'a O,
        keys: Vec<u64>,
        guess: bool,
    ) -> Self {
        let best = |term: u32| kept.best.get(term as usize).copied().unwrap_or(0.0);
        let terms = by_bound(request.terms.iter().map(|&(number, weight)| {
            let step = weight * kept.step(number);
            (Term { number, weight, step }, best(number))
        }));
        let mut base = 0.0;
        if !kept.absent.is_empty() {
            let absent = |term: &Term| kept.absent.get(term.number as usize).copied().unwrap_or(0.0);
            base = terms.iter().map(|term| f64::from(term.weight) * absent(term)).sum();
        }
        // Of the documents that may be found, a guess, that many are likely to hide among the best of a term.
        let likely = |allowed: &Allowed| if guess { allowed.likely(request.k, engine.documents) } else { usize::MAX };
        let rank = request.allowed.map_or(request.k, likely);
        let reached = |term: &Term| term.step * kept.reached(term.number, rank);
        let reached = terms.iter().map(reached).fold(0.0, f32::max);
        Self::new(request, engine.documents, terms, base, reached, order, keys)
    }

    /// Whether a document of a part may be among the best, of which none scores above `bound` but for what all do.
    fn reaches(&self, bound: f32) -> bool {
        let lift = Lift { base: self.base, offset: self.offset.map(|_| &no_offset as &dyn Fn(u16) -> f64), most: 0.0 };
        bound * self.slack >= lift.below(self.top.bar)
    }

    /// Goes through a part.
    fn visit(&mut self, part: usize, lists: &[List<'_>], lengths: &[u32], scratch: &mut Scratch) {
        let offset = self.offset;
        let by_length = |local: u16| {
            let length = lengths.get(usize::from(local)).copied().unwrap_or(0);
            offset.map_or(0.0, |(scoring, weight)| weight * scoring.offset(length))
        };
        let lift = Lift { base: self.base, offset: offset.map(|_| &by_length as &dyn Fn(u16) -> f64), most: 0.0 };
        match self.request.allowed.map(|allowed| allowed.window(part)) {
            None => scratch.window(part, lists, None, &lift, &mut self.top),
            Some(None) => return,
            Some(Some((bits, count))) if pays(count, lists) => {
                scratch.candidates(part, lists, bits, &lift, &mut self.top);
            }
            Some(Some((bits, _))) => scratch.window(part, lists, Some(bits), &lift, &mut self.top),
        }
        self.top.tighten();
    }
}

fn no_offset(_: u16) -> f64 {
    0.0
}

impl Ready {
    /// Appends the lists of `terms`. No score is above what comes back.
    fn lists<'a>(&'a self, terms: &[Term], lists: &mut Vec<List<'a>>) -> f32 {
        let (starts, locals) = (&*self.window.starts, &*self.window.locals);
        let (impacts, maxima, buckets) = (self.impacts.all(), self.maxima.all(), self.buckets());
        let mut bound = 0.0;
        for &Term { number, step, .. } in terms {
            let Some(rank) = self.window.rank(number) else { continue };
            let range = starts[rank] as usize..starts[rank + 1] as usize;
            let max = step * maxima.get(rank);
            bound += max;
            lists.push(List {
                locals: &locals[range.clone()],
                impacts: impacts.part(range.clone()),
                weight: step,
                max,
                starts: buckets_of(buckets, &range),
                dense: self.dense(rank, range),
            });
        }
        bound
    }
}

impl Engine {
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
            Some(kept) => self.ready(&kept, request, order, scratch, &mut out, true),
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
            self.prepare(request.scoring);
        }
        let threads = threads.clamp(1, requests.len().max(1));
        let share = if threads == 1 { requests.len() } else { requests.len().div_ceil(2 * threads) };
        let most = requests.iter().map(|request| request.k.clamp(1, self.documents.max(1))).max().unwrap_or(1);
        let together = share.clamp(1, (BEST / most).clamp(1, TOGETHER));
        let groups: Vec<&[Request<'_>]> = requests.chunks(together).collect();
        let group = |scratch: &mut Scratch, group: &[Request<'_>]| self.search_group(group, order, scratch);
        if threads == 1 {
            let mut scratch = Scratch::default();
            let each = groups.iter().map(|requests| (group(&mut scratch, requests), requests.len()));
            let mut all = Vec::with_capacity(requests.len());
            for (found, done) in each {
                all.extend(found);
                if !go_on(done) {
                    break;
                }
            }
            return all;
        }
        let next = AtomicUsize::new(0);
        let work = || {
            let mut scratch = Scratch::default();
            let mut done = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(requests) = groups.get(at) else { return done };
                done.push((at, group(&mut scratch, requests)));
                if !go_on(requests.len()) {
                    return done;
                }
            }
        };
        let mut all: Vec<(usize, Vec<Ranked>)> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let join = |worker: std::thread::ScopedJoinHandle<'_, _>| {
                worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            workers.into_iter().flat_map(join).collect()
        });
        all.sort_unstable_by_key(|entry| entry.0);
        all.into_iter().flat_map(|entry| entry.1).collect()
    }

    /// Searches that go from window to window together: what one reads, the next finds in the cache.
    fn search_group<O: Order>(
        &self,
        requests: &[Request<'_>],
        order: &O,
        scratch: &mut Scratch,
    ) -> Vec<Vec<(u32, f32)>> {
        let fits = |kept: &Kept| requests.iter().all(|request| kept.scoring == request.scoring);
        let Some(kept) = self.kept().filter(|kept| requests.len() > 1 && fits(kept)) else {
            return requests.iter().map(|request| self.search_with(request, order, scratch)).collect();
        };
        let begin = |request| Search::ready(self, &kept, request, order, Vec::new(), true);
        let mut searches: Vec<Search<'_, O>> = requests.iter().map(begin).collect();
        for (part, ready) in kept.windows.iter().enumerate() {
            let lengths = &*ready.window.lengths;
            let (mut lists, mut next) = (Vec::new(), Vec::new());
            let mut bound = 0.0;
            for at in 0..=searches.len() {
                let mut next_bound = 0.0;
                next.clear();
                if let Some(search) = searches.get(at).filter(|search| search.request.k > 0) {
                    next_bound = ready.lists(&search.terms, &mut next);
                    next.iter().for_each(List::prefetch);
                }
                if let Some(search) = at.checked_sub(1).map(|before| &mut searches[before])
                    && !lists.is_empty()
                    && search.reaches(bound)
                {
                    search.visit(part, &lists, lengths, scratch);
                }
                std::mem::swap(&mut lists, &mut next);
                bound = next_bound;
            }
        }
        let finish = |search: Search<'_, O>| {
            let (request, guessed) = (search.request, search.guessed);
            let mut found = search.top.finish().0;
            if guessed && found.len() < request.k {
                self.ready(&kept, request, order, scratch, &mut found, false);
            }
            found
        };
        searches.into_iter().map(finish).collect()
    }

    /// Over kept impacts.
    fn ready<O: Order>(
        &self,
        kept: &Kept,
        request: &Request<'_>,
        order: &O,
        scratch: &mut Scratch,
        out: &mut Vec<(u32, f32)>,
        guess: bool,
    ) {
        let search = Search::ready(self, kept, request, order, std::mem::take(&mut scratch.keys), guess);
        let mut lists = Vec::with_capacity(search.terms.len() * kept.windows.len());
        let mut frames = Vec::with_capacity(kept.windows.len());
        for (part, ready) in kept.windows.iter().enumerate() {
            let first = lists.len();
            let bound = ready.lists(&search.terms, &mut lists);
            frames.push(Frame { part, bound, lists: first..lists.len() });
        }
        let lengths = |part: usize| &kept.windows[part].window.lengths[..];
        let guessed = search.guessed;
        run(search, frames, &lists, lengths, scratch, out);
        if guessed && out.len() < request.k {
            // Too much was asked for; what is below counts too.
            self.ready(kept, request, order, scratch, out, false);
        }
    }

    /// Over impacts that are made for this request.
    fn afresh<O: Order>(&self, request: &Request<'_>, order: &O, scratch: &mut Scratch, out: &mut Vec<(u32, f32)>) {
        let parts = self.slots.iter().map(Part::Sealed).chain([Part::Tail(&self.tail)]);
        let mut gathered = Gathered::default();
        let collection = self.collection();
        let found: Vec<_> = request
            .terms
            .iter()
            .map(|&(term, _)| gathered.term(term, parts.clone(), self.kind, request.scoring, &collection))
            .collect();
        self.spent.fetch_add(gathered.locals.len() as u64, Ordering::Relaxed);
        let numbered = request.terms.iter().zip(&found).zip(0..);
        let terms = by_bound(numbered.map(|((&(_, weight), found), number)| {
            let step = weight * found.step;
            (Term { number, weight, step }, found.best)
        }));
        let base = terms.iter().map(|term| f64::from(term.weight) * found[term.number as usize].absent).sum();
        let mut lists = Vec::new();
        let mut frames = Vec::new();
        for part in 0..=self.slots.len() {
            let first = lists.len();
            let mut bound = 0.0;
            for &Term { number, step, .. } in &terms {
                let pieces = &gathered.pieces[found[number as usize].pieces.clone()];
                let Ok(piece) = pieces.binary_search_by_key(&part, |piece| piece.part) else { continue };
                let piece = &pieces[piece];
                let max = step * piece.max;
                bound += max;
                lists.push(List {
                    locals: &gathered.locals[piece.range.clone()],
                    impacts: Slice::F32(&gathered.impacts[piece.range.clone()]),
                    weight: step,
                    max,
                    starts: &[],
                    dense: None,
                });
            }
            frames.push(Frame { part, bound, lists: first..lists.len() });
        }
        let lengths = |part: usize| match self.slots.get(part) {
            Some(slot) => &slot.window.lengths[..],
            None => &self.tail.lengths[..],
        };
        let keys = std::mem::take(&mut scratch.keys);
        let search = Search::new(request, self.documents, terms, base, 0.0, order, keys);
        run(search, frames, &lists, lengths, scratch, out);
    }
}

/// Goes through the parts, those of high bounds first, until none can bring a better document.
fn run<'a, O: Order>(
    mut search: Search<'_, O>,
    mut frames: Vec<Frame>,
    lists: &[List<'_>],
    lengths: impl Fn(usize) -> &'a [u32],
    scratch: &mut Scratch,
    out: &mut Vec<(u32, f32)>,
) {
    frames.retain(|frame| !frame.lists.is_empty());
    frames.sort_by(|a, b| b.bound.total_cmp(&a.bound));
    let mut frames = frames.into_iter().peekable();
    while let Some(frame) = frames.next() {
        if !search.reaches(frame.bound) {
            break;
        }
        if let Some(next) = frames.peek() {
            lists[next.lists.clone()].iter().for_each(List::prefetch);
        }
        search.visit(frame.part, &lists[frame.lists], lengths(frame.part), scratch);
    }
    (*out, scratch.keys) = search.top.finish();
}

/// Terms by what they can add at most, descending; those that can add something. The order does not depend on how the
/// collection came to be, and neither then do the bits of a sum.
fn by_bound(terms: impl Iterator<Item = (Term, f32)>) -> Vec<Term> {
    let mut terms: Vec<(Term, f32)> =
        terms.map(|(term, best)| (term, term.step * best)).filter(|term| term.1 > 0.0).collect();
    terms.sort_by(|a, b| b.1.total_cmp(&a.1));
    terms.into_iter().map(|(term, _)| term).collect()
}
