//! Eight-bit codes with a scale a row: exact sums of 32 bits, scaled before the maximum.

use std::arch::x86_64::{
    __m256i, _CMP_GT_OQ, _MM_HINT_T0, _mm_loadu_si128, _mm_prefetch, _mm256_add_epi32, _mm256_blendv_ps,
    _mm256_castsi256_ps, _mm256_cmp_ps, _mm256_cvtepi8_epi16, _mm256_cvtepi32_ps, _mm256_load_ps, _mm256_load_si256,
    _mm256_madd_epi16, _mm256_max_ps, _mm256_mul_ps, _mm256_set1_epi32, _mm256_set1_ps, _mm256_setzero_si256,
    _mm256_store_ps, _mm256_store_si256,
};

use crate::maxsim::{Block, Rows, Running, refine};
use crate::query::{Lanes, Line, PackedInt8};

/// With two registers of query tokens, 12 sums: as many as 16 registers leave room for.
const ROWS: usize = 6;

/// Two products of 16 bits at a time.
pub(super) struct Int8 {
    /// Rows in 16 bits, filled up to whole lines.
    scratch: Vec<Line<i16, 32>>,
}

impl Block for Int8 {
    type Query = PackedInt8;
    type Value = i8;
    const ROWS: usize = ROWS;

    fn new(dim: usize) -> Self {
        Self { scratch: vec![Line([0; 32]); ROWS * dim.div_ceil(32)] }
    }

    #[target_feature(enable = "avx2")]
    unsafe fn block(&mut self, query: &PackedInt8, rows: Rows<'_, i8>, next: *const i8, running: &mut Running) {
        let mut lines = self.scratch.iter_mut();
        for (row, values) in rows.values.chunks_exact(rows.dim).enumerate() {
            for (part, line) in values.chunks(32).zip(&mut lines) {
                _mm_prefetch::<_MM_HINT_T0>(next.wrapping_add(row * rows.dim).cast());
                let (whole, tail) = part.as_chunks::<16>();
                let (wide, rest) = line.0.split_at_mut(16 * whole.len());
                for (codes, wide) in whole.iter().zip(wide.as_chunks_mut::<16>().0) {
                    // SAFETY: 16 values each; a line is aligned to 64 bytes, of which 16 values are half.
                    unsafe {
                        let codes = _mm256_cvtepi8_epi16(_mm_loadu_si128(codes.as_ptr().cast()));
                        _mm256_store_si256(wide.as_mut_ptr().cast(), codes);
                    }
                }
                for (wide, &code) in rest.iter_mut().zip(tail) {
                    *wide = i16::from(code);
                }
            }
        }
        let Running { maxima, check, rows: winners, row } = running;
        for (group, best) in maxima.iter_mut().zip(winners).enumerate() {
            let tokens = query.pairs(group);
            // SAFETY: the caller promises the instruction set and the number of rows.
            unsafe {
                match (rows.count(), rows.dim) {
                    (ROWS, 128) => tile::<ROWS, 64>(tokens, &self.scratch, rows.scales, *row, best),
                    (ROWS, _) => tile::<ROWS, 0>(tokens, &self.scratch, rows.scales, *row, best),
                    (4, _) => tile::<4, 0>(tokens, &self.scratch, rows.scales, *row, best),
                    _ => tile::<1, 0>(tokens, &self.scratch, rows.scales, *row, best),
                }
            }
        }
        for scale in rows.scales {
            check.0[0] += scale * 0.0;
        }
    }

    #[target_feature(enable = "avx2")]
    unsafe fn finish(query: &PackedInt8, rows: Rows<'_, i8>, running: &mut Running) {
        refine(query, rows, running);
    }
}

/// `STEPS` is half the dimension, or 0 for any.
///
/// # Safety
///
/// The machine has AVX2; `query` has `STEPS` entries unless that is 0; `block` holds `ROWS` rows of twice as many values
/// as `query` has entries, filled up to whole lines, and `scales` `ROWS`; the first is number `row`.
#[target_feature(enable = "avx2")]
unsafe fn tile<const ROWS: usize, const STEPS: usize>(
    query: &[Line<i16, 32>],
    block: &[Line<i16, 32>],
    scales: &[f32],
    row: usize,
    (maxima, winners): (&mut Lanes, &mut Line<u32, 16>),
) {
    let steps = if STEPS == 0 { query.len() } else { STEPS };
    let stride = steps.next_multiple_of(16);
    let block: *const i32 = block.as_ptr().cast();
    let mut sums = [[_mm256_setzero_si256(); 2]; ROWS];
    for k in 0..steps {
        // SAFETY: `k < steps`; `Line` is 64 bytes, aligned to 64.
        let (low, high) = unsafe {
            let tokens: *const __m256i = query.as_ptr().add(k).cast();
            (_mm256_load_si256(tokens), _mm256_load_si256(tokens.add(1)))
        };
        for (row, sums) in sums.iter_mut().enumerate() {
            // SAFETY: `row < ROWS` and `k < stride`.
            let codes = _mm256_set1_epi32(unsafe { *block.add(row * stride + k) });
            sums[0] = _mm256_add_epi32(sums[0], _mm256_madd_epi16(codes, low));
            sums[1] = _mm256_add_epi32(sums[1], _mm256_madd_epi16(codes, high));
        }
    }
    let [low, high] = [0, 1].map(|half| sums.map(|row| row[half]));
    for (half, sums) in [low, high].into_iter().enumerate() {
        let (maxima, winners) = (&mut maxima.0[8 * half..][..8], &mut winners.0[8 * half..][..8]);
        // SAFETY: eight values each, aligned to 32 bytes.
        let (mut maximum, mut winner) =
            unsafe { (_mm256_load_ps(maxima.as_ptr()), _mm256_load_ps(winners.as_ptr().cast())) };
        for (number, (sum, &scale)) in sums.into_iter().zip(scales).enumerate() {
            let product = _mm256_mul_ps(_mm256_cvtepi32_ps(sum), _mm256_set1_ps(scale));
            let larger = _mm256_cmp_ps::<_CMP_GT_OQ>(product, maximum);
            let number = _mm256_castsi256_ps(_mm256_set1_epi32((row + number) as i32));
            maximum = _mm256_max_ps(product, maximum);
            winner = _mm256_blendv_ps(winner, number, larger);
        }
        // SAFETY: as above.
        unsafe {
            _mm256_store_ps(maxima.as_mut_ptr(), maximum);
            _mm256_store_ps(winners.as_mut_ptr().cast(), winner);
        }
    }
}
