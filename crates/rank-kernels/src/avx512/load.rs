//! 16 components of any type, as `f32`.

use std::arch::x86_64::{
    __m512, __m512i, _mm256_maskz_loadu_epi16, _mm512_and_si512, _mm512_castsi512_ps, _mm512_cvtepu16_epi32,
    _mm512_cvtph_ps, _mm512_maskz_loadu_epi16, _mm512_maskz_loadu_epi32, _mm512_maskz_loadu_ps, _mm512_max_epi16,
    _mm512_max_epi32, _mm512_permutexvar_epi32, _mm512_permutexvar_epi64, _mm512_reduce_max_epi32, _mm512_set1_epi16,
    _mm512_set1_epi32, _mm512_set4_epi32, _mm512_setr_epi32, _mm512_setr_epi64, _mm512_setzero_si512,
    _mm512_shuffle_epi8, _mm512_slli_epi32, _mm512_storeu_si512,
};

use half::{bf16, f16};

/// How components become `f32`.
pub(crate) trait Load {
    /// Their type.
    type Value;

    /// Those that `mask` names of 16, and zeros.
    ///
    /// # Safety
    ///
    /// The machine has AVX-512 F, BW and VL, and what the implementation says; those that the mask names can be read.
    unsafe fn load(from: *const Self::Value, mask: u16) -> __m512;

    /// `count` of 64, at least one, and zeros, in an order that [`in_order`](Self::in_order) knows.
    ///
    /// # Safety
    ///
    /// The machine has AVX-512 F, BW and VL; `count` can be read.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    #[inline]
    unsafe fn load_64(from: *const Self::Value, count: usize) -> [__m512; 4] {
        let mask = u64::MAX >> (64 - count);
        // SAFETY: the masks name what the caller promises.
        [0, 1, 2, 3].map(|part| unsafe { Self::load(from.wrapping_add(16 * part), (mask >> (16 * part)) as u16) })
    }

    /// What was loaded together, packed to bytes, in its order.
    ///
    /// # Safety
    ///
    /// The machine has AVX-512 F, BW and VL.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    #[inline]
    unsafe fn in_order(bytes: __m512i) -> __m512i {
        // Packing interleaves quarters of the four registers.
        let order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        _mm512_permutexvar_epi32(order, bytes)
    }

    /// The largest magnitude; no number if any value is none.
    ///
    /// # Safety
    ///
    /// The machine has AVX-512 F, BW and VL.
    unsafe fn largest(values: &[Self::Value]) -> f32;
}

/// As integers, magnitudes are in the same order, and what is no number is above all that are.
///
/// # Safety
///
/// The machine has AVX-512 F and BW; `count` values of 16 bits can be read.
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn largest_half(values: *const i16, count: usize) -> u16 {
    let magnitude = _mm512_set1_epi16(i16::MAX);
    let mut largest = [_mm512_setzero_si512(); 4];
    for at in (0..count).step_by(128) {
        for (part, largest) in largest.iter_mut().enumerate() {
            let left = count.saturating_sub(at + 32 * part).min(32);
            // SAFETY: the mask keeps reads below `count`.
            let bits =
                unsafe { _mm512_maskz_loadu_epi16(((1_u64 << left) - 1) as u32, values.wrapping_add(at + 32 * part)) };
            *largest = _mm512_max_epi16(*largest, _mm512_and_si512(bits, magnitude));
        }
    }
    let [a, b, c, d] = largest;
    let largest = _mm512_max_epi16(_mm512_max_epi16(a, b), _mm512_max_epi16(c, d));
    let mut all = [0_u16; 32];
    // SAFETY: 32 values of 16 bits.
    unsafe { _mm512_storeu_si512(all.as_mut_ptr().cast(), largest) };
    all.into_iter().fold(0, u16::max)
}

pub(crate) struct Single;

impl Load for Single {
    type Value = f32;

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn load(from: *const f32, mask: u16) -> __m512 {
        // SAFETY: what the caller promises.
        unsafe { _mm512_maskz_loadu_ps(mask, from) }
    }

    #[target_feature(enable = "avx512f")]
    unsafe fn largest(values: &[f32]) -> f32 {
        let magnitude = _mm512_set1_epi32(i32::MAX);
        let mut largest = [_mm512_setzero_si512(); 4];
        for at in (0..values.len()).step_by(64) {
            for (part, largest) in largest.iter_mut().enumerate() {
                let left = values.len().saturating_sub(at + 16 * part).min(16);
                let from = values.as_ptr().wrapping_add(at + 16 * part);
                // SAFETY: the mask keeps reads within `values`.
                let bits = unsafe { _mm512_maskz_loadu_epi32(((1_u32 << left) - 1) as u16, from.cast()) };
                *largest = _mm512_max_epi32(*largest, _mm512_and_si512(bits, magnitude));
            }
        }
        let [a, b, c, d] = largest;
        let largest = _mm512_max_epi32(_mm512_max_epi32(a, b), _mm512_max_epi32(c, d));
        f32::from_bits(_mm512_reduce_max_epi32(largest).cast_unsigned())
    }
}

pub(crate) struct Half;

impl Load for Half {
    type Value = f16;

    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    #[inline]
    unsafe fn load(from: *const f16, mask: u16) -> __m512 {
        // SAFETY: what the caller promises; an `f16` is 16 bits.
        _mm512_cvtph_ps(unsafe { _mm256_maskz_loadu_epi16(mask, from.cast()) })
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    unsafe fn largest(values: &[f16]) -> f32 {
        // SAFETY: what the caller promises; an `f16` is 16 bits.
        f16::from_bits(unsafe { largest_half(values.as_ptr().cast(), values.len()) }).to_f32()
    }
}

pub(crate) struct Brain;

impl Load for Brain {
    type Value = bf16;

    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    #[inline]
    unsafe fn load(from: *const bf16, mask: u16) -> __m512 {
        // SAFETY: what the caller promises; a `bf16` is 16 bits.
        let bits = unsafe { _mm256_maskz_loadu_epi16(mask, from.cast()) };
        _mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(bits)))
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    #[inline]
    unsafe fn load_64(from: *const bf16, count: usize) -> [__m512; 4] {
        let mask = u64::MAX >> (64 - count);
        // SAFETY: the masks name what the caller promises; a `bf16` is 16 bits.
        let [first, second] = unsafe {
            [
                _mm512_maskz_loadu_epi16(mask as u32, from.cast()),
                _mm512_maskz_loadu_epi16((mask >> 32) as u32, from.wrapping_add(32).cast()),
            ]
        };
        // The upper halves of 32 bits are there already.
        let even = |bits| _mm512_castsi512_ps(_mm512_slli_epi32::<16>(bits));
        let odd = |bits| _mm512_castsi512_ps(_mm512_and_si512(bits, _mm512_set1_epi32(-1 << 16)));
        [even(first), odd(first), even(second), odd(second)]
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    #[inline]
    unsafe fn in_order(bytes: __m512i) -> __m512i {
        // Eight bytes of one register, then eight of the other: even ones before odd ones.
        let odd = _mm512_set4_epi32(0x0f0b_0e0a, 0x0d09_0c08, 0x0703_0602, 0x0501_0400);
        let order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
        _mm512_permutexvar_epi64(order, _mm512_shuffle_epi8(bytes, odd))
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    unsafe fn largest(values: &[bf16]) -> f32 {
        // SAFETY: what the caller promises; a `bf16` is 16 bits.
        bf16::from_bits(unsafe { largest_half(values.as_ptr().cast(), values.len()) }).to_f32()
    }
}
