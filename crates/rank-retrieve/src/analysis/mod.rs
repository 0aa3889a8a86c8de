//! From text to index terms.

mod analyzer;
mod crew;
mod fold;
mod identifiers;
mod language;
mod saved;
mod stop_words;
mod tokenizer;
mod words;

pub use analyzer::{Analyzer, AnalyzerSession};
pub(crate) use crew::{Analyzed, in_pieces};
pub use language::Language;
pub use stop_words::ENGLISH_STOP_WORDS;
pub use tokenizer::{CustomTokenizer, Tokenizer};
