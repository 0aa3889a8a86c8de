#![doc = include_str!("../README.md")]

#[cfg(feature = "candle")]
pub mod candle;
mod error;
mod fit;
mod float;
mod options;
mod pool;
mod rank;
mod sort;
mod spearman;

pub use error::{Error, Place, Result};
pub use float::Float;
pub use options::{Direction, Regularization, SoftOptions};
pub use rank::{soft_rank, soft_rank_vjp};
pub use sort::{soft_sort, soft_sort_vjp};
pub use spearman::{spearman_loss, spearman_loss_grad};
