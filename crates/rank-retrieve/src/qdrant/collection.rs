//! Making a collection and filling it.

use std::collections::HashMap;

use qdrant_client::Payload;
use qdrant_client::qdrant::{
    CreateCollectionBuilder, Distance, MultiVectorComparator, MultiVectorConfigBuilder, NamedVectors, PointStruct,
    SparseVectorParamsBuilder, SparseVectorsConfigBuilder, UpsertPointsBuilder, Vector, VectorParamsBuilder,
    VectorsConfigBuilder,
};

use super::{DocumentId, Error, ID_KEY, QdrantRetriever, Result, check};
use crate::Metric;

/// Points a request carries: some megabytes at the usual dimensions, well below what a server takes.
const BATCH: usize = 256;

/// The vectors that the points of a collection have.
///
/// ```
/// use rank_retrieve::{Metric, qdrant::Vectors};
///
/// let vectors = Vectors::new().dense(384, Metric::Cosine).sparse().tokens(128);
/// # let _ = vectors;
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Vectors {
    dense: Option<(usize, Metric)>,
    sparse: bool,
    tokens: Option<usize>,
}

impl Vectors {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One vector of `dim` components a document.
    #[must_use]
    pub fn dense(mut self, dim: usize, metric: Metric) -> Self {
        self.dense = Some((dim, metric));
        self
    }

    /// One sparse vector a document, compared by the inner product.
    #[must_use]
    pub fn sparse(mut self) -> Self {
        self.sparse = true;
        self
    }

    /// One vector of `dim` components a token, compared by MaxSim of inner products.
    #[must_use]
    pub fn tokens(mut self, dim: usize) -> Self {
        self.tokens = Some(dim);
        self
    }
}

/// A document to write: its id, its vectors, and any payload.
///
/// ```
/// use rank_retrieve::qdrant::Document;
///
/// let document = Document::new("d1".to_owned()).dense([0.6, 0.8]).sparse([7, 3], [0.5, 2.0]).tokens(vec![vec![1.0]]);
/// # let _ = document;
/// ```
#[derive(Debug, Clone)]
pub struct Document<I = String> {
    id: I,
    dense: Option<Vec<f32>>,
    sparse: Option<(Vec<u32>, Vec<f32>)>,
    tokens: Option<Vec<Vec<f32>>>,
    payload: Payload,
}

impl<I: DocumentId> Document<I> {
    /// A document without vectors.
    pub fn new(id: I) -> Self {
        Self { id, dense: None, sparse: None, tokens: None, payload: Payload::new() }
    }

    /// The dense vector.
    #[must_use]
    pub fn dense(mut self, vector: impl Into<Vec<f32>>) -> Self {
        self.dense = Some(vector.into());
        self
    }

    /// The sparse vector: as many values as indices, no index twice, in any order.
    #[must_use]
    pub fn sparse(mut self, indices: impl Into<Vec<u32>>, values: impl Into<Vec<f32>>) -> Self {
        self.sparse = Some((indices.into(), values.into()));
        self
    }

    /// The vectors of the tokens, `[tokens][dim]`.
    #[must_use]
    pub fn tokens(mut self, vectors: Vec<Vec<f32>>) -> Self {
        self.tokens = Some(vectors);
        self
    }

    /// What else the point carries, for filters and for showing.
    #[must_use]
    pub fn payload(mut self, payload: impl Into<Payload>) -> Self {
        self.payload = payload.into();
        self
    }

    fn check(&self, position: usize) -> Result<()> {
        if self.dense.is_none() && self.sparse.is_none() && self.tokens.is_none() {
            return Err(Error::Empty { argument: format!("documents[{position}]"), what: "vector" });
        }
        if let Some(vector) = &self.dense {
            check::dense(format_args!("documents[{position}].dense"), vector)?;
        }
        if let Some((indices, values)) = &self.sparse {
            check::sparse(&format!("documents[{position}].sparse."), indices, values)?;
        }
        if let Some(vectors) = &self.tokens {
            check::multivector(format_args!("documents[{position}].tokens"), vectors)?;
        }
        if HashMap::from(self.payload.clone()).contains_key(ID_KEY) {
            return Err(Error::ReservedKey { position });
        }
        Ok(())
    }
}

impl<I: DocumentId> QdrantRetriever<I> {
    /// Makes the collection, with one dense vector of `dim` components a document.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`]; [`Error::Refused`] if there is a collection of this name.
    pub async fn create_collection(&self, dim: usize, metric: Metric) -> Result<()> {
        self.create_collection_with(&Vectors::new().dense(dim, metric)).await
    }

    /// Makes the collection. For quantization, shards and the rest of Qdrant's settings use [`QdrantRetriever::client`].
    ///
    /// # Errors
    ///
    /// [`Error::Empty`] without vectors; [`Error::Unreachable`]; [`Error::Refused`] if there is a collection of this
    /// name.
    pub async fn create_collection_with(&self, vectors: &Vectors) -> Result<()> {
        if *vectors == Vectors::default() {
            return Err(Error::Empty { argument: "vectors".to_owned(), what: "kind of vector" });
        }
        let names = &self.names;
        let mut config = VectorsConfigBuilder::default();
        if let Some((dim, metric)) = vectors.dense {
            let distance = match metric {
                Metric::Cosine => Distance::Cosine,
                Metric::Dot => Distance::Dot,
            };
            config.add_named_vector_params(&names.dense, VectorParamsBuilder::new(dim as u64, distance));
        }
        if let Some(dim) = vectors.tokens {
            let max_sim = MultiVectorConfigBuilder::new(MultiVectorComparator::MaxSim);
            let params = VectorParamsBuilder::new(dim as u64, Distance::Dot).multivector_config(max_sim);
            config.add_named_vector_params(&names.tokens, params);
        }
        let mut request = CreateCollectionBuilder::new(&self.collection).vectors_config(config);
        if vectors.sparse {
            let mut config = SparseVectorsConfigBuilder::default();
            config.add_named_vector_params(&names.sparse, SparseVectorParamsBuilder::default());
            request = request.sparse_vectors_config(config);
        }
        self.client
            .create_collection(request)
            .await
            .map(|_| ())
            .map_err(|error| self.failed(error, "create_collection"))
    }

    /// Writes documents of one dense vector each, `[ids.len()][dim]`, over those of the same id. As
    /// [`QdrantRetriever::upsert_documents`].
    ///
    /// # Errors
    ///
    /// As [`QdrantRetriever::upsert_documents`], and [`Error::Length`] if there are not as many vectors as ids.
    pub async fn upsert(&self, ids: &[I], vectors: &[Vec<f32>]) -> Result<()> {
        check::same_length("vectors", ids.len(), "vectors, one for each id", vectors.len())?;
        check_ids(ids.iter())?;
        if let Some(first) = vectors.first() {
            for (row, vector) in vectors.iter().enumerate() {
                check::dense(format_args!("vectors[{row}]"), vector)?;
                check::same_length(format_args!("vectors[{row}]"), first.len(), "components", vector.len())?;
            }
        }
        let documents: Vec<Document<I>> =
            ids.iter().zip(vectors).map(|(id, vector)| Document::new(id.clone()).dense(vector.as_slice())).collect();
        self.send(&documents).await
    }

    /// Writes documents over those of the same id, and returns when a search can find them. All are checked before the
    /// first is sent; then they are sent 256 at a time, so after a broken connection a part may have been written, and
    /// writing all again is safe.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateId`]; [`Error::Empty`] for a document or a vector without entries; [`Error::NotFinite`];
    /// [`Error::Length`]; [`Error::DuplicateIndex`]; [`Error::ReservedKey`]; [`Error::Unreachable`];
    /// [`Error::Refused`], for example when a vector is of another dimension than the collection's.
    pub async fn upsert_documents(&self, documents: &[Document<I>]) -> Result<()> {
        check_ids(documents.iter().map(|document| &document.id))?;
        for (position, document) in documents.iter().enumerate() {
            document.check(position)?;
        }
        self.send(documents).await
    }

    async fn send(&self, documents: &[Document<I>]) -> Result<()> {
        for batch in documents.chunks(BATCH) {
            let points: Vec<PointStruct> = batch.iter().map(|document| self.point(document)).collect();
            self.client
                .upsert_points(UpsertPointsBuilder::new(&self.collection, points).wait(true))
                .await
                .map_err(|error| self.failed(error, "upsert"))?;
        }
        Ok(())
    }

    fn point(&self, document: &Document<I>) -> PointStruct {
        let mut vectors = NamedVectors::default();
        if let Some(vector) = &document.dense {
            vectors = vectors.add_vector(&self.names.dense, vector.clone());
        }
        if let Some((indices, values)) = &document.sparse {
            vectors = vectors.add_vector(&self.names.sparse, Vector::new_sparse(indices.clone(), values.clone()));
        }
        if let Some(tokens) = &document.tokens {
            vectors = vectors.add_vector(&self.names.tokens, Vector::new_multi(tokens.clone()));
        }
        let mut payload = document.payload.clone();
        if let Some(kept) = document.id.kept() {
            payload.insert(ID_KEY, kept);
        }
        PointStruct::new(document.id.point_id(), vectors, payload)
    }
}

fn check_ids<'a, I: DocumentId + 'a>(ids: impl Iterator<Item = &'a I>) -> Result<()> {
    match check::unique(ids) {
        Some((position, first)) => Err(Error::DuplicateId { position, first }),
        None => Ok(()),
    }
}
