//! Methods that are trained.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use pyo3::prelude::*;
use rank_fusion::{Rows, Segments, Training};
use rank_pyo3::arrow::IdRef;

use crate::argument;
use crate::columns::{Source, View};
use crate::errors::{PACKAGE, to_python};
use crate::qrels::{self, Qrels};
use crate::runs;

#[doc = rank_pyo3::stub!("Trained")]
#[pyclass(frozen, module = "rank_fusion", name = "Trained")]
pub(crate) struct Trained(pub(crate) rank_fusion::Trained);

#[pymethods]
impl Trained {
    #[doc = rank_pyo3::stub!("Trained.train")]
    #[staticmethod]
    #[pyo3(signature = (method, runs, qrels, *, segments = 25, window = 5, cuts = "published"))]
    fn train(
        py: Python<'_>,
        #[pyo3(from_py_with = argument::method)] method: &str,
        runs: &Bound<'_, PyAny>,
        qrels: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = argument::segments)] segments: usize,
        #[pyo3(from_py_with = argument::window)] window: usize,
        #[pyo3(from_py_with = argument::cuts)] cuts: &str,
    ) -> PyResult<Self> {
        let cuts: Segments = cuts.parse().map_err(to_python)?;
        let sources = runs::sources(&runs::list_of_runs(runs)?)?;
        let views: Vec<View<'_>> = sources.iter().map(Source::view).collect::<PyResult<_>>()?;
        let qrels = qrels::read(qrels)?;
        let trained = py.detach(|| {
            let training = training(&views, &qrels)?;
            Ok(match method {
                "bayesfuse" => Some(rank_fusion::Trained::bayesfuse(&training)?),
                "mapfuse" => Some(rank_fusion::Trained::mapfuse(&training)?),
                "posfuse" => Some(rank_fusion::Trained::posfuse(&training)?),
                "probfuse" => Some(rank_fusion::Trained::probfuse(&training, segments)?),
                "segfuse" => Some(rank_fusion::Trained::segfuse(&training, cuts)?),
                "slidefuse" => Some(rank_fusion::Trained::slidefuse(&training, window)?),
                _ => None,
            })
        });
        let unknown = || {
            PACKAGE.invalid(format_args!(
                "method: expected one of bayesfuse, mapfuse, posfuse, probfuse, segfuse, slidefuse, got {method:?}; check \
                 the spelling"
            ))
        };
        trained.map_err(to_python)?.map(Self).ok_or_else(unknown)
    }

    #[doc = rank_pyo3::stub!("Trained.load")]
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        py.detach(|| rank_fusion::Trained::load(path)).map(Self).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Trained.save")]
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        py.detach(|| self.0.save(path)).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Trained.name")]
    #[getter]
    fn name(&self) -> &'static str {
        self.0.name()
    }

    #[doc = rank_pyo3::stub!("Trained.tables")]
    #[getter]
    fn tables(&self) -> Vec<Vec<f64>> {
        self.0.tables().to_vec()
    }

    fn __repr__(&self) -> String {
        format!("Trained({}, {} lists)", self.0.name(), self.0.lists())
    }
}

/// Where the relevant documents of the judged queries are in the runs.
fn training(runs: &[View<'_>], qrels: &Qrels) -> rank_fusion::Result<Training> {
    let mut queries: BTreeMap<IdRef<'_>, Vec<Vec<(IdRef<'_>, f64)>>> = BTreeMap::new();
    for (place, run) in runs.iter().enumerate() {
        for row in 0..run.len() {
            let lists = queries.entry(run.query(row)).or_insert_with(|| vec![Vec::new(); runs.len()]);
            lists[place].push((run.document(row), run.score(row)));
        }
    }
    let mut training = Training::new(runs.len());
    let judged = qrels::borrowed(qrels);
    for (query, mut lists) in queries {
        let Some(judged) = judged.get(&query) else { continue };
        for list in &mut lists {
            list.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        }
        let relevant: HashSet<IdRef<'_>> =
            judged.iter().filter(|(_, grade)| **grade > 0).map(|(document, _)| *document).collect();
        training.add(&lists, &relevant)?;
    }
    Ok(training)
}
