//! Cross-encoders in ONNX files, run by ONNX Runtime.
//!
//! The library is loaded at run time, when the first encoder is made: the environment variable `ORT_DYLIB_PATH` holds
//! its path, or [`OrtOptions::with_library`] gives it. Any ONNX Runtime from 1.24 on will do; the Python package
//! `onnxruntime` contains one, as `onnxruntime/capi/libonnxruntime.so.*`.
//!
//! ```no_run
//! use rank_rerank::crossencoder::ort::OrtCrossEncoder;
//!
//! let encoder = OrtCrossEncoder::from_file("model.onnx", None, 512)?;
//! let score = encoder.score("how to stack arrays", "Join a sequence of arrays along a new axis.")?;
//! let scores = encoder.score_batch("how to stack arrays", &["Sort an array.", "Stack arrays in sequence."])?;
//! # Ok::<(), rank_rerank::Error>(())
//! ```

mod library;
mod model;

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

pub use ::ort;
use ::ort::logging::LogLevel;
use ::ort::session::Session;

use self::model::Model;
use super::batches::batches;
use super::{CrossEncoder, PairTokenizer};
use crate::{Error, Result};

/// Documents that are tokenized between two reports of progress.
const TOKENIZED: usize = 256;

/// How an encoder runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrtOptions {
    threads: usize,
    library: Option<PathBuf>,
}

impl OrtOptions {
    /// As many threads as ONNX Runtime chooses, and the library at `ORT_DYLIB_PATH`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Threads that share the work of one batch; 0 lets ONNX Runtime choose.
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// The path of ONNX Runtime's library. Once a process has loaded one, that one stays.
    #[must_use]
    pub fn with_library(mut self, path: impl Into<PathBuf>) -> Self {
        self.library = Some(path.into());
        self
    }
}

/// A cross-encoder in an ONNX file.
///
/// The model's inputs are `input_ids`, `attention_mask` and, if it has it, `token_type_ids`, all int64 of shape
/// `(batch, length)`; its output, called `logits` if there are several, is float32 of shape `(batch, 1)` or `(batch,)`.
/// A score is the raw logit: its order is what counts. Models that were trained for probabilities give them through
/// the sigmoid, `1 / (1 + exp(-score))`.
///
/// Pairs are scored in batches of like length, at most 1,024 tokens each with padding. Scores do not depend on the
/// company in a batch beyond rounding (1e-5), unless the model is quantized with scales that are computed for a batch.
///
/// ONNX Runtime does one batch at a time: threads that share an encoder take turns.
#[derive(Debug)]
pub struct OrtCrossEncoder {
    model: Mutex<Model>,
    tokenizer: PairTokenizer,
}

impl OrtCrossEncoder {
    /// Loads a model with the default options.
    ///
    /// `tokenizer_path` is the model's `tokenizer.json`; `None` looks for it beside the model. Pairs are cut to
    /// `max_length` tokens, special tokens included: 512 for BERT and its like.
    ///
    /// # Errors
    ///
    /// As [`Self::from_file_with`].
    pub fn from_file(model_path: impl AsRef<Path>, tokenizer_path: Option<&Path>, max_length: usize) -> Result<Self> {
        Self::from_file_with(model_path, tokenizer_path, max_length, &OrtOptions::new())
    }

    /// Loads a model.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`] for a file that is not there; [`Error::NoTokenizer`] when `tokenizer_path` is `None` and
    /// there is none beside the model; what [`PairTokenizer::from_file`] refuses; [`Error::NoRuntime`] and
    /// [`Error::Runtime`] without a usable ONNX Runtime; [`Error::InvalidModel`] for a file that it cannot read;
    /// [`Error::ModelInputs`] and [`Error::ModelOutput`] for a model that is no cross-encoder.
    pub fn from_file_with(
        model_path: impl AsRef<Path>,
        tokenizer_path: Option<&Path>,
        max_length: usize,
        options: &OrtOptions,
    ) -> Result<Self> {
        let model_path = model_path.as_ref();
        std::fs::File::open(model_path).map_err(|source| Error::Unreadable {
            argument: "model_path",
            path: model_path.to_owned(),
            source,
        })?;
        let tokenizer = match tokenizer_path {
            Some(path) => PairTokenizer::from_file(path, max_length)?,
            None => PairTokenizer::from_file(beside(model_path)?, max_length)?,
        };
        let environment = library::environment(options.library.as_deref())?;
        let session = Session::builder(&environment)
            .and_then(|builder| Ok(builder.with_intra_threads(options.threads)?))
            // What fails is returned, not printed too.
            .and_then(|builder| Ok(builder.with_log_level(LogLevel::Fatal)?))
            // Each batch has another length.
            .and_then(|builder| Ok(builder.with_memory_pattern(false)?))
            .and_then(|mut builder| builder.commit_from_file(model_path))
            .map_err(|reason| Error::InvalidModel { path: model_path.to_owned(), reason: reason.to_string() })?;
        Self::from_session(session, tokenizer)
    }

    /// Takes a session that the caller has made, on a device or with options of its own.
    ///
    /// # Errors
    ///
    /// [`Error::ModelInputs`] and [`Error::ModelOutput`] for a model that is no cross-encoder.
    pub fn from_session(session: Session, tokenizer: PairTokenizer) -> Result<Self> {
        Ok(Self { model: Mutex::new(Model::new(session)?), tokenizer })
    }

    /// What makes the model's input of two texts.
    pub fn tokenizer(&self) -> &PairTokenizer {
        &self.tokenizer
    }

    /// The logit of one pair.
    ///
    /// # Errors
    ///
    /// As [`Self::score_batch`].
    pub fn score(&self, query: &str, doc: &str) -> Result<f32> {
        CrossEncoder::score(self, query, doc)
    }

    /// The logit of each document, in the order of `docs`; none for no documents.
    ///
    /// # Errors
    ///
    /// [`Error::Tokenization`]; [`Error::Inference`] when ONNX Runtime fails, as it does for pairs that are longer
    /// than the model has positions; [`Error::ModelOutput`] for an output of another shape than announced;
    /// [`Error::NanScore`].
    pub fn score_batch<S: AsRef<str>>(&self, query: &str, docs: &[S]) -> Result<Vec<f32>> {
        match self.score_batch_with(query, docs, |_| ControlFlow::<Infallible>::Continue(()))? {
            ControlFlow::Continue(scores) => Ok(scores),
            ControlFlow::Break(never) => match never {},
        }
    }

    /// [`Self::score_batch`] with reports: `progress` is told after each batch how many documents it held, now and
    /// then 0 while texts are tokenized, and can end the work.
    ///
    /// # Errors
    ///
    /// As [`Self::score_batch`].
    pub fn score_batch_with<S: AsRef<str>, B>(
        &self,
        query: &str,
        docs: &[S],
        mut progress: impl FnMut(usize) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B, Vec<f32>>> {
        let query = self.tokenizer.query(query)?;
        let mut pairs = Vec::with_capacity(docs.len());
        for some in docs.chunks(TOKENIZED) {
            pairs.extend(self.tokenizer.pairs(&query, some, pairs.len())?);
            if let ControlFlow::Break(value) = progress(0) {
                return Ok(ControlFlow::Break(value));
            }
        }
        let lengths: Vec<usize> = pairs.iter().map(|pair| pair.ids.len()).collect();
        let mut scores = vec![0.0; pairs.len()];
        for batch in batches(&lengths) {
            let chosen: Vec<_> = batch.iter().map(|&position| &pairs[position]).collect();
            // A panic elsewhere leaves no half-done work in a session.
            let mut model = self.model.lock().unwrap_or_else(PoisonError::into_inner);
            let logits = model.logits(&chosen, self.tokenizer.pad_id())?;
            drop(model);
            for (&position, logit) in batch.iter().zip(logits) {
                if logit.is_nan() {
                    return Err(Error::NanScore { position });
                }
                scores[position] = logit;
            }
            if let ControlFlow::Break(value) = progress(batch.len()) {
                return Ok(ControlFlow::Break(value));
            }
        }
        Ok(ControlFlow::Continue(scores))
    }
}

impl CrossEncoder for OrtCrossEncoder {
    type Error = Error;

    fn score_batch(&self, query: &str, docs: &[&str]) -> Result<Vec<f32>> {
        Self::score_batch(self, query, docs)
    }
}

fn beside(model_path: &Path) -> Result<PathBuf> {
    let path = model_path.with_file_name("tokenizer.json");
    if path.exists() { Ok(path) } else { Err(Error::NoTokenizer { beside: path }) }
}
