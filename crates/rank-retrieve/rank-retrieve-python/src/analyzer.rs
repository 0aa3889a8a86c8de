//! From text to index terms.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyString, PyTuple};
use rank_pyo3::describe;
use rank_retrieve::{CustomTokenizer, Language, Tokenizer};

use crate::errors::{PACKAGE, to_python};

#[doc = rank_pyo3::stub!("Analyzer")]
#[pyclass(module = "rank_retrieve", frozen)]
pub(crate) struct Analyzer {
    pub(crate) analyzer: rank_retrieve::Analyzer,
    /// The function of a custom tokenizer, for pickling.
    function: Option<Py<PyAny>>,
}

#[pymethods]
impl Analyzer {
    #[new]
    #[pyo3(
        signature = (
            language = "english", stop_words = None, stemmer = None, *,
            tokenizer = None, ngrams = None, lowercase = true, fold_accents = false
        ),
        text_signature = "(language='english', stop_words=None, stemmer=True, *, \
                          tokenizer='words', ngrams=None, lowercase=True, fold_accents=False)"
    )]
    fn new(
        #[pyo3(from_py_with = crate::arguments::language)] language: &str,
        stop_words: Option<&Bound<'_, PyAny>>,
        stemmer: Option<&Bound<'_, PyAny>>,
        tokenizer: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = crate::arguments::ngrams)] ngrams: Option<(usize, usize)>,
        #[pyo3(from_py_with = crate::arguments::lowercase)] lowercase: bool,
        #[pyo3(from_py_with = crate::arguments::fold_accents)] fold_accents: bool,
    ) -> PyResult<Self> {
        let language = language.parse::<Language>().map_err(to_python)?;
        let mut analyzer = rank_retrieve::Analyzer::new(language).lowercase(lowercase).fold_accents(fold_accents);
        if let Some(words) = stop_words {
            analyzer = analyzer.stop_words(rank_pyo3::strings(PACKAGE, words, "stop_words")?);
        }
        if let Some(stemmer) = stemmer {
            analyzer = analyzer.stemmer(stemmer_of(language, stemmer)?);
        }
        let (tokenizer, function) = tokenizer_of(tokenizer, ngrams)?;
        tokenizer.check().map_err(to_python)?;
        Ok(Self { analyzer: analyzer.tokenizer(tokenizer), function })
    }

    #[doc = rank_pyo3::stub!("Analyzer.from_json")]
    #[staticmethod]
    #[pyo3(signature = (settings, tokenizer = None))]
    fn from_json(
        #[pyo3(from_py_with = crate::arguments::settings)] settings: &str,
        tokenizer: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let custom = tokenizer.map(custom).transpose()?;
        let analyzer = rank_retrieve::Analyzer::from_json(settings, custom).map_err(to_python)?;
        Ok(Self { analyzer, function: tokenizer.map(|function| function.clone().unbind()) })
    }

    #[doc = rank_pyo3::stub!("Analyzer.to_json")]
    fn to_json(&self) -> String {
        self.analyzer.to_json()
    }

    #[doc = rank_pyo3::stub!("Analyzer.analyze")]
    fn analyze(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = crate::arguments::text)] text: &str,
    ) -> PyResult<Vec<String>> {
        py.detach(|| self.analyzer.analyze(text)).map_err(to_python)
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.analyzer == other.analyzer
    }

    fn __repr__(&self) -> String {
        format!("Analyzer.from_json({:?})", self.analyzer.to_json())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let function = self.function.as_ref().map(|function| function.clone_ref(py));
        let arguments = (self.analyzer.to_json(), function).into_pyobject(py)?;
        Ok((py.get_type::<Self>().getattr("from_json")?, arguments))
    }
}

fn stemmer_of(language: Language, stemmer: &Bound<'_, PyAny>) -> PyResult<Option<Language>> {
    if let Ok(wanted) = stemmer.cast::<PyBool>() {
        return Ok(wanted.is_true().then_some(language));
    }
    let Ok(name) = stemmer.cast::<PyString>() else {
        return Err(PACKAGE.dtype(format_args!(
            "stemmer: expected a bool or the name of a language, got {}; True takes that of the analyzer's language",
            describe(stemmer)
        )));
    };
    let name = rank_pyo3::text(PACKAGE, name, "stemmer")?;
    let language = name.parse::<Language>().map_err(to_python)?;
    if !language.has_stemmer() {
        return Err(PACKAGE.invalid(format_args!(
            "stemmer: expected a language that has a stemmer, got {name:?}; pass stemmer=False"
        )));
    }
    Ok(Some(language))
}

fn tokenizer_of(
    tokenizer: Option<&Bound<'_, PyAny>>,
    ngrams: Option<(usize, usize)>,
) -> PyResult<(Tokenizer, Option<Py<PyAny>>)> {
    let named = match tokenizer {
        None => Tokenizer::Words,
        Some(function) if function.is_callable() => {
            if ngrams.is_some() {
                return Err(PACKAGE.invalid("ngrams: expected None beside a tokenizer of yours, got both; choose one"));
            }
            return Ok((Tokenizer::Custom(custom(function)?), Some(function.clone().unbind())));
        }
        Some(name) => match name.extract::<&str>() {
            Ok("words") => Tokenizer::Words,
            Ok("whitespace") => Tokenizer::Whitespace,
            Ok("identifiers") => Tokenizer::Identifiers,
            Ok(other) => {
                return Err(PACKAGE.invalid(format_args!(
                    "tokenizer: expected \"words\", \"whitespace\" or \"identifiers\", got {other:?}; \
                     or pass a function from a text to its words"
                )));
            }
            Err(_) => {
                return Err(PACKAGE.dtype(format_args!(
                    "tokenizer: expected a str or a function, got {}; the default is \"words\"",
                    describe(name)
                )));
            }
        },
    };
    match (ngrams, named) {
        (None, named) => Ok((named, None)),
        (Some((least, most)), Tokenizer::Words) => Ok((Tokenizer::Ngrams { least, most }, None)),
        (Some(_), _) => Err(PACKAGE.invalid("ngrams: expected None or the tokenizer \"words\", got both; choose one")),
    }
}

/// A Python function as a tokenizer, under the name it has in its module.
pub(crate) fn custom(function: &Bound<'_, PyAny>) -> PyResult<CustomTokenizer> {
    if !function.is_callable() {
        return Err(PACKAGE.dtype(format_args!(
            "tokenizer: expected a function from a text to its words, got {}; pass the one the analyzer was made with",
            describe(function)
        )));
    }
    let named = if function.hasattr("__qualname__")? { function.clone() } else { function.get_type().into_any() };
    let name = match named.getattr_opt("__module__")? {
        Some(module) => format!("{module}.{}", named.getattr("__qualname__")?),
        None => named.getattr("__qualname__")?.to_string(),
    };
    let function = function.clone().unbind();
    Ok(CustomTokenizer::new(name, move |text| {
        Python::attach(|py| {
            let words = function.bind(py).call1((text,))?;
            rank_pyo3::strings(PACKAGE, &words, "tokenizer(text)")
        })
        .map_err(|error: PyErr| error.into())
    }))
}

#[doc = rank_pyo3::stub!("languages")]
#[pyfunction]
pub(crate) fn languages(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
    PyTuple::new(py, Language::all().map(Language::name).collect::<Vec<_>>())
}

#[doc = rank_pyo3::stub!("stop_words")]
#[pyfunction]
pub(crate) fn stop_words<'py>(
    py: Python<'py>,
    #[pyo3(from_py_with = crate::arguments::language)] language: &str,
) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, language.parse::<Language>().map_err(to_python)?.stop_words())
}
