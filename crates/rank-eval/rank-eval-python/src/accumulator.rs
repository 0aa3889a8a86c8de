//! Measures over queries that come a few at a time.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use rank_eval::Measure;

use crate::arrays;
use crate::errors::{PACKAGE, to_python, to_python_at};
use crate::evaluation::Evaluation;
use crate::lists::ground_truth;
use crate::options::{Asked, measures};

#[doc = rank_pyo3::stub!("Accumulator")]
#[pyclass(module = "rank_eval")]
pub(crate) struct Accumulator {
    inner: rank_eval::Accumulator,
    names: Vec<(String, Measure)>,
    /// The keywords that it was made with, for `pickle`.
    keywords: Py<PyDict>,
}

#[pymethods]
impl Accumulator {
    #[new]
    #[pyo3(signature = (
        measures, *, order = "docid_desc", judged_only = false, level = 1, depth = None, collection = None,
        compat = None, threads = 0
    ))]
    #[expect(clippy::too_many_arguments, reason = "keywords in Python")]
    fn new(
        measures: &Bound<'_, PyAny>,
        order: &str,
        judged_only: bool,
        level: i64,
        depth: Option<i64>,
        collection: Option<u64>,
        compat: Option<&str>,
        threads: usize,
    ) -> PyResult<Self> {
        let names = self::measures(measures)?;
        let known: Vec<Measure> = names.iter().map(|(_, measure)| measure.clone()).collect();
        let options = Asked { order, judged_only, level, depth, collection, compat, threads }.options()?;
        let keywords = PyDict::new(measures.py());
        keywords.set_item("order", order)?;
        keywords.set_item("judged_only", judged_only)?;
        keywords.set_item("level", level)?;
        keywords.set_item("depth", depth)?;
        keywords.set_item("collection", collection)?;
        keywords.set_item("compat", compat)?;
        keywords.set_item("threads", threads)?;
        let inner = rank_eval::Accumulator::with_options(&known, options).map_err(to_python)?;
        Ok(Self { inner, names, keywords: keywords.unbind() })
    }

    #[doc = rank_pyo3::stub!("Accumulator.add")]
    fn add(&mut self, reranked: &Bound<'_, PyAny>, ground_truth: &Bound<'_, PyAny>) -> PyResult<()> {
        let list = rank_pyo3::ranked_list(PACKAGE, reranked, "reranked")?;
        let judged = self::ground_truth(ground_truth)?;
        self.inner.add(&list, &judged).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Accumulator.add_batch")]
    fn add_batch(&mut self, reranked: &Bound<'_, PyAny>, ground_truth: &Bound<'_, PyAny>) -> PyResult<()> {
        let items = |value, argument, what| -> PyResult<Vec<Bound<'_, PyAny>>> {
            rank_pyo3::items(PACKAGE, value, argument, what)?.collect()
        };
        let lists = items(reranked, "reranked", "a list of ranked lists")?;
        let judged = items(ground_truth, "ground_truth", "a list of judgments")?;
        if lists.len() != judged.len() {
            return Err(PACKAGE.shape(format_args!(
                "ground_truth: expected {} judgments, one for each ranked list, got {}; pass batches of equal length",
                lists.len(),
                judged.len()
            )));
        }
        // All or nothing.
        let mut added = self.inner.clone();
        added.reset();
        for (query, (list, judged)) in lists.iter().zip(&judged).enumerate() {
            let list = rank_pyo3::ranked_list(PACKAGE, list, &format!("reranked[{query}]"))?;
            let judged = self::ground_truth(judged)?;
            added.add(&list, &judged).map_err(|error| to_python_at(&format!("query {query}: "), error))?;
        }
        self.inner.merge(&added).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Accumulator.add_arrays")]
    #[pyo3(signature = (scores, relevance, mask = None))]
    fn add_arrays(
        &mut self,
        scores: &Bound<'_, PyAny>,
        relevance: &Bound<'_, PyAny>,
        mask: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        arrays::add(&mut self.inner, scores, relevance, mask)
    }

    #[doc = rank_pyo3::stub!("Accumulator.merge")]
    fn merge(&mut self, other: &Bound<'_, Self>) -> PyResult<()> {
        let Ok(other) = other.try_borrow() else {
            return Err(
                PACKAGE.invalid("other: expected another accumulator, got this one; pass that of another process")
            );
        };
        self.inner.merge(&other.inner).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Accumulator.reset")]
    fn reset(&mut self) {
        self.inner.reset();
    }

    #[doc = rank_pyo3::stub!("Accumulator.means")]
    #[getter]
    fn means<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let means = PyDict::new(py);
        for (name, measure) in &self.names {
            means.set_item(name, self.inner.mean(measure))?;
        }
        Ok(means)
    }

    #[doc = rank_pyo3::stub!("Accumulator.evaluation")]
    fn evaluation(&self) -> Evaluation {
        Evaluation::new(self.inner.evaluation(), self.names.clone())
    }

    #[doc = rank_pyo3::stub!("Accumulator.__len__")]
    fn __len__(&self) -> usize {
        self.inner.len()
    }

    fn __repr__(&self) -> String {
        let means = self
            .names
            .iter()
            .map(|(name, measure)| format!("{name}={:.4}", self.inner.mean(measure).unwrap_or(f64::NAN)));
        format!("Accumulator({}; {} queries)", means.collect::<Vec<_>>().join(", "), self.inner.len())
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyTuple>, Py<PyDict>)> {
        let names: Vec<&str> = self.names.iter().map(|(name, _)| name.as_str()).collect();
        Ok((PyTuple::new(py, [names])?, self.keywords.clone_ref(py)))
    }

    fn __getstate__(&self) -> Vec<Vec<f64>> {
        self.inner.measures().iter().map(|measure| self.inner.values(measure).unwrap_or_default().to_vec()).collect()
    }

    #[expect(clippy::needless_pass_by_value, reason = "as pyo3 gives it")]
    fn __setstate__(&mut self, state: Vec<Vec<f64>>) -> PyResult<()> {
        self.inner.reset();
        let queries = state.first().map_or(0, Vec::len);
        for query in 0..queries {
            let values: Vec<f64> = state.iter().filter_map(|column| column.get(query)).copied().collect();
            self.inner.add_values(&values).map_err(to_python)?;
        }
        Ok(())
    }
}
