//! Runs that are dicts: read under the GIL, fused without it, written as dicts again. The ids are never copied.

use std::collections::HashMap;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyMapping};
use rank_fusion::{Error, Fusion, NumberedLists, Numbering, Ranking, Scratch};
use rank_pyo3::{ProgressBar, watched};
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;

use crate::errors::{PACKAGE, to_python};
use crate::key::{Key, exact_score};

/// A run: the list of each query, as it came.
type Run<'py> = HashMap<Key<'py>, Bound<'py, PyAny>, FxBuildHasher>;

/// What fusing a query leaves, apart from the ids.
#[derive(Default)]
struct Fused {
    scratch: Scratch,
    totals: Vec<f64>,
    ranking: Ranking,
}

pub(crate) fn fuse<'py>(
    py: Python<'py>,
    runs: &[Bound<'py, PyAny>],
    fusion: &Fusion,
    threads: Option<usize>,
    progress: bool,
) -> PyResult<Bound<'py, PyDict>> {
    fusion.check(runs.len()).map_err(to_python)?;
    let pool = Pool::new(fusion, threads)?;
    let runs: Vec<Run<'py>> =
        runs.iter().enumerate().map(|(place, run)| read_run(run, place)).collect::<PyResult<_>>()?;
    let mut queries: Vec<Key<'py>> = runs.iter().flat_map(|run| run.keys().cloned()).collect();
    queries.sort_unstable();
    queries.dedup();

    let bar = ProgressBar::new(PACKAGE, py, queries.len(), progress)?;
    let fused = PyDict::new(py);
    // So few queries at a time that what was read is still in the cache when it is fused.
    let chunk = if pool.threads == 1 { 1 } else { 8 * pool.threads };
    let mut numberings: Vec<Numbering<Key<'py>>> = (0..chunk).map(|_| Numbering::new()).collect();
    let mut results: Vec<Fused> = (0..chunk).map(|_| Fused::default()).collect();
    for queries in queries.chunks(chunk) {
        for (query, numbering) in queries.iter().zip(&mut numberings) {
            numbering.clear();
            for (place, run) in runs.iter().enumerate() {
                read_list(numbering, fusion, run.get(query), place, query)?;
            }
            if fusion.method().orders_by_number() {
                numbering.order_by_id();
            }
        }
        let lists: Vec<&NumberedLists> =
            numberings[..queries.len()].iter().map(|numbering| numbering.parts().1).collect();
        let results = &mut results[..queries.len()];
        pool.run(py, &bar, fusion, &lists, results)?.map_err(|(place, error)| {
            to_python(Error::InQuery { query: format!("{:?}", queries[place]), error: Box::new(error) })
        })?;
        for ((query, numbering), Fused { totals, ranking, .. }) in queries.iter().zip(&numberings).zip(results) {
            let ids = numbering.ids();
            let list = PyDict::new(py);
            // Equal scores are one object: sums of ranks are often equal.
            let mut score = PyFloat::new(py, 0.0);
            let mut written = 0.0_f64.to_bits();
            for number in ranking.settle(fusion, ids) {
                let total = totals[number];
                if total.to_bits() != written {
                    (score, written) = (PyFloat::new(py, total), total.to_bits());
                }
                list.set_item(ids[number].object(), &score)?;
            }
            fused.set_item(query.object(), list)?;
        }
    }
    Ok(fused)
}

/// The threads that are worth waking: methods that look at pairs of documents take long, others less than the waking.
struct Pool {
    pool: Option<rayon::ThreadPool>,
    threads: usize,
}

impl Pool {
    fn new(fusion: &Fusion, threads: Option<usize>) -> PyResult<Self> {
        let slow = matches!(fusion.method().name(), "condorcet" | "copeland" | "kemeny");
        let threads = threads.unwrap_or(if slow { rayon::current_num_threads() } else { 1 });
        if threads == 1 {
            return Ok(Self { pool: None, threads });
        }
        let refused = |reason: String| to_python(Error::InvalidThreads { threads, reason });
        if threads == 0 {
            return Err(refused("none would work".to_owned()));
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        Ok(Self { pool: Some(pool.map_err(|error| refused(error.to_string()))?), threads })
    }

    /// Fuses each of `lists` and moves the bar; the first error of a query, with its place.
    ///
    /// # Errors
    ///
    /// `KeyboardInterrupt`, which with several threads comes as soon as each is done with the query that it is at.
    fn run(
        &self,
        py: Python<'_>,
        bar: &ProgressBar,
        fusion: &Fusion,
        lists: &[&NumberedLists],
        results: &mut [Fused],
    ) -> PyResult<Result<(), (usize, Error)>> {
        let one = |place: usize, Fused { scratch, totals, ranking }: &mut Fused| {
            let lists = lists[place].lists().map_err(|error| (place, error))?;
            fusion.totals(&lists, scratch, totals).map_err(|error| (place, error))?;
            ranking.sort(fusion, totals);
            Ok(())
        };
        let Some(pool) = &self.pool else {
            let done = py.detach(|| results.iter_mut().enumerate().try_for_each(|(place, result)| one(place, result)));
            py.check_signals()?;
            bar.update(py, results.len())?;
            return Ok(done);
        };
        watched(py, bar, |watch| {
            let each = |(place, result): (usize, &mut Fused)| {
                // What is left out when told to stop is never read.
                if watch.advance(0) {
                    one(place, result)?;
                    watch.advance(1);
                }
                Ok(())
            };
            let work = || results.par_iter_mut().enumerate().map(each).collect::<Vec<_>>();
            Ok::<_, PyErr>(pool.install(work).into_iter().collect())
        })
    }
}

/// The entries of a mapping. Those of a plain dict are read in place only where no Python code can run meanwhile.
fn read_run<'py>(run: &Bound<'py, PyAny>, place: usize) -> PyResult<Run<'py>> {
    let argument = format!("runs[{place}]");
    let mut queries = Run::default();
    rank_pyo3::for_each_entry(PACKAGE, run, &argument, "a dict of query to ranked list", |query, list| {
        let key = Key::read(query.clone(), format_args!("{argument}[{}]", query.repr()?))?;
        if queries.insert(key, list.clone()).is_some() {
            return Err(PACKAGE.error(
                "DuplicateIdError",
                format_args!("{argument}: expected each query once, got {} again; drop one of the two", query.repr()?),
            ));
        }
        Ok(())
    })?;
    Ok(queries)
}

/// Adds one list of one query.
fn read_list<'py>(
    numbering: &mut Numbering<Key<'py>>,
    fusion: &Fusion,
    list: Option<&Bound<'py, PyAny>>,
    place: usize,
    query: &Key<'py>,
) -> PyResult<()> {
    let in_query = |error| to_python(Error::InQuery { query: format!("{query:?}"), error: Box::new(error) });
    let Some(list) = list else {
        return numbering.add_list(fusion, []).map_err(in_query);
    };
    if let Ok(dict) = list.cast_exact::<PyDict>()
        && read_dict(numbering, fusion, dict).map_err(in_query)?
    {
        return Ok(());
    }
    let argument = format!("runs[{place}][{query:?}]");
    let mut entries = Vec::new();
    if list.cast::<PyMapping>().is_ok() {
        rank_pyo3::for_each_entry(PACKAGE, list, &argument, "a dict of id to score", |id, score| {
            let at = format!("{argument}[{}]", id.repr()?);
            entries.push((Key::read(id.clone(), &at)?, rank_pyo3::score(PACKAGE, score, &at)?));
            Ok(())
        })?;
    } else {
        for (id, score) in rank_pyo3::ranked_list(PACKAGE, list, &argument)? {
            let id = (&id).into_pyobject(list.py())?;
            entries.push((Key::read(id, &argument)?, score));
        }
    }
    numbering.add_list(fusion, entries).map_err(in_query)
}

/// Adds a dict in place; `false`, and nothing of it, if it holds something that takes Python code to read.
fn read_dict<'py>(
    numbering: &mut Numbering<Key<'py>>,
    fusion: &Fusion,
    dict: &Bound<'py, PyDict>,
) -> rank_fusion::Result<bool> {
    #[cfg(plain_objects)]
    if numbering.try_add_list(fusion, |list| crate::texts::read(dict, |id, score| list.push_as(id, score)))? {
        return Ok(true);
    }
    numbering.try_add_list(fusion, |list| {
        rank_pyo3::all_entries(dict, |id, score| {
            let (Ok(id), Some(score)) = (Key::exact(id), exact_score(&score)) else { return false };
            list.push(id, score);
            true
        })
    })
}
