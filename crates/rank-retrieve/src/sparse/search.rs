//! Queries of vectors.

use std::hash::Hash;

use super::SparseIndex;
use super::rows::{SparseRows, check_named, once};
use crate::Result;
use crate::engine::{Allowed, Request};

impl<I: Clone + Eq + Hash + Ord + Send + Sync> SparseIndex<I> {
    /// Does at once what the first of many searches would: O(postings).
    ///
    /// # Errors
    ///
    /// As [`remove`](Self::remove).
    pub fn prepare(&self) -> Result<()> {
        self.prepare_while(|_| true)
    }

    /// [`prepare`](Self::prepare), of which `go_on` hears how many more documents are as good as done, and says whether to
    /// go on.
    ///
    /// # Errors
    ///
    /// As [`remove`](Self::remove), and [`Stopped`](crate::Error::Stopped).
    pub fn prepare_while(&self, mut go_on: impl FnMut(usize) -> bool) -> Result<()> {
        self.verify()?;
        self.engine.warm(None, &mut go_on)
    }

    /// The `k` documents of the greatest inner products for each row: score descending, then id ascending.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    pub fn search(&self, queries: SparseRows<'_>, k: usize) -> Result<Vec<Vec<(I, f32)>>> {
        self.search_on(queries, k, 1, |_| true)
    }

    /// [`search`](Self::search) on at most `threads` threads, which change no bit. `go_on` hears how many more queries
    /// are done, and says whether to go on; after a no, the result is of no use.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    pub fn search_on(
        &self,
        queries: SparseRows<'_>,
        k: usize,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<Vec<(I, f32)>>> {
        let lists = self.numbers(queries, k, threads, go_on)?;
        Ok(lists.into_iter().map(|list| self.named(list)).collect())
    }

    /// [`search_on`](Self::search_on) with document numbers, which [`id`](Self::id) turns into ids.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    pub fn numbers(
        &self,
        queries: SparseRows<'_>,
        k: usize,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<Vec<(u32, f32)>>> {
        self.numbers_among(queries, k, threads, go_on, None)
    }

    pub(crate) fn numbers_among(
        &self,
        queries: SparseRows<'_>,
        k: usize,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
        allowed: Option<&Allowed>,
    ) -> Result<Vec<Vec<(u32, f32)>>> {
        rank_kernels::try_kernels()?;
        self.verify()?;
        self.check_numbered()?;
        queries.check()?;
        let terms = (0..queries.len()).map(|row| queries.row(row)).collect::<Result<Vec<_>>>()?;
        Ok(self.answer(&terms, k, threads, &go_on, allowed))
    }

    /// [`search`](Self::search) for one query of named dimensions.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    pub fn search_named<S: AsRef<str>>(&self, weights: &[(S, f32)], k: usize) -> Result<Vec<(I, f32)>> {
        self.search_named_among(weights, k, None)
    }

    pub(crate) fn search_named_among<S: AsRef<str>>(
        &self,
        weights: &[(S, f32)],
        k: usize,
        allowed: Option<&Allowed>,
    ) -> Result<Vec<(I, f32)>> {
        rank_kernels::try_kernels()?;
        self.verify()?;
        let terms = self.named_terms(weights)?;
        Ok(self.find(&terms, k, allowed))
    }

    pub(crate) fn find(&self, terms: &[(u32, f32)], k: usize, allowed: Option<&Allowed>) -> Vec<(I, f32)> {
        let request = Request { terms, k, allowed, scoring: None };
        self.named(self.engine.search(&request, &self.ids))
    }

    /// [`search_named`](Self::search_named) for many queries, on at most `threads` threads, which change no bit. `go_on`
    /// hears how many more queries are done, and says whether to go on; after a no, the result is of no use.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::SparseIndex;
    ///
    /// let mut index = SparseIndex::new();
    /// index.add_named(1, &[("fox", 2.0), ("den", 0.5)])?;
    /// let lists = index.search_named_on(&[vec![("fox", 3.0)], vec![("hen", 1.0)]], 10, 1, |_| true)?;
    /// assert_eq!(lists, [vec![(1, 6.0)], vec![]]);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn search_named_on<Q: AsRef<[(S, f32)]>, S: AsRef<str>>(
        &self,
        queries: &[Q],
        k: usize,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<Vec<(I, f32)>>> {
        let lists = self.numbers_named(queries, k, threads, go_on)?;
        Ok(lists.into_iter().map(|list| self.named(list)).collect())
    }

    /// [`search_named_on`](Self::search_named_on) with document numbers, which [`id`](Self::id) turns into ids.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    pub fn numbers_named<Q: AsRef<[(S, f32)]>, S: AsRef<str>>(
        &self,
        queries: &[Q],
        k: usize,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<Vec<(u32, f32)>>> {
        self.numbers_named_among(queries, k, threads, go_on, None)
    }

    pub(crate) fn numbers_named_among<Q: AsRef<[(S, f32)]>, S: AsRef<str>>(
        &self,
        queries: &[Q],
        k: usize,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
        allowed: Option<&Allowed>,
    ) -> Result<Vec<Vec<(u32, f32)>>> {
        rank_kernels::try_kernels()?;
        self.verify()?;
        let terms = queries.iter().map(|query| self.named_terms(query.as_ref())).collect::<Result<Vec<_>>>()?;
        Ok(self.answer(&terms, k, threads, &go_on, allowed))
    }

    fn answer(
        &self,
        queries: &[Vec<(u32, f32)>],
        k: usize,
        threads: usize,
        go_on: &(impl Fn(usize) -> bool + Sync),
        allowed: Option<&Allowed>,
    ) -> Vec<Vec<(u32, f32)>> {
        let request = |terms| Request { terms, k, allowed, scoring: None };
        let requests: Vec<Request<'_>> = queries.iter().map(|terms| request(terms)).collect();
        self.engine.search_batch(&requests, &self.ids, threads, go_on)
    }

    /// The names that the index knows, in alphabetical order.
    pub(crate) fn named_terms<S: AsRef<str>>(&self, weights: &[(S, f32)]) -> Result<Vec<(u32, f32)>> {
        self.check_has_names()?;
        check_named(weights)?;
        let known = weights.iter().filter(|pair| pair.1 > 0.0);
        let known = known.filter_map(|(name, weight)| Some((self.dictionary.number(name.as_ref())?, *weight)));
        let mut terms = once(known.collect(), |_| "one twice".to_owned())?;
        terms.sort_unstable_by(|a, b| self.dictionary.bytes(a.0).cmp(self.dictionary.bytes(b.0)));
        Ok(terms)
    }

    pub(crate) fn named(&self, list: Vec<(u32, f32)>) -> Vec<(I, f32)> {
        list.into_iter().map(|(number, score)| (self.ids.id(number).clone(), score)).collect()
    }
}
