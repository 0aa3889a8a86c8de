//! Queries.

use std::hash::Hash;
use std::ops::Range;
use std::sync::Mutex;

use super::PlaidIndex;
use super::candidates::candidates;
use crate::error::{Argument, Error, Result};
use crate::parallel::{for_chunks, threads};
use crate::residual::CompressedQuery;
use crate::simd::{MaxSim, Scoring};
use crate::store::TokenStore;
use crate::tokens::Tokens;

/// How thoroughly an index is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchConfig {
    /// How many of the nearest centroids of each query token are looked into.
    pub nprobe: usize,
    /// How many documents are scored by their residual codes.
    pub candidates: usize,
    /// How many of the best of these are scored exactly, where their tokens are at hand.
    pub rescored: usize,
}

impl Default for SearchConfig {
    fn default() -> Self {
        Self { nprobe: 32, candidates: 4096, rescored: 256 }
    }
}

impl SearchConfig {
    fn check(self) -> Result<Self> {
        if self.nprobe == 0 {
            let (argument, expected, got) = ("nprobe", "at least 1".to_owned(), "0".to_owned());
            return Err(Error::Parameter { argument, expected, got, advice: "32 is usual" });
        }
        Ok(self)
    }
}

/// A result: ids and scores.
type Ranked<I> = Vec<(I, f32)>;

impl<I: Clone + Eq + Hash + Ord> PlaidIndex<I> {
    /// The `k` best documents that the index finds, with the MaxSim of their decoded tokens, by score descending, then by
    /// id ascending. No more than there are [`candidates`](SearchConfig::candidates), which are never less than `k`.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`]; [`Error::NoTokens`], [`Error::RaggedTokens`], [`Error::DimMismatch`], [`Error::NonFinite`],
    /// [`Error::Overflow`] for the query.
    pub fn search<T: Tokens + ?Sized>(&self, query: &T, k: usize, config: SearchConfig) -> Result<Ranked<I>> {
        self.best(query, k, config.check()?)
    }

    /// [`search`](Self::search), after which the best are scored again by their tokens in `store`, exactly.
    ///
    /// # Errors
    ///
    /// As [`search`](Self::search); [`Error::UnknownId`] for a document that the store does not hold.
    pub fn search_rescored<T: Tokens + ?Sized>(
        &self,
        query: &T,
        k: usize,
        config: SearchConfig,
        store: &TokenStore<I>,
    ) -> Result<Ranked<I>> {
        let found = self.best(query, config.rescored.max(k), config.check()?)?;
        let ids: Vec<I> = found.into_iter().map(|(id, _)| id).collect();
        store.rank_of(&MaxSim::new(query)?, &ids, k, Scoring::default())
    }

    /// [`search`](Self::search), or with a store [`search_rescored`](Self::search_rescored), of many queries, which
    /// threads share; 0 of them are as many as the machine has. `report` is told of each query that is done, and says
    /// whether to go on; if not, what is returned is of no use.
    ///
    /// # Errors
    ///
    /// As [`search_rescored`](Self::search_rescored), of the first query that cannot be searched for.
    pub fn search_batch<T: Tokens + Sync>(
        &self,
        queries: &[T],
        k: usize,
        config: SearchConfig,
        store: Option<&TokenStore<I>>,
        asked: usize,
        report: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<Ranked<I>>>
    where
        I: Send + Sync,
    {
        config.check()?;
        let mut all: Vec<Ranked<I>> = vec![Vec::new(); queries.len()];
        let first: Mutex<Option<(usize, Error)>> = Mutex::new(None);
        for_chunks(&mut all, 1, threads(asked), |number, out| {
            let found = match store {
                Some(store) => self.search_rescored(&queries[number], k, config, store),
                None => self.search(&queries[number], k, config),
            };
            match found {
                Ok(found) => out[0] = found,
                Err(error) => {
                    let mut first = first.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    if first.as_ref().is_none_or(|(before, _)| number < *before) {
                        *first = Some((number, error));
                    }
                    return false;
                }
            }
            report(1)
        });
        match first.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
            Some((_, error)) => Err(error),
            None => Ok(all),
        }
    }

    fn best<T: Tokens + ?Sized>(&self, query: &T, k: usize, config: SearchConfig) -> Result<Ranked<I>> {
        let query = CompressedQuery::new(&self.codec, query)?;
        let count = config.candidates.max(k);
        let found = candidates(&query, &self.lists, &self.deleted, config.nprobe, count);
        let ranges: Vec<Range<usize>> = found
            .iter()
            .map(|&document| self.offsets[document as usize]..self.offsets[document as usize + 1])
            .collect();
        let scores = query.scores(&self.codec, &self.centroids, self.codes.bytes(), &self.scales, &ranges);
        if scores.iter().any(|score| !score.is_finite()) {
            return Err(Error::Overflow { argument: Argument::Query });
        }
        let mut ranked: Vec<(u32, f32)> = found.into_iter().zip(scores).collect();
        let order = |a: &(u32, f32), b: &(u32, f32)| {
            b.1.total_cmp(&a.1).then_with(|| self.ids[a.0 as usize].cmp(&self.ids[b.0 as usize]))
        };
        if k < ranked.len() {
            if k > 0 {
                ranked.select_nth_unstable_by(k - 1, order);
            }
            ranked.truncate(k);
        }
        ranked.sort_unstable_by(order);
        Ok(ranked.into_iter().map(|(document, score)| (self.ids[document as usize].clone(), score)).collect())
    }
}
