#![doc = include_str!("../README.md")]

pub mod colbert;
pub mod contextual;
pub mod diversity;
pub mod embedding;
mod error;
pub mod matryoshka;
pub mod muvera;
mod parallel;
pub mod plaid;
pub mod pooling;
mod random;
pub mod residual;
pub mod scores;
pub mod scoring;
pub mod simd;
pub mod store;
mod tokens;
pub mod weights;

#[cfg(feature = "candle")]
pub mod candle;
#[cfg(feature = "crossencoder")]
pub mod crossencoder;

pub use error::{Argument, Error, Result};
pub use tokens::{TokenMatrix, Tokens, TokensRef};
