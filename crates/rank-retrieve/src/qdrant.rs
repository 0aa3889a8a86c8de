//! Retrieval from a [Qdrant](https://qdrant.tech) server, over the official gRPC client.
//!
//! [`QdrantRetriever`] makes a collection, fills it, and turns what the server finds into ranked lists: `(id, score)`
//! by score descending, then by id ascending, ready for fusion with the lists of other retrievers.
//!
//! ```no_run
//! # async fn answer(query_embedding: Vec<f32>) -> Result<(), rank_retrieve::qdrant::Error> {
//! use rank_retrieve::qdrant::QdrantRetriever;
//!
//! let qdrant = QdrantRetriever::from_url("http://localhost:6334", "documents")?;
//! let dense_results: Vec<(String, f32)> = qdrant.search(&query_embedding, 100).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Ids
//!
//! Qdrant numbers its points or names them by UUID; documents have names of any form. A `u64` id is the id of its
//! point. A `String` id is kept in the payload of its point, under the key [`ID_KEY`], and its point has the UUID of
//! version 5 that the id has in the URL namespace: Python's `uuid.uuid5(uuid.NAMESPACE_URL, id)`. The Python package
//! does the same, so that either reads what the other wrote. A point without that key is known by its own id.
//!
//! # Vectors
//!
//! A point has up to three named vectors: [`DENSE`], [`SPARSE`] and [`TOKENS`], one vector a token, compared by MaxSim.
//! Collections of other making have other names: [`QdrantRetriever::using`] and its neighbors.
//!
//! # Ties
//!
//! Among documents of equal score Qdrant promises no order. What it returns is sorted here; which of several documents
//! that tie for the last places are returned, remains its choice.

pub use qdrant_client;

mod check;
mod collection;
mod error;
mod hybrid;
mod id;
mod list;
mod retriever;

pub use collection::{Document, Vectors};
pub use error::{Error, Result};
pub use hybrid::HybridQuery;
pub use id::{DocumentId, ID_KEY};
pub use retriever::{DENSE, QdrantRetriever, SPARSE, TOKENS};
