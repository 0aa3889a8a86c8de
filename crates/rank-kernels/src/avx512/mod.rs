//! AVX-512 at three levels: F and BW; with VNNI and VPOPCNTDQ; with BF16 as well.

mod bf16;
mod f32;
mod int8;
mod screen;
mod widen;

use std::arch::x86_64::{
    _mm512_add_ps, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_maskz_loadu_ps, _mm512_reduce_add_ps, _mm512_setzero_ps,
};

use crate::dispatch::{Isa, Kernels};
use crate::maxsim::{Narrowed, Widened, documents};
use crate::scalar::NarrowBf16;
use bf16::Bf16;
use f32::F32;
use int8::{Pairs, Vnni};
use widen::{Narrow512, WidenBf16, WidenF16};

pub(crate) static KERNELS: Kernels = Kernels {
    isa: Isa::Avx512,
    dot,
    f32: documents::<F32>,
    f16: documents::<Widened<F32, WidenF16>>,
    bf16: documents::<Widened<F32, WidenBf16>>,
    rounded: documents::<Narrowed<Widened<F32, WidenBf16>, NarrowBf16>>,
    int8: documents::<Pairs>,
};

pub(crate) static VNNI: Kernels =
    Kernels { isa: Isa::Avx512Vnni, f32: screen::documents, int8: documents::<Vnni>, ..KERNELS };

pub(crate) static BF16: Kernels =
    Kernels { isa: Isa::Avx512Bf16, bf16: documents::<Bf16>, rounded: documents::<Narrowed<Bf16, Narrow512>>, ..VNNI };

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
