//! 16 components of any type, as `f32`.

use std::arch::x86_64::{
    __m512, _mm256_maskz_loadu_epi16, _mm512_castsi512_ps, _mm512_cvtepu16_epi32, _mm512_cvtph_ps,
    _mm512_maskz_loadu_ps, _mm512_slli_epi32,
};

use half::{bf16, f16};

/// How components become `f32`.
pub(super) trait Load {
    /// Their type.
    type Value;

    /// Those that `mask` names of 16, and zeros.
    ///
    /// # Safety
    ///
    /// The machine has AVX-512 F, BW and VL, and what the implementation says; those that the mask names can be read.
    unsafe fn load(from: *const Self::Value, mask: u16) -> __m512;
}

pub(super) struct Single;

impl Load for Single {
    type Value = f32;

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn load(from: *const f32, mask: u16) -> __m512 {
        // SAFETY: what the caller promises.
        unsafe { _mm512_maskz_loadu_ps(mask, from) }
    }
}

pub(super) struct Half;

impl Load for Half {
    type Value = f16;

    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    #[inline]
    unsafe fn load(from: *const f16, mask: u16) -> __m512 {
        // SAFETY: what the caller promises; an `f16` is 16 bits.
        _mm512_cvtph_ps(unsafe { _mm256_maskz_loadu_epi16(mask, from.cast()) })
    }
}

pub(super) struct Brain;

impl Load for Brain {
    type Value = bf16;

    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    #[inline]
    unsafe fn load(from: *const bf16, mask: u16) -> __m512 {
        // SAFETY: what the caller promises; a `bf16` is 16 bits.
        let bits = unsafe { _mm256_maskz_loadu_epi16(mask, from.cast()) };
        _mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(bits)))
    }
}
