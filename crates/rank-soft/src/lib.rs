#![doc = include_str!("../README.md")]

mod batch;
#[cfg(feature = "candle")]
pub mod candle;
mod error;
mod float;
mod input;
mod operator;
mod options;
mod pool;
mod projection;
mod rank;
mod sort;
mod sorting;
mod spearman;

pub use batch::State;
pub use error::{Error, Place, Result};
pub use float::Float;
pub use half;
pub use input::{Input, Rows};
pub use operator::{GradientRule, Kind, Method, Operator, Scale};
pub use options::{Direction, Regularization, SoftOptions};
pub use rank::{soft_rank, soft_rank_vjp};
pub use sort::{soft_sort, soft_sort_vjp};
pub use spearman::{spearman_loss, spearman_loss_grad};
