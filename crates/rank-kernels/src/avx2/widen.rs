//! Half precision made single.

use std::arch::x86_64::{
    _mm_loadu_si128, _mm256_castsi256_ps, _mm256_cvtepu16_epi32, _mm256_cvtph_ps, _mm256_slli_epi32, _mm256_storeu_ps,
};

use half::{bf16, f16};

use crate::maxsim::Widen;
use crate::query::{PackedBf16, PackedQuery};

pub(super) struct WidenBf16;

impl Widen for WidenBf16 {
    type Query = PackedBf16;
    type Value = bf16;

    #[target_feature(enable = "avx2")]
    unsafe fn widen(from: &[bf16], to: &mut [f32]) {
        let (from, from_tail) = from.as_chunks::<8>();
        let (to, to_tail) = to.as_chunks_mut::<8>();
        for (from, to) in from.iter().zip(to) {
            // SAFETY: eight values each; a `bf16` is 16 bits.
            unsafe {
                let wide = _mm256_cvtepu16_epi32(_mm_loadu_si128(from.as_ptr().cast()));
                _mm256_storeu_ps(to.as_mut_ptr(), _mm256_castsi256_ps(_mm256_slli_epi32::<16>(wide)));
            }
        }
        for (from, to) in from_tail.iter().zip(to_tail) {
            *to = from.to_f32();
        }
    }
}

pub(super) struct WidenF16;

impl Widen for WidenF16 {
    type Query = PackedQuery;
    type Value = f16;

    #[target_feature(enable = "avx2,f16c")]
    unsafe fn widen(from: &[f16], to: &mut [f32]) {
        let (from, from_tail) = from.as_chunks::<8>();
        let (to, to_tail) = to.as_chunks_mut::<8>();
        for (from, to) in from.iter().zip(to) {
            // SAFETY: eight values each; an `f16` is 16 bits.
            unsafe { _mm256_storeu_ps(to.as_mut_ptr(), _mm256_cvtph_ps(_mm_loadu_si128(from.as_ptr().cast()))) };
        }
        for (from, to) in from_tail.iter().zip(to_tail) {
            *to = from.to_f32();
        }
    }
}
