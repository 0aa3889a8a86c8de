//! MaxSim, dot product and cosine on the processor, by the best instructions that it has.
//!
//! The functions whose names end in `_vecs` take nested vectors and cannot fail, so that scores can be collected in one
//! line; where there is no score they return NaN. All others return a [`Result`](crate::Result) that says what is wrong.

mod batch;
mod maxsim;
mod quantize;
mod score;
mod vectors;

pub use rank_kernels::half;

pub(crate) use batch::check_offsets;
pub(crate) use batch::signs;
pub use batch::{Components, TokenBatch, compact};
pub use maxsim::{MaxSim, maxsim, maxsim_batch, maxsim_cosine, maxsim_cosine_vecs, maxsim_vecs};
pub use quantize::{dequantize_int8, from_bf16, from_f16, quantize_binary, quantize_int8, to_bf16, to_f16};
pub(crate) use score::matrix_top;
pub use score::{Precision, Scoring, best, maxsim_matrix, maxsim_matrix_range};
pub use vectors::{cosine, dot, norm};
pub(crate) use vectors::{directed_cosine, normalize};
