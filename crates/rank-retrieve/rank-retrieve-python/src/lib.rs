//! The extension module of the `rank_retrieve` package: checks, releases the GIL, calls, converts.

#![expect(clippy::doc_markdown, clippy::doc_link_with_quotes, reason = "the documentation is for Python")]

mod adding;
mod analyzer;
mod arguments;
mod bm25;
mod dense;
mod errors;
mod feedback;
mod fields;
mod filter;
mod hits;
mod hnsw;
mod long;
mod matches;
mod noted;
mod rows;
mod scoring;
mod source;
mod sparse;
mod sparse_feedback;
mod sparse_source;
mod sparse_table;
mod tokens;

use pyo3::prelude::*;

/// First-stage retrieval.
#[pymodule]
mod _rank_retrieve {
    use pyo3::prelude::*;
    use pyo3::types::PyTuple;

    #[pymodule_export]
    use crate::analyzer::{Analyzer, languages, stop_words};
    #[pymodule_export]
    use crate::bm25::Bm25Index;
    #[pymodule_export]
    use crate::dense::ExactDenseIndex;
    #[pymodule_export]
    use crate::feedback::{Explanation, FieldShare, TermShare};
    #[pymodule_export]
    use crate::filter::{Field, Filter, field};
    #[pymodule_export]
    use crate::hnsw::DenseIndex;
    #[pymodule_export]
    use crate::matches::Matches;
    #[pymodule_export]
    use crate::scoring::Scoring;
    #[pymodule_export]
    use crate::sparse::SparseIndex;
    #[pymodule_export]
    use crate::sparse_feedback::{DimensionShare, SparseExplanation};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("ENGLISH_STOP_WORDS", PyTuple::new(module.py(), rank_retrieve::ENGLISH_STOP_WORDS)?)
    }
}
