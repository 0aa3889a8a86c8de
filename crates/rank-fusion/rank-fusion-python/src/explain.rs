//! Reasons, as the named tuples of `_results.py`.

use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use rank_fusion::Fusion;
use rank_pyo3::Id;

use crate::errors::{PACKAGE, to_python};

pub(crate) fn explain<'py>(py: Python<'py>, lists: &Bound<'py, PyAny>, fusion: &Fusion) -> PyResult<Bound<'py, PyAny>> {
    let lists = rank_pyo3::ranked_lists(PACKAGE, lists, "lists")?;
    let why = py.detach(|| fusion.explain(&lists)).map_err(to_python)?;
    let results = py.import("rank_fusion._results")?;
    let (part, explained) = (results.getattr("Part")?, results.getattr("Explained")?);
    let (report, explanation) = (results.getattr("ListReport")?, results.getattr("Explanation")?);
    let ids = |ids: &[Id]| PyList::new(py, ids.iter());
    let documents: Vec<Bound<'py, PyAny>> = why
        .results
        .iter()
        .map(|result| {
            let parts: Vec<Bound<'py, PyAny>> = result
                .parts
                .iter()
                .map(|p| part.call1((p.rank, p.score, p.value, p.weight, p.contribution)))
                .collect::<PyResult<_>>()?;
            explained.call1((
                &result.id,
                result.score,
                result.rank,
                PyTuple::new(py, parts)?,
                PyTuple::new(py, &result.rank_without)?,
            ))
        })
        .collect::<PyResult<_>>()?;
    let reports: Vec<Bound<'py, PyAny>> = why
        .lists
        .iter()
        .map(|list| {
            report.call1((
                list.documents,
                list.alone,
                list.in_results,
                list.contribution,
                ids(&list.lost_without)?,
                ids(&list.gained_without)?,
            ))
        })
        .collect::<PyResult<_>>()?;
    explanation.call1((documents, reports, why.overlap, why.is_sum))
}
