//! Cross-encoders in ONNX files.

use std::ops::ControlFlow;
use std::path::PathBuf;

use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use rank_pyo3::{At, Id, ProgressBar, describe, items, pair};
use rank_rerank::Error;
use rank_rerank::crossencoder::ort::{self, OrtOptions};
use rank_rerank::crossencoder::{CrossEncoder, refine_with_config, rerank};

use crate::colbert::config;
use crate::errors::{PACKAGE, to_python};
use crate::number;

#[doc = rank_pyo3::stub!("OrtCrossEncoder")]
#[pyclass(frozen, module = "rank_rerank")]
pub(crate) struct OrtCrossEncoder(ort::OrtCrossEncoder);

#[pymethods]
impl OrtCrossEncoder {
    #[doc = rank_pyo3::stub!("OrtCrossEncoder.from_file")]
    #[staticmethod]
    #[pyo3(signature = (model_path, tokenizer_path = None, max_length = 512, threads = 0))]
    fn from_file(
        py: Python<'_>,
        model_path: PathBuf,
        tokenizer_path: Option<PathBuf>,
        #[pyo3(from_py_with = number::max_length)] max_length: usize,
        #[pyo3(from_py_with = number::threads)] threads: usize,
    ) -> PyResult<Self> {
        let library: PathBuf = py.import("rank_rerank._ort")?.call_method0("library")?.extract()?;
        let options = OrtOptions::new().with_threads(threads).with_library(library);
        let load =
            move || ort::OrtCrossEncoder::from_file_with(model_path, tokenizer_path.as_deref(), max_length, &options);
        py.detach(load).map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("OrtCrossEncoder.score")]
    fn score(&self, py: Python<'_>, query: &str, doc: &str) -> PyResult<f32> {
        py.detach(|| self.0.score(query, doc)).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("OrtCrossEncoder.score_batch")]
    #[pyo3(signature = (query, docs, progress = false))]
    fn score_batch<'py>(
        &self,
        py: Python<'py>,
        query: &str,
        docs: &Bound<'py, PyAny>,
        progress: bool,
    ) -> PyResult<Bound<'py, PyArray1<f32>>> {
        let docs = rank_pyo3::strings(PACKAGE, docs, "docs")?;
        let docs: Vec<&str> = docs.iter().map(String::as_str).collect();
        let scores = self.reporting(py, docs.len(), progress, |encoder| encoder.score_batch(query, &docs))?;
        Ok(PyArray1::from_vec(py, scores))
    }

    #[doc = rank_pyo3::stub!("OrtCrossEncoder.rerank")]
    #[pyo3(signature = (query, candidates, progress = false))]
    fn rerank<'py>(
        &self,
        py: Python<'py>,
        query: &str,
        candidates: &Bound<'py, PyAny>,
        progress: bool,
    ) -> PyResult<Bound<'py, PyList>> {
        let candidates = texts(candidates)?;
        let ranked = self.reporting(py, candidates.len(), progress, |encoder| rerank(encoder, query, &candidates))?;
        PACKAGE.ranked(py, &ranked)
    }

    #[doc = rank_pyo3::stub!("OrtCrossEncoder.refine")]
    #[pyo3(signature = (query, candidates, alpha = 0.5, *, k = None, normalize = true, progress = false))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the Python function")]
    fn refine<'py>(
        &self,
        py: Python<'py>,
        query: &str,
        candidates: &Bound<'py, PyAny>,
        #[pyo3(from_py_with = number::share)] alpha: f32,
        k: Option<i64>,
        normalize: bool,
        progress: bool,
    ) -> PyResult<Bound<'py, PyList>> {
        let (candidates, config) = (scored_texts(candidates)?, config(alpha, k, normalize)?);
        let work = |encoder: &Reporting<'_>| refine_with_config(encoder, query, &candidates, config);
        PACKAGE.ranked(py, &self.reporting(py, candidates.len(), progress, work)?)
    }
}

impl OrtCrossEncoder {
    /// Does `work` with the GIL released, a progress bar of `total` documents if wanted, and an ear for Ctrl-C.
    fn reporting<T: Send>(
        &self,
        py: Python<'_>,
        total: usize,
        progress: bool,
        work: impl FnOnce(&Reporting<'_>) -> Result<T, Failure> + Send,
    ) -> PyResult<T> {
        let encoder = Reporting { encoder: &self.0, bar: ProgressBar::new(PACKAGE, py, total, progress)? };
        py.detach(|| work(&encoder)).map_err(|failure| match failure {
            Failure::Rank(error) => to_python(error),
            Failure::Python(error) => error,
        })
    }
}

/// The encoder, which after each batch takes the GIL back for a moment.
struct Reporting<'a> {
    encoder: &'a ort::OrtCrossEncoder,
    bar: ProgressBar,
}

pub(crate) enum Failure {
    Rank(Error),
    Python(PyErr),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Rank(error)
    }
}

impl Reporting<'_> {
    fn report(&self, done: usize) -> PyResult<()> {
        Python::attach(|py| {
            py.check_signals()?;
            self.bar.update(py, done)
        })
    }
}

impl CrossEncoder for Reporting<'_> {
    type Error = Failure;

    fn score_batch(&self, query: &str, docs: &[&str]) -> Result<Vec<f32>, Failure> {
        let report = |done| match self.report(done) {
            Ok(()) => ControlFlow::Continue(()),
            Err(raised) => ControlFlow::Break(raised),
        };
        match self.encoder.score_batch_with(query, docs, report)? {
            ControlFlow::Continue(scores) => Ok(scores),
            ControlFlow::Break(raised) => Err(Failure::Python(raised)),
        }
    }
}

/// Reads candidates, `(id, text, score)` triples.
fn scored_texts(candidates: &Bound<'_, PyAny>) -> PyResult<Vec<(Id, String, f32)>> {
    items(PACKAGE, candidates, "candidates", "(id, text, score) triples")?
        .enumerate()
        .map(|(position, entry)| {
            let entry = entry?;
            let at = At { argument: "candidates", position };
            let refused = || {
                PACKAGE.dtype(format_args!(
                    "{at}: expected an (id, text, score) triple, got {}; pass a list of them",
                    describe(&entry)
                ))
            };
            let parts: Vec<Bound<'_, PyAny>> = match (entry.cast::<PyTuple>(), entry.cast::<PyList>()) {
                (Ok(tuple), _) => tuple.iter().collect(),
                (_, Ok(list)) => list.iter().collect(),
                _ => return Err(refused()),
            };
            let [id, text, score] = &parts[..] else { return Err(refused()) };
            let text = text.extract().map_err(|_| {
                PACKAGE.dtype(format_args!("{at}: expected a str as text, got {}; convert it", describe(text)))
            })?;
            Ok((Id::extract(PACKAGE, id, at)?, text, rank_pyo3::score(PACKAGE, score, at)? as f32))
        })
        .collect()
}

/// Reads candidates, `(id, text)` pairs.
fn texts(candidates: &Bound<'_, PyAny>) -> PyResult<Vec<(Id, String)>> {
    items(PACKAGE, candidates, "candidates", "(id, text) pairs")?
        .enumerate()
        .map(|(position, entry)| {
            let entry = entry?;
            let at = format!("candidates[{position}]");
            let Some((id, text)) = pair(&entry) else {
                return Err(PACKAGE.dtype(format_args!(
                    "{at}: expected (id, text) pairs, got {}; pass a list of them",
                    describe(&entry)
                )));
            };
            let text = text.extract().map_err(|_| {
                PACKAGE.dtype(format_args!("{at}: expected a str as text, got {}; convert it", describe(&text)))
            })?;
            Ok((Id::extract(PACKAGE, &id, &at)?, text))
        })
        .collect()
}
