//! One document and one query, looked at closely.

use super::gather::{Gathered, Part, Spread};
use super::top::Order;
use super::{Allowed, Bits, Engine, Request, WINDOW, WINDOW_BITS};
use crate::scoring::Scoring;

/// A term of a query in a document.
pub(crate) struct Share {
    /// What the term adds to the score, its weight included.
    pub(crate) contribution: f64,
    pub(crate) spread: Spread,
}

impl Engine {
    /// How common a term is among counts.
    pub(crate) fn spread(&self, term: u32) -> Spread {
        let mut gathered = Gathered::default();
        gathered.term(term, self.parts(), self.kind, Some(Scoring::default()), &self.collection()).spread
    }

    /// The score of a document, as a search computes it; `None` if it holds no term.
    pub(crate) fn score<O: Order>(&self, document: u32, request: &Request<'_>, order: &O) -> Option<f32> {
        let (part, local) = ((document >> WINDOW_BITS) as usize, (document % WINDOW as u32) as u16);
        let mut windows = vec![Bits::default(); part + 1];
        windows[part].insert(local);
        let allowed = Allowed::new(windows);
        let only = Request { k: 1, allowed: Some(&allowed), ..*request };
        self.search(&only, order).first().map(|found| found.1)
    }

    /// What each term of a request adds to the score of a document, in the request's order.
    pub(crate) fn shares(&self, document: u32, request: &Request<'_>) -> Vec<Share> {
        let (part, local) = ((document >> WINDOW_BITS) as usize, (document % WINDOW as u32) as u16);
        let collection = self.collection();
        let share = |&(term, weight): &(u32, f32)| {
            let mut gathered = Gathered::default();
            let found = gathered.term(term, self.parts(), self.kind, request.scoring, &collection);
            let piece = gathered.pieces.iter().find(|piece| piece.part == part);
            let impact = piece
                .and_then(|piece| {
                    let at = gathered.locals[piece.range.clone()].binary_search(&local).ok()?;
                    Some(gathered.impacts[piece.range.start + at])
                })
                .unwrap_or(0.0);
            let contribution = f64::from(weight) * (f64::from(found.step) * f64::from(impact) + found.absent);
            Share { contribution, spread: found.spread }
        };
        request.terms.iter().map(share).collect()
    }

    /// For a term that a document has so often in each field: the length of each field, and what it adds to the frequency
    /// that saturates.
    pub(crate) fn by_field(&self, document: u32, counts: &[u32], scoring: Scoring) -> Vec<(u32, f64)> {
        let (part, local) = ((document >> WINDOW_BITS) as usize, document as usize % WINDOW);
        let all = self.slots.get(part).map_or(&self.tail.lengths[..], |slot| &slot.window.lengths[..]);
        let fields = self.fields.len();
        let lengths = all.get(local * fields..(local + 1) * fields).unwrap_or(&[]);
        let mut parts = Vec::with_capacity(fields);
        self.collection().normalized(scoring, counts, lengths, &mut parts);
        lengths.iter().copied().zip(parts).collect()
    }

    fn parts(&self) -> impl Iterator<Item = Part<'_>> + Clone {
        self.slots.iter().map(Part::Sealed).chain([Part::Tail(&self.tail)])
    }
}
