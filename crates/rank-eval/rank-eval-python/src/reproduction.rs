//! How well an experiment was repeated.

use pyo3::prelude::*;
use rank_eval::Improvement;

use crate::errors::to_python;
use crate::samples::named;

#[doc = rank_pyo3::stub!("root_mean_square_error")]
#[pyfunction]
pub(crate) fn root_mean_square_error(
    py: Python<'_>,
    original: &Bound<'_, PyAny>,
    reproduced: &Bound<'_, PyAny>,
) -> PyResult<f64> {
    let (original, reproduced) = named(original, "original", reproduced, "reproduced")?;
    py.detach(|| rank_eval::root_mean_square_error(&original, &reproduced)).map_err(to_python)
}

macro_rules! of_improvements {
    ($($name:ident),*) => {$(
        #[doc = rank_pyo3::stub!(stringify!($name))]
        #[pyfunction]
        pub(crate) fn $name(
            py: Python<'_>,
            original_baseline: &Bound<'_, PyAny>,
            original_advanced: &Bound<'_, PyAny>,
            repeated_baseline: &Bound<'_, PyAny>,
            repeated_advanced: &Bound<'_, PyAny>,
        ) -> PyResult<f64> {
            let original = named(original_baseline, "original_baseline", original_advanced, "original_advanced")?;
            let repeated = named(repeated_baseline, "repeated_baseline", repeated_advanced, "repeated_advanced")?;
            py.detach(|| {
                let original = Improvement { baseline: &original.0, advanced: &original.1 };
                let repeated = Improvement { baseline: &repeated.0, advanced: &repeated.1 };
                rank_eval::$name(original, repeated)
            })
            .map_err(to_python)
        }
    )*};
}
of_improvements!(effect_ratio, delta_relative_improvement);
