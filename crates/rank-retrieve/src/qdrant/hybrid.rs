//! Several retrievals of one server, fused there.

use qdrant_client::qdrant::{PrefetchQuery, PrefetchQueryBuilder, Query, QueryPointsBuilder, RrfBuilder, VectorInput};

use super::{DocumentId, Error, QdrantRetriever, Result, check};

/// What a hybrid search looks for: any of a dense vector, a sparse vector, and token vectors.
///
/// ```
/// use rank_retrieve::qdrant::HybridQuery;
///
/// let query = HybridQuery::new().dense(&[0.6, 0.8]).sparse(&[3, 7], &[2.0, 0.5]).prefetch(200);
/// # let _ = query;
/// ```
#[derive(Debug, Clone, Copy)]
pub struct HybridQuery<'a> {
    dense: Option<&'a [f32]>,
    sparse: Option<(&'a [u32], &'a [f32])>,
    tokens: Option<&'a [Vec<f32>]>,
    prefetch: Option<usize>,
    rrf_k: u32,
}

impl Default for HybridQuery<'_> {
    fn default() -> Self {
        Self { dense: None, sparse: None, tokens: None, prefetch: None, rrf_k: 60 }
    }
}

impl<'a> HybridQuery<'a> {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The list of [`QdrantRetriever::search`] takes part.
    #[must_use]
    pub fn dense(mut self, query_embedding: &'a [f32]) -> Self {
        self.dense = Some(query_embedding);
        self
    }

    /// The list of [`QdrantRetriever::search_sparse`] takes part.
    #[must_use]
    pub fn sparse(mut self, indices: &'a [u32], values: &'a [f32]) -> Self {
        self.sparse = Some((indices, values));
        self
    }

    /// The list of [`QdrantRetriever::search_multivector`] takes part.
    #[must_use]
    pub fn tokens(mut self, query_tokens: &'a [Vec<f32>]) -> Self {
        self.tokens = Some(query_tokens);
        self
    }

    /// The length of each list that is fused; by default the greater of 100 and the `k` of the search.
    #[must_use]
    pub fn prefetch(mut self, length: usize) -> Self {
        self.prefetch = Some(length);
        self
    }

    /// The rank constant of the paper, 60 by default: a list gives `1 / (rrf_k + rank)` to the document of this rank,
    /// ranks starting at 1. Qdrant counts ranks from 0, so that its own constant, which is sent, is one more.
    #[must_use]
    pub fn rrf_k(mut self, rrf_k: u32) -> Self {
        self.rrf_k = rrf_k;
        self
    }
}

impl<I: DocumentId> QdrantRetriever<I> {
    /// The best `k` documents by reciprocal rank fusion, on the server, of the lists that `query` names.
    ///
    /// Scores are sums of `1 / (rrf_k + rank)`. Ties inside the lists that are fused are the server's to break, so for
    /// an order that can be reproduced fetch the lists and fuse them yourself. Needs a server of version 1.16 or later.
    ///
    /// # Errors
    ///
    /// Those of the searches that take part; [`Error::Empty`] if none does, or if `prefetch` is 0.
    ///
    /// # Source
    ///
    /// Cormack, Clarke, Büttcher: Reciprocal Rank Fusion outperforms Condorcet and individual rank learning methods
    /// (SIGIR 2009).
    pub async fn search_hybrid(&self, query: &HybridQuery<'_>, k: usize) -> Result<Vec<(I, f32)>> {
        let length = query.prefetch.unwrap_or(k.max(100));
        if length == 0 {
            return Err(Error::Empty { argument: "prefetch".to_owned(), what: "document" });
        }
        let mut lists = Vec::new();
        if let Some(vector) = query.dense {
            check::dense("query_embedding", vector)?;
            lists.push(list(VectorInput::new_dense(vector), &self.names.dense, length));
        }
        if let Some((indices, values)) = query.sparse {
            check::sparse("", indices, values)?;
            lists.push(list(VectorInput::new_sparse(indices, values), &self.names.sparse, length));
        }
        if let Some(vectors) = query.tokens {
            check::multivector("query_tokens", vectors)?;
            lists.push(list(VectorInput::new_multi(vectors), &self.names.tokens, length));
        }
        if lists.is_empty() {
            return Err(Error::Empty { argument: "query".to_owned(), what: "vector" });
        }
        // At the end of its range the constant is flat to the last bit of a score, whatever is added.
        let fusion = Query::new_rrf(RrfBuilder::with_k(query.rrf_k.saturating_add(1)));
        self.query(QueryPointsBuilder::new(&self.collection).prefetch(lists).query(fusion), k, "search_hybrid").await
    }
}

fn list(vector: VectorInput, name: &str, length: usize) -> PrefetchQuery {
    let list = PrefetchQueryBuilder::default().query(Query::new_nearest(vector)).limit(length as u64);
    let list = if name.is_empty() { list } else { list.using(name) };
    list.build()
}
