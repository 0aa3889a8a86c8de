#![doc = include_str!("../README.md")]

mod batch;
pub mod cli;
mod error;
mod explain;
mod fusion;
mod list;
mod lists;
mod method;
mod methods;
mod missing;
mod names;
mod normalization;
mod numbering;
mod opensearch;
mod optimize;
mod policies;
mod presets;
mod rows;
mod scratch;
mod stream;
mod trained;
mod trec;

pub use batch::{FusedRun, fuse_many, fuse_runs, in_pool};
pub use error::{Error, Result};
pub use explain::{Explained, Explanation, ListReport, Part};
pub use fusion::{Fusion, Weights};
pub use list::Score;
pub use lists::Lists;
pub use method::Method;
pub use methods::{
    additive_multi_task, borda, borda_of_list, combanz, combgmnz, combmax, combmed, combmin, combmnz, combsum,
    condorcet, copeland, dbsf, geometric_mean, harmonic_mean, inverse_root_rank, isr, kemeny, log_isr, logn_isr,
    median_rank, mixed, nearest_to_best, rbc, reciprocal_rank_fusion, relative_score, standardized, weighted_mnz,
    weighted_sum,
};
pub use missing::Missing;
pub use normalization::{Bounds, Constant, Normalization};
pub use numbering::{Incoming, NumberedLists, Numbering, Ranking};
pub use opensearch::OpenSearchBound;
pub use optimize::{Fold, Measure, Optimized, Problem, Search, Space, Trial, Validation};
pub use policies::{Duplicates, Order};
pub use rows::{Columns, Rows};
pub use scratch::Scratch;
pub use stream::{Pages, StreamingFusion};
pub use trained::{Segments, Trained, Training};
pub use trec::{Grades, TrecRun, read_qrels};
