//! Reranking of a first stage's candidates by MaxSim, as `ColBERT` does.

mod aligned;
mod alignments;
mod batch;
mod candidates;
mod document;
mod rank;
mod refine;

pub use aligned::{
    AlignmentStats, alignment_stats, alignments_for_doc_tokens, alignments_for_query_tokens, extract_snippet_indices,
    filter_alignments, highlight_matches, maxsim_alignments, maxsim_alignments_cosine, top_k_alignments,
};
pub use alignments::{
    Alignment, Explanation, Highlight, alignments, explain, highlight, highlight_spans, highlights, patches_to_regions,
};
pub use batch::{Ranked, rank_batch, rank_batch_with};
pub(crate) use batch::{best_of, check_once};
pub use candidates::{Candidate, Candidates, HasTokens};
pub use document::Document;
pub(crate) use rank::{by_score, rank_packed};
pub use rank::{rank, rank_with_top_k};
pub use refine::{RefineConfig, Scale, blend, refine, refine_with_config};
