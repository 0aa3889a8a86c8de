//! Eight-bit codes with a scale a row: exact sums of 32 bits, scaled before the maximum.

use std::arch::x86_64::{
    __m512i, _MM_HINT_T0, _mm_prefetch, _mm256_maskz_loadu_epi8, _mm512_add_epi32, _mm512_cvtepi8_epi16,
    _mm512_cvtepi32_ps, _mm512_dpbusd_epi32, _mm512_load_ps, _mm512_load_si512, _mm512_madd_epi16,
    _mm512_maskz_loadu_epi8, _mm512_max_ps, _mm512_mul_ps, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_set1_ps,
    _mm512_setzero_si512, _mm512_store_ps, _mm512_store_si512, _mm512_xor_si512,
};

use crate::maxsim::{Block, Rows, Running};
use crate::query::{Lanes, Line, PackedInt8};

/// With two registers of query tokens, 24 sums: as many as 32 registers leave room for.
const ROWS: usize = 12;

/// Of as many rows as there are.
fn scales_of<const ROWS: usize>(scales: &[f32]) -> &[f32; ROWS] {
    scales.as_array().expect("a scale for each row of the block")
}

/// What the two ways have in common: rows are copied to where they are ready to be multiplied, then meet the query.
macro_rules! groups {
    ($name:ident, $features:literal, $query:ident, $tile:ident, $steps:literal) => {
        /// # Safety
        ///
        /// As [`Block::block`]; `block` holds the rows, each filled up to whole lines.
        #[target_feature(enable = $features)]
        unsafe fn $name<const ROWS: usize>(
            query: &PackedInt8,
            block: &[Line<u8, 64>],
            scales: &[f32; ROWS],
            running: &mut Running,
        ) {
            let (pairs, last) = running.maxima.as_chunks_mut::<2>();
            for (pair, maxima) in pairs.iter_mut().enumerate() {
                let tokens = [query.$query(2 * pair), query.$query(2 * pair + 1)];
                // SAFETY: as promised to this function.
                unsafe {
                    // The dimension of ColBERT: rows at constant distances need no registers for their addresses.
                    if query.dim() == 128 {
                        $tile::<ROWS, 2, $steps>(tokens, block, scales, maxima);
                    } else {
                        $tile::<ROWS, 2, 0>(tokens, block, scales, maxima);
                    }
                }
            }
            let done = 2 * pairs.len();
            for maxima in last.as_chunks_mut::<1>().0 {
                // SAFETY: as above.
                unsafe { $tile::<ROWS, 1, 0>([query.$query(done)], block, scales, maxima) };
            }
            for scale in scales {
                running.check.0[0] += scale * 0.0;
            }
        }
    };
}

/// VNNI: four products of unsigned and signed bytes at a time. Codes are raised by 128 to be unsigned, which the query's
/// bias makes up for.
pub(super) struct Vnni {
    scratch: Vec<Line<u8, 64>>,
}

impl Block for Vnni {
    type Query = PackedInt8;
    type Value = i8;
    const ROWS: usize = ROWS;

    fn new(dim: usize) -> Self {
        Self { scratch: vec![Line([0; 64]); ROWS * dim.div_ceil(64)] }
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    unsafe fn block(&mut self, query: &PackedInt8, rows: Rows<'_, i8>, next: *const i8, running: &mut Running) {
        let raise = _mm512_set1_epi8(i8::MIN);
        let mut lines = self.scratch.iter_mut();
        for (row, values) in rows.values.chunks_exact(rows.dim).enumerate() {
            for (part, line) in values.chunks(64).zip(&mut lines) {
                _mm_prefetch::<_MM_HINT_T0>(next.wrapping_add(row * rows.dim).cast());
                _mm_prefetch::<_MM_HINT_T0>(next.wrapping_add(row * rows.dim + 64).cast());
                // SAFETY: the mask keeps reads within `part`; `Line` is 64 bytes, aligned to 64.
                unsafe {
                    let codes = _mm512_maskz_loadu_epi8(u64::MAX >> (64 - part.len()), part.as_ptr());
                    _mm512_store_si512(line.0.as_mut_ptr().cast(), _mm512_xor_si512(codes, raise));
                }
            }
        }
        // SAFETY: the caller promises the instruction set and the number of rows.
        unsafe {
            match rows.count() {
                ROWS => vnni_groups::<ROWS>(query, &self.scratch, scales_of(rows.scales), running),
                4 => vnni_groups::<4>(query, &self.scratch, scales_of(rows.scales), running),
                _ => vnni_groups::<1>(query, &self.scratch, scales_of(rows.scales), running),
            }
        }
    }
}

groups!(vnni_groups, "avx512f,avx512bw,avx512vnni", fours, vnni_tile, 32);

/// `STEPS` is a quarter of the dimension, or 0 for any.
///
/// # Safety
///
/// The machine has AVX-512 F, BW and VNNI; each group has the same number of entries, which is `STEPS` unless that is 0;
/// `block` holds `ROWS` rows of that many times four bytes, filled up to whole lines, and `scales` `ROWS`.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn vnni_tile<const ROWS: usize, const GROUPS: usize, const STEPS: usize>(
    query: [(&[Line<i8, 64>], &Line<i32, 16>); GROUPS],
    block: &[Line<u8, 64>],
    scales: &[f32; ROWS],
    maxima: &mut [Lanes; GROUPS],
) {
    let steps = if STEPS == 0 { query[0].0.len() } else { STEPS };
    let stride = steps.next_multiple_of(16);
    let block: *const i32 = block.as_ptr().cast();
    let mut sums = [[_mm512_setzero_si512(); GROUPS]; ROWS];
    for sums in &mut sums {
        for (sum, (_, bias)) in sums.iter_mut().zip(&query) {
            // SAFETY: `Line` is 64 bytes, aligned to 64.
            *sum = unsafe { _mm512_load_si512(bias.0.as_ptr().cast()) };
        }
    }
    for k in 0..steps {
        let mut tokens = [_mm512_setzero_si512(); GROUPS];
        for group in 0..GROUPS {
            // SAFETY: `k < steps`; `Line` is 64 bytes, aligned to 64.
            tokens[group] = unsafe { _mm512_load_si512(query[group].0.as_ptr().add(k).cast()) };
        }
        for (row, sums) in sums.iter_mut().enumerate() {
            // SAFETY: `row < ROWS` and `k < stride`.
            let codes = _mm512_set1_epi32(unsafe { *block.add(row * stride + k) });
            for group in 0..GROUPS {
                sums[group] = _mm512_dpbusd_epi32(sums[group], codes, tokens[group]);
            }
        }
    }
    fold(sums, scales, maxima);
}

/// BW alone: two products of 16 bits at a time.
pub(super) struct Pairs {
    scratch: Vec<Line<u8, 64>>,
}

impl Block for Pairs {
    type Query = PackedInt8;
    type Value = i8;
    const ROWS: usize = ROWS;

    fn new(dim: usize) -> Self {
        Self { scratch: vec![Line([0; 64]); ROWS * dim.div_ceil(32)] }
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    unsafe fn block(&mut self, query: &PackedInt8, rows: Rows<'_, i8>, next: *const i8, running: &mut Running) {
        let mut lines = self.scratch.iter_mut();
        for (row, values) in rows.values.chunks_exact(rows.dim).enumerate() {
            for (part, line) in values.chunks(32).zip(&mut lines) {
                _mm_prefetch::<_MM_HINT_T0>(next.wrapping_add(row * rows.dim).cast());
                // SAFETY: the mask keeps reads within `part`; `Line` is 64 bytes, aligned to 64.
                unsafe {
                    let codes = _mm256_maskz_loadu_epi8(u32::MAX >> (32 - part.len()), part.as_ptr());
                    _mm512_store_si512(line.0.as_mut_ptr().cast(), _mm512_cvtepi8_epi16(codes));
                }
            }
        }
        // SAFETY: the caller promises the instruction set and the number of rows.
        unsafe {
            match rows.count() {
                ROWS => pairs_groups::<ROWS>(query, &self.scratch, scales_of(rows.scales), running),
                4 => pairs_groups::<4>(query, &self.scratch, scales_of(rows.scales), running),
                _ => pairs_groups::<1>(query, &self.scratch, scales_of(rows.scales), running),
            }
        }
    }
}

groups!(pairs_groups, "avx512f,avx512bw", pairs, pairs_tile, 64);

/// `STEPS` is half the dimension, or 0 for any.
///
/// # Safety
///
/// The machine has AVX-512 F and BW; each group has the same number of entries, which is `STEPS` unless that is 0;
/// `block` holds `ROWS` rows of that many times four bytes, filled up to whole lines, and `scales` `ROWS`.
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn pairs_tile<const ROWS: usize, const GROUPS: usize, const STEPS: usize>(
    query: [&[Line<i16, 32>]; GROUPS],
    block: &[Line<u8, 64>],
    scales: &[f32; ROWS],
    maxima: &mut [Lanes; GROUPS],
) {
    let steps = if STEPS == 0 { query[0].len() } else { STEPS };
    let stride = steps.next_multiple_of(16);
    let block: *const i32 = block.as_ptr().cast();
    let mut sums = [[_mm512_setzero_si512(); GROUPS]; ROWS];
    for k in 0..steps {
        let mut tokens = [_mm512_setzero_si512(); GROUPS];
        for group in 0..GROUPS {
            // SAFETY: `k < steps`; `Line` is 64 bytes, aligned to 64.
            tokens[group] = unsafe { _mm512_load_si512(query[group].as_ptr().add(k).cast()) };
        }
        for (row, sums) in sums.iter_mut().enumerate() {
            // SAFETY: `row < ROWS` and `k < stride`.
            let codes = _mm512_set1_epi32(unsafe { *block.add(row * stride + k) });
            for group in 0..GROUPS {
                sums[group] = _mm512_add_epi32(sums[group], _mm512_madd_epi16(codes, tokens[group]));
            }
        }
    }
    fold(sums, scales, maxima);
}

#[target_feature(enable = "avx512f")]
fn fold<const ROWS: usize, const GROUPS: usize>(
    sums: [[__m512i; GROUPS]; ROWS],
    scales: &[f32; ROWS],
    maxima: &mut [Lanes; GROUPS],
) {
    for group in 0..GROUPS {
        // SAFETY: `Lanes` is 64 bytes, aligned to 64.
        let mut maximum = unsafe { _mm512_load_ps(maxima[group].0.as_ptr()) };
        for row in 0..ROWS {
            let scale = _mm512_set1_ps(scales[row]);
            maximum = _mm512_max_ps(maximum, _mm512_mul_ps(_mm512_cvtepi32_ps(sums[row][group]), scale));
        }
        // SAFETY: as above.
        unsafe { _mm512_store_ps(maxima[group].0.as_mut_ptr(), maximum) };
    }
}
