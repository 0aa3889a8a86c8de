//! MUVERA: multivectors as single vectors, whose dot product approximates MaxSim, so that any index of vectors retrieves
//! documents of many tokens. What is found is scored again by [`simd`](crate::simd).
//!
//! Source: Dhulipala, Hadian, Jayaram, Lee, Mirrokni: MUVERA: Multi-Vector Retrieval via Fixed Dimensional Encodings
//! (`NeurIPS` 2024).

mod config;
mod encoder;

pub use config::FdeConfig;
pub use encoder::FixedDimensionalEncoder;
