//! AMX: products of tiles, 16 rows of 64 bytes each, of `bf16` and of eight bits.
//!
//! Written to the manuals and tested by an emulation of the instructions; not yet timed on a machine that has them.
//! Where a query is packed for VNNI or for pairs of `bf16`, 16 of its lines are a tile already, and so are 16 rows of a
//! document as they lie.

mod bf16;
mod documents;
#[cfg(all(test, target_os = "linux"))]
mod emulation;
mod int8;
mod permission;
mod screen;
#[cfg(all(test, target_os = "linux"))]
mod tests;
mod tiles;

use half::f16;

use super::f32::F32;
use super::load::{Half, Single};
use super::screen::{Rounded, Stored, Wide};
use super::widen::WidenF16;
use crate::PackedQuery;
use crate::dispatch::{Isa, Kernels};
use crate::maxsim::Widened;
pub(crate) use permission::granted;

pub(crate) static KERNELS: Kernels = Kernels {
    isa: Isa::Amx,
    f32: super::screen::documents::<screen::Tiled, Stored<f32>, F32, Wide<PackedQuery, Single>>,
    f16: super::screen::documents::<screen::Tiled, Stored<f16>, Widened<F32, WidenF16>, Wide<PackedQuery, Half>>,
    bf16: documents::documents::<bf16::Brain, Stored<half::bf16>>,
    rounded: documents::documents::<bf16::Brain, Rounded>,
    int8: documents::documents::<int8::Codes, Stored<i8>>,
    ..super::BF16
};
