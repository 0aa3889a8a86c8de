//! Half precision made single, and single made half.

use std::arch::x86_64::{
    __m256bh, __m256i, _mm256_mask_storeu_epi16, _mm256_maskz_loadu_epi16, _mm512_castsi512_ps, _mm512_cvtepu16_epi32,
    _mm512_cvtneps_pbh, _mm512_cvtph_ps, _mm512_mask_storeu_ps, _mm512_maskz_loadu_ps, _mm512_slli_epi32,
};

use std::mem::transmute;

use half::{bf16, f16};

use crate::maxsim::{Narrow, Widen};
use crate::query::{PackedBf16, PackedQuery};

pub(super) struct WidenBf16;

impl Widen for WidenBf16 {
    type Query = PackedBf16;
    type Value = bf16;

    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    unsafe fn widen(from: &[bf16], to: &mut [f32]) {
        for (from, to) in from.chunks(16).zip(to.chunks_mut(16)) {
            let mask = (u32::MAX >> (32 - from.len())) as u16;
            // SAFETY: the mask keeps to the `from.len() == to.len()` values of the chunks; a `bf16` is 16 bits.
            unsafe {
                let bits = _mm256_maskz_loadu_epi16(mask, from.as_ptr().cast());
                let wide = _mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(bits)));
                _mm512_mask_storeu_ps(to.as_mut_ptr(), mask, wide);
            }
        }
    }
}

pub(super) struct WidenF16;

impl Widen for WidenF16 {
    type Query = PackedQuery;
    type Value = f16;

    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    unsafe fn widen(from: &[f16], to: &mut [f32]) {
        for (from, to) in from.chunks(16).zip(to.chunks_mut(16)) {
            let mask = (u32::MAX >> (32 - from.len())) as u16;
            // SAFETY: the mask keeps to the `from.len() == to.len()` values of the chunks; an `f16` is 16 bits.
            unsafe {
                let bits = _mm256_maskz_loadu_epi16(mask, from.as_ptr().cast());
                _mm512_mask_storeu_ps(to.as_mut_ptr(), mask, _mm512_cvtph_ps(bits));
            }
        }
    }
}

/// With BF16. Subnormal numbers become zero.
pub(super) struct Narrow512;

impl Narrow for Narrow512 {
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512bf16")]
    unsafe fn narrow(from: &[f32], to: &mut [bf16]) {
        for (from, to) in from.chunks(16).zip(to.chunks_mut(16)) {
            let mask = (u32::MAX >> (32 - from.len())) as u16;
            // SAFETY: the mask keeps to the `from.len() == to.len()` values of the chunks; a `bf16` is 16 bits, and
            // registers of 16 of them are the same as of 16-bit integers.
            unsafe {
                let narrow = _mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, from.as_ptr()));
                _mm256_mask_storeu_epi16(to.as_mut_ptr().cast(), mask, transmute::<__m256bh, __m256i>(narrow));
            }
        }
    }
}
