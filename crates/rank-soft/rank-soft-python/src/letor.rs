//! Files of LETOR and SVMlight.

use std::path::PathBuf;

use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use rank_soft::letor::{Letor, LetorError, LetorOptions};

use crate::arrays::contiguous;
use crate::errors::PACKAGE;

fn to_python(error: LetorError) -> PyErr {
    match error {
        // With the number of the system's error Python chooses the class: FileNotFoundError, PermissionError ...
        LetorError::File { path, source } if source.raw_os_error().is_some() => {
            let text = source.to_string();
            let text = text.split(" (os error").next().unwrap_or_default().to_owned();
            PyOSError::new_err((source.raw_os_error(), text, path.into_os_string()))
        }
        LetorError::Mismatch { argument: "features" | "offsets", .. } => PACKAGE.shape(error),
        error => PACKAGE.invalid(error),
    }
}

type Parts<'py> = (Bound<'py, PyArray2<f32>>, Bound<'py, PyArray1<f32>>, Bound<'py, PyArray1<i64>>, Vec<String>);

#[doc = rank_pyo3::stub!("read_letor")]
#[pyfunction]
#[pyo3(signature = (path, *, columns = None, zero_based = false, threads = 1))]
pub(crate) fn read_letor(
    py: Python<'_>,
    path: PathBuf,
    columns: Option<usize>,
    zero_based: bool,
    threads: usize,
) -> PyResult<Parts<'_>> {
    let options = LetorOptions { columns, zero_based, threads };
    let letor = py.detach(|| rank_soft::letor::read_letor(path, options)).map_err(to_python)?;
    let features = PyArray1::from_vec(py, letor.features).reshape([letor.labels.len(), letor.columns])?;
    let offsets = letor.offsets.into_iter().map(|offset| offset as i64).collect();
    Ok((features, PyArray1::from_vec(py, letor.labels), PyArray1::from_vec(py, offsets), letor.queries))
}

#[doc = rank_pyo3::stub!("write_letor")]
#[pyfunction]
#[pyo3(signature = (path, features, labels, offsets, queries = None))]
pub(crate) fn write_letor(
    py: Python<'_>,
    path: PathBuf,
    features: &Bound<'_, PyAny>,
    labels: &Bound<'_, PyAny>,
    offsets: &Bound<'_, PyAny>,
    queries: Option<Vec<String>>,
) -> PyResult<()> {
    let features: PyReadonlyArrayDyn<'_, f32> = contiguous(features, "features")?;
    let labels: PyReadonlyArrayDyn<'_, f32> = contiguous(labels, "labels")?;
    let &[rows, columns] = features.shape() else {
        return Err(PACKAGE.shape(format_args!(
            "features: expected shape (items, columns), got shape {:?}; reshape it",
            features.shape()
        )));
    };
    if labels.shape() != [rows] {
        return Err(PACKAGE.shape(format_args!(
            "labels: expected shape ({rows},), one for each row of features, got shape {:?}; pass one for each",
            labels.shape()
        )));
    }
    let offsets = rank_pyo3::token_offsets(PACKAGE, offsets, rows)?;
    let count = offsets.len() - 1;
    let letor = Letor {
        features: features.as_slice()?.to_vec(),
        columns,
        labels: labels.as_slice()?.to_vec(),
        queries: queries.unwrap_or_else(|| (1..=count).map(|number| number.to_string()).collect()),
        offsets,
    };
    py.detach(|| rank_soft::letor::write_letor(path, &letor)).map_err(to_python)
}
