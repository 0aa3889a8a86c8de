#![doc = include_str!("../README.md")]

mod error;
mod fusion;
mod list;
mod lists;
mod method;
mod methods;
mod missing;
mod names;
mod normalization;
mod presets;
mod scratch;
mod trained;

pub use error::{Error, Result};
pub use fusion::{Duplicates, Fusion, Order, Weights};
pub use list::Score;
pub use lists::Lists;
pub use method::Method;
pub use methods::{
    additive_multi_task, borda, combanz, combgmnz, combmax, combmed, combmin, combmnz, combsum, condorcet, copeland,
    dbsf, geometric_mean, harmonic_mean, isr, kemeny, log_isr, logn_isr, median_rank, mixed, nearest_to_best, rbc,
    reciprocal_rank_fusion, relative_score, standardized, weighted_mnz, weighted_sum,
};
pub use missing::Missing;
pub use normalization::{Bounds, Constant, Normalization};
pub use scratch::Scratch;
pub use trained::{Segments, Trained, Training};
