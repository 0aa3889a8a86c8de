//! Documents in eight bits.

use std::arch::x86_64::{
    _mm512_cvtps_epi32, _mm512_dpwssd_epi32, _mm512_mul_ps, _mm512_packs_epi16, _mm512_packs_epi32, _mm512_set1_epi8,
    _mm512_set1_ps, _mm512_setzero_si512, _mm512_store_si512, _mm512_xor_si512,
};
use std::ops::RangeInclusive;

use super::products::Products;
use crate::avx512::load::Load;
use crate::avx512::reduce_sum;
use crate::maxsim::Rows;
use crate::query::Line;

/// Rows that are quantized at once.
const FOUR: usize = 4;
/// Documents of larger components, or of smaller ones alone, are left to plain arithmetic, so that nothing here overflows
/// or vanishes.
const COMPONENTS: RangeInclusive<f32> = 1e-12..=1e10;

/// A document in eight bits, by a scale that its rows share.
#[derive(Default)]
pub(super) struct Codes {
    /// Of each row, as [`Products`] want them, filled up to whole lines.
    pub(super) bytes: Vec<Line<u8, 64>>,
    pub(super) scale: f32,
    /// In units of the scale: no row is longer.
    pub(super) norm: f32,
    /// In units of the scale: nor is what rounding took away from one.
    pub(super) error: f32,
}

impl Codes {
    /// Those of `rows`, unless a value is not finite or too large, or all are too small: then it returns false.
    ///
    /// # Safety
    ///
    /// The machine has AVX-512 F, BW, VL and VNNI, and what `L` needs; there are at least four rows.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    pub(super) unsafe fn fill<P: Products, L: Load>(&mut self, rows: Rows<'_, L::Value>) -> bool {
        let (count, lines) = (rows.count(), rows.dim.div_ceil(64));
        // SAFETY: the caller vouches for the instruction set.
        let largest = unsafe { L::largest(rows.values) };
        if !COMPONENTS.contains(&largest) {
            return false;
        }
        self.bytes.resize((count + P::BEYOND) * lines, Line([0; 64]));
        let mut squares = 0;
        for row in (0..count).step_by(FOUR) {
            // The last four overlap those before them.
            let row = row.min(count - FOUR);
            let values = rows.slice(row, FOUR).values;
            let bytes = &mut self.bytes[row * lines..][..FOUR * lines];
            // SAFETY: the machine has the instruction set; `bytes` are 64 for every 64 values begun of a row.
            let four = unsafe {
                match rows.dim {
                    // The dimension of ColBERT: all loops are unrolled.
                    128 => quantize_rows::<P, L, 128>(values, rows.dim, 127.0 / largest, bytes),
                    _ => quantize_rows::<P, L, 0>(values, rows.dim, 127.0 / largest, bytes),
                }
            };
            squares = four.into_iter().fold(squares, i32::max);
        }
        // A code is off by half a unit at most, and by what the product with the inverse rounds.
        self.scale = largest / 127.0;
        self.error = 0.500_1 * (rows.dim as f32).sqrt();
        self.norm = ((squares as f32).sqrt() + self.error) * 1.000_1;
        true
    }
}

/// Of four rows the sums of the codes' squares.
///
/// # Safety
///
/// The machine has AVX-512 F, BW, VL and VNNI, and what `L` needs; there are four rows of `dim` values, which is `DIM`
/// unless that is 0; `bytes` hold 64 for every 64 values begun of a row.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn quantize_rows<P: Products, L: Load, const DIM: usize>(
    rows: &[L::Value],
    dim: usize,
    factor: f32,
    bytes: &mut [Line<u8, 64>],
) -> [i32; FOUR] {
    let dim = if DIM == 0 { dim } else { DIM };
    let lines = dim.div_ceil(64);
    let (factor, raise) = (_mm512_set1_ps(factor), _mm512_set1_epi8(P::RAISE));
    let mut squares = [_mm512_setzero_si512(); FOUR];
    for row in 0..FOUR {
        for line in 0..lines {
            // SAFETY: the caller vouches for what `L` needs, and `row < FOUR`.
            let parts = unsafe { L::load_64(rows.as_ptr().add(row * dim + 64 * line), (dim - 64 * line).min(64)) };
            let code = |part| _mm512_cvtps_epi32(_mm512_mul_ps(part, factor));
            let words = [
                _mm512_packs_epi32(code(parts[0]), code(parts[1])),
                _mm512_packs_epi32(code(parts[2]), code(parts[3])),
            ];
            for words in words {
                squares[row] = _mm512_dpwssd_epi32(squares[row], words, words);
            }
            // SAFETY: the machine has the instruction set; `Line` is 64 bytes, aligned to 64.
            unsafe {
                let codes = _mm512_xor_si512(L::in_order(_mm512_packs_epi16(words[0], words[1])), raise);
                _mm512_store_si512(bytes[row * lines + line].0.as_mut_ptr().cast(), codes);
            }
        }
    }
    reduce_sum(squares)
}
