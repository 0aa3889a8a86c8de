//! The operators as functions of arrays.

use pyo3::prelude::*;
use rank_soft::Kind;

use crate::input::Extras;
use crate::operators::{build, forward};

macro_rules! functions {
    ($($name:ident ($($extra:ident: $type:ty),*) $([$weights:ident])? $text:literal $kind:expr;)*) => { $(
        #[doc = rank_pyo3::stub!($text)]
        #[pyfunction]
        #[pyo3(signature = (values, $($extra,)* strength = 1.0, *, method = "l2", scale = "absolute", axis = None,
                            mask = None, $($weights = None,)? strengths = None, offsets = None, threads = 1,
                            progress = false))]
        #[expect(clippy::too_many_arguments, reason = "keywords of Python")]
        pub(crate) fn $name<'py>(
            values: &Bound<'py, PyAny>,
            $($extra: $type,)*
            strength: f64,
            method: &str,
            scale: &str,
            axis: Option<isize>,
            mask: Option<&Bound<'py, PyAny>>,
            $($weights: Option<&Bound<'py, PyAny>>,)?
            strengths: Option<&Bound<'py, PyAny>>,
            offsets: Option<&Bound<'py, PyAny>>,
            threads: usize,
            progress: bool,
        ) -> PyResult<Bound<'py, PyAny>> {
            let operator = build($kind, strength, method, "ascending", scale)?;
            let weights = None$(.or($weights))?;
            let extras = Extras { axis: axis.unwrap_or(-1), mask, weights, strengths, offsets, threads, progress };
            Ok(forward(values, operator, &extras)?.0)
        }
    )* };
}

functions! {
    soft_top_k_mask(k: usize) [weights] "soft_top_k_mask" Kind::TopKMask { k };
    soft_top_k(k: usize) "soft_top_k" Kind::TopK { k };
    soft_quantile(level: f64) "soft_quantile" Kind::Quantile { level };
    soft_median() "soft_median" Kind::Quantile { level: 0.5 };
    soft_min() "soft_min" Kind::Quantile { level: 0.0 };
    soft_max() "soft_max" Kind::Quantile { level: 1.0 };
}

macro_rules! directed {
    ($($name:ident $text:literal $vjp:ident $vjp_text:literal $kind:expr;)*) => { $(
        #[doc = rank_pyo3::stub!($text)]
        #[pyfunction]
        #[pyo3(signature = (values, strength = 1.0, *, direction = "ascending", method = "l2", scale = "absolute",
                            axis = None, mask = None, weights = None, strengths = None, offsets = None, threads = 1,
                            progress = false))]
        #[expect(clippy::too_many_arguments, reason = "keywords of Python")]
        pub(crate) fn $name<'py>(
            values: &Bound<'py, PyAny>,
            strength: f64,
            direction: &str,
            method: &str,
            scale: &str,
            axis: Option<isize>,
            mask: Option<&Bound<'py, PyAny>>,
            weights: Option<&Bound<'py, PyAny>>,
            strengths: Option<&Bound<'py, PyAny>>,
            offsets: Option<&Bound<'py, PyAny>>,
            threads: usize,
            progress: bool,
        ) -> PyResult<Bound<'py, PyAny>> {
            let operator = build($kind, strength, method, direction, scale)?;
            Ok(forward(values, operator, &Extras { axis: axis.unwrap_or(-1), mask, weights, strengths, offsets, threads, progress })?.0)
        }

        #[doc = rank_pyo3::stub!($vjp_text)]
        #[pyfunction]
        #[pyo3(signature = (values, cotangent, strength = 1.0, *, direction = "ascending", method = "l2",
                            scale = "absolute", axis = None, mask = None, weights = None, strengths = None, offsets = None, threads = 1,
                            progress = false))]
        #[expect(clippy::too_many_arguments, reason = "keywords of Python")]
        pub(crate) fn $vjp<'py>(
            values: &Bound<'py, PyAny>,
            cotangent: &Bound<'py, PyAny>,
            strength: f64,
            direction: &str,
            method: &str,
            scale: &str,
            axis: Option<isize>,
            mask: Option<&Bound<'py, PyAny>>,
            weights: Option<&Bound<'py, PyAny>>,
            strengths: Option<&Bound<'py, PyAny>>,
            offsets: Option<&Bound<'py, PyAny>>,
            threads: usize,
            progress: bool,
        ) -> PyResult<Bound<'py, PyAny>> {
            let operator = build($kind, strength, method, direction, scale)?;
            let extras = Extras { axis: axis.unwrap_or(-1), mask, weights, strengths, offsets, threads, progress };
            forward(values, operator, &extras)?.1.pull(cotangent, (true, progress))
        }
    )* };
}

directed! {
    soft_rank "soft_rank" soft_rank_vjp "soft_rank_vjp" Kind::Rank;
    soft_sort "soft_sort" soft_sort_vjp "soft_sort_vjp" Kind::Sort;
}
