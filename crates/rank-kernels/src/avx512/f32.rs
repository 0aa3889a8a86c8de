//! AVX-512 F: 16 query tokens in a register.

use std::arch::x86_64::{
    __m512, _MM_HINT_T0, _mm_prefetch, _mm512_fmadd_ps, _mm512_load_ps, _mm512_max_ps, _mm512_set1_ps,
    _mm512_setzero_ps, _mm512_store_ps,
};

use crate::PackedQuery;
use crate::maxsim::{Block, Rows, Running};
use crate::query::Lanes;

pub(super) struct F32;

impl Block for F32 {
    type Query = PackedQuery;
    type Value = f32;
    /// With two registers of query tokens, 24 sums: as many as 32 registers leave room for.
    const ROWS: usize = 12;

    fn new(_: usize) -> Self {
        Self
    }

    #[target_feature(enable = "avx512f")]
    unsafe fn block(&mut self, query: &PackedQuery, rows: Rows<'_, f32>, next: *const f32, running: &mut Running) {
        let block = rows.values;
        // SAFETY: the caller promises the instruction set and the number of rows.
        unsafe {
            match block.len() / query.dim() {
                12 => groups::<12>(query, block, next, running),
                4 => groups::<4>(query, block, next, running),
                _ => groups::<1>(query, block, next, running),
            }
        }
    }
}

/// # Safety
///
/// As [`Block::block`], `block` being of `ROWS` rows.
#[target_feature(enable = "avx512f")]
unsafe fn groups<const ROWS: usize>(query: &PackedQuery, block: &[f32], mut next: *const f32, running: &mut Running) {
    let Running { maxima, check, .. } = running;
    let (pairs, last) = maxima.as_chunks_mut::<2>();
    for (pair, maxima) in pairs.iter_mut().enumerate() {
        let tokens = [query.group(2 * pair), query.group(2 * pair + 1)];
        // SAFETY: as promised to this function; groups have `dim` entries.
        unsafe {
            // The dimension of ColBERT: rows at constant distances need no registers for their addresses.
            if query.dim() == 128 {
                tile::<ROWS, 2, 128>(tokens, block, next, maxima, check);
            } else {
                tile::<ROWS, 2, 0>(tokens, block, next, maxima, check);
            }
        }
        // What comes next is on its way; further groups need not ask again.
        next = block.as_ptr();
    }
    let (last, _) = last.as_chunks_mut::<1>();
    for maxima in last {
        // SAFETY: as above.
        unsafe { tile::<ROWS, 1, 0>([query.group(query.groups() - 1)], block, next, maxima, check) };
    }
}

/// `DIM` is the dimension, or 0 for any.
///
/// # Safety
///
/// The machine has AVX-512 F; each group has the same number of entries, which is `DIM` unless that is 0, and `block`
/// has `ROWS` times as many.
#[target_feature(enable = "avx512f")]
unsafe fn tile<const ROWS: usize, const GROUPS: usize, const DIM: usize>(
    query: [&[Lanes]; GROUPS],
    block: &[f32],
    next: *const f32,
    maxima: &mut [Lanes; GROUPS],
    check: &mut Lanes,
) {
    let dim = if DIM == 0 { query[0].len() } else { DIM };
    let mut sums = [[_mm512_setzero_ps(); GROUPS]; ROWS];
    for k in 0..dim {
        // Spread over the components, the whole of the next block.
        if k % 4 == 0 {
            for line in 0..ROWS / 4 {
                _mm_prefetch::<_MM_HINT_T0>(next.wrapping_add(k * ROWS + line * 16).cast());
            }
        }
        let mut tokens = [_mm512_setzero_ps(); GROUPS];
        for group in 0..GROUPS {
            // SAFETY: `k < dim`; `Lanes` is 64 bytes, aligned to 64.
            tokens[group] = unsafe { _mm512_load_ps(query[group].as_ptr().add(k).cast()) };
        }
        for (row, sums) in sums.iter_mut().enumerate() {
            // SAFETY: `row < ROWS` and `k < dim`.
            let component = _mm512_set1_ps(unsafe { *block.as_ptr().add(row * dim + k) });
            for group in 0..GROUPS {
                sums[group] = _mm512_fmadd_ps(component, tokens[group], sums[group]);
            }
        }
    }
    fold(sums, maxima, check);
}

#[target_feature(enable = "avx512f")]
pub(super) fn fold<const ROWS: usize, const GROUPS: usize>(
    sums: [[__m512; GROUPS]; ROWS],
    maxima: &mut [Lanes; GROUPS],
    check: &mut Lanes,
) {
    let zero = _mm512_setzero_ps();
    // SAFETY: `Lanes` is 64 bytes, aligned to 64.
    let mut checks = unsafe { _mm512_load_ps(check.0.as_ptr()) };
    for group in 0..GROUPS {
        // SAFETY: as above.
        let mut maximum = unsafe { _mm512_load_ps(maxima[group].0.as_ptr()) };
        for row in &sums {
            maximum = _mm512_max_ps(maximum, row[group]);
            checks = _mm512_fmadd_ps(row[group], zero, checks);
        }
        // SAFETY: as above.
        unsafe { _mm512_store_ps(maxima[group].0.as_mut_ptr(), maximum) };
    }
    // SAFETY: as above.
    unsafe { _mm512_store_ps(check.0.as_mut_ptr(), checks) };
}
