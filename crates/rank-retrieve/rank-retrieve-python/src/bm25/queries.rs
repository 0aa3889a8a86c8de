//! How queries and what goes with them become the core's, and batches arrays.

use pyo3::prelude::*;
use pyo3::types::PyString;
use rank_pyo3::{ProgressBar, in_chunks, watched};
use rank_retrieve::{Filter, Scoring};

use super::{Arrays, Bm25Index};
use crate::errors::{PACKAGE, to_python};
use crate::fields;
use crate::filter;
use crate::hits::Hits;
use crate::hnsw::Key;
use crate::tokens::Tokens;

/// Pieces short enough that Ctrl-C is answered at once.
const QUERIES: usize = 512;

impl Bm25Index {
    pub(super) fn scoring(
        &self,
        py: Python<'_>,
        k1: Option<f64>,
        b: Option<f64>,
        field_weights: Option<&Bound<'_, PyAny>>,
        scoring: Option<&Bound<'_, crate::scoring::Scoring>>,
    ) -> PyResult<Scoring> {
        let scoring = self.given(scoring);
        let scoring = scoring.k1(k1.unwrap_or(scoring.k1)).b(b.unwrap_or(scoring.b));
        scoring.check().map_err(to_python)?;
        let Some(weights) = field_weights else { return Ok(scoring) };
        let weights = fields::numbers(weights, "field_weights")?;
        let weights: Vec<(&str, f64)> = weights.iter().map(|(name, weight)| (name.as_str(), *weight)).collect();
        py.detach(|| self.index.read().weighing(scoring, &weights)).map_err(to_python)
    }

    /// The scoring of an argument, or else the index's.
    pub(super) fn given(&self, scoring: Option<&Bound<'_, crate::scoring::Scoring>>) -> Scoring {
        scoring.map_or(self.scoring, |scoring| scoring.get().0)
    }

    /// The terms of a text or of a list of them, or none for all documents.
    fn query(&self, py: Python<'_>, query: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Vec<String>>> {
        let Some(query) = query else { return Ok(None) };
        if !query.is_instance_of::<PyString>() {
            return rank_pyo3::strings(PACKAGE, query, "query").map(Some);
        }
        let text = rank_pyo3::text(PACKAGE, query, "query")?;
        let analyzer = py.detach(|| self.index.read().analyzer().clone());
        analyzer.analyze(text).map(Some).map_err(to_python)
    }

    /// The documents that match a query and pass a filter.
    pub(super) fn matching(
        &self,
        py: Python<'_>,
        query: Option<&Bound<'_, PyAny>>,
        filter: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<rank_retrieve::Matches> {
        let terms = self.query(py, query)?;
        let filter = filter::read(filter)?;
        py.detach(|| {
            let index = self.index.read();
            let documents = index.filtered(&filter)?;
            Ok(terms.map_or_else(|| documents.all(), |terms| documents.matches(&terms)))
        })
        .map_err(to_python)
    }

    #[expect(clippy::too_many_arguments, reason = "what a batch of queries is answered by")]
    pub(super) fn batch<'py>(
        &self,
        py: Python<'py>,
        queries: &Tokens,
        k: usize,
        progress: bool,
        threads: usize,
        scoring: Scoring,
        filter: &Filter<Key>,
    ) -> PyResult<Arrays<'py>> {
        let bar = ProgressBar::new(PACKAGE, py, queries.len(), progress)?;
        let mut hits = Hits::default();
        let width = py.detach(|| {
            let index = self.index.read();
            if queries.len() > QUERIES {
                index.prepare(scoring).map_err(to_python)?;
            }
            Ok::<_, PyErr>(index.len())
        })?;
        if threads == 1 {
            in_chunks(py, queries.len(), QUERIES, &bar, |piece| {
                let words: Vec<Vec<&str>> = piece.map(|at| queries.list(at)).collect();
                let index = self.index.read();
                let documents = index.filtered(filter).map_err(to_python)?;
                for list in documents.numbers_batch(&words, k, scoring, 1, |_| true).map_err(to_python)? {
                    hits.push(list.iter().map(|&(number, score)| (index.id(number), score)));
                }
                Ok::<(), PyErr>(())
            })?;
        } else {
            watched(py, &bar, |watch| {
                let words: Vec<Vec<&str>> = (0..queries.len()).map(|at| queries.list(at)).collect();
                let index = self.index.read();
                let go_on = |steps| watch.advance(steps);
                let documents = index.filtered(filter).map_err(to_python)?;
                for list in documents.numbers_batch(&words, k, scoring, threads, go_on).map_err(to_python)? {
                    hits.push(list.iter().map(|&(number, score)| (index.id(number), score)));
                }
                Ok::<(), PyErr>(())
            })?;
        }
        // Documents may have come since.
        let width = hits.width().max(k.min(width));
        hits.arrays(py, width, self.index.has_texts())
    }
}
