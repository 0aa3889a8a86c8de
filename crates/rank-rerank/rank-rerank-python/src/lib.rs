//! The extension module of the `rank_rerank` package: checks, releases the GIL, calls, converts.

#![expect(clippy::doc_markdown, clippy::doc_link_with_quotes, reason = "the documentation is for Python")]

mod cross_encoder;
mod diversity;
mod documents;
mod errors;
mod muvera;
mod tokens;

use pyo3::prelude::*;

/// Reranking.
#[pymodule]
mod _rank_rerank {
    #[pymodule_export]
    use crate::cross_encoder::OrtCrossEncoder;
    #[pymodule_export]
    use crate::diversity::{dpp, facility_location, max_sum, mmr, mmr_adaptive, mmr_curve};
    #[pymodule_export]
    use crate::muvera::FixedDimensionalEncoder;
    #[pymodule_export]
    use crate::tokens::{
        colbert_rank, maxsim, maxsim_batch, maxsim_cosine, maxsim_matrix, maxsim_top_k, quantize_binary, quantize_int8,
        to_bf16,
    };
}
