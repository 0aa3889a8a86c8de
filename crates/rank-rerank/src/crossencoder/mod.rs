//! Cross-encoders: a model reads query and document together and gives one score for the pair.
//!
//! [`CrossEncoder`] is what [`rerank`] asks of a model, so that a caller can bring its own; with the feature `ort`,
//! `ort::OrtCrossEncoder` runs ONNX files. [`PairTokenizer`] makes a model's input of two texts.
//!
//! ```
//! use rank_rerank::crossencoder::{CrossEncoder, rerank};
//!
//! /// Counts the words of the document that the query has too.
//! struct Overlap;
//!
//! impl CrossEncoder for Overlap {
//!     type Error = rank_rerank::Error;
//!
//!     fn score_batch(&self, query: &str, docs: &[&str]) -> Result<Vec<f32>, Self::Error> {
//!         let shared = |doc: &str| doc.split(' ').filter(|word| query.split(' ').any(|term| term == *word)).count();
//!         Ok(docs.iter().map(|doc| shared(doc) as f32).collect())
//!     }
//! }
//!
//! let candidates = [("a", "stack of hay"), ("b", "stack two arrays"), ("c", "sorting")];
//! let reranked = rerank(&Overlap, "stack arrays", &candidates)?;
//! assert_eq!(reranked, [("b", 2.0), ("a", 1.0), ("c", 0.0)]);
//! # Ok::<(), rank_rerank::Error>(())
//! ```
//!
//! Source: Nogueira and Cho: Passage Re-ranking with BERT (2019).

#[cfg(feature = "ort")]
mod batches;
#[cfg(feature = "ort")]
pub mod ort;
mod refine;
mod rerank;
mod tokenizer;

pub use refine::{refine, refine_with_config};
pub use rerank::{CrossEncoder, rerank};
pub use tokenizer::{Pair, PairTokenizer, Query};
