#![doc = include_str!("../README.md")]
// The one crate of the workspace that may: each block says why it is sound.
#![allow(unsafe_code)]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod binary;
mod dispatch;
mod exp;
mod lookup;
mod maxsim;
#[cfg(target_arch = "aarch64")]
mod neon;
mod order;
mod pages;
mod query;
mod residual;
mod scalar;
mod sums;
mod top;
mod vectorized;

pub use dispatch::{Isa, IsaError, Kernels, available, kernels, try_kernels};
pub use exp::{exp, short_exp};
pub use half;
pub use lookup::{Keys, prefetch};
pub use order::order_by_counting;
pub use pages::ask_for_large_pages;
pub use query::{PackedBf16, PackedInt8, PackedQuery, PackedSigns, pack_signs, quantize};
pub use residual::ResidualTokens;
pub use top::TopScores;
pub use vectorized::{Work, vectorized, vectorized_work};
