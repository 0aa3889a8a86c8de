//! The measures over one ranked list.

use std::fmt::Display;

use pyo3::prelude::*;
use pyo3::types::{PyInt, PyMapping};
use rank_pyo3::{Id, describe, for_each_entry};

use crate::errors::{PACKAGE, to_python};

/// Reads a grade: an `int`, or what counts as one, such as `numpy.int64`.
pub(crate) fn grade(value: &Bound<'_, PyAny>, argument: impl Display) -> PyResult<i64> {
    value.extract::<i64>().map_err(|_| {
        if value.is_instance_of::<PyInt>() {
            PACKAGE
                .invalid(format_args!("{argument}: expected an int of 64 bits, got {value}; grades are small numbers"))
        } else {
            PACKAGE.dtype(format_args!(
                "{argument}: expected a grade of type int, got {}; pass int(grade) if that is what it means",
                describe(value)
            ))
        }
    })
}

/// Reads judgments: a dict of id to grade, or an iterable of the ids of relevant documents.
pub(crate) fn ground_truth(value: &Bound<'_, PyAny>) -> PyResult<Vec<(Id, i64)>> {
    if value.cast::<PyMapping>().is_err() {
        let ids = rank_pyo3::ids(PACKAGE, value, "ground_truth")?;
        return Ok(ids.into_iter().map(|id| (id, 1)).collect());
    }
    let mut judged = Vec::with_capacity(value.len()?);
    for_each_entry(PACKAGE, value, "ground_truth", "a dict of id to grade", |key, value| {
        let at = format!("ground_truth[{}]", key.repr()?);
        judged.push((Id::extract(PACKAGE, key, &at)?, grade(value, &at)?));
        Ok(())
    })?;
    Ok(judged)
}

/// Reads a depth; a negative number is no type error.
pub(crate) fn depth(k: i64) -> PyResult<usize> {
    usize::try_from(k)
        .map_err(|_| PACKAGE.invalid(format_args!("k: expected at least 1, got {k}; 10 is the usual choice")))
}

#[doc = rank_pyo3::stub!("precision_recall_curve")]
#[pyfunction]
pub(crate) fn precision_recall_curve(
    py: Python<'_>,
    reranked: &Bound<'_, PyAny>,
    ground_truth: &Bound<'_, PyAny>,
) -> PyResult<Vec<(f64, f64)>> {
    let list = rank_pyo3::ranked_list(PACKAGE, reranked, "reranked")?;
    let judged = self::ground_truth(ground_truth)?;
    py.detach(|| rank_eval::precision_recall_curve(&list, &judged)).map_err(to_python)
}

macro_rules! measures {
    ($($name:ident),*) => {$(
        #[doc = rank_pyo3::stub!(stringify!($name))]
        #[pyfunction]
        #[pyo3(signature = (reranked, ground_truth, k = 10))]
        pub(crate) fn $name(
            py: Python<'_>,
            reranked: &Bound<'_, PyAny>,
            ground_truth: &Bound<'_, PyAny>,
            k: i64,
        ) -> PyResult<f64> {
            let list = rank_pyo3::ranked_list(PACKAGE, reranked, "reranked")?;
            let judged = self::ground_truth(ground_truth)?;
            let k = depth(k)?;
            py.detach(|| rank_eval::$name(&list, &judged, k)).map_err(to_python)
        }
    )*};
}
measures!(ndcg_at_k, precision_at_k, recall_at_k, success_at_k, reciprocal_rank_at_k, average_precision_at_k);
