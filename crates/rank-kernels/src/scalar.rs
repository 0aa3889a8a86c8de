//! The reference, and what runs where there is nothing better.

use crate::PackedQuery;
use crate::dispatch::{Isa, Kernels};
use crate::maxsim::{Block, Running, documents};
use crate::query::Lanes;

pub(crate) static KERNELS: Kernels = Kernels::new(Isa::Scalar, dot, documents::<Scalar>);

/// Eight sums, so that the compiler may use what registers the baseline has.
unsafe fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; 8];
    let (a, a_tail) = a.as_chunks::<8>();
    let (b, b_tail) = b.as_chunks::<8>();
    for (a, b) in a.iter().zip(b) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let tail: f32 = a_tail.iter().zip(b_tail).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + tail
}

struct Scalar;

impl Block for Scalar {
    const ROWS: usize = 1;

    unsafe fn block(query: &PackedQuery, block: &[f32], _next: *const f32, running: &mut Running) {
        for row in block.chunks_exact(query.dim()) {
            for group in 0..query.groups() {
                let mut dots = [0.0; Lanes::WIDTH];
                for (&component, tokens) in row.iter().zip(query.group(group)) {
                    for (dot, token) in dots.iter_mut().zip(tokens.0) {
                        *dot += component * token;
                    }
                }
                for (lane, dot) in dots.into_iter().enumerate() {
                    let maximum = &mut running.maxima[group].0[lane];
                    *maximum = maximum.max(dot);
                    running.check.0[lane] += dot * 0.0;
                }
            }
        }
    }
}
