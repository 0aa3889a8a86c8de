#![doc = include_str!("../README.md")]

mod analysis;
mod bm25;
mod builder;
mod columns;
mod engine;
mod error;
mod exact;
mod feedback;
mod file;
mod filter;
mod filtered;
mod folder;
mod growing;
mod id_codec;
mod id_rows;
mod ids;
mod impacts;
mod json_lines;
mod mapped;
mod matches;
mod metric;
mod scoring;
mod sparse;
mod sparse_growing;
mod sparse_steps;
mod stored;
mod text_fields;
mod top_k;
mod vector;

#[cfg(feature = "qdrant")]
pub mod qdrant;
#[cfg(feature = "usearch")]
mod usearch;

pub use analysis::{Analyzer, AnalyzerSession, CustomTokenizer, ENGLISH_STOP_WORDS, Language, Tokenizer};
pub use bm25::Bm25Index;
pub use builder::Bm25Builder;
pub use columns::{FieldType, FieldValue, StoredFields};
pub use error::{Error, Result};
pub use exact::ExactDenseIndex;
pub use feedback::{Explanation, Feedback, FieldShare, TermShare};
pub use filter::{Compiled, FieldName, Filter, field};
pub use filtered::{Filtered, FilteredSparse};
pub use id_codec::{IdCodec, StoredId};
pub use impacts::Impacts;
pub use json_lines::JsonFields;
pub use matches::{Interval, Matches};
pub use metric::Metric;
pub use scoring::{Bm25Params, Formula, Scoring};
pub use sparse::{DimensionShare, SparseExplanation, SparseIndex, SparseRows};
pub use sparse_growing::{JsonVectors, SparseBuilder, count_pieces};
pub use text_fields::TextField;
#[cfg(feature = "usearch")]
pub use usearch::{DenseIndex, HnswOptions, Precision};
