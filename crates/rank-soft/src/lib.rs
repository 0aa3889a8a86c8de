#![doc = include_str!("../README.md")]
// The names of methods are those of their papers: ListNet, LambdaRank.
#![allow(clippy::doc_markdown)]

mod backward;
mod boosting;
#[cfg(feature = "burn")]
pub mod burn;
#[cfg(feature = "candle")]
pub mod candle;
mod checkpoints;
mod diagnose;
mod error;
mod float;
mod forward;
mod gumbel;
mod input;
mod lapsum;
#[cfg(feature = "letor")]
pub mod letor;
mod losses;
mod network;
mod operator;
mod options;
mod permutation;
mod pool;
mod projection;
mod rank;
#[cfg(feature = "candle-nn")]
pub mod ranker;
mod sigmoid;
mod sinkhorn;
mod smooth;
mod sort;
mod sorting;
mod spare;
mod spearman;
mod state;
mod strength;
mod subset;
mod threads;
mod watch;

pub use boosting::{LambdaMart, mean_ndcg};
pub use diagnose::Diagnosis;
pub use error::{Error, Place, Result};
pub use float::Float;
pub use gumbel::{Drawn, gumbel_noise, gumbel_top_k};
pub use half;
pub use input::{Input, Rows};
pub use losses::{
    Gain, Labels, Loss, LossGradient, LossKind, PairWeight, Preset, Reduction, SmoothRanks, Ties, ordinal_loss,
};
pub use network::Swap;
pub use operator::{GradientRule, Kind, Method, Operator, Scale};
pub use options::{Direction, Regularization, SoftOptions};
pub use rank::{soft_rank, soft_rank_vjp};
pub use sort::{soft_sort, soft_sort_vjp};
pub use spearman::{spearman_loss, spearman_loss_grad};
pub use state::State;
