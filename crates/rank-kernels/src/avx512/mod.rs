//! AVX-512 at four levels: F and BW; with VNNI and VPOPCNTDQ; with BF16 as well; and with AMX.

pub(crate) mod amx;
mod bf16;
mod f32;
mod int8;
mod load;
mod products;
mod residual;
mod screen;
mod signs;
mod vnni;
mod widen;

use std::arch::x86_64::{
    __m512, __m512i, _mm512_add_epi32, _mm512_add_ps, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_maskz_loadu_ps,
    _mm512_permute_ps, _mm512_reduce_add_ps, _mm512_setzero_ps, _mm512_shuffle_epi32, _mm512_shuffle_f32x4,
    _mm512_shuffle_i32x4, _mm512_storeu_ps, _mm512_storeu_si512,
};

use crate::avx2::few_rows;
use crate::dispatch::{Isa, Kernels};
use crate::maxsim::{Narrowed, Widened, documents};
use crate::query::{PackedBf16, PackedQuery};
use crate::scalar::NarrowBf16;
use bf16::Bf16;
use f32::F32;
use int8::Pairs;
use load::{Brain, Half, Single};
use products::products;
use screen::{Rounded, Stored, Vnni, Wide};
use widen::{WidenBf16, WidenF16};

pub(crate) static KERNELS: Kernels = Kernels {
    isa: Isa::Avx512,
    dot,
    dots,
    products,
    add: crate::sums::avx512::add::<f32>,
    add_bytes: crate::sums::avx512::add::<u8>,
    at_least: crate::sums::avx512::at_least,
    add_found: crate::lookup::avx512::add_found::<f32>,
    add_found_bytes: crate::lookup::avx512::add_found::<u8>,
    f32: documents::<F32>,
    f16: documents::<Widened<F32, WidenF16>>,
    bf16: documents::<Widened<F32, WidenBf16>>,
    rounded: documents::<Narrowed<Widened<F32, WidenBf16>, NarrowBf16>>,
    int8: documents::<Pairs>,
    signs: crate::avx2::signs,
    residual: crate::avx2::residual::maxsim,
};

pub(crate) static VNNI: Kernels = Kernels {
    isa: Isa::Avx512Vnni,
    f32: screen::documents::<Vnni, Stored<f32>, F32, Wide<PackedQuery, Single>>,
    f16: screen::documents::<Vnni, Stored<half::f16>, Widened<F32, WidenF16>, Wide<PackedQuery, Half>>,
    bf16: screen::documents::<Vnni, Stored<half::bf16>, Widened<F32, WidenBf16>, Wide<PackedBf16, Brain>>,
    int8: int8::documents,
    signs: signs::documents,
    residual: residual::maxsim,
    ..KERNELS
};

pub(crate) static BF16: Kernels = Kernels {
    isa: Isa::Avx512Bf16,
    bf16: screen::documents::<Vnni, Stored<half::bf16>, Bf16, screen::Pairs>,
    rounded: screen::documents::<Vnni, Rounded, Bf16, screen::Pairs>,
    ..VNNI
};

/// # Safety
///
/// The machine has AVX-512 F; `a` and `b` are of the same length.
#[target_feature(enable = "avx512f")]
unsafe fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [_mm512_setzero_ps(); 4];
    let mut at = 0;
    while a.len() - at >= 64 {
        for (lane, sum) in sums.iter_mut().enumerate() {
            let from = at + 16 * lane;
            // SAFETY: `from + 16 <= a.len() == b.len()`.
            let (x, y) = unsafe { (_mm512_loadu_ps(a.as_ptr().add(from)), _mm512_loadu_ps(b.as_ptr().add(from))) };
            *sum = _mm512_fmadd_ps(x, y, *sum);
        }
        at += 64;
    }
    while at < a.len() {
        let left = (a.len() - at).min(16);
        let mask = (u32::MAX >> (32 - left)) as u16;
        // SAFETY: the mask keeps reads below `at + left <= a.len() == b.len()`.
        let (x, y) = unsafe {
            (_mm512_maskz_loadu_ps(mask, a.as_ptr().add(at)), _mm512_maskz_loadu_ps(mask, b.as_ptr().add(at)))
        };
        sums[0] = _mm512_fmadd_ps(x, y, sums[0]);
        at += left;
    }
    _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(sums[0], sums[1]), _mm512_add_ps(sums[2], sums[3])))
}

/// Rows that are multiplied at once: a chain of additions each, enough of them to hide the latency of one.
const ROWS: usize = 8;

/// # Safety
///
/// The machine has AVX-512 F; each row lies within `values`; `out` is as long as `rows`.
#[target_feature(enable = "avx512f")]
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

/// # Safety
///
/// The machine has AVX-512 F; each row lies within `values`.
#[target_feature(enable = "avx512f")]
unsafe fn block<const R: usize>(a: &[f32], values: &[f32], rows: &[usize; R], out: &mut [f32; R]) {
    let mut sums = [_mm512_setzero_ps(); R];
    let whole = a.len() / 16 * 16;
    for at in (0..whole).step_by(16) {
        // SAFETY: `at + 16 <= a.len()`, and so for a row, which is as long.
        let x = unsafe { _mm512_loadu_ps(a.as_ptr().add(at)) };
        for r in 0..R {
            // SAFETY: as above.
            let y = unsafe { _mm512_loadu_ps(values.as_ptr().add(rows[r] * a.len() + at)) };
            sums[r] = _mm512_fmadd_ps(x, y, sums[r]);
        }
    }
    let mask = (1_u16 << (a.len() - whole)) - 1;
    // SAFETY: the mask keeps reads below `a.len()`.
    let x = unsafe { _mm512_maskz_loadu_ps(mask, a.as_ptr().add(whole)) };
    for r in 0..R {
        // SAFETY: as above, for a row.
        let y = unsafe { _mm512_maskz_loadu_ps(mask, values.as_ptr().add(rows[r] * a.len() + whole)) };
        sums[r] = _mm512_fmadd_ps(x, y, sums[r]);
    }
    for (sums, out) in sums.chunks(4).zip(out.chunks_mut(4)) {
        let four = std::array::from_fn(|r| sums.get(r).copied().unwrap_or(_mm512_setzero_ps()));
        out.copy_from_slice(&reduce(four)[..out.len()]);
    }
}

/// Four registers made one number each: halves are brought together, and halves of these, as `_mm512_reduce_add_ps` does.
macro_rules! reduce {
    ($name:ident, $add:ident, $quarters:ident, $within:ident, $store:ident, $register:ty, $number:ty) => {
        #[target_feature(enable = "avx512f")]
        #[inline]
        pub(crate) fn $name([a, b, c, d]: [$register; 4]) -> [$number; 4] {
            let halves = |a, b| $add($quarters::<0b01_00_01_00>(a, b), $quarters::<0b11_10_11_10>(a, b));
            let (ab, cd) = (halves(a, b), halves(c, d));
            let quarters = $add($quarters::<0b10_00_10_00>(ab, cd), $quarters::<0b11_01_11_01>(ab, cd));
            let eighths = $add(quarters, $within::<0b01_00_11_10>(quarters));
            let ones = $add(eighths, $within::<0b10_11_00_01>(eighths));
            let mut out = [<$number>::default(); 16];
            // SAFETY: 16 numbers of 32 bits.
            unsafe { $store(out.as_mut_ptr().cast(), ones) };
            [out[0], out[4], out[8], out[12]]
        }
    };
}
reduce!(reduce, _mm512_add_ps, _mm512_shuffle_f32x4, _mm512_permute_ps, _mm512_storeu_ps, __m512, f32);
reduce!(reduce_sum, _mm512_add_epi32, _mm512_shuffle_i32x4, _mm512_shuffle_epi32, _mm512_storeu_si512, __m512i, i32);
