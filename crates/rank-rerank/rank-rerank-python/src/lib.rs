//! The extension module of the `rank_rerank` package: checks, releases the GIL, calls, converts.

#![expect(clippy::doc_markdown, clippy::doc_link_with_quotes, reason = "the documentation is for Python")]

mod aligned;
mod array;
mod colbert;
mod contextual;
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
mod vectors;
mod weights;

use pyo3::prelude::*;

/// Reranking.
#[pymodule]
mod _rank_rerank {
    #[pymodule_export]
    use crate::aligned::{
        AlignmentStats, Explanation, alignment_stats, alignments_for_doc_tokens, alignments_for_query_tokens,
        colbert_explain, extract_snippet_indices, filter_alignments, top_k_alignments,
    };
    #[pymodule_export]
    use crate::colbert::{
        Alignment, colbert_alignments, colbert_highlight, colbert_rank, colbert_rank_batch, colbert_rank_with_top_k,
        colbert_refine, highlight_spans, patches_to_regions,
    };
    #[pymodule_export]
    use crate::contextual::{ContextualScore, rerank_contextual};
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
    #[pymodule_export]
    use crate::vectors::{
        cosine, dequantize_int8, dot, from_bf16, highlight_matches_vecs, maxsim_alignments_cosine_vecs,
        maxsim_alignments_vecs, maxsim_cosine_vecs, maxsim_vecs, norm, normalize, normalize_or_zero,
    };
    #[pymodule_export]
    use crate::weights::{
        attention_weights, bm25_weights, idf_weights, normalize_maxsim, normalize_maxsim_batch, normalize_scores,
        softmax_scores, top_k_indices,
    };
}
