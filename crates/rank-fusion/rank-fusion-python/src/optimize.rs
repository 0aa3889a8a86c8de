//! The search for the best fusion, as the named tuples of `_results.py`.

use std::collections::HashMap;
use std::sync::Mutex;

use pyo3::prelude::*;
use pyo3::types::PyString;
use rank_fusion::{Fusion, Measure, Method, Normalization, Optimized, Problem, Search, Space, in_pool};
use rank_pyo3::arrow::IdRef;
use rank_pyo3::{ProgressBar, Watch, watched};

use crate::columns::{Source, View, owned};
use crate::errors::{PACKAGE, to_python};
use crate::qrels;
use crate::runs;

/// What is searched, and how.
pub(crate) struct Task<'a, 'py> {
    pub(crate) runs: &'a Bound<'py, PyAny>,
    pub(crate) qrels: Option<&'a Bound<'py, PyAny>>,
    pub(crate) measure: &'a Bound<'py, PyAny>,
    pub(crate) methods: Option<Vec<String>>,
    pub(crate) norms: Vec<String>,
    pub(crate) step: Option<f64>,
    pub(crate) search: &'a str,
    pub(crate) trials: usize,
    pub(crate) folds: usize,
    pub(crate) seed: u64,
    pub(crate) threads: Option<usize>,
    pub(crate) progress: bool,
}

pub(crate) fn optimize<'py>(py: Python<'py>, task: &Task<'_, 'py>, base: &Fusion) -> PyResult<Bound<'py, PyAny>> {
    let space = Space {
        methods: match &task.methods {
            None => vec![base.method().clone()],
            Some(names) => {
                names.iter().map(|name| name.parse::<Method>()).collect::<Result<_, _>>().map_err(to_python)?
            }
        },
        normalizations: task
            .norms
            .iter()
            .map(|name| name.parse::<Normalization>())
            .collect::<Result<_, _>>()
            .map_err(to_python)?,
        parts: task.step.map(parts).transpose()?,
    };
    let search = match task.search {
        "grid" => Search::Grid,
        "coordinate" => Search::Coordinate,
        "random" => Search::Random { trials: task.trials, seed: task.seed },
        other => {
            return Err(PACKAGE.invalid(format_args!(
                "search: expected one of grid, coordinate, random, got {other:?}; check the spelling"
            )));
        }
    };
    let sources = runs::sources(&runs::list_of_runs(task.runs)?)?;
    let views: Vec<View<'_>> = sources.iter().map(Source::view).collect::<PyResult<_>>()?;
    let bar = ProgressBar::new(PACKAGE, py, 0, task.progress)?;
    let (folds, seed, threads) = (task.folds, task.seed, task.threads);
    let run = |problem: &Problem<'_, IdRef<'_>, IdRef<'_>>, watch: &Watch| {
        watch.expect(problem.trials(&space, search)?.unwrap_or(0));
        let found = problem.search(&space, search, folds, seed, |done| watch.advance(done))?;
        // A search that ends early is at its end.
        watch.expect(found.trials.len());
        Ok(found)
    };
    let (found, queries) = if task.measure.is_callable() {
        // The first exception stops the search and is raised.
        let raised: Mutex<Option<PyErr>> = Mutex::new(None);
        let function = task.measure.clone().unbind();
        let value = |query: &IdRef<'_>, list: &[(IdRef<'_>, f64)]| {
            Python::attach(|py| {
                let list: Vec<_> = list.iter().map(|(id, score)| (owned(*id), *score)).collect();
                function.bind(py).call1((owned(*query), PACKAGE.ranked(py, &list)?))?.extract::<f64>()
            })
            .unwrap_or_else(|error: PyErr| {
                if let Ok(mut raised) = raised.lock() {
                    raised.get_or_insert(error);
                }
                f64::NAN
            })
        };
        let result = watched(py, &bar, |watch| {
            in_pool(threads, || {
                let problem = Problem::with_function(&views, base, value)?;
                let queries: Vec<_> = problem.queries().iter().map(|query| owned(*query)).collect();
                run(&problem, watch).map(|found| (found, queries))
            })
            .and_then(|found| found)
            .map_err(to_python)
        });
        match raised.into_inner() {
            Ok(Some(error)) => return Err(error),
            _ => result?,
        }
    } else {
        if !task.measure.is_instance_of::<PyString>() {
            return Err(PACKAGE.dtype(format_args!(
                "measure: expected a name or a function, got {}; pass a str such as 'nDCG@10'",
                rank_pyo3::describe(task.measure)
            )));
        }
        let measure: Measure = rank_pyo3::text(PACKAGE, task.measure, "measure")?.parse().map_err(to_python)?;
        let Some(judged) = task.qrels else {
            return Err(PACKAGE.invalid(format_args!(
                "qrels: expected judgments for {measure}, got none; pass them, or a function as measure"
            )));
        };
        let judged = qrels::read(judged)?;
        watched(py, &bar, |watch| {
            let judged = qrels::borrowed(&judged);
            in_pool(threads, || {
                let problem = Problem::new(&views, base, measure, &judged)?;
                let queries: Vec<_> = problem.queries().iter().map(|query| owned(*query)).collect();
                run(&problem, watch).map(|found| (found, queries))
            })
            .and_then(|found| found)
            .map_err(to_python)
        })?
    };
    if let Some(warning) = found.warning() {
        let class = py.import("rank_fusion._errors")?.getattr("InsignificantGainWarning")?;
        py.import("warnings")?.call_method1("warn", (warning, class))?;
    }
    results(py, &found, &queries)
}

/// How many steps make 1.
fn parts(step: f64) -> PyResult<usize> {
    let parts = (1.0 / step).round();
    if step > 0.0 && step <= 1.0 && (1.0 / step - parts).abs() < 1e-9 * parts {
        return Ok(parts as usize);
    }
    Err(PACKAGE.invalid(format_args!("step: expected a number of which some make 1, got {step}; 0.1 is usual")))
}

fn results<'py>(py: Python<'py>, found: &Optimized, queries: &[rank_pyo3::Id]) -> PyResult<Bound<'py, PyAny>> {
    let module = py.import("rank_fusion._results")?;
    let class = module.getattr("Trial")?;
    let by_query = |values: &[f64]| queries.iter().zip(values.iter().copied()).collect::<Vec<_>>();
    let trials: Vec<Bound<'py, PyAny>> = found
        .trials
        .iter()
        .map(|trial| {
            let fusion = &trial.fusion;
            let norm = fusion.method().uses_scores().then(|| fusion.normalization_used().to_string());
            class.call1((fusion.method().to_string(), norm, trial.weights.clone(), trial.mean))
        })
        .collect::<PyResult<_>>()?;
    let validation = match &found.validation {
        None => None,
        Some(validation) => {
            let class = module.getattr("Fold")?;
            let folds: Vec<Bound<'py, PyAny>> = validation
                .folds
                .iter()
                .map(|fold| {
                    let names: Vec<_> = fold.queries.iter().map(|&query| &queries[query]).collect();
                    class.call1((names, &trials[fold.trial], fold.train, fold.test, fold.baseline))
                })
                .collect::<PyResult<_>>()?;
            Some(module.getattr("Validation")?.call1((
                folds,
                validation.mean,
                validation.interval,
                validation.baseline,
                by_query(&validation.values).into_iter().collect::<HashMap<_, _>>().into_pyobject(py)?,
            ))?)
        }
    };
    module.getattr("Optimized")?.call1((
        &trials[found.best],
        &trials[0],
        trials.clone(),
        validation,
        found.p_value,
        found.warning(),
    ))
}
