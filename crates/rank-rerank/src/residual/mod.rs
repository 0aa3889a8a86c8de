//! Residual compression, as in `ColBERTv2`: a token is its nearest centroid, and what is left to it in one, two or four
//! bits a component.
//!
//! Source: Santhanam, Khattab, Saad-Falcon, Potts, Zaharia: `ColBERTv2`: Effective and Efficient Retrieval via Lightweight
//! Late Interaction (NAACL 2022).

mod codec;
mod config;
mod encoded;
mod kmeans;
mod score;

pub use codec::{EncodedTokens, ResidualCodec};
pub use config::CodecConfig;
pub use encoded::Encoded;
pub(crate) use kmeans::sample;
pub(crate) use score::CompressedQuery;
