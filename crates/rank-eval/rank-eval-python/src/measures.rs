//! Measures as values of their own, and runs against judgments of subtopics.

use std::path::PathBuf;

use pyo3::basic::CompareOp;
use pyo3::prelude::*;
use rank_eval::Dialect;

use crate::errors::{PACKAGE, to_python};
use crate::evaluation::Evaluation;
use crate::lists::ground_truth;
use crate::options;
use crate::tables::run_argument;

#[doc = rank_pyo3::stub!("Measure")]
#[pyclass(frozen, module = "rank_eval")]
pub(crate) struct Measure(rank_eval::Measure);

#[pymethods]
impl Measure {
    #[new]
    fn new(name: &str) -> PyResult<Self> {
        name.parse().map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Measure.parse_many")]
    #[staticmethod]
    fn parse_many(names: &str) -> PyResult<Vec<Self>> {
        let measures = rank_eval::Measure::parse_many(names).map_err(to_python)?;
        Ok(measures.into_iter().map(Self).collect())
    }

    #[doc = rank_pyo3::stub!("Measure.cutoff")]
    #[getter]
    fn cutoff(&self) -> Option<usize> {
        self.0.cutoff()
    }

    #[doc = rank_pyo3::stub!("Measure.needs_subtopics")]
    #[getter]
    fn needs_subtopics(&self) -> bool {
        self.0.needs_subtopics()
    }

    #[doc = rank_pyo3::stub!("Measure.needs_preferences")]
    #[getter]
    fn needs_preferences(&self) -> bool {
        self.0.needs_preferences()
    }

    #[doc = rank_pyo3::stub!("Measure.name_in")]
    fn name_in(&self, dialect: &str) -> PyResult<Option<String>> {
        let dialect = match dialect {
            "ir_measures" => Dialect::IrMeasures,
            "trec_eval" => Dialect::TrecEval,
            "ranx" => Dialect::Ranx,
            other => {
                return Err(PACKAGE.invalid(format_args!(
                    "dialect: expected \"ir_measures\", \"trec_eval\" or \"ranx\", got {other:?}; str(measure) is the first"
                )));
            }
        };
        Ok(self.0.name_in(dialect))
    }

    #[doc = rank_pyo3::stub!("Measure.describe")]
    fn describe(&self) -> String {
        self.0.describe()
    }

    #[doc = rank_pyo3::stub!("Measure.value_of")]
    fn value_of(&self, py: Python<'_>, reranked: &Bound<'_, PyAny>, ground_truth: &Bound<'_, PyAny>) -> PyResult<f64> {
        let list = rank_pyo3::ranked_list(PACKAGE, reranked, "reranked")?;
        let judged = self::ground_truth(ground_truth)?;
        py.detach(|| self.0.value_of(&list, &judged)).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Measure.aggregate")]
    #[expect(clippy::needless_pass_by_value, reason = "Python's values have no slice to borrow")]
    fn aggregate(&self, values: Vec<f64>) -> f64 {
        self.0.aggregate(&values)
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("Measure({:?})", self.0.to_string())
    }

    fn __richcmp__(&self, other: &Bound<'_, PyAny>, operation: CompareOp) -> PyResult<Py<PyAny>> {
        let py = other.py();
        let equal = other.cast::<Self>().ok().map(|other| other.get().0 == self.0);
        match (operation, equal) {
            (CompareOp::Eq, Some(equal)) => Ok(equal.into_pyobject(py)?.to_owned().into_any().unbind()),
            (CompareOp::Ne, Some(equal)) => Ok((!equal).into_pyobject(py)?.to_owned().into_any().unbind()),
            _ => Ok(py.NotImplemented()),
        }
    }

    fn __hash__(&self) -> u64 {
        use std::hash::{Hash, Hasher};
        let mut hasher = std::hash::DefaultHasher::new();
        self.0.hash(&mut hasher);
        hasher.finish()
    }
}

#[doc = rank_pyo3::stub!("SubtopicQrels")]
#[pyclass(frozen, module = "rank_eval")]
pub(crate) struct SubtopicQrels(rank_eval::SubtopicQrels);

#[pymethods]
impl SubtopicQrels {
    #[doc = rank_pyo3::stub!("SubtopicQrels.from_rows")]
    #[staticmethod]
    fn from_rows(rows: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut read: Vec<(String, String, String, i64)> = Vec::new();
        for (position, row) in rows.try_iter()?.enumerate() {
            let row = row?;
            read.push(row.extract().map_err(|_| {
                PACKAGE.dtype(format_args!(
                    "rows[{position}]: expected a tuple of query, subtopic and document of type str and a grade of type int, \
                     got {}; convert it",
                    rank_pyo3::describe(&row)
                ))
            })?);
        }
        rank_eval::SubtopicQrels::from_rows(read).map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("SubtopicQrels.read")]
    #[staticmethod]
    fn read(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        py.detach(|| rank_eval::SubtopicQrels::read(path)).map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("SubtopicQrels.queries")]
    #[getter]
    fn queries(&self) -> Vec<String> {
        self.0.queries().map(str::to_owned).collect()
    }

    #[doc = rank_pyo3::stub!("SubtopicQrels.subtopics")]
    fn subtopics(&self, query: &str) -> Option<Vec<String>> {
        self.0.subtopics(query).map(<[String]>::to_vec)
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __repr__(&self) -> String {
        format!("SubtopicQrels({} queries)", self.0.len())
    }
}

#[doc = rank_pyo3::stub!("evaluate_subtopics")]
#[pyfunction]
#[pyo3(signature = (
    qrels, run, measures, missing = "zero", *, order = "docid_desc", judged_only = false, level = 1, depth = None,
    compat = None
))]
#[expect(clippy::too_many_arguments, reason = "in Python they have names")]
pub(crate) fn evaluate_subtopics(
    py: Python<'_>,
    qrels: &Bound<'_, SubtopicQrels>,
    run: &Bound<'_, PyAny>,
    measures: &Bound<'_, PyAny>,
    missing: &str,
    order: &str,
    judged_only: bool,
    level: i64,
    depth: Option<i64>,
    compat: Option<&str>,
) -> PyResult<Evaluation> {
    let asked = options::Asked { order, judged_only, level, depth, collection: None, compat, threads: 0 };
    let asked = asked.options()?.missing_queries(options::missing(missing)?);
    let names = options::measures(measures)?;
    let measures: Vec<_> = names.iter().map(|(_, measure)| measure.clone()).collect();
    let run = run_argument(run, 0, false)?;
    let (qrels, run) = (&qrels.get().0, &run.get().0);
    let inner = py.detach(|| rank_eval::evaluate_subtopics(qrels, run, &measures, asked)).map_err(to_python)?;
    Ok(Evaluation::new(inner, names))
}
