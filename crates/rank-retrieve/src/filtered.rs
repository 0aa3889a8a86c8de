//! An index of which only some documents may be found.

use std::hash::Hash;
use std::sync::Arc;

use crate::engine::{Allowed, Engine, Request};
use crate::filter::{Compiled, Documents, Recent, and, each};
use crate::ids::Ids;
use crate::sparse::first_row;
use crate::{Bm25Index, Bm25Params, Filter, Matches, Result, SparseIndex, SparseRows};

/// The documents of a [`Bm25Index`] that pass a filter, to be searched, see [`Bm25Index::filtered`].
///
/// Scores are those of the whole index: a filter changes which documents are found, no score.
#[derive(Debug)]
pub struct Filtered<'a, I> {
    index: &'a Bm25Index<I>,
    /// None for all.
    allowed: Option<Arc<Allowed>>,
}

/// The documents of a [`SparseIndex`] that pass a filter, to be searched, see [`SparseIndex::filtered`].
#[derive(Debug)]
pub struct FilteredSparse<'a, I> {
    index: &'a SparseIndex<I>,
    allowed: Option<Arc<Allowed>>,
}

/// The documents that pass, or none for all.
fn select<I: Clone + Eq + Hash + Ord>(
    filter: &Filter<I>,
    engine: &Engine,
    ids: &Ids<I>,
    columns: &crate::columns::Columns,
    recent: &Recent<I>,
) -> Result<Option<Arc<Allowed>>> {
    if matches!(filter, Filter::All) {
        return Ok(None);
    }
    let state = [engine.state(), columns.state()];
    let evaluate = || {
        let documents = Documents { columns, present: &engine.present(), number: &|id| ids.number(id), state };
        documents.select(filter)
    };
    recent.get(filter, state, evaluate).map(Some)
}

/// What both kinds have.
macro_rules! documents {
    ($filtered:ident) => {
        impl<I: Clone + Eq + Hash + Ord + Send + Sync> $filtered<'_, I> {
            /// How many documents pass.
            pub fn len(&self) -> usize {
                self.allowed.as_ref().map_or(self.index.engine.len(), |allowed| allowed.len())
            }

            /// Whether none passes.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// The ids of the documents that pass, in the order in which they were added.
            pub fn ids(&self) -> Vec<I> {
                each(&self.words()).map(|number| self.index.ids.id(number).clone()).collect()
            }

            /// The filter with what passed it: to be used again, also within others, without being evaluated.
            ///
            /// It is an error to use it after a change of the index, or with another.
            pub fn compiled(&self) -> Filter<I> {
                match &self.allowed {
                    Some(allowed) => {
                        let state = [self.index.engine.state(), self.index.columns.state()];
                        Filter::Compiled(Compiled::new(state, Arc::clone(allowed)))
                    }
                    None => Filter::All,
                }
            }

            /// For each document of the index, in the order in which they were added, whether it passes.
            pub fn mask(&self) -> Vec<bool> {
                let words = self.words();
                let passes = |number: u32| words[number as usize / 64] >> (number % 64) & 1 == 1;
                each(&self.index.engine.present()).map(passes).collect()
            }

            fn words(&self) -> Vec<u64> {
                match &self.allowed {
                    Some(allowed) => allowed.words().take(self.index.engine.numbered().div_ceil(64)).collect(),
                    None => self.index.engine.present(),
                }
            }

            fn holding(&self, terms: impl Iterator<Item = u32>) -> Matches {
                let mut words = self.index.engine.holding(terms);
                and(&mut words, &self.words());
                Matches { words, columns: self.index.columns.clone() }
            }

            /// All documents that pass, to count what they have stored.
            pub fn all(&self) -> Matches {
                Matches { words: self.words(), columns: self.index.columns.clone() }
            }
        }
    };
}

documents! { Filtered }
documents! { FilteredSparse }

impl<I: Clone + Eq + Hash + Ord + Send + Sync> Bm25Index<I> {
    /// The documents that pass a filter, to be searched: the filter is evaluated once, here, and not at all if it is one
    /// of the last 16 filters, and nothing has changed since.
    ///
    /// # Errors
    ///
    /// [`UnknownField`](crate::Error::UnknownField) for a field that no document has, and that was not declared;
    /// [`FieldType`](crate::Error::FieldType) and [`InvalidDate`](crate::Error::InvalidDate) for a value of another type
    /// than the field's; [`InvalidTokens`](crate::Error::InvalidTokens) for a mask of another length, or places beyond
    /// the end; [`StaleFilter`](crate::Error::StaleFilter) for a compiled filter of before a change;
    /// [`DamagedFile`](crate::Error::DamagedFile).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{Bm25Index, StoredFields, field};
    ///
    /// let mut index = Bm25Index::new();
    /// index.add_text_with("d1", "A red fox", &StoredFields::new().with("year", 2019))?;
    /// index.add_text_with("d2", "Foxes", &StoredFields::new().with("year", 2021))?;
    /// let recent = index.filtered(&field("year").at_least(2020))?;
    /// let hits = recent.search("foxes", 10, Default::default())?;
    /// // The score is that of the whole index.
    /// assert_eq!(hits, index.search("foxes", 1, Default::default())?);
    /// assert_eq!(hits[0].0, "d2");
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn filtered(&self, filter: &Filter<I>) -> Result<Filtered<'_, I>> {
        self.verify()?;
        Ok(Filtered { index: self, allowed: select(filter, &self.engine, &self.ids, &self.columns, &self.recent)? })
    }
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync> Bm25Index<I> {
    /// A filter with what passes it: `filtered(filter)?.compiled()`.
    ///
    /// # Errors
    ///
    /// As [`filtered`](Self::filtered).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{Bm25Index, Filter};
    ///
    /// let mut index = Bm25Index::new();
    /// index.add_text("d1", "A red fox")?;
    /// let allowed = index.compile(&Filter::Ids(vec!["d1", "d7"]))?;
    /// assert_eq!(index.filtered(&allowed)?.search("foxes", 10, Default::default())?.len(), 1);
    ///
    /// index.add_text("d7", "Foxes")?;
    /// assert!(index.filtered(&allowed).is_err());
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn compile(&self, filter: &Filter<I>) -> Result<Filter<I>> {
        Ok(self.filtered(filter)?.compiled())
    }
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync> Filtered<'_, I> {
    /// As [`Bm25Index::more_like_this`]; the document itself need not pass.
    ///
    /// # Errors
    ///
    /// As [`Bm25Index::retrieve`].
    pub fn more_like_this(&self, id: &I, k: usize, terms: usize, params: Bm25Params) -> Result<Option<Vec<(I, f32)>>> {
        let Some(query) = self.index.key_terms(id, terms)? else { return Ok(None) };
        let mut hits = self.retrieve_weighted(&query, k.saturating_add(1), params)?;
        hits.retain(|hit| hit.0 != *id);
        hits.truncate(k);
        Ok(Some(hits))
    }

    /// As [`Bm25Index::retrieve`].
    ///
    /// # Errors
    ///
    /// As [`Bm25Index::retrieve`].
    pub fn retrieve<S: AsRef<str>>(&self, terms: &[S], k: usize, params: Bm25Params) -> Result<Vec<(I, f32)>> {
        self.index.check(params)?;
        Ok(self.find(&self.index.known(terms), k, params))
    }

    /// As [`Bm25Index::search`].
    ///
    /// # Errors
    ///
    /// As [`Bm25Index::retrieve`].
    pub fn search(&self, text: &str, k: usize, params: Bm25Params) -> Result<Vec<(I, f32)>> {
        self.retrieve(&self.index.analyzer().analyze(text)?, k, params)
    }

    /// As [`Bm25Index::retrieve_weighted`].
    ///
    /// # Errors
    ///
    /// As [`Bm25Index::retrieve_weighted`].
    pub fn retrieve_weighted<S: AsRef<str>>(
        &self,
        terms: &[(S, f32)],
        k: usize,
        params: Bm25Params,
    ) -> Result<Vec<(I, f32)>> {
        self.index.check(params)?;
        Ok(self.find(&self.index.weighted(terms)?, k, params))
    }

    fn find(&self, terms: &[(u32, f32)], k: usize, params: Bm25Params) -> Vec<(I, f32)> {
        let request = Request { terms, k, allowed: self.allowed.as_deref(), scoring: Some(params) };
        self.index.named(self.index.engine.search(&request, &self.index.ids))
    }

    /// As [`Bm25Index::retrieve_batch`].
    ///
    /// # Errors
    ///
    /// As [`Bm25Index::retrieve`].
    pub fn retrieve_batch<Q: AsRef<[S]>, S: AsRef<str>>(
        &self,
        queries: &[Q],
        k: usize,
        params: Bm25Params,
    ) -> Result<Vec<Vec<(I, f32)>>> {
        self.retrieve_batch_on(queries, k, params, 1, |_| true)
    }

    /// As [`Bm25Index::retrieve_batch_on`].
    ///
    /// # Errors
    ///
    /// As [`Bm25Index::retrieve`].
    pub fn retrieve_batch_on<Q: AsRef<[S]>, S: AsRef<str>>(
        &self,
        queries: &[Q],
        k: usize,
        params: Bm25Params,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<Vec<(I, f32)>>> {
        let lists = self.numbers_batch(queries, k, params, threads, go_on)?;
        Ok(lists.into_iter().map(|list| self.index.named(list)).collect())
    }

    /// As [`Bm25Index::numbers_batch`].
    ///
    /// # Errors
    ///
    /// As [`Bm25Index::retrieve`].
    pub fn numbers_batch<Q: AsRef<[S]>, S: AsRef<str>>(
        &self,
        queries: &[Q],
        k: usize,
        params: Bm25Params,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<Vec<(u32, f32)>>> {
        self.index.check(params)?;
        let terms: Vec<Vec<(u32, f32)>> = queries.iter().map(|terms| self.index.known(terms.as_ref())).collect();
        let request = |terms| Request { terms, k, allowed: self.allowed.as_deref(), scoring: Some(params) };
        let requests: Vec<Request<'_>> = terms.iter().map(|terms| request(terms)).collect();
        Ok(self.index.engine.search_batch(&requests, &self.index.ids, threads, &go_on))
    }

    /// As [`Bm25Index::search_batch`].
    ///
    /// # Errors
    ///
    /// As [`Bm25Index::retrieve`].
    pub fn search_batch<S: AsRef<str>>(&self, texts: &[S], k: usize, params: Bm25Params) -> Result<Vec<Vec<(I, f32)>>> {
        let analyze = |text: &S| self.index.analyzer().analyze(text.as_ref());
        let queries = texts.iter().map(analyze).collect::<Result<Vec<_>>>()?;
        self.retrieve_batch(&queries, k, params)
    }

    /// The documents that hold at least one of these terms, to count them and what they have stored.
    pub fn matches<S: AsRef<str>>(&self, terms: &[S]) -> Matches {
        self.holding(self.index.known(terms).into_iter().map(|term| term.0))
    }
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync> SparseIndex<I> {
    /// The documents that pass a filter, to be searched: the filter is evaluated once, here.
    ///
    /// # Errors
    ///
    /// As [`Bm25Index::filtered`].
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{SparseIndex, StoredFields, field};
    ///
    /// let mut index = SparseIndex::new();
    /// index.add_named(1, &[("fox", 2.0)])?;
    /// index.add_named(2, &[("fox", 1.0)])?;
    /// index.set_fields(&2, &StoredFields::new().with("year", 2021))?;
    /// assert_eq!(index.filtered(&field("year").exists())?.search_named(&[("fox", 1.0)], 10)?, [(2, 1.0)]);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn filtered(&self, filter: &Filter<I>) -> Result<FilteredSparse<'_, I>> {
        self.verify()?;
        Ok(FilteredSparse {
            index: self,
            allowed: select(filter, &self.engine, &self.ids, &self.columns, &self.recent)?,
        })
    }
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync> SparseIndex<I> {
    /// A filter with what passes it: `filtered(filter)?.compiled()`.
    ///
    /// # Errors
    ///
    /// As [`filtered`](Self::filtered).
    pub fn compile(&self, filter: &Filter<I>) -> Result<Filter<I>> {
        Ok(self.filtered(filter)?.compiled())
    }
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync> FilteredSparse<'_, I> {
    /// As [`SparseIndex::search`].
    ///
    /// # Errors
    ///
    /// As [`SparseIndex::search`].
    pub fn search(&self, queries: SparseRows<'_>, k: usize) -> Result<Vec<Vec<(I, f32)>>> {
        self.search_on(queries, k, 1, |_| true)
    }

    /// As [`SparseIndex::search_on`].
    ///
    /// # Errors
    ///
    /// As [`SparseIndex::search`].
    pub fn search_on(
        &self,
        queries: SparseRows<'_>,
        k: usize,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<Vec<(I, f32)>>> {
        let lists = self.numbers(queries, k, threads, go_on)?;
        Ok(lists.into_iter().map(|list| self.index.named(list)).collect())
    }

    /// As [`SparseIndex::numbers`].
    ///
    /// # Errors
    ///
    /// As [`SparseIndex::search`].
    pub fn numbers(
        &self,
        queries: SparseRows<'_>,
        k: usize,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<Vec<(u32, f32)>>> {
        self.index.numbers_among(queries, k, threads, go_on, self.allowed.as_deref())
    }

    /// As [`SparseIndex::search_named`].
    ///
    /// # Errors
    ///
    /// As [`SparseIndex::search`].
    pub fn search_named<S: AsRef<str>>(&self, weights: &[(S, f32)], k: usize) -> Result<Vec<(I, f32)>> {
        self.index.search_named_among(weights, k, self.allowed.as_deref())
    }

    /// As [`SparseIndex::search_named_on`].
    ///
    /// # Errors
    ///
    /// As [`SparseIndex::search`].
    pub fn search_named_on<Q: AsRef<[(S, f32)]>, S: AsRef<str>>(
        &self,
        queries: &[Q],
        k: usize,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<Vec<(I, f32)>>> {
        let lists = self.numbers_named(queries, k, threads, go_on)?;
        Ok(lists.into_iter().map(|list| self.index.named(list)).collect())
    }

    /// As [`SparseIndex::numbers_named`].
    ///
    /// # Errors
    ///
    /// As [`SparseIndex::search`].
    pub fn numbers_named<Q: AsRef<[(S, f32)]>, S: AsRef<str>>(
        &self,
        queries: &[Q],
        k: usize,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<Vec<(u32, f32)>>> {
        self.index.numbers_named_among(queries, k, threads, go_on, self.allowed.as_deref())
    }

    /// As [`SparseIndex::more_like_this`]; the document itself need not pass.
    ///
    /// # Errors
    ///
    /// As [`SparseIndex::search`].
    pub fn more_like_this(&self, id: &I, k: usize, dimensions: usize) -> Result<Option<Vec<(I, f32)>>> {
        self.index.more_like_this_among(id, k, dimensions, self.allowed.as_deref())
    }

    /// The documents that share a dimension with the first row of `query`, to count them and what they have stored.
    ///
    /// # Errors
    ///
    /// As [`SparseIndex::search`].
    pub fn matches(&self, query: SparseRows<'_>) -> Result<Matches> {
        self.index.check_numbered()?;
        Ok(self.holding(first_row(query)?.into_iter().map(|term| term.0)))
    }

    /// [`matches`](Self::matches) for named dimensions.
    ///
    /// # Errors
    ///
    /// As [`SparseIndex::search`].
    pub fn matches_named<S: AsRef<str>>(&self, weights: &[(S, f32)]) -> Result<Matches> {
        Ok(self.holding(self.index.named_terms(weights)?.into_iter().map(|term| term.0)))
    }
}
