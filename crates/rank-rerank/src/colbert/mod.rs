//! Reranking of a first stage's candidates by MaxSim, as `ColBERT` does.

mod candidates;
mod document;
mod rank;

pub use candidates::{Candidate, Candidates, HasTokens};
pub use document::Document;
pub use rank::{rank, rank_with_top_k};
