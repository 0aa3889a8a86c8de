#![doc = include_str!("../README.md")]

mod error;
mod list;
mod rrf;

pub use error::{Error, Result};
pub use list::Score;
pub use rrf::reciprocal_rank_fusion;
