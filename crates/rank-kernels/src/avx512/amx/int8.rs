//! Eight-bit codes with a scale a row: exact sums, scaled before the maximum.

use std::arch::x86_64::{
    _CMP_GT_OQ, _mm512_cmp_ps_mask, _mm512_cvtepi32_ps, _mm512_load_ps, _mm512_load_si512, _mm512_mask_mov_epi32,
    _mm512_max_ps, _mm512_mul_ps, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_ps, _mm512_setzero_si512,
    _mm512_store_ps, _mm512_store_si512,
};

use super::documents::{Best, Kind};
use super::tiles::Fours;
use crate::maxsim::{Rows, Running, refine};
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
        row: usize,
        (maxima, winners): Best<'_, GROUPS>,
        _: &mut Lanes,
    ) {
        let (mut largest, mut rows) = ([_mm512_setzero_ps(); GROUPS], [_mm512_setzero_si512(); GROUPS]);
        for group in 0..GROUPS {
            // SAFETY: `Line` is 64 bytes, aligned to 64.
            unsafe {
                largest[group] = _mm512_load_ps(maxima[group].0.as_ptr());
                rows[group] = _mm512_load_si512(winners[group].0.as_ptr().cast());
            }
        }
        for ((number, sums), &scale) in (row..).zip(sums).zip(scales) {
            let (scale, number) = (_mm512_set1_ps(scale), _mm512_set1_epi32(number as i32));
            for group in 0..GROUPS {
                // SAFETY: as above.
                let sums = unsafe { _mm512_load_si512(sums[group].0.as_ptr().cast()) };
                let product = _mm512_mul_ps(_mm512_cvtepi32_ps(sums), scale);
                let larger = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(product, largest[group]);
                largest[group] = _mm512_max_ps(product, largest[group]);
                rows[group] = _mm512_mask_mov_epi32(rows[group], larger, number);
            }
        }
        for group in 0..GROUPS {
            // SAFETY: as above.
            unsafe {
                _mm512_store_ps(maxima[group].0.as_mut_ptr(), largest[group]);
                _mm512_store_si512(winners[group].0.as_mut_ptr().cast(), rows[group]);
            }
        }
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    unsafe fn finish(query: &PackedInt8, rows: Rows<'_, i8>, running: &mut Running) {
        refine(query, rows, running);
    }
}
