//! From text to index terms.

use pyo3::prelude::*;
use rank_retrieve::Language;

use crate::errors::{PACKAGE, to_python};

#[doc = rank_pyo3::stub!("Analyzer")]
#[pyclass(module = "rank_retrieve", frozen)]
pub(crate) struct Analyzer(pub(crate) rank_retrieve::Analyzer);

#[pymethods]
impl Analyzer {
    #[new]
    #[pyo3(signature = (language = "english", stop_words = None, stemmer = true))]
    fn new(language: &str, stop_words: Option<&Bound<'_, PyAny>>, stemmer: bool) -> PyResult<Self> {
        let mut analyzer = rank_retrieve::Analyzer::new(language.parse::<Language>().map_err(to_python)?);
        if let Some(words) = stop_words {
            analyzer = analyzer.stop_words(rank_pyo3::strings(PACKAGE, words, "stop_words")?);
        }
        if !stemmer {
            analyzer = analyzer.stemmer(None);
        }
        Ok(Self(analyzer))
    }

    #[doc = rank_pyo3::stub!("Analyzer.analyze")]
    fn analyze(&self, py: Python<'_>, text: &str) -> Vec<String> {
        py.detach(|| self.0.analyze(text))
    }
}
