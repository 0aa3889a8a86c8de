//! Weighted queries, feedback and explanations.

use pyo3::prelude::*;
use pyo3::types::PyMapping;
use rank_pyo3::Id;
use rank_retrieve::{Error, Feedback};

use crate::errors::{PACKAGE, to_python};

/// A dict of term to weight, or pairs of them.
pub(crate) fn weighted(terms: &Bound<'_, PyAny>) -> PyResult<Vec<(String, f32)>> {
    let listed = rank_pyo3::ranked_list(PACKAGE, terms, "terms")?;
    let named = |(term, weight): (Id, f64)| match term {
        Id::Str(term) => Ok((term.to_string(), weight as f32)),
        Id::Int(number) => {
            Err(PACKAGE.dtype(format_args!("terms: expected terms of type str, got {number}; convert it")))
        }
    };
    listed.into_iter().map(named).collect()
}

/// A list of terms, each of which counts once each time, or a dict of term to weight.
pub(crate) fn terms(terms: &Bound<'_, PyAny>) -> PyResult<Vec<(String, f32)>> {
    if terms.cast::<PyMapping>().is_ok() {
        return weighted(terms);
    }
    Ok(rank_pyo3::strings(PACKAGE, terms, "terms")?.into_iter().map(|term| (term, 1.0)).collect())
}

/// The first documents of a ranked list, or their ids.
pub(crate) fn relevant(hits: &Bound<'_, PyAny>) -> PyResult<Vec<(Id, f32)>> {
    let listed = rank_pyo3::ranked_list(PACKAGE, hits, "relevant")?;
    Ok(listed.into_iter().map(|(id, score)| (id, score as f32)).collect())
}

pub(crate) fn feedback(method: &str, terms: usize, original: Option<f64>, beta: f64) -> PyResult<Feedback> {
    match method {
        "rm3" => Ok(Feedback::Rm3 { terms, original: original.unwrap_or(0.5) }),
        "rocchio" => Ok(Feedback::Rocchio { terms, alpha: original.unwrap_or(1.0), beta }),
        "bo1" => Ok(Feedback::Bo1 { terms }),
        other => Err(PACKAGE.invalid(format_args!(
            "method: expected \"rm3\", \"rocchio\" or \"bo1\", got {other:?}; \"rm3\" is the default"
        ))),
    }
}

/// What a function of an id says of an id that the index does not hold.
pub(crate) fn unknown(id: &Id) -> PyErr {
    PACKAGE.invalid(format_args!("id: expected a document of the index, got {id}; add it first"))
}

/// [`to_python`], with the id that is unknown.
pub(crate) fn about(relevant: &[(Id, f32)]) -> impl Fn(Error) -> PyErr {
    move |error| match error {
        Error::UnknownDocument { position } if position < relevant.len() => PACKAGE.invalid(format_args!(
            "relevant[{position}]: expected a document of the index, got {}; leave it out or add it",
            relevant[position].0
        )),
        error => to_python(error),
    }
}

#[doc = rank_pyo3::stub!("Explanation")]
#[pyclass(module = "rank_retrieve", frozen, get_all)]
pub(crate) struct Explanation {
    /// The score that a search gives.
    score: f32,
    /// A `TermShare` for each term.
    terms: Vec<Py<TermShare>>,
    /// What the length of the document adds.
    offset: f64,
    /// How many terms the document has.
    length: u32,
}

#[doc = rank_pyo3::stub!("TermShare")]
#[pyclass(module = "rank_retrieve", frozen, get_all)]
pub(crate) struct TermShare {
    /// The term.
    term: String,
    /// Its weight in the query.
    weight: f32,
    /// How often it is in the document.
    frequency: u32,
    /// In how many documents it is.
    documents: u64,
    /// What it adds to the score.
    contribution: f64,
    /// A `FieldShare` for each text field.
    fields: Vec<Py<FieldShare>>,
}

#[doc = rank_pyo3::stub!("FieldShare")]
#[pyclass(module = "rank_retrieve", frozen, get_all)]
pub(crate) struct FieldShare {
    /// The field.
    field: String,
    /// How often the term is in it.
    frequency: u32,
    /// How many terms it has.
    length: u32,
    /// What it adds to the frequency that saturates.
    part: f64,
}

impl Explanation {
    pub(crate) fn new(py: Python<'_>, why: rank_retrieve::Explanation) -> PyResult<Self> {
        let share = |share: rank_retrieve::TermShare| {
            let rank_retrieve::TermShare { term, weight, frequency, documents, contribution, fields, .. } = share;
            let of_field = |share: rank_retrieve::FieldShare| {
                let rank_retrieve::FieldShare { field, frequency, length, part, .. } = share;
                Py::new(py, FieldShare { field, frequency, length, part })
            };
            let fields = fields.into_iter().map(of_field).collect::<PyResult<_>>()?;
            Py::new(py, TermShare { term, weight, frequency, documents, contribution, fields })
        };
        let terms = why.terms.into_iter().map(share).collect::<PyResult<_>>()?;
        Ok(Self { score: why.score, terms, offset: why.offset, length: why.length })
    }
}

#[pymethods]
impl Explanation {
    fn __repr__(&self) -> String {
        format!("Explanation(score={}, {} terms)", self.score, self.terms.len())
    }
}

#[pymethods]
impl TermShare {
    fn __repr__(&self) -> String {
        let Self { term, weight, frequency, documents, contribution, .. } = self;
        format!(
            "TermShare({term:?}, weight={weight}, frequency={frequency}, documents={documents}, contribution={contribution})"
        )
    }
}

#[pymethods]
impl FieldShare {
    fn __repr__(&self) -> String {
        let Self { field, frequency, length, part } = self;
        format!("FieldShare({field:?}, frequency={frequency}, length={length}, part={part})")
    }
}
