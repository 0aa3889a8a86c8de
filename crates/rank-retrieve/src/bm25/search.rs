//! Queries of terms and of texts.

use std::hash::Hash;

use super::Bm25Index;
use crate::engine::Request;
use crate::{Bm25Params, Filter, Result};

impl<I: Clone + Eq + Hash + Ord + Send + Sync> Bm25Index<I> {
    /// Computes at once what the first queries with these parameters would: O(postings).
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve).
    pub fn prepare(&self, params: Bm25Params) -> Result<()> {
        self.prepare_while(params, |_| true)
    }

    /// [`prepare`](Self::prepare), of which `go_on` hears how many more documents are as good as done, and says whether to
    /// go on.
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve), and [`Stopped`](crate::Error::Stopped).
    pub fn prepare_while(&self, params: Bm25Params, mut go_on: impl FnMut(usize) -> bool) -> Result<()> {
        self.check_params(params)?;
        self.verify()?;
        self.engine.warm(Some(params), &mut go_on)
    }

    /// The `k` documents of the highest scores for terms that are taken as they are.
    ///
    /// Returns `(id, score)` by score descending, then by id ascending: all that hold a term if they are fewer than
    /// `k`, none for no terms or unknown ones.
    ///
    /// # Errors
    ///
    /// [`InvalidK1`](crate::Error::InvalidK1), [`InvalidB`](crate::Error::InvalidB),
    /// [`InvalidScoring`](crate::Error::InvalidScoring); [`Isa`](crate::Error::Isa) if the environment asks for
    /// instructions that this machine lacks.
    pub fn retrieve<S: AsRef<str>>(&self, terms: &[S], k: usize, params: Bm25Params) -> Result<Vec<(I, f32)>> {
        self.check_params(params)?;
        rank_kernels::try_kernels()?;
        self.verify()?;
        let terms = self.known(terms);
        let request = Request { terms: &terms, k, allowed: None, scoring: Some(params) };
        Ok(self.named(self.engine.search(&request, &self.ids)))
    }

    /// The `k` documents of the highest scores for a text, which goes through the analyzer. Any text is a query.
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve).
    pub fn search(&self, text: &str, k: usize, params: Bm25Params) -> Result<Vec<(I, f32)>> {
        self.retrieve(&self.analyzer.analyze(text)?, k, params)
    }

    /// [`retrieve`](Self::retrieve) for many queries, whose answers come in the same order.
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve).
    pub fn retrieve_batch<Q: AsRef<[S]>, S: AsRef<str>>(
        &self,
        queries: &[Q],
        k: usize,
        params: Bm25Params,
    ) -> Result<Vec<Vec<(I, f32)>>> {
        self.retrieve_batch_on(queries, k, params, 1, |_| true)
    }

    /// [`retrieve_batch`](Self::retrieve_batch) on at most `threads` threads, which change no bit.
    ///
    /// `go_on` hears how many more queries are done, and says whether to go on; after a no, the result is of no use.
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::Bm25Index;
    ///
    /// let mut bm25 = Bm25Index::new();
    /// bm25.add_document(1, &["fox"])?;
    /// let lists = bm25.retrieve_batch_on(&[["fox"], ["hen"]], 10, Default::default(), 2, |_| true)?;
    /// assert_eq!((lists[0].len(), lists[1].len()), (1, 0));
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn retrieve_batch_on<Q: AsRef<[S]>, S: AsRef<str>>(
        &self,
        queries: &[Q],
        k: usize,
        params: Bm25Params,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<Vec<(I, f32)>>> {
        let lists = self.numbers_batch(queries, k, params, threads, go_on)?;
        Ok(lists.into_iter().map(|list| self.named(list)).collect())
    }

    /// [`search`](Self::search) for many texts, whose answers come in the same order.
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve).
    pub fn search_batch<S: AsRef<str>>(&self, texts: &[S], k: usize, params: Bm25Params) -> Result<Vec<Vec<(I, f32)>>> {
        let queries: Vec<Vec<String>> =
            texts.iter().map(|text| self.analyzer.analyze(text.as_ref())).collect::<Result<_>>()?;
        self.retrieve_batch(&queries, k, params)
    }

    /// [`retrieve_batch_on`](Self::retrieve_batch_on) with document numbers, which [`id`](Self::id) turns into ids.
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve).
    pub fn numbers_batch<Q: AsRef<[S]>, S: AsRef<str>>(
        &self,
        queries: &[Q],
        k: usize,
        params: Bm25Params,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<Vec<(u32, f32)>>> {
        self.filtered(&Filter::All)?.numbers_batch(queries, k, params, threads, go_on)
    }

    /// How many document numbers there are, those of removed documents among them.
    pub fn numbered(&self) -> usize {
        self.engine.numbered()
    }

    /// The id of a document number, which is valid until the index changes.
    ///
    /// # Panics
    ///
    /// If there never was a document of this number.
    pub fn id(&self, number: u32) -> &I {
        self.ids.id(number)
    }

    /// The terms that the index knows, in alphabetical order, with how often the query has them.
    pub(crate) fn known<S: AsRef<str>>(&self, terms: &[S]) -> Vec<(u32, f32)> {
        let mut numbers: Vec<u32> = terms.iter().filter_map(|term| self.dictionary.number(term.as_ref())).collect();
        numbers.sort_unstable_by(|&a, &b| self.dictionary.bytes(a).cmp(self.dictionary.bytes(b)));
        numbers.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as f32)).collect()
    }

    pub(crate) fn named(&self, list: Vec<(u32, f32)>) -> Vec<(I, f32)> {
        list.into_iter().map(|(number, score)| (self.ids.id(number).clone(), score)).collect()
    }
}
