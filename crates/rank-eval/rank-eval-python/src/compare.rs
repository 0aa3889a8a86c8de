//! Runs compared, and pages about them.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};
use rank_eval::{CompareOptions, Measure, ReportOptions, TableOptions, Test, Watch};
use rank_pyo3::describe;

use crate::coverage::Coverage;
use crate::errors::PACKAGE;
use crate::options::{self, measures, missing};
use crate::results::{Estimate, Text};
use crate::statistics::{CORRECTIONS, choice};
use crate::tables::{Run, qrels_argument, run_argument};
use crate::work::{bar, watched};

#[doc = rank_pyo3::stub!("ComparedPair")]
#[pyclass(frozen, get_all, module = "rank_eval")]
pub(crate) struct ComparedPair {
    #[doc = rank_pyo3::stub!("ComparedPair.first")]
    first: String,
    #[doc = rank_pyo3::stub!("ComparedPair.second")]
    second: String,
    #[doc = rank_pyo3::stub!("ComparedPair.mean_difference")]
    mean_difference: Estimate,
    #[doc = rank_pyo3::stub!("ComparedPair.cohen_d_z")]
    cohen_d_z: Estimate,
    #[doc = rank_pyo3::stub!("ComparedPair.p_value")]
    p_value: f64,
    #[doc = rank_pyo3::stub!("ComparedPair.adjusted_p_value")]
    adjusted_p_value: f64,
    #[doc = rank_pyo3::stub!("ComparedPair.wins")]
    wins: usize,
    #[doc = rank_pyo3::stub!("ComparedPair.ties")]
    ties: usize,
    #[doc = rank_pyo3::stub!("ComparedPair.losses")]
    losses: usize,
}

#[pymethods]
impl ComparedPair {
    fn __repr__(&self) -> String {
        format!(
            "ComparedPair(first={:?}, second={:?}, mean_difference={}, cohen_d_z={}, p_value={}, adjusted_p_value={}, \
             wins={}, ties={}, losses={})",
            self.first,
            self.second,
            self.mean_difference.text(),
            self.cohen_d_z.text(),
            self.p_value.text(),
            self.adjusted_p_value.text(),
            self.wins,
            self.ties,
            self.losses
        )
    }
}

#[doc = rank_pyo3::stub!("Comparison")]
#[pyclass(frozen, module = "rank_eval")]
pub(crate) struct Comparison {
    inner: rank_eval::Comparison,
    /// The measures as the caller wrote them.
    names: Vec<String>,
}

impl Comparison {
    fn by_measure<'py>(
        &self,
        py: Python<'py>,
        value: impl Fn(usize) -> PyResult<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (place, name) in self.names.iter().enumerate() {
            dict.set_item(name, value(place)?)?;
        }
        Ok(dict)
    }
}

fn printed(digits: usize, pairs: bool, coverage: bool) -> TableOptions {
    TableOptions::default().digits(digits).pairs(pairs).coverage(coverage)
}

#[pymethods]
impl Comparison {
    #[doc = rank_pyo3::stub!("Comparison.runs")]
    #[getter]
    fn runs(&self) -> Vec<String> {
        self.inner.runs().to_vec()
    }

    #[doc = rank_pyo3::stub!("Comparison.queries")]
    #[getter]
    fn queries(&self) -> Vec<String> {
        self.inner.queries().to_vec()
    }

    #[doc = rank_pyo3::stub!("Comparison.left_out")]
    #[getter]
    fn left_out(&self) -> Vec<String> {
        self.inner.left_out().to_vec()
    }

    #[doc = rank_pyo3::stub!("Comparison.missing")]
    #[getter]
    fn missing<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let missing = PyDict::new(py);
        for (run, name) in self.inner.runs().iter().enumerate() {
            missing.set_item(name, self.inner.missing(run))?;
        }
        Ok(missing)
    }

    #[doc = rank_pyo3::stub!("Comparison.means")]
    #[getter]
    fn means<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.by_measure(py, |measure| {
            let means = PyDict::new(py);
            for (run, mean) in self.inner.runs().iter().zip(self.inner.means(measure)) {
                means.set_item(run, mean)?;
            }
            Ok(means.into_any())
        })
    }

    #[doc = rank_pyo3::stub!("Comparison.pairs")]
    #[getter]
    fn pairs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.by_measure(py, |measure| {
            let pair = |pair: &rank_eval::ComparedPair| ComparedPair {
                first: self.inner.runs()[pair.first].clone(),
                second: self.inner.runs()[pair.second].clone(),
                mean_difference: pair.mean_difference.into(),
                cohen_d_z: pair.cohen_d_z.into(),
                p_value: pair.p_value,
                adjusted_p_value: pair.adjusted_p_value,
                wins: pair.wins,
                ties: pair.ties,
                losses: pair.losses,
            };
            self.inner.pairs(measure).iter().map(pair).collect::<Vec<_>>().into_pyobject(py)
        })
    }

    #[doc = rank_pyo3::stub!("Comparison.coverage")]
    #[getter]
    fn coverage<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.by_measure(py, |measure| {
            let coverage = PyDict::new(py);
            for (run, name) in self.inner.runs().iter().enumerate() {
                coverage.set_item(name, self.inner.coverage(measure, run).map(Coverage::from))?;
            }
            Ok(coverage.into_any())
        })
    }

    #[doc = rank_pyo3::stub!("Comparison.beaten")]
    fn beaten(&self, measure: &str, run: &str) -> PyResult<Vec<String>> {
        let place = |argument: &str, value: &str, known: &[String]| {
            known.iter().position(|name| name == value).ok_or_else(|| {
                PACKAGE.invalid(format_args!(
                    "{argument}: expected one of {}, got {value:?}; name one that was compared",
                    known.join(", ")
                ))
            })
        };
        let (measure, run) = (place("measure", measure, &self.names)?, place("run", run, self.inner.runs())?);
        Ok(self.inner.beaten(measure, run).into_iter().map(|run| self.inner.runs()[run].clone()).collect())
    }

    #[doc = rank_pyo3::stub!("Comparison.to_text")]
    #[pyo3(signature = (digits = 3, pairs = false, coverage = false))]
    fn to_text(&self, digits: usize, pairs: bool, coverage: bool) -> String {
        self.inner.to_text(printed(digits, pairs, coverage))
    }

    #[doc = rank_pyo3::stub!("Comparison.to_markdown")]
    #[pyo3(signature = (digits = 3, pairs = false, coverage = false))]
    fn to_markdown(&self, digits: usize, pairs: bool, coverage: bool) -> String {
        self.inner.to_markdown(printed(digits, pairs, coverage))
    }

    #[doc = rank_pyo3::stub!("Comparison.to_latex")]
    #[pyo3(signature = (digits = 3, pairs = false, coverage = false))]
    fn to_latex(&self, digits: usize, pairs: bool, coverage: bool) -> String {
        self.inner.to_latex(printed(digits, pairs, coverage))
    }

    #[doc = rank_pyo3::stub!("Comparison.to_html")]
    #[pyo3(signature = (digits = 3, pairs = false, coverage = false))]
    fn to_html(&self, digits: usize, pairs: bool, coverage: bool) -> String {
        self.inner.to_html(printed(digits, pairs, coverage))
    }

    #[doc = rank_pyo3::stub!("Comparison.to_json")]
    fn to_json(&self) -> String {
        self.inner.to_json()
    }

    #[doc = rank_pyo3::stub!("Comparison.to_csv")]
    fn to_csv(&self) -> String {
        self.inner.to_csv()
    }

    fn __str__(&self) -> String {
        self.inner.to_text(TableOptions::default())
    }

    fn _repr_html_(&self) -> String {
        self.inner.to_html(TableOptions::default())
    }

    fn __repr__(&self) -> String {
        format!(
            "Comparison({} runs, {} queries, {})",
            self.inner.runs().len(),
            self.inner.queries().len(),
            self.names.join(", ")
        )
    }
}

/// What `compare` and `report` take.
struct Asked<'a, 'py> {
    qrels: &'a Bound<'py, PyAny>,
    runs: &'a Bound<'py, PyAny>,
    measures: &'a Bound<'py, PyAny>,
    test: &'a str,
    correction: Option<&'a str>,
    baseline: Option<String>,
    alpha: f64,
    tolerance: f64,
    permutations: usize,
    seed: u64,
    missing: &'a str,
    evaluation: options::Asked<'a>,
    progress: bool,
}

/// Runs with their names.
type Named<'a> = [(&'a str, &'a rank_eval::Run)];

impl<'py> Asked<'_, 'py> {
    fn options(&self) -> PyResult<CompareOptions> {
        let tests = [
            ("paired_t", Test::PairedT),
            ("randomization", Test::Randomization),
            ("wilcoxon", Test::Wilcoxon),
            ("sign", Test::Sign),
            ("tukey_hsd", Test::TukeyHsd),
            ("randomized_tukey_hsd", Test::RandomizedTukeyHsd),
        ];
        let correction = self.correction.map(|name| choice("correction", name, &CORRECTIONS)).transpose()?;
        Ok(CompareOptions::default()
            .evaluation(self.evaluation.options()?.missing_queries(missing(self.missing)?))
            .test(choice("test", self.test, &tests)?)
            .correction(correction)
            .baseline(self.baseline.clone())
            .alpha(self.alpha)
            .tolerance(self.tolerance)
            .permutations(self.permutations)
            .seed(self.seed))
    }

    /// The runs and their names.
    fn runs(&self) -> PyResult<Vec<(String, Bound<'py, Run>)>> {
        let mapping = self.runs.cast::<PyMapping>().map_err(|_| {
            let got = describe(self.runs);
            PACKAGE.dtype(format_args!("runs: expected a dict of name to run, got {got}; name each run"))
        })?;
        let mut runs = Vec::new();
        for item in mapping.items()? {
            let (name, run) = item.extract::<(Bound<'_, PyAny>, Bound<'py, PyAny>)>()?;
            let Ok(name) = name.extract::<String>() else {
                let got = describe(&name);
                return Err(PACKAGE.dtype(format_args!("runs: expected names of type str, got {got}; pass str(name)")));
            };
            runs.push((name, run_argument(&run, 0, self.progress)?));
        }
        Ok(runs)
    }

    /// Reads everything, and does `work` with it.
    fn compare(
        self,
        work: impl FnOnce(
            &rank_eval::Qrels,
            &Named<'_>,
            &[Measure],
            CompareOptions,
            &Watch<'_>,
        ) -> rank_eval::Result<rank_eval::Comparison>
        + Send,
    ) -> PyResult<Comparison> {
        let py = self.qrels.py();
        let options = self.options()?;
        let (names, measures): (Vec<String>, Vec<Measure>) = measures(self.measures)?.into_iter().unzip();
        let runs = self.runs()?;
        let runs: Vec<(&str, &rank_eval::Run)> = runs.iter().map(|(name, run)| (name.as_str(), &run.get().0)).collect();
        let qrels = qrels_argument(self.qrels, 0, self.progress)?;
        let qrels = &qrels.get().0;
        let others = runs.len().saturating_sub(1);
        let pairs = if options.baseline.is_some() { others } else { runs.len() * others / 2 };
        let bar = bar(py, "comparison", "pairs", pairs * measures.len(), self.progress)?;
        let inner = watched(py, &bar, |watch| work(qrels, &runs, &measures, options, watch))?;
        Ok(Comparison { inner, names })
    }
}

#[doc = rank_pyo3::stub!("compare")]
#[pyfunction]
#[pyo3(signature = (
    qrels, runs, measures, *, test = "paired_t", correction = None, baseline = None, alpha = 0.05, tolerance = 1e-9,
    permutations = 10_000, seed = 0, missing = "zero", order = "docid_desc", judged_only = false, level = 1, depth = None,
    collection = None, compat = None, threads = 0, progress = false
))]
#[expect(clippy::too_many_arguments, reason = "in Python they have names")]
pub(crate) fn compare(
    qrels: &Bound<'_, PyAny>,
    runs: &Bound<'_, PyAny>,
    measures: &Bound<'_, PyAny>,
    test: &str,
    correction: Option<&str>,
    baseline: Option<String>,
    alpha: f64,
    tolerance: f64,
    permutations: usize,
    seed: u64,
    missing: &str,
    order: &str,
    judged_only: bool,
    level: i64,
    depth: Option<i64>,
    collection: Option<u64>,
    compat: Option<&str>,
    threads: usize,
    progress: bool,
) -> PyResult<Comparison> {
    let evaluation = options::Asked { order, judged_only, level, depth, collection, compat, threads };
    let asked = Asked {
        qrels,
        runs,
        measures,
        test,
        correction,
        baseline,
        alpha,
        tolerance,
        permutations,
        seed,
        missing,
        evaluation,
        progress,
    };
    asked.compare(|qrels, runs, measures, options, watch| {
        rank_eval::compare_watched(qrels, runs, measures, options, watch)
    })
}

#[doc = rank_pyo3::stub!("report")]
#[pyfunction]
#[pyo3(signature = (
    path, qrels, runs, measures, *, title = "Comparison of runs", test = "paired_t", correction = None, baseline = None,
    alpha = 0.05, tolerance = 1e-9, permutations = 10_000, seed = 0, missing = "zero", order = "docid_desc",
    judged_only = false, level = 1, depth = None, collection = None, compat = None, threads = 0, progress = false
))]
#[expect(clippy::too_many_arguments, reason = "in Python they have names")]
pub(crate) fn report(
    path: PathBuf,
    qrels: &Bound<'_, PyAny>,
    runs: &Bound<'_, PyAny>,
    measures: &Bound<'_, PyAny>,
    title: &str,
    test: &str,
    correction: Option<&str>,
    baseline: Option<String>,
    alpha: f64,
    tolerance: f64,
    permutations: usize,
    seed: u64,
    missing: &str,
    order: &str,
    judged_only: bool,
    level: i64,
    depth: Option<i64>,
    collection: Option<u64>,
    compat: Option<&str>,
    threads: usize,
    progress: bool,
) -> PyResult<Comparison> {
    let evaluation = options::Asked { order, judged_only, level, depth, collection, compat, threads };
    let asked = Asked {
        qrels,
        runs,
        measures,
        test,
        correction,
        baseline,
        alpha,
        tolerance,
        permutations,
        seed,
        missing,
        evaluation,
        progress,
    };
    asked.compare(|qrels, runs, measures, options, watch| {
        let options = ReportOptions::default().compare(options).title(title.to_owned());
        rank_eval::report_watched(path, qrels, runs, measures, options, watch)
    })
}
