//! The retriever and its searches.

use std::fmt;
use std::marker::PhantomData;

use qdrant_client::qdrant::{PayloadIncludeSelector, Query, QueryPointsBuilder, VectorInput};
use qdrant_client::{Qdrant, QdrantError};

use super::{DocumentId, Error, ID_KEY, Result, check, list};

/// The name of the dense vector.
pub const DENSE: &str = "dense";
/// The name of the sparse vector.
pub const SPARSE: &str = "sparse";
/// The name of the token vectors.
pub const TOKENS: &str = "tokens";

#[derive(Debug, Clone)]
pub(super) struct Names {
    pub(super) dense: String,
    pub(super) sparse: String,
    pub(super) tokens: String,
}

/// One collection of a Qdrant server, with documents of ids `I`: `String`, or `u64` by [`QdrantRetriever::with_ids`].
///
/// Cheap to clone; clones share the connection.
#[derive(Clone)]
pub struct QdrantRetriever<I = String> {
    pub(super) client: Qdrant,
    pub(super) collection: String,
    pub(super) names: Names,
    id_key: Option<String>,
    ids: PhantomData<fn() -> I>,
}

impl QdrantRetriever {
    /// A retriever for a collection of the server at `url`: its gRPC address, `http://localhost:6334` for a server of
    /// this machine. The connection is made by the first call that needs it. For an API key, a timeout or compression
    /// build a client and use [`QdrantRetriever::new`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidUrl`].
    pub fn from_url(url: &str, collection: impl Into<String>) -> Result<Self> {
        let collection = collection.into();
        // The check would connect, block, and print.
        let client = Qdrant::from_url(url)
            .skip_compatibility_check()
            .build()
            .map_err(|error| Error::of_client(error, url, &collection, "connect"))?;
        Ok(Self::new(client, collection))
    }

    /// A retriever for a collection of the server that `client` speaks to.
    ///
    /// ```
    /// use rank_retrieve::qdrant::{QdrantRetriever, qdrant_client::Qdrant};
    ///
    /// let client = Qdrant::from_url("http://localhost:6334").api_key("secret").skip_compatibility_check().build()?;
    /// let qdrant = QdrantRetriever::new(client, "documents");
    /// assert_eq!(qdrant.collection(), "documents");
    /// # Ok::<(), rank_retrieve::qdrant::qdrant_client::QdrantError>(())
    /// ```
    pub fn new(client: Qdrant, collection: impl Into<String>) -> Self {
        let names = Names { dense: DENSE.to_owned(), sparse: SPARSE.to_owned(), tokens: TOKENS.to_owned() };
        Self { client, collection: collection.into(), names, id_key: None, ids: PhantomData }
    }
}

impl<I: DocumentId> QdrantRetriever<I> {
    /// The same collection with ids of another type: `with_ids::<u64>()`.
    pub fn with_ids<J: DocumentId>(self) -> QdrantRetriever<J> {
        let Self { client, collection, names, id_key, .. } = self;
        QdrantRetriever { client, collection, names, id_key, ids: PhantomData }
    }

    /// Reads the ids of documents from another payload key than [`ID_KEY`]: for collections of other making, every
    /// point of which has that key. Writing is not changed.
    #[must_use]
    pub fn with_id_key(mut self, key: impl Into<String>) -> Self {
        self.id_key = Some(key.into());
        self
    }

    /// Names the dense vector; `""` is Qdrant's unnamed vector.
    #[must_use]
    pub fn using(mut self, name: impl Into<String>) -> Self {
        self.names.dense = name.into();
        self
    }

    /// Names the sparse vector.
    #[must_use]
    pub fn using_sparse(mut self, name: impl Into<String>) -> Self {
        self.names.sparse = name.into();
        self
    }

    /// Names the token vectors; `""` is Qdrant's unnamed vector.
    #[must_use]
    pub fn using_tokens(mut self, name: impl Into<String>) -> Self {
        self.names.tokens = name.into();
        self
    }

    /// The client, for all that is not here.
    pub fn client(&self) -> &Qdrant {
        &self.client
    }

    /// The name of the collection.
    pub fn collection(&self) -> &str {
        &self.collection
    }

    /// The best `k` documents by the dense vector.
    ///
    /// * `query_embedding`: `[dim]`, finite, of the model that made the documents' vectors.
    /// * `k`: 0 gives an empty list, without asking the server; more than there are gives all.
    ///
    /// Returns `(id, score)` by score descending, then by id ascending; the score is the cosine or the inner product, as
    /// the collection was made.
    ///
    /// # Errors
    ///
    /// [`Error::Empty`] and [`Error::NotFinite`] before anything is sent; [`Error::Unreachable`]; [`Error::Refused`],
    /// for example when the dimension is not the collection's; [`Error::NanScore`], [`Error::NotSorted`],
    /// [`Error::IdType`] and [`Error::DuplicateDocument`] if the answer is no ranked list.
    pub async fn search(&self, query_embedding: &[f32], k: usize) -> Result<Vec<(I, f32)>> {
        check::dense("query_embedding", query_embedding)?;
        self.nearest(VectorInput::new_dense(query_embedding), &self.names.dense, k, "search").await
    }

    /// The best `k` documents by the inner product of sparse vectors; documents that share no index are not found.
    ///
    /// * `indices` and `values`: as many of each; no index twice; in any order.
    ///
    /// # Errors
    ///
    /// As [`QdrantRetriever::search`], and [`Error::Length`], [`Error::DuplicateIndex`].
    pub async fn search_sparse(&self, indices: &[u32], values: &[f32], k: usize) -> Result<Vec<(I, f32)>> {
        check::sparse("", indices, values)?;
        self.nearest(VectorInput::new_sparse(indices, values), &self.names.sparse, k, "search_sparse").await
    }

    /// The best `k` documents by MaxSim: for each query token the largest inner product with a token of the document,
    /// summed.
    ///
    /// * `query_tokens`: `[tokens][dim]`, at least one.
    ///
    /// # Errors
    ///
    /// As [`QdrantRetriever::search`], and [`Error::Length`] if the vectors are not of one length.
    ///
    /// # Source
    ///
    /// Khattab, Zaharia: `ColBERT`, Efficient and Effective Passage Search via Contextualized Late Interaction over BERT
    /// (SIGIR 2020).
    pub async fn search_multivector(&self, query_tokens: &[Vec<f32>], k: usize) -> Result<Vec<(I, f32)>> {
        check::multivector("query_tokens", query_tokens)?;
        self.nearest(VectorInput::new_multi(query_tokens), &self.names.tokens, k, "search_multivector").await
    }

    async fn nearest(&self, vector: VectorInput, name: &str, k: usize, call: &'static str) -> Result<Vec<(I, f32)>> {
        let mut request = QueryPointsBuilder::new(&self.collection).query(Query::new_nearest(vector));
        if !name.is_empty() {
            request = request.using(name);
        }
        self.query(request, k, call).await
    }

    pub(super) async fn query(
        &self,
        request: QueryPointsBuilder,
        k: usize,
        call: &'static str,
    ) -> Result<Vec<(I, f32)>> {
        if k == 0 {
            return Ok(Vec::new());
        }
        let key = self.id_key.as_deref();
        let fields = vec![key.unwrap_or(ID_KEY).to_owned()];
        let request = request.limit(k as u64).with_payload(PayloadIncludeSelector { fields });
        let answer = self.client.query(request).await.map_err(|error| self.failed(error, call))?;
        list::ranked(&answer.result, key)
    }

    pub(super) fn failed(&self, error: QdrantError, call: &'static str) -> Error {
        Error::of_client(error, &self.client.config.uri, &self.collection, call)
    }
}

impl<I> fmt::Debug for QdrantRetriever<I> {
    // The client's configuration holds the API key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QdrantRetriever")
            .field("url", &self.client.config.uri)
            .field("collection", &self.collection)
            .field("names", &self.names)
            .field("id_key", &self.id_key)
            .finish_non_exhaustive()
    }
}
