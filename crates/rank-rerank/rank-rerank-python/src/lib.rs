//! The extension module of the `rank_rerank` package: checks, releases the GIL, calls, converts.

#![expect(clippy::doc_markdown, clippy::doc_link_with_quotes, reason = "the documentation is for Python")]

mod array;
mod colbert;
mod cross_encoder;
mod diversity;
mod documents;
mod errors;
mod input;
mod matryoshka;
mod muvera;
mod number;
mod plaid;
mod pooling;
mod residual;
mod store;
mod store_arrow;
mod tokens;

use pyo3::prelude::*;

/// Reranking.
#[pymodule]
mod _rank_rerank {
    #[pymodule_export]
    use crate::colbert::{
        Alignment, colbert_alignments, colbert_highlight, colbert_rank, colbert_rank_batch, colbert_rank_with_top_k,
        colbert_refine, highlight_spans, patches_to_regions,
    };
    #[pymodule_export]
    use crate::cross_encoder::OrtCrossEncoder;
    #[pymodule_export]
    use crate::diversity::{dpp, facility_location, max_sum, mmr, mmr_adaptive, mmr_curve};
    #[pymodule_export]
    use crate::matryoshka::{matryoshka_rank, matryoshka_refine};
    #[pymodule_export]
    use crate::muvera::FixedDimensionalEncoder;
    #[pymodule_export]
    use crate::plaid::PlaidIndex;
    #[pymodule_export]
    use crate::pooling::{pool_tokens, pool_tokens_batch, token_clusters};
    #[pymodule_export]
    use crate::residual::ResidualCodec;
    #[pymodule_export]
    use crate::store::TokenStore;
    #[pymodule_export]
    use crate::tokens::{
        maxsim, maxsim_batch, maxsim_cosine, maxsim_matrix, maxsim_top_k, quantize_binary, quantize_int8, to_bf16,
    };
}
