//! Search over documents of many tokens, end to end, in the manner of PLAID: centroids find candidates, residual codes
//! score them.
//!
//! Sources: Santhanam, Khattab, Potts, Zaharia: PLAID: An Efficient Engine for Late Interaction Retrieval (CIKM 2022);
//! Scheerer, Zaharia, Potts, Alonso, Khattab: WARP: An Efficient Engine for Multi-Vector Retrieval (SIGIR 2025), for
//! products by lookup and for what stands in for documents' tokens in centroids that were not probed.

mod candidates;
mod file;
mod index;
mod lists;
mod search;

pub use index::PlaidIndex;
pub use search::SearchConfig;
