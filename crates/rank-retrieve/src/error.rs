//! What can be wrong with documents, queries, options and files.

use std::io;
use std::path::PathBuf;

/// Why a call was refused. Positions count from 0.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The index holds a document of this id already.
    #[error(
        "id: expected a new document id, got that of document {document} again; \
         leave the second out or give it another id"
    )]
    DuplicateDocument {
        /// Which document of the index, in the order of adding.
        document: usize,
    },
    /// Documents and positions are numbered in 32 bits.
    #[error("documents: expected fewer than 4294967295 documents and terms in each, got more; use several indexes")]
    TooLarge,
    /// The saturation of the term frequency is negative or not finite.
    #[error("k1: expected a finite number of at least 0, got {k1}; 1.5 is the default")]
    InvalidK1 {
        /// The value that was passed.
        k1: f64,
    },
    /// The share of length normalization is outside of 0 to 1.
    #[error("b: expected a number from 0 to 1, got {b}; 0.75 is the default")]
    InvalidB {
        /// The value that was passed.
        b: f64,
    },
    /// A parameter of a formula is out of its range.
    #[error("{parameter}: expected {expected}, got {got}; correct it")]
    InvalidScoring {
        /// Which parameter.
        parameter: &'static str,
        /// What it may be.
        expected: &'static str,
        /// The value that was passed.
        got: f64,
    },
    /// Numbers of terms, or where documents begin among them, that do not fit.
    #[error("{argument}: expected {expected}, got {got}; pass the arrays that belong together")]
    InvalidTokens {
        /// Which argument.
        argument: &'static str,
        /// What it may be.
        expected: String,
        /// What it is.
        got: String,
    },
    /// Dimensions by number where the index has names, or names where it has numbers.
    #[error("dimensions: expected {expected}, as the index has, got {got}; keep the two in indexes of their own")]
    MixedDimensions {
        /// What the index has.
        expected: &'static str,
        /// What was passed.
        got: &'static str,
    },
    /// A value of another type than its field.
    #[error("fields[{field:?}]: expected a value of type {expected}, got {got}; convert it or use another field")]
    FieldType {
        /// Which field.
        field: String,
        /// The type of the field.
        expected: &'static str,
        /// The value that was passed.
        got: String,
    },
    /// No stored field of this name.
    #[error("filter: expected a stored field, one of [{known}], got {field:?}; store it with documents or declare it")]
    UnknownField {
        /// The name that was passed.
        field: String,
        /// The fields there are.
        known: String,
    },
    /// A compiled filter of another index, or of one that has changed.
    #[error(
        "filter: expected one that was compiled by this index as it is, got one of before a change or of another index; \
         compile it again"
    )]
    StaleFilter,
    /// No type of a field of this name.
    #[error("fields: expected one of the types int, float, keyword, date, got {name:?}; choose one of them")]
    UnknownFieldType {
        /// The name that was passed.
        name: String,
    },
    /// A text that is no date.
    #[error(
        "date: expected an ISO 8601 date or time of the years 1 to 9999, to the microsecond, got {got:?}; \
         write it as 2026-11-23 or 2026-11-23T10:25:00.000001Z"
    )]
    InvalidDate {
        /// The text.
        got: String,
    },
    /// Text fields, or what is to go with them, that do not fit.
    #[error("text_fields: expected {expected}, got {got}; correct it")]
    InvalidTextFields {
        /// What they may be.
        expected: &'static str,
        /// What they are.
        got: String,
    },
    /// No text field of this name.
    #[error("text_fields: expected one of [{known}], got {field:?}; name it when the index is made")]
    UnknownTextField {
        /// The name that was passed.
        field: String,
        /// The names there are.
        known: String,
    },
    /// No system to agree with of this name.
    #[error("score_compat: expected one of lucene, tantivy, bm25s, got {name:?}; choose one of them")]
    UnknownSystem {
        /// The name that was passed.
        name: String,
    },
    /// No formula of this name, or not in the system to agree with.
    #[error("formula: expected one of {known}, got {name:?}; choose one of them")]
    UnknownFormula {
        /// The name that was passed.
        name: String,
        /// The names there are.
        known: String,
    },
    /// No form of impacts of this name.
    #[error("impacts: expected f32 or u8, got {name:?}; choose one of them")]
    UnknownImpacts {
        /// The name that was passed.
        name: String,
    },
    /// The greatest weight of an index of weights in bytes is none.
    #[error("max_weight: expected {expected}, got {got}; {cure}")]
    InvalidMaxWeight {
        /// What it may be.
        expected: &'static str,
        /// What it is.
        got: f32,
        /// What to do.
        cure: &'static str,
    },
    /// A weight that an index of weights in bytes cannot hold.
    #[error("{argument}: expected {expected}, got {got}; {cure}")]
    UnfitWeight {
        /// Which argument.
        argument: &'static str,
        /// What it may be.
        expected: String,
        /// What it is, and where.
        got: String,
        /// What to do.
        cure: &'static str,
    },
    /// No stemmer of this name.
    #[error("language: expected one of {known}, got {name:?}; without a stemmer, any language will do")]
    UnknownLanguage {
        /// The name that was passed.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A tokenizer that the caller brought failed.
    #[error("tokenizer: expected the words of a text from {name:?}, got an error: {source}; repair the function")]
    Tokenizer {
        /// The name of the function.
        name: String,
        /// What it says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// N-grams of no characters, or of fewer at most than at least.
    #[error("ngrams: expected 1 <= least <= most, got {least} and {most}; (3, 3) gives trigrams")]
    InvalidNgrams {
        /// The fewest characters.
        least: usize,
        /// The most characters.
        most: usize,
    },
    /// The settings of an analyzer are not those that were saved.
    #[error(
        "analyzer: expected settings that this version saved, got {what}; \
         pass the analyzer that the index was made with, or build it again"
    )]
    SavedAnalyzer {
        /// What is wrong with them.
        what: String,
    },
    /// The weight of a term is negative or not finite.
    #[error("terms[{position}]: expected a finite weight of at least 0, got {weight}; leave the term out")]
    InvalidWeight {
        /// Which term.
        position: usize,
        /// The weight that was passed.
        weight: f32,
    },
    /// A document that the index does not hold.
    #[error("relevant[{position}]: expected a document of the index, got another id; leave it out or add it")]
    UnknownDocument {
        /// Which of the documents.
        position: usize,
    },
    /// No metric of this name.
    #[error("metric: expected \"cosine\" or \"dot\", got {name:?}; choose the one that the vectors were trained for")]
    UnknownMetric {
        /// The name that was passed.
        name: String,
    },
    /// Vectors without components.
    #[error("dim: expected at least 1, got 0; pass the length of the vectors")]
    ZeroDim,
    /// A vector of another length than the index was made for.
    #[error("vector: expected {expected} components, got {got}; use the model that the index was made with")]
    Dimension {
        /// The dimension of the index.
        expected: usize,
        /// The length that was passed.
        got: usize,
    },
    /// A component is NaN or infinite.
    #[error("vector[{position}]: expected a finite number, got {value}; repair or drop the vector")]
    NotFinite {
        /// Where in the vector.
        position: usize,
        /// What is there.
        value: f32,
    },
    /// The angle to a zero vector is not defined.
    #[error("vector: expected a direction, got only zeros; drop the vector or choose the metric \"dot\"")]
    ZeroVector,
    /// A component so large that an inner product, or its 16-bit form, could overflow.
    #[error(
        "vector[{position}]: expected a magnitude of at most {limit:e}, got {value:e}; scale the vectors down together"
    )]
    ComponentTooLarge {
        /// Where in the vector.
        position: usize,
        /// What is there.
        value: f32,
        /// The greatest magnitude that cannot overflow.
        limit: f32,
    },
    /// An option of a graph index is out of its range.
    #[error("{option}: expected {least} to {most}, got {got}; {usual} is the default")]
    InvalidOption {
        /// Which option.
        option: &'static str,
        /// The least value.
        least: usize,
        /// The greatest value.
        most: usize,
        /// The value that was passed.
        got: usize,
        /// The default.
        usual: usize,
    },
    /// No precision of this name.
    #[error("precision: expected \"f32\" or \"f16\", got {name:?}; f16 halves the memory of the vectors")]
    UnknownPrecision {
        /// The name that was passed.
        name: String,
    },
    /// A file cannot be opened, read, written or renamed.
    #[error("{}: expected a file that can be read or written, got: {source}; check the path", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// Another writer is at work on a file, or in a folder.
    #[error("{}: expected a place that nobody else writes to, got one that is locked; wait for the other", path.display())]
    Locked {
        /// The file or the folder.
        path: PathBuf,
    },
    /// A file of a later version of this library.
    #[error(
        "{}: expected a format of version {newest} or before, got version {got}; install a newer rank-retrieve",
        path.display()
    )]
    FileVersion {
        /// The file.
        path: PathBuf,
        /// What this library writes.
        newest: u32,
        /// What the file says.
        got: u32,
    },
    /// A file is not what this library wrote.
    #[error("{}: expected a saved index, got {what}; save it again", path.display())]
    DamagedFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The ids of a saved index do not fit the type they are to be read as.
    #[error("{}: expected ids of type {wanted}, got {got}; load it with the type it was saved with", path.display())]
    IdType {
        /// The file.
        path: PathBuf,
        /// The type that was asked for.
        wanted: &'static str,
        /// The first id that does not fit.
        got: String,
    },
    /// An index whose settings are to be used has documents.
    #[error("index: expected one without documents, whose settings are used, got {documents}; make a new one")]
    NotEmpty {
        /// How many.
        documents: usize,
    },
    /// One of many documents.
    #[error("documents[{row}]: {source}")]
    Row {
        /// Which of them.
        row: usize,
        /// What is wrong with it.
        source: Box<Error>,
    },
    /// A line of a file of documents.
    #[error("{}, line {line}: {source}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, the first is 1.
        line: usize,
        /// What is wrong with it.
        source: Box<Error>,
    },
    /// A document that is not what was asked for.
    #[error("{field}: expected {expected}, got {got}; {cure}")]
    Document {
        /// Which part of it.
        field: String,
        /// What it may be.
        expected: &'static str,
        /// What it is.
        got: String,
        /// What to do.
        cure: &'static str,
    },
    /// Whoever watches the work wanted no more of it.
    #[error("watch: expected to go on, got a stop; begin again")]
    Stopped,
    /// The environment asks for instructions that this machine lacks.
    #[error(transparent)]
    Isa(#[from] rank_kernels::IsaError),
    /// The library usearch refused.
    #[error("usearch: expected success, got: {what}; free memory or make the index smaller")]
    Usearch {
        /// What it says.
        what: String,
    },
    /// A call to Qdrant failed.
    #[cfg(feature = "qdrant")]
    #[error(transparent)]
    Qdrant(#[from] crate::qdrant::Error),
}

/// The result of a call.
pub type Result<T> = std::result::Result<T, Error>;
