//! The functions that take every keyword of a fusion.

use pyo3::prelude::*;

use crate::argument;
use crate::errors::to_python;
use crate::options::Options;

/// A function of lists or runs, and what it calls with the fusion that its keywords say.
macro_rules! fusing {
    ($name:ident($lists:ident), order = $order:tt $(, $more:ident: $type:ty = $usual:tt $(by $read:ident)?)* => $call:path) => {
        #[doc = rank_pyo3::stub!(stringify!($name))]
        #[pyfunction]
        #[pyo3(signature = (
            $lists, method = None, *, norm = None, constant = None, floor = None, scale = None, weights = None,
            missing = "published", order = $order, duplicates = "refused", depth = None, top_k = None, compat = None
            $(, $more = $usual)*
        ))]
        #[expect(clippy::too_many_arguments, reason = "keywords")]
        pub(crate) fn $name<'py>(
            py: Python<'py>,
            $lists: &Bound<'py, PyAny>,
            method: Option<&Bound<'py, PyAny>>,
            #[pyo3(from_py_with = argument::norm)] norm: Option<&str>,
            constant: Option<&Bound<'py, PyAny>>,
            #[pyo3(from_py_with = argument::floor)] floor: Option<f64>,
            #[pyo3(from_py_with = argument::scale)] scale: Option<f64>,
            #[pyo3(from_py_with = argument::weights)] weights: Option<Vec<f64>>,
            #[pyo3(from_py_with = argument::missing)] missing: &str,
            #[pyo3(from_py_with = argument::order)] order: &str,
            #[pyo3(from_py_with = argument::duplicates)] duplicates: &str,
            #[pyo3(from_py_with = argument::depth)] depth: Option<usize>,
            #[pyo3(from_py_with = argument::top_k)] top_k: Option<usize>,
            #[pyo3(from_py_with = argument::compat)] compat: Option<&str>,
            $($(#[pyo3(from_py_with = argument::$read)])? $more: $type,)*
        ) -> PyResult<Bound<'py, PyAny>> {
            let options =
                Options { method, norm, constant, floor, scale, weights, missing, duplicates, depth, top_k, compat };
            let fusion = options.fusion()?.order(order.parse().map_err(to_python)?);
            Ok($call(py, $lists, &fusion $(, $more)*)?.into_any())
        }
    };
}

fusing!(fuse(lists), order = "checked" => crate::methods::fuse);
fusing!(explain(lists), order = "checked" => crate::explain::explain);
fusing!(
    fuse_runs(runs), order = "sorted", threads: Option<usize> = None by threads, progress: bool = false => crate::runs::fuse
);
