//! Eight-bit codes with a scale a row: exact sums, scaled before the maximum.

use std::arch::x86_64::{
    _mm512_cvtepi32_ps, _mm512_load_ps, _mm512_load_si512, _mm512_max_ps, _mm512_mul_ps, _mm512_set1_ps,
    _mm512_setzero_ps, _mm512_store_ps,
};

use super::documents::Kind;
use super::tiles::Fours;
use crate::maxsim::Rows;
use crate::query::{Lanes, Line, PackedInt8};

pub(super) struct Codes;

impl Kind for Codes {
    type Query = PackedInt8;
    type Value = i8;
    type Product = Fours;

    fn lines(query: &PackedInt8, group: usize) -> *const u8 {
        query.fours_filled(group).as_ptr().cast()
    }

    fn check(rows: Rows<'_, i8>) -> f32 {
        rows.scales.iter().map(|scale| scale * 0.0).sum()
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn fold<const GROUPS: usize>(
        sums: &[[Line<i32, 16>; 2]],
        scales: &[f32],
        maxima: &mut [Lanes; GROUPS],
        _: &mut Lanes,
    ) {
        let mut largest = [_mm512_setzero_ps(); GROUPS];
        for (largest, maxima) in largest.iter_mut().zip(&*maxima) {
            // SAFETY: `Lanes` is 64 bytes, aligned to 64.
            *largest = unsafe { _mm512_load_ps(maxima.0.as_ptr()) };
        }
        for (row, &scale) in sums.iter().zip(scales) {
            let scale = _mm512_set1_ps(scale);
            for group in 0..GROUPS {
                // SAFETY: as above.
                let sums = unsafe { _mm512_load_si512(row[group].0.as_ptr().cast()) };
                largest[group] = _mm512_max_ps(largest[group], _mm512_mul_ps(_mm512_cvtepi32_ps(sums), scale));
            }
        }
        for (largest, maxima) in largest.iter().zip(maxima) {
            // SAFETY: as above.
            unsafe { _mm512_store_ps(maxima.0.as_mut_ptr(), *largest) };
        }
    }
}
