//! AVX2 with FMA and F16C: 16 query tokens in two registers.

mod f32;
mod int8;
mod products;
pub(crate) mod residual;
mod widen;

use std::arch::x86_64::{
    __m256, _mm_add_ps, _mm_add_ss, _mm_cvtss_f32, _mm_movehdup_ps, _mm_movehl_ps, _mm256_add_ps,
    _mm256_castps256_ps128, _mm256_extractf128_ps, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_setzero_ps,
};

use crate::binary;
use crate::dispatch::{Isa, Kernels};
use crate::maxsim::{Narrowed, Rows, Widened, documents};
use crate::query::PackedSigns;
use crate::scalar::NarrowBf16;
use f32::F32;
use int8::Int8;
use products::products;
use widen::{WidenBf16, WidenF16};

pub(crate) static KERNELS: Kernels = Kernels {
    isa: Isa::Avx2,
    dot,
    dots,
    products,
    add: crate::sums::avx2::add::<f32>,
    add_bytes: crate::sums::avx2::add::<u8>,
    at_least: crate::sums::avx2::at_least,
    add_found: crate::lookup::avx2::add_found::<f32>,
    add_found_bytes: crate::lookup::avx2::add_found::<u8>,
    f32: documents::<F32>,
    f16: documents::<Widened<F32, WidenF16>>,
    bf16: documents::<Widened<F32, WidenBf16>>,
    rounded: documents::<Narrowed<Widened<F32, WidenBf16>, NarrowBf16>>,
    int8: documents::<Int8>,
    signs,
    residual: residual::maxsim,
};

/// The reference, with an instruction that counts bits.
///
/// # Safety
///
/// The machine has POPCNT.
#[target_feature(enable = "popcnt")]
pub(crate) unsafe fn signs(queries: &[&PackedSigns], rows: Rows<'_, u8>, offsets: &[usize], scores: &mut [f32]) {
    // SAFETY: what the caller promises.
    unsafe { binary::signs(queries, rows, offsets, scores) }
}

/// # Safety
///
/// The machine has AVX2 and FMA; `a` and `b` are of the same length.
#[target_feature(enable = "avx2,fma")]
unsafe fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [_mm256_setzero_ps(); 4];
    let mut at = 0;
    while a.len() - at >= 32 {
        for (lane, sum) in sums.iter_mut().enumerate() {
            let from = at + 8 * lane;
            // SAFETY: `from + 8 <= a.len() == b.len()`.
            let (x, y) = unsafe { (_mm256_loadu_ps(a.as_ptr().add(from)), _mm256_loadu_ps(b.as_ptr().add(from))) };
            *sum = _mm256_fmadd_ps(x, y, *sum);
        }
        at += 32;
    }
    while a.len() - at >= 8 {
        // SAFETY: `at + 8 <= a.len() == b.len()`.
        let (x, y) = unsafe { (_mm256_loadu_ps(a.as_ptr().add(at)), _mm256_loadu_ps(b.as_ptr().add(at))) };
        sums[0] = _mm256_fmadd_ps(x, y, sums[0]);
        at += 8;
    }
    let tail: f32 = a[at..].iter().zip(&b[at..]).map(|(a, b)| a * b).sum();
    add(_mm256_add_ps(_mm256_add_ps(sums[0], sums[1]), _mm256_add_ps(sums[2], sums[3]))) + tail
}

/// The sum of eight numbers.
#[target_feature(enable = "avx2,fma")]
fn add(sum: __m256) -> f32 {
    let four = _mm_add_ps(_mm256_castps256_ps128(sum), _mm256_extractf128_ps::<1>(sum));
    let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
}

/// Rows that are multiplied at once: a chain of additions each, enough of them to hide the latency of one.
const ROWS: usize = 8;

/// # Safety
///
/// The machine has AVX2 and FMA; each row lies within `values`; `out` is as long as `rows`.
#[target_feature(enable = "avx2,fma")]
unsafe fn dots(a: &[f32], values: &[f32], rows: &[usize], out: &mut [f32]) {
    let (rows, last) = rows.as_chunks::<ROWS>();
    let (out, last_out) = out.as_chunks_mut::<ROWS>();
    for (rows, out) in rows.iter().zip(out) {
        // SAFETY: what the caller promises.
        unsafe { block(a, values, rows, out) };
    }
    // SAFETY: what the caller promises.
    unsafe { few_rows!(1 2 3 4 5 6 7, last, last_out, block(a, values)) };
}

/// Calls a function with rows that are fewer than a block, and room for their products, as arrays of one of the lengths:
/// together, as one alone would wait for each of its sums.
macro_rules! few_rows {
    ($($count:literal)*, $rows:ident, $out:ident, $block:ident($a:expr, $values:expr)) => {
        match $rows.len() {
            $($count => {
                if let (Some(rows), Some(out)) = ($rows.as_array::<$count>(), $out.as_mut_array::<$count>()) {
                    $block($a, $values, rows, out);
                }
            })*
            _ => {}
        }
    };
}
pub(crate) use few_rows;

/// # Safety
///
/// The machine has AVX2 and FMA; each row lies within `values`.
#[target_feature(enable = "avx2,fma")]
unsafe fn block<const R: usize>(a: &[f32], values: &[f32], rows: &[usize; R], out: &mut [f32; R]) {
    let mut sums = [_mm256_setzero_ps(); R];
    let whole = a.len() / 8 * 8;
    for at in (0..whole).step_by(8) {
        // SAFETY: `at + 8 <= a.len()`, and so for a row, which is as long.
        let x = unsafe { _mm256_loadu_ps(a.as_ptr().add(at)) };
        for r in 0..R {
            // SAFETY: as above.
            let y = unsafe { _mm256_loadu_ps(values.as_ptr().add(rows[r] * a.len() + at)) };
            sums[r] = _mm256_fmadd_ps(x, y, sums[r]);
        }
    }
    for r in 0..R {
        let row = &values[rows[r] * a.len()..][..a.len()];
        let tail: f32 = a[whole..].iter().zip(&row[whole..]).map(|(a, b)| a * b).sum();
        out[r] = add(sums[r]) + tail;
    }
}
