//! What can be wrong with what is to be scored.

use std::fmt;

/// The argument that an error speaks of. Positions count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Argument {
    /// The tokens of the query.
    Query,
    /// The tokens of the only document.
    Document,
    /// The tokens of one document of several.
    Documents(usize),
    /// The tokens of one candidate.
    Candidate(usize),
    /// The tokens of all documents, flat.
    Values,
    /// Tokens that belong to nothing yet.
    Tokens,
    /// What is a token, and what padding.
    Mask,
    /// The first of two vectors.
    Left,
    /// The second of two vectors.
    Right,
    /// The only vector.
    Vector,
    /// A vector for each candidate.
    Embeddings,
    /// The similarity of each candidate to each.
    Similarity,
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Query => f.write_str("query_tokens"),
            Self::Document => f.write_str("doc_tokens"),
            Self::Documents(position) => write!(f, "values (document {position})"),
            Self::Candidate(position) => write!(f, "candidates[{position}]"),
            Self::Values => f.write_str("values"),
            Self::Tokens => f.write_str("tokens"),
            Self::Mask => f.write_str("mask"),
            Self::Left => f.write_str("a"),
            Self::Right => f.write_str("b"),
            Self::Vector => f.write_str("vector"),
            Self::Embeddings => f.write_str("embeddings"),
            Self::Similarity => f.write_str("similarity"),
        }
    }
}

/// Why a scoring was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A token matrix has no rows.
    #[error("{argument}: expected at least one token, got none; leave out what has no tokens")]
    NoTokens {
        /// Which matrix.
        argument: Argument,
    },
    /// Tokens have no components.
    #[error("{argument}: expected tokens of at least one component, got dim 0; pass the encoder's output")]
    NoComponents {
        /// Which matrix.
        argument: Argument,
    },
    /// The dimension is not that of the query, or of the other vector.
    #[error("{argument}: expected dim {expected}, got {got}; encode query and documents with the same model")]
    DimMismatch {
        /// Which matrix or vector.
        argument: Argument,
        /// The dimension of what it is compared with.
        expected: usize,
        /// Its own dimension.
        got: usize,
    },
    /// A token is longer or shorter than the first of its matrix.
    #[error("{argument}: expected {expected} components in each token, got {got} in token {token}; cut none of them")]
    RaggedTokens {
        /// Which matrix.
        argument: Argument,
        /// Which token.
        token: usize,
        /// The dimension of the matrix's first token.
        expected: usize,
        /// The dimension of this token.
        got: usize,
    },
    /// Flat values do not divide into tokens.
    #[error("{argument}: expected a multiple of dim {dim} values, got {got}; pass whole tokens, one after the other")]
    PartialToken {
        /// Which matrix.
        argument: Argument,
        /// The dimension.
        dim: usize,
        /// The number of values.
        got: usize,
    },
    /// A component is NaN or infinite.
    #[error("{argument}: expected finite components, got {value} in token {token}; repair the encoder's output")]
    NonFinite {
        /// Which matrix.
        argument: Argument,
        /// Which token.
        token: usize,
        /// The component.
        value: f32,
    },
    /// Products of finite components are beyond the range of `f32`.
    #[error("{argument}: expected scores within the range of f32, got an overflow; normalize the tokens")]
    Overflow {
        /// Which matrix.
        argument: Argument,
    },
    /// A token without direction has no cosine.
    #[error("{argument}: expected tokens with a direction, got all zeros in token {token}; leave out padding tokens")]
    ZeroToken {
        /// Which matrix.
        argument: Argument,
        /// Which token.
        token: usize,
    },
    /// A candidate is there twice.
    #[error("candidates[{position}]: expected each id once, got that of candidate {first} again; drop one of the two")]
    DuplicateId {
        /// Where the id is met again.
        position: usize,
        /// Where it was met first.
        first: usize,
    },
    /// The similarities are of more or fewer candidates than there are.
    #[error("similarity: expected {expected} candidates, got {got}; pass a row for each candidate, in their order")]
    SimilarityCount {
        /// The number of candidates.
        expected: usize,
        /// The number of candidates that the similarities are of.
        got: usize,
    },
    /// Similarities that are no square.
    #[error("similarity: expected {len} x {len} values, got {got}; pass the similarity of each candidate to each")]
    SimilarityShape {
        /// The number of rows.
        len: usize,
        /// The number of values.
        got: usize,
    },
    /// The relevance of a candidate is NaN or infinite.
    #[error("candidates[{position}]: expected a finite score, got {value}; drop the candidate or repair its score")]
    NonFiniteRelevance {
        /// Which candidate.
        position: usize,
        /// Its score.
        value: f64,
    },
    /// A weight between relevance and diversity that is no such weight.
    #[error("{argument}: expected a weight from 0 (diversity alone) to 1 (relevance alone), got {got}; 0.5 is usual")]
    InvalidLambda {
        /// Which weight.
        argument: &'static str,
        /// What was passed.
        got: f64,
    },
    /// A weight of relevance that is negative or not finite.
    #[error("alpha: expected a finite weight of at least 0, got {got}; 1 is usual")]
    InvalidAlpha {
        /// What was passed.
        got: f64,
    },
    /// Offsets that do not divide the tokens into documents.
    #[error(
        "offsets: expected ascending row numbers from 0 to {tokens}, got {got} at position {position}; offsets[i] is \
         the row at which document i begins, and the last is the number of rows"
    )]
    InvalidOffsets {
        /// The number of tokens.
        tokens: usize,
        /// The first wrong position.
        position: usize,
        /// The offset there.
        got: usize,
    },
    /// There is not a weight for each token of the query.
    #[error("weights: expected {expected} finite numbers, one for each query token, got {got}; pass one for each")]
    Weights {
        /// The number of query tokens.
        expected: usize,
        /// The number of weights, or the weight that is not finite.
        got: String,
    },
    /// There is not a scale for each token.
    #[error("scales: expected {expected}, one for each token, got {got}; pass those that the codes were made with")]
    Scales {
        /// The number of tokens.
        expected: usize,
        /// The number of scales.
        got: usize,
    },
    /// A mask of another shape than the documents.
    #[error("mask: expected {expected} entries, one for each token and padding, got {got}; pass the tokenizer's mask")]
    MaskLength {
        /// The number of tokens, padding included.
        expected: usize,
        /// The number of entries.
        got: usize,
    },
    /// Documents of more components than their type can be scored in.
    #[error("{argument}: expected at most {expected} components as int8, got dim {got}; pass the tokens as bf16")]
    TooManyComponents {
        /// Which matrix.
        argument: Argument,
        /// The most.
        expected: usize,
        /// The dimension.
        got: usize,
    },
    /// A precision was asked for that is not for this type.
    #[error(
        "precision: expected none for documents stored as {stored}, got {got}; bf16 is for float32, signs for sign bits"
    )]
    Precision {
        /// How the documents are stored.
        stored: &'static str,
        /// The precision.
        got: &'static str,
    },
    /// Sign bits that do not fill bytes.
    #[error(
        "{argument}: expected a dim that is a multiple of 8 for sign bits, got {got}; append zeros to query and tokens"
    )]
    PartialByte {
        /// Which argument.
        argument: Argument,
        /// The dimension.
        got: usize,
    },
    /// Some queries by dot product, others by cosine.
    #[error("queries[{position}]: expected all by dot product or all by cosine, got the other; make two calls")]
    MixedQueries {
        /// The first that differs from those before.
        position: usize,
    },
    /// A parameter that is out of its range.
    #[error("{argument}: expected {expected}, got {got}; {advice}")]
    Parameter {
        /// Which parameter.
        argument: &'static str,
        /// What it may be.
        expected: String,
        /// What was passed.
        got: String,
        /// What to do.
        advice: &'static str,
    },
    /// No offsets at all.
    #[error("offsets: expected one more offset than documents, got none; no documents are offsets of [0]")]
    NoOffsets,
    /// A store of residual codes without what decodes them.
    #[error("dtype: expected one of components or sign bits, got {got}; make the store with its codec")]
    NoCodec {
        /// The type that was asked for.
        got: &'static str,
    },
    /// A prefix that is no prefix.
    #[error(
        "head_dims: expected {expected} components of {dim}, got {got}; pass a dimension that the model was trained for"
    )]
    HeadDims {
        /// What is expected.
        expected: &'static str,
        /// The number of components.
        dim: usize,
        /// The prefix.
        got: usize,
    },
    /// Tokens cannot be pooled so.
    #[error("{argument}: expected {expected}, got {got}; 2 is usual for factor and window")]
    PoolFactor {
        /// `factor`, `window` or `max_distance`.
        argument: &'static str,
        /// What is expected.
        expected: &'static str,
        /// What was passed.
        got: f64,
    },
    /// A candidate of a first stage whose tokens are not there.
    #[error("candidates[{position}]: expected tokens for each candidate, got none; pass them or drop the candidate")]
    MissingTokens {
        /// Which candidate.
        position: usize,
    },
    /// A weight between the first stage and its refinement that is no such weight.
    #[error(
        "alpha: expected a weight from 0 (the refinement alone) to 1 (the first stage alone), got {got}; 0.5 is usual"
    )]
    InvalidBlend {
        /// What was passed.
        got: f32,
    },
    /// The pieces of text that the tokens of a document stand for are not what they must be.
    #[error("offsets: expected {expected}, got other in token {token}; pass the tokenizer's offsets")]
    TokenOffsets {
        /// What is expected.
        expected: &'static str,
        /// The first token that is wrong.
        token: usize,
    },
    /// A patch beyond the image.
    #[error("patches: expected numbers below {patches}, got {got}; leave out tokens that are no patches")]
    Patch {
        /// The number of patches.
        patches: usize,
        /// The patch.
        got: usize,
    },
    /// An id that a store holds already, or that is there twice.
    #[error(
        "ids[{position}]: expected ids that are new and there once, got one again; use replace to change a document"
    )]
    KnownId {
        /// Where it is among the ids.
        position: usize,
    },
    /// An id that a store does not hold.
    #[error("ids[{position}]: expected ids that the store holds, each once, got another; append the document first")]
    UnknownId {
        /// Where it is among the ids.
        position: usize,
    },
    /// There is not an id for each document.
    #[error("ids: expected {expected}, one for each document, got {got}; pass one for each")]
    IdCount {
        /// The number of documents.
        expected: usize,
        /// The number of ids.
        got: usize,
    },
    /// Tokens of a type that a store does not take.
    #[error("{argument}: expected tokens of {expected} or f32, got {got}; convert them to f32")]
    StoredDtype {
        /// Which matrix.
        argument: Argument,
        /// The type of the store.
        expected: &'static str,
        /// The type of the tokens.
        got: &'static str,
    },
    /// A file cannot be read or written.
    #[error("path: expected a file that can be read or written, got {}: {source}; check the path", path.display())]
    File {
        /// The file.
        path: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file that is not what was saved.
    #[error("path: expected a file that TokenStore saved, got {}, {what}; save the store again", path.display())]
    DamagedFile {
        /// The file.
        path: std::path::PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A file that is not an index that was saved.
    #[error("path: expected a file that PlaidIndex saved, got {}, {what}; save the index again", path.display())]
    DamagedIndex {
        /// The file.
        path: std::path::PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A file whose ids are of another type.
    #[error("path: expected ids that {wanted} holds, got {got} in {}; open it with the type that it was saved with", path.display())]
    IdType {
        /// The file.
        path: std::path::PathBuf,
        /// The type that was asked for.
        wanted: &'static str,
        /// The id.
        got: String,
    },
    /// The instruction set that the environment asks for cannot be had.
    #[error(transparent)]
    Isa(#[from] rank_kernels::IsaError),
    /// A model or tokenizer file cannot be read.
    #[cfg(feature = "crossencoder")]
    #[error("{argument}: expected a readable file, got {}: {source}; check the path", path.display())]
    Unreadable {
        /// `model_path` or `tokenizer_path`.
        argument: &'static str,
        /// The file.
        path: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A tokenizer file is not what the `tokenizers` library writes.
    #[cfg(feature = "crossencoder")]
    #[error(
        "tokenizer_path: expected a tokenizer.json, got {}: {reason}; save the model's fast tokenizer again",
        path.display()
    )]
    InvalidTokenizer {
        /// The file.
        path: std::path::PathBuf,
        /// What the library says.
        reason: String,
    },
    /// A tokenizer does not say how two texts are joined.
    #[cfg(feature = "crossencoder")]
    #[error(
        "tokenizer_path: expected a template that joins two texts with special tokens, got one of {special} tokens in \
         {}; save the tokenizer with the post-processor that the model was trained with",
        path.display()
    )]
    NoPairTemplate {
        /// The file.
        path: std::path::PathBuf,
        /// How many tokens its template adds to a pair.
        special: usize,
    },
    /// Pairs may not be that short.
    #[cfg(feature = "crossencoder")]
    #[error("max_length: expected at least {expected} tokens, got {got}; 512 is usual")]
    MaxLength {
        /// The least.
        expected: usize,
        /// What was passed.
        got: usize,
    },
    /// A text could not be tokenized.
    #[cfg(feature = "crossencoder")]
    #[error("{argument}: expected text that the tokenizer knows, got {reason}; give the tokenizer an unknown token")]
    Tokenization {
        /// Which text.
        argument: String,
        /// What the library says.
        reason: String,
    },
    /// A model gave more or fewer scores than it was given documents.
    #[cfg(feature = "crossencoder")]
    #[error("scores: expected {expected}, got {got}; the model must give each document one score, in order")]
    ScoreCount {
        /// The number of documents.
        expected: usize,
        /// The number of scores.
        got: usize,
    },
    /// A model gave a document a score that is not a number.
    #[cfg(feature = "crossencoder")]
    #[error("scores[{position}]: expected a number, got NaN; repair the model")]
    NanScore {
        /// Which document.
        position: usize,
    },
    /// No tokenizer was named, and none lies beside the model.
    #[cfg(feature = "ort")]
    #[error(
        "tokenizer_path: expected a path, or a tokenizer.json beside the model, got no path and no {}; save the \
         model's tokenizer there or pass its path",
        beside.display()
    )]
    NoTokenizer {
        /// Where it was looked for.
        beside: std::path::PathBuf,
    },
    /// ONNX Runtime is not to be found.
    #[cfg(feature = "ort")]
    #[error(
        "ORT_DYLIB_PATH: expected the path of ONNX Runtime's library, got none; run pip install onnxruntime and set \
         ORT_DYLIB_PATH to the libonnxruntime file in the folder onnxruntime/capi of its installation"
    )]
    NoRuntime,
    /// ONNX Runtime cannot be loaded.
    #[cfg(feature = "ort")]
    #[error(
        "ORT_DYLIB_PATH: expected the library of ONNX Runtime 1.24 or newer, got {}: {reason}; run pip install \
         --upgrade onnxruntime and set ORT_DYLIB_PATH to the libonnxruntime file in its folder onnxruntime/capi",
        path.display()
    )]
    Runtime {
        /// The library.
        path: std::path::PathBuf,
        /// What the loader says.
        reason: String,
    },
    /// A file is no ONNX model, or not one that this ONNX Runtime can run.
    #[cfg(feature = "ort")]
    #[error("model_path: expected an ONNX model, got {}: {reason}; export the model again", path.display())]
    InvalidModel {
        /// The file.
        path: std::path::PathBuf,
        /// What ONNX Runtime says.
        reason: String,
    },
    /// A model has other inputs than a cross-encoder.
    #[cfg(feature = "ort")]
    #[error(
        "model_path: expected int64 inputs input_ids, attention_mask and optionally token_type_ids, got {got}; export \
         the model with these names"
    )]
    ModelInputs {
        /// Its inputs, by name and type.
        got: String,
    },
    /// A model's output is not one score for each pair.
    #[cfg(feature = "ort")]
    #[error(
        "model_path: expected a float32 output of shape (batch, 1) or (batch,), called logits if there are several, \
         got {got}; export a model with one label"
    )]
    ModelOutput {
        /// Its outputs, by name and type.
        got: String,
    },
    /// ONNX Runtime failed.
    #[cfg(feature = "ort")]
    #[error(
        "docs: expected pairs that the model can read, got {reason}; check max_length against the model's positions"
    )]
    Inference {
        /// What ONNX Runtime says.
        reason: String,
    },
    /// A tensor of the wrong number of dimensions.
    #[cfg(feature = "candle")]
    #[error("{argument}: expected a tensor of shape {expected}, got shape {got:?}; reshape it")]
    TensorShape {
        /// Which tensor.
        argument: Argument,
        /// The shape that is taken, dimensions by name.
        expected: &'static str,
        /// The shape that was passed.
        got: Vec<usize>,
    },
    /// Candle refused.
    #[cfg(feature = "candle")]
    #[error(transparent)]
    Candle(#[from] candle_core::Error),
}

/// The result of a scoring.
pub type Result<T> = std::result::Result<T, Error>;
