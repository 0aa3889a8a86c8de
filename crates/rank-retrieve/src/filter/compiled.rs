//! Filters that were evaluated.

use std::collections::VecDeque;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::{Documents, Filter};
use crate::columns::Columns;
use crate::engine::Allowed;
use crate::{Error, Result};

/// What an index holds. Equal states are of equal documents: an index and its clone share one until either changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State(u64);

impl Default for State {
    /// One that never was before.
    fn default() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// The documents that passed a filter, of an index as it was then; see [`Bm25Index::compile`](crate::Bm25Index::compile).
#[derive(Debug, Clone)]
pub struct Compiled {
    /// Of the documents, and of what is stored with them.
    state: [State; 2],
    allowed: Arc<Allowed>,
}

impl PartialEq for Compiled {
    fn eq(&self, other: &Self) -> bool {
        let same = || self.allowed.len() == other.allowed.len() && self.allowed.words().eq(other.allowed.words());
        self.state == other.state && (Arc::ptr_eq(&self.allowed, &other.allowed) || same())
    }
}

impl Compiled {
    pub(crate) fn new(state: [State; 2], allowed: Arc<Allowed>) -> Self {
        Self { state, allowed }
    }

    /// How many documents passed.
    pub fn len(&self) -> usize {
        self.allowed.len()
    }

    /// Whether none passed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The documents, if the index is still as it was.
    pub(crate) fn of(&self, state: [State; 2]) -> Result<&Arc<Allowed>> {
        if self.state == state { Ok(&self.allowed) } else { Err(Error::StaleFilter) }
    }
}

/// The last filters, with what passed them.
#[derive(Debug)]
pub(crate) struct Recent<I>(Mutex<VecDeque<(Filter<I>, Compiled)>>);

/// How many are kept.
const KEPT: usize = 16;

impl<I> Default for Recent<I> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<I> Clone for Recent<I> {
    /// Keeps none of them.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<I: Clone + PartialEq> Recent<I> {
    /// What passes a filter, which is evaluated if it was not in this state.
    pub(crate) fn get(
        &self,
        filter: &Filter<I>,
        state: [State; 2],
        evaluate: impl FnOnce() -> Result<Vec<u64>>,
    ) -> Result<Arc<Allowed>> {
        if let Filter::Compiled(compiled) = filter {
            return compiled.of(state).cloned();
        }
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |(other, compiled): &&(Filter<I>, Compiled)| compiled.state == state && other == filter;
        let found = kept().iter().find(is_same).map(|(_, compiled)| Arc::clone(&compiled.allowed));
        if let Some(allowed) = found {
            return Ok(allowed);
        }
        let allowed = Arc::new(Allowed::from_words(&evaluate()?));
        let mut kept = kept();
        kept.retain(|(_, compiled)| compiled.state == state);
        kept.truncate(KEPT - 1);
        kept.push_front((filter.clone(), Compiled::new(state, Arc::clone(&allowed))));
        Ok(allowed)
    }
}

impl<I: Clone + Eq + Hash> Recent<I> {
    /// [`get`](Self::get) for an index without stored fields, whose documents are numbered from 0 on.
    pub(crate) fn among(&self, filter: &Filter<I>, numbers: &FxHashMap<I, u32>, state: State) -> Result<Arc<Allowed>> {
        self.get(filter, [state; 2], || {
            let count = numbers.len();
            let word = |at: usize| if count - 64 * at < 64 { (1 << (count - 64 * at)) - 1 } else { u64::MAX };
            let present: Vec<u64> = (0..count.div_ceil(64)).map(word).collect();
            let number = |id: &I| numbers.get(id).copied();
            let (columns, state) = (&Columns::default(), [state; 2]);
            Documents { columns, present: &present, number: &number, state }.select(filter)
        })
    }
}
