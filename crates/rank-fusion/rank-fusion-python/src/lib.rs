//! The extension module of the `rank_fusion` package: checks, releases the GIL, calls, converts.
#![expect(clippy::doc_markdown, clippy::doc_link_with_quotes, reason = "the documentation is for Python")]

mod argument;
mod cli;
mod columns;
mod dicts;
mod errors;
mod explain;
mod fuse;
mod key;
mod methods;
mod optimize;
mod options;
mod qrels;
mod runs;
mod stream;
#[cfg(plain_objects)]
mod texts;
mod trained;

use pyo3::prelude::*;

/// Merging ranked lists.
#[pymodule]
mod _rank_fusion {
    use pyo3::prelude::*;
    use pyo3::types::{PyDict, PyList};
    use rank_fusion::Fusion;

    #[pymodule_export]
    use crate::cli::run_command;
    #[pymodule_export]
    use crate::fuse::{explain, fuse, fuse_runs};
    #[pymodule_export]
    use crate::methods::{
        additive_multi_task, borda, borda_of_list, combanz, combgmnz, combmax, combmed, combmin, combmnz, combsum,
        condorcet, copeland, dbsf, geometric_mean, harmonic_mean, inverse_root_rank, isr, kemeny, log_isr, logn_isr,
        median_rank, mixed, nearest_to_best, rbc, reciprocal_rank_fusion, relative_score, standardized, weighted_mnz,
        weighted_sum,
    };
    #[pymodule_export]
    use crate::runs::FusedRun;
    #[pymodule_export]
    use crate::stream::{Pages, StreamingFusion};
    #[pymodule_export]
    use crate::trained::Trained;

    use crate::argument;
    use crate::options::Options;

    #[doc = rank_pyo3::stub!("optimize")]
    #[pyfunction]
    #[pyo3(signature = (
        runs, qrels = None, *, measure = None, methods = None, norms = None, step = Some(0.1), search = "grid",
        trials = 1000, folds = 5, seed = 0, constant = None, floor = None, scale = None, missing = "published",
        duplicates = "refused", depth = None, top_k = None, compat = None, threads = None, progress = false
    ), text_signature = "(runs, qrels=None, *, measure='nDCG@10', methods=None, norms=None, step=0.1, search='grid', trials=1000, folds=5, seed=0, constant=None, floor=None, scale=None, missing='published', duplicates='refused', depth=None, top_k=None, compat=None, threads=None, progress=False)")]
    #[expect(clippy::too_many_arguments, reason = "keywords")]
    fn optimize<'py>(
        py: Python<'py>,
        runs: &Bound<'py, PyAny>,
        qrels: Option<&Bound<'py, PyAny>>,
        measure: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = argument::methods)] methods: Option<Vec<String>>,
        #[pyo3(from_py_with = argument::norms)] norms: Option<Vec<String>>,
        #[pyo3(from_py_with = argument::step)] step: Option<f64>,
        #[pyo3(from_py_with = argument::search)] search: &str,
        #[pyo3(from_py_with = argument::trials)] trials: usize,
        #[pyo3(from_py_with = argument::folds)] folds: usize,
        #[pyo3(from_py_with = argument::seed)] seed: u64,
        constant: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = argument::floor)] floor: Option<f64>,
        #[pyo3(from_py_with = argument::scale)] scale: Option<f64>,
        #[pyo3(from_py_with = argument::missing)] missing: &str,
        #[pyo3(from_py_with = argument::duplicates)] duplicates: &str,
        #[pyo3(from_py_with = argument::depth)] depth: Option<usize>,
        #[pyo3(from_py_with = argument::top_k)] top_k: Option<usize>,
        #[pyo3(from_py_with = argument::compat)] compat: Option<&str>,
        #[pyo3(from_py_with = argument::threads)] threads: Option<usize>,
        progress: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let combsum = pyo3::types::PyString::new(py, "combsum").into_any();
        let method = compat.is_none().then_some(&combsum);
        let options = Options {
            method,
            norm: None,
            constant,
            floor,
            scale,
            weights: None,
            missing,
            duplicates,
            depth,
            top_k,
            compat,
        };
        let base = options.fusion()?.order(rank_fusion::Order::Sorted);
        let usual = pyo3::types::PyString::new(py, "nDCG@10").into_any();
        let measure = measure.unwrap_or(&usual);
        let task = crate::optimize::Task {
            runs,
            qrels,
            measure,
            methods,
            norms: norms.unwrap_or_default(),
            step,
            search,
            trials,
            folds,
            seed,
            threads,
            progress,
        };
        crate::optimize::optimize(py, &task, &base)
    }

    #[doc = rank_pyo3::stub!("presets")]
    #[pyfunction]
    fn presets(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
        let presets = PyDict::new(py);
        for (name, formula) in Fusion::presets() {
            presets.set_item(name, formula)?;
        }
        Ok(presets)
    }

    #[doc = rank_pyo3::stub!("normalize")]
    #[pyfunction]
    #[pyo3(signature = (ranking, norm = "min_max"))]
    fn normalize<'py>(
        py: Python<'py>,
        ranking: &Bound<'py, PyAny>,
        #[pyo3(from_py_with = argument::norm_of_all)] norm: &str,
    ) -> PyResult<Bound<'py, PyList>> {
        crate::methods::normalize(py, ranking, norm)
    }
}
