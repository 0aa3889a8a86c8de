//! The functions that take every keyword of a fusion.

use pyo3::prelude::*;

use crate::options::{Options, order};

/// A function of lists or runs, and what it calls with the fusion that its keywords say.
macro_rules! fusing {
    ($name:ident($lists:ident), order = $order:tt $(, $more:ident: $type:ty = $usual:tt)* => $call:path) => {
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
            norm: Option<&str>,
            constant: Option<&Bound<'py, PyAny>>,
            floor: Option<f64>,
            scale: Option<f64>,
            weights: Option<Vec<f64>>,
            missing: &str,
            order: &str,
            duplicates: &str,
            depth: Option<usize>,
            top_k: Option<usize>,
            compat: Option<&str>,
            $($more: $type,)*
        ) -> PyResult<Bound<'py, PyAny>> {
            let options =
                Options { method, norm, constant, floor, scale, weights, missing, duplicates, depth, top_k, compat };
            let fusion = options.fusion()?.order(self::order(order)?);
            Ok($call(py, $lists, &fusion $(, $more)*)?.into_any())
        }
    };
}

fusing!(fuse(lists), order = "checked" => crate::methods::fuse);
fusing!(explain(lists), order = "checked" => crate::explain::explain);
fusing!(
    fuse_runs(runs), order = "sorted", threads: Option<usize> = None, progress: bool = false => crate::runs::fuse
);
