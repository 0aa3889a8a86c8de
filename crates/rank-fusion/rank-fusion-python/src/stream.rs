//! Lists that arrive one after another, and pages.

use pyo3::prelude::*;
use pyo3::types::PyList;
use rank_pyo3::Id;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::argument;
use crate::errors::{PACKAGE, to_python};
use crate::options::Options;

#[doc = rank_pyo3::stub!("StreamingFusion")]
#[pyclass(frozen, module = "rank_fusion", name = "StreamingFusion")]
pub(crate) struct StreamingFusion(Mutex<rank_fusion::StreamingFusion<Id>>);

#[doc = rank_pyo3::stub!("Pages")]
#[pyclass(frozen, module = "rank_fusion", name = "Pages")]
pub(crate) struct Pages(Mutex<rank_fusion::Pages<Id>>);

/// Nothing leaves either half changed, so a panic elsewhere does no harm.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[pymethods]
impl StreamingFusion {
    #[new]
    #[pyo3(signature = (
        lists, method = None, *, norm = None, constant = None, floor = None, scale = None, weights = None,
        missing = "published", duplicates = "refused", depth = None, top_k = None, compat = None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keywords")]
    fn new(
        #[pyo3(from_py_with = argument::lists)] lists: usize,
        method: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = argument::norm)] norm: Option<&str>,
        constant: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = argument::floor)] floor: Option<f64>,
        #[pyo3(from_py_with = argument::scale)] scale: Option<f64>,
        #[pyo3(from_py_with = argument::weights)] weights: Option<Vec<f64>>,
        #[pyo3(from_py_with = argument::missing)] missing: &str,
        #[pyo3(from_py_with = argument::duplicates)] duplicates: &str,
        #[pyo3(from_py_with = argument::depth)] depth: Option<usize>,
        #[pyo3(from_py_with = argument::top_k)] top_k: Option<usize>,
        #[pyo3(from_py_with = argument::compat)] compat: Option<&str>,
    ) -> PyResult<Self> {
        let fusion =
            Options { method, norm, constant, floor, scale, weights, missing, duplicates, depth, top_k, compat }
                .fusion()?;
        rank_fusion::StreamingFusion::new(fusion, lists).map(|stream| Self(Mutex::new(stream))).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("StreamingFusion.set")]
    fn set(&self, #[pyo3(from_py_with = argument::place)] place: usize, ranking: &Bound<'_, PyAny>) -> PyResult<()> {
        let list = rank_pyo3::ranked_list(PACKAGE, ranking, &format!("lists[{place}]"))?;
        lock(&self.0).set(place, list).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("StreamingFusion.fused")]
    fn fused<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let fused = py.detach(|| lock(&self.0).fused()).map_err(to_python)?;
        PACKAGE.ranked(py, &fused)
    }

    #[doc = rank_pyo3::stub!("StreamingFusion.waiting")]
    fn waiting(&self) -> Vec<usize> {
        lock(&self.0).waiting()
    }
}

#[pymethods]
impl Pages {
    #[new]
    #[pyo3(signature = (
        size, method = None, *, norm = None, constant = None, floor = None, scale = None, weights = None,
        missing = "published", duplicates = "refused", depth = None, compat = None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keywords")]
    fn new(
        #[pyo3(from_py_with = argument::size)] size: usize,
        method: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = argument::norm)] norm: Option<&str>,
        constant: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = argument::floor)] floor: Option<f64>,
        #[pyo3(from_py_with = argument::scale)] scale: Option<f64>,
        #[pyo3(from_py_with = argument::weights)] weights: Option<Vec<f64>>,
        #[pyo3(from_py_with = argument::missing)] missing: &str,
        #[pyo3(from_py_with = argument::duplicates)] duplicates: &str,
        #[pyo3(from_py_with = argument::depth)] depth: Option<usize>,
        #[pyo3(from_py_with = argument::compat)] compat: Option<&str>,
    ) -> PyResult<Self> {
        let fusion =
            Options { method, norm, constant, floor, scale, weights, missing, duplicates, depth, top_k: None, compat }
                .fusion()?;
        rank_fusion::Pages::new(fusion, size).map(|pages| Self(Mutex::new(pages))).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Pages.update")]
    fn update(&self, py: Python<'_>, lists: &Bound<'_, PyAny>) -> PyResult<()> {
        let lists = rank_pyo3::ranked_lists(PACKAGE, lists, "lists")?;
        py.detach(|| lock(&self.0).update(&lists)).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Pages.page")]
    fn page<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = argument::number)] number: usize,
    ) -> PyResult<Bound<'py, PyList>> {
        let page = lock(&self.0).page(number).map(<[_]>::to_vec).map_err(to_python)?;
        PACKAGE.ranked(py, &page)
    }

    #[doc = rank_pyo3::stub!("Pages.shown")]
    #[getter]
    fn shown(&self) -> usize {
        lock(&self.0).shown()
    }
}
