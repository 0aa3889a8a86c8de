#![doc = include_str!("../README.md")]

mod analysis;
mod bm25;
mod engine;
mod error;
mod exact;
mod feedback;
mod file;
mod id_codec;
mod ids;
mod mapped;
mod metric;
mod scoring;
mod sparse;
mod top_k;
mod vector;

#[cfg(feature = "qdrant")]
pub mod qdrant;
#[cfg(feature = "usearch")]
mod usearch;

pub use analysis::{Analyzer, AnalyzerSession, CustomTokenizer, ENGLISH_STOP_WORDS, Language, Tokenizer};
pub use bm25::Bm25Index;
pub use error::{Error, Result};
pub use exact::ExactDenseIndex;
pub use feedback::{Explanation, Feedback, TermShare};
pub use id_codec::{IdCodec, StoredId};
pub use metric::Metric;
pub use scoring::{Bm25Params, Formula, Scoring};
pub use sparse::{SparseIndex, SparseRows};
#[cfg(feature = "usearch")]
pub use usearch::{DenseIndex, HnswOptions, Precision};
