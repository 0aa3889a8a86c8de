//! Reranking by judgments of batches.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyList};
use rank_pyo3::{Id, describe, items};
use rank_rerank::contextual::{self, ContextualConfig};

use crate::cross_encoder::Failure;
use crate::errors::{PACKAGE, to_python};
use crate::number;

#[doc = rank_pyo3::stub!("ContextualScore")]
#[pyclass(frozen, eq, module = "rank_rerank")]
#[derive(PartialEq)]
pub(crate) struct ContextualScore {
    #[doc = rank_pyo3::stub!("ContextualScore.score")]
    #[pyo3(get)]
    score: f64,
    #[doc = rank_pyo3::stub!("ContextualScore.relevant")]
    #[pyo3(get)]
    relevant: usize,
    #[doc = rank_pyo3::stub!("ContextualScore.judged")]
    #[pyo3(get)]
    judged: usize,
}

#[pymethods]
impl ContextualScore {
    fn __repr__(&self) -> String {
        let Self { score, relevant, judged } = self;
        format!("ContextualScore(score={score:?}, relevant={relevant}, judged={judged})")
    }
}

/// What the judge says of a batch: a bool for each document, of Python or of NumPy.
fn judgments(answer: &Bound<'_, PyAny>) -> PyResult<Vec<bool>> {
    items(PACKAGE, answer, "judge", "a list of bool")?
        .enumerate()
        .map(|(position, judgment)| {
            let judgment = judgment?;
            let numpy = || judgment.get_type().name().is_ok_and(|name| name == "bool" || name == "bool_");
            if judgment.is_instance_of::<PyBool>() || numpy() {
                return judgment.is_truthy();
            }
            Err(PACKAGE.dtype(format_args!(
                "judge: expected a list of bool, got {} at position {position}; return True for what is relevant",
                describe(&judgment)
            )))
        })
        .collect()
}

#[doc = rank_pyo3::stub!("rerank_contextual")]
#[pyfunction]
#[pyo3(signature = (candidates, judge, *, batch_size = 10, exploration_rounds = 25, total_rounds = 100, seed = 0))]
pub(crate) fn rerank_contextual(
    py: Python<'_>,
    candidates: &Bound<'_, PyAny>,
    judge: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = number::batch_size)] batch_size: usize,
    #[pyo3(from_py_with = number::exploration_rounds)] exploration_rounds: usize,
    #[pyo3(from_py_with = number::total_rounds)] total_rounds: usize,
    #[pyo3(from_py_with = number::seed)] seed: u64,
) -> PyResult<Vec<(Id, ContextualScore)>> {
    if !judge.is_callable() {
        return Err(PACKAGE.dtype(format_args!(
            "judge: expected a function of a list of ids, got {}; pass one that returns a bool for each",
            describe(judge)
        )));
    }
    let ids = rank_pyo3::ids(PACKAGE, candidates, "candidates")?;
    let config = ContextualConfig { batch_size, exploration_rounds, total_rounds, seed };
    let ranked = contextual::rerank_contextual(&ids, config, |batch| {
        py.check_signals().map_err(Failure::Python)?;
        let answer = PyList::new(py, batch).and_then(|batch| judge.call1((batch,)));
        answer.and_then(|answer| judgments(&answer)).map_err(Failure::Python)
    });
    let ranked = ranked.map_err(|failure| match failure {
        Failure::Rank(error) => to_python(error),
        Failure::Python(error) => error,
    })?;
    Ok(ranked
        .into_iter()
        .map(|(id, contextual::ContextualScore { score, relevant, judged })| {
            (id, ContextualScore { score, relevant, judged })
        })
        .collect())
}
