#![doc = include_str!("../README.md")]

mod analyzer;
mod bm25;
mod error;
mod exact;
mod language;
mod metric;
mod stop_words;
mod top_k;
mod vector;

#[cfg(feature = "qdrant")]
pub mod qdrant;
#[cfg(feature = "usearch")]
mod usearch;

pub use analyzer::Analyzer;
pub use bm25::{Bm25Index, Bm25Params};
pub use error::{Error, Result};
pub use exact::ExactDenseIndex;
pub use language::Language;
pub use metric::Metric;
pub use stop_words::ENGLISH_STOP_WORDS;
#[cfg(feature = "usearch")]
pub use usearch::{DenseIndex, HnswOptions, IdCodec, Precision, StoredId};
