//! NEON: 16 query tokens in four registers. Checked by the compiler; not yet run.

use std::arch::aarch64::{
    float32x4_t, vaddq_f32, vaddvq_f32, vdupq_n_f32, vfmaq_f32, vfmaq_n_f32, vld1q_f32, vmaxq_f32, vst1q_f32,
};

use crate::PackedQuery;
use crate::binary::signs;
use crate::dispatch::{Isa, Kernels};
use crate::maxsim::{Block, Narrowed, Rows, Running, Widened, documents};
use crate::query::Lanes;
use crate::scalar::{Int8, NarrowBf16, WidenBf16, WidenF16, products, residual};

pub(crate) static KERNELS: Kernels = Kernels {
    isa: Isa::Neon,
    dot,
    dots,
    products,
    add: crate::sums::add::<f32>,
    add_bytes: crate::sums::add::<u8>,
    at_least: crate::sums::at_least,
    add_found: crate::lookup::add_found::<f32>,
    add_found_bytes: crate::lookup::add_found::<u8>,
    f32: documents::<Neon>,
    f16: documents::<Widened<Neon, WidenF16>>,
    bf16: documents::<Widened<Neon, WidenBf16>>,
    rounded: documents::<Narrowed<Widened<Neon, WidenBf16>, NarrowBf16>>,
    int8: documents::<Int8>,
    signs,
    residual,
};

/// # Safety
///
/// The machine has NEON; `a` and `b` are of the same length.
#[target_feature(enable = "neon")]
unsafe fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [vdupq_n_f32(0.0); 4];
    let mut at = 0;
    while a.len() - at >= 16 {
        for (lane, sum) in sums.iter_mut().enumerate() {
            let from = at + 4 * lane;
            // SAFETY: `from + 4 <= a.len() == b.len()`.
            let (x, y) = unsafe { (vld1q_f32(a.as_ptr().add(from)), vld1q_f32(b.as_ptr().add(from))) };
            *sum = vfmaq_f32(*sum, x, y);
        }
        at += 16;
    }
    let tail: f32 = a[at..].iter().zip(&b[at..]).map(|(a, b)| a * b).sum();
    vaddvq_f32(vaddq_f32(vaddq_f32(sums[0], sums[1]), vaddq_f32(sums[2], sums[3]))) + tail
}

/// # Safety
///
/// The machine has NEON; each row lies within `values`.
#[target_feature(enable = "neon")]
unsafe fn dots(a: &[f32], values: &[f32], rows: &[usize], out: &mut [f32]) {
    for (&row, out) in rows.iter().zip(out) {
        // SAFETY: the machine has NEON, and a row is as long as `a`.
        *out = unsafe { dot(a, &values[row * a.len()..][..a.len()]) };
    }
}

struct Neon;

impl Block for Neon {
    type Query = PackedQuery;
    type Value = f32;
    /// With four registers of query tokens, 16 sums.
    const ROWS: usize = 4;

    fn new(_: usize) -> Self {
        Self
    }

    #[target_feature(enable = "neon")]
    unsafe fn block(&mut self, query: &PackedQuery, rows: Rows<'_, f32>, _next: *const f32, running: &mut Running) {
        let block = rows.values;
        for (group, maxima) in running.maxima.iter_mut().enumerate() {
            let tokens = query.group(group);
            // SAFETY: the caller promises the instruction set and the number of rows.
            unsafe {
                match block.len() / query.dim() {
                    4 => tile::<4>(tokens, block, maxima, &mut running.check),
                    _ => tile::<1>(tokens, block, maxima, &mut running.check),
                }
            }
        }
    }
}

/// # Safety
///
/// The machine has NEON; `block` has `ROWS` times as many values as `query` has entries.
#[target_feature(enable = "neon")]
unsafe fn tile<const ROWS: usize>(query: &[Lanes], block: &[f32], maxima: &mut Lanes, check: &mut Lanes) {
    let dim = query.len();
    let mut sums: [[float32x4_t; 4]; ROWS] = [[vdupq_n_f32(0.0); 4]; ROWS];
    for (k, tokens) in query.iter().enumerate() {
        for quarter in 0..4 {
            // SAFETY: four of 16 values.
            let tokens = unsafe { vld1q_f32(tokens.0.as_ptr().add(4 * quarter)) };
            for (row, sums) in sums.iter_mut().enumerate() {
                // SAFETY: `row < ROWS` and `k < dim`.
                let component = unsafe { *block.as_ptr().add(row * dim + k) };
                sums[quarter] = vfmaq_n_f32(sums[quarter], tokens, component);
            }
        }
    }
    for quarter in 0..4 {
        let maxima = &mut maxima.0[4 * quarter..][..4];
        let check = &mut check.0[4 * quarter..][..4];
        // SAFETY: four values each.
        let (mut maximum, mut checks) = unsafe { (vld1q_f32(maxima.as_ptr()), vld1q_f32(check.as_ptr())) };
        for row in &sums {
            maximum = vmaxq_f32(maximum, row[quarter]);
            checks = vfmaq_n_f32(checks, row[quarter], 0.0);
        }
        // SAFETY: as above.
        unsafe {
            vst1q_f32(maxima.as_mut_ptr(), maximum);
            vst1q_f32(check.as_mut_ptr(), checks);
        }
    }
}
