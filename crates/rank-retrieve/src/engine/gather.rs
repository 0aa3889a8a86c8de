//! One term over the whole collection: its postings, how many of them count, what each is worth.

use super::Bits;
use super::impacts::{step, steps};
use super::index::Kind;
use super::tail::Tail;
use super::window::{Posting, Slot};
use crate::Impacts;
use crate::scoring::{Collection, Model, Scoring};

/// A part of the collection.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    Sealed(&'a Slot),
    Tail(&'a Tail),
}

impl Part<'_> {
    fn deleted(&self) -> Option<&Bits> {
        match self {
            Part::Sealed(slot) => slot.deleted.as_deref(),
            Part::Tail(tail) => tail.deleted.as_ref(),
        }
    }

    fn lengths(&self) -> &[u32] {
        match self {
            Part::Sealed(slot) => &slot.window.lengths,
            Part::Tail(tail) => &tail.lengths,
        }
    }
}

/// The postings of a term in one part, as positions in the rows of [`Gathered`].
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) part: usize,
    pub(super) range: std::ops::Range<usize>,
    /// The greatest impact.
    pub(super) max: f32,
}

/// The postings of terms, one term after the other.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) locals: Vec<u16>,
    values: Vec<u32>,
    /// As numbers, or as whole numbers of steps.
    pub(super) impacts: Vec<f32>,
    pub(super) pieces: Vec<Piece>,
}

/// What was found of one term.
pub(super) struct Found {
    /// Its pieces, in the order of the parts.
    pub(super) pieces: std::ops::Range<usize>,
    /// The greatest impact of all.
    pub(super) best: f32,
    /// The width of a step; 1 for impacts that are numbers.
    pub(super) step: f32,
    /// What a document without the term scores for it.
    pub(super) absent: f64,
    pub(super) spread: Spread,
}

/// How common a term is; of weights nobody asks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spread {
    /// The documents that hold it.
    pub(crate) holding: u64,
    /// How often they do together.
    pub(crate) occurrences: u64,
}

impl Gathered {
    pub(super) fn clear(&mut self) {
        self.locals.clear();
        self.impacts.clear();
        self.pieces.clear();
    }

    /// Brings the postings of `term`. Those of deleted documents have impact 0, and do not count otherwise.
    pub(super) fn term<'a>(
        &mut self,
        term: u32,
        parts: impl Iterator<Item = Part<'a>> + Clone,
        kind: Kind,
        scoring: Option<Scoring>,
        collection: &Collection<'_>,
    ) -> Found {
        let first = self.pieces.len();
        self.values.clear();
        for (part, from) in parts.clone().enumerate() {
            let start = self.locals.len();
            match from {
                Part::Sealed(slot) => {
                    if let Some(range) = slot.window.range(term) {
                        self.locals.extend_from_slice(&slot.window.locals[range.clone()]);
                        slot.window.values(range, &mut self.values);
                    }
                }
                Part::Tail(tail) => self.tail(tail.list(term), if scoring.is_some() { tail.fields } else { 1 }),
            }
            if self.locals.len() > start {
                self.pieces.push(Piece { part, range: start..self.locals.len(), max: 0.0 });
            }
        }
        let pieces = first..self.pieces.len();
        let (mut absent, mut spread, mut width) = (0.0, Spread::default(), 1.0);
        match (kind, scoring) {
            (_, Some(scoring)) => {
                spread = self.spread(&pieces, parts.clone(), collection.fields.len().max(1));
                absent = self.score(&pieces, parts.clone(), spread, scoring, collection);
            }
            (Kind::Steps(step), None) => {
                self.impacts.extend(self.values.iter().map(|&steps| steps as f32));
                width = step;
            }
            (_, None) => self.impacts.extend(self.values.iter().map(|&bits| f32::from_bits(bits))),
        }
        let mut best = 0.0_f32;
        let mut parts = parts.enumerate();
        for piece in &mut self.pieces[pieces.clone()] {
            let Some((_, part)) = parts.find(|(number, _)| *number == piece.part) else { continue };
            let impacts = &mut self.impacts[piece.range.clone()];
            if let Some(deleted) = part.deleted() {
                for (impact, &local) in impacts.iter_mut().zip(&self.locals[piece.range.clone()]) {
                    if deleted.contains(local) {
                        *impact = 0.0;
                    }
                }
            }
            piece.max = impacts.iter().copied().fold(0.0, f32::max);
            best = best.max(piece.max);
        }
        if kind == Kind::Counts(Impacts::U8) {
            width = step(best);
            let nearest = |impact: f32| f32::from(steps(impact, width));
            for piece in &mut self.pieces[pieces.clone()] {
                self.impacts[piece.range.clone()].iter_mut().for_each(|impact| *impact = nearest(*impact));
                piece.max = nearest(piece.max);
            }
            best = nearest(best);
        }
        Found { pieces, best, step: width, absent, spread }
    }

    fn tail(&mut self, list: &[Posting], fields: usize) {
        for postings in list.chunk_by(|a, b| a.local == b.local) {
            self.locals.push(postings[0].local);
            let start = self.values.len();
            self.values.resize(start + fields, 0);
            for posting in postings {
                self.values[start + usize::from(posting.field)] = posting.value;
            }
        }
    }

    fn spread<'a>(
        &self,
        pieces: &std::ops::Range<usize>,
        parts: impl Iterator<Item = Part<'a>>,
        fields: usize,
    ) -> Spread {
        let mut spread = Spread::default();
        let Some(start) = self.pieces.get(pieces.start).map(|piece| piece.range.start) else { return spread };
        let mut each = parts.enumerate();
        for piece in &self.pieces[pieces.clone()] {
            let Some((_, part)) = each.find(|(number, _)| *number == piece.part) else { continue };
            let values = &self.values[(piece.range.start - start) * fields..(piece.range.end - start) * fields];
            if let Some(deleted) = part.deleted() {
                for (values, &local) in values.chunks_exact(fields).zip(&self.locals[piece.range.clone()]) {
                    if !deleted.contains(local) {
                        spread.holding += 1;
                        spread.occurrences += values.iter().map(|&count| u64::from(count)).sum::<u64>();
                    }
                }
            } else {
                spread.holding += piece.range.len() as u64;
                spread.occurrences += values.iter().map(|&count| u64::from(count)).sum::<u64>();
            }
        }
        spread
    }

    fn score<'a>(
        &mut self,
        pieces: &std::ops::Range<usize>,
        parts: impl Iterator<Item = Part<'a>>,
        spread: Spread,
        scoring: Scoring,
        collection: &Collection<'_>,
    ) -> f64 {
        let fields = collection.fields.len().max(1);
        let Some(start) = self.pieces.get(pieces.start).map(|piece| piece.range.start) else { return 0.0 };
        if spread.holding == 0 {
            self.impacts.resize(self.locals.len(), 0.0);
            return 0.0;
        }
        let model = Model::new(scoring, collection, spread.holding, spread.occurrences);
        let mut each = parts.enumerate();
        for piece in &self.pieces[pieces.clone()] {
            let Some((_, part)) = each.find(|(number, _)| *number == piece.part) else { continue };
            let locals = &self.locals[piece.range.clone()];
            let counts = (piece.range.start - start) * fields..(piece.range.end - start) * fields;
            model.impacts(locals, &self.values[counts], part.lengths(), &mut self.impacts);
        }
        model.absent()
    }
}
