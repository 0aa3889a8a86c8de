//! AVX2 with FMA: 16 query tokens in two registers.

use std::arch::x86_64::{
    __m256, _MM_HINT_T0, _mm_prefetch, _mm256_broadcast_ss, _mm256_fmadd_ps, _mm256_load_ps, _mm256_max_ps,
    _mm256_setzero_ps, _mm256_store_ps,
};

use crate::PackedQuery;
use crate::maxsim::{Block, Rows, Running};
use crate::query::Lanes;

pub(super) struct F32;

impl Block for F32 {
    type Query = PackedQuery;
    type Value = f32;
    /// With two registers of query tokens, 12 sums: as many as 16 registers leave room for.
    const ROWS: usize = 6;

    fn new(_: usize) -> Self {
        Self
    }

    #[target_feature(enable = "avx2,fma")]
    unsafe fn block(&mut self, query: &PackedQuery, rows: Rows<'_, f32>, next: *const f32, running: &mut Running) {
        let block = rows.values;
        // SAFETY: the caller promises the instruction set and the number of rows.
        unsafe {
            match block.len() / query.dim() {
                6 => groups::<6>(query, block, next, running),
                4 => groups::<4>(query, block, next, running),
                _ => groups::<1>(query, block, next, running),
            }
        }
    }
}

/// # Safety
///
/// As [`Block::block`], `block` being of `ROWS` rows.
#[target_feature(enable = "avx2,fma")]
unsafe fn groups<const ROWS: usize>(query: &PackedQuery, block: &[f32], mut next: *const f32, running: &mut Running) {
    for (group, maxima) in running.maxima.iter_mut().enumerate() {
        let tokens = query.group(group);
        // SAFETY: as promised to this function; groups have `dim` entries.
        unsafe {
            // The dimension of ColBERT: rows at constant distances need no registers for their addresses.
            if query.dim() == 128 {
                tile::<ROWS, 128>(tokens, block, next, maxima, &mut running.check);
            } else {
                tile::<ROWS, 0>(tokens, block, next, maxima, &mut running.check);
            }
        }
        // What comes next is on its way; further groups need not ask again.
        next = block.as_ptr();
    }
}

/// `DIM` is the dimension, or 0 for any.
///
/// # Safety
///
/// The machine has AVX2 and FMA; `query` has `DIM` entries unless that is 0, and `block` has `ROWS` times as many values.
#[target_feature(enable = "avx2,fma")]
unsafe fn tile<const ROWS: usize, const DIM: usize>(
    query: &[Lanes],
    block: &[f32],
    next: *const f32,
    maxima: &mut Lanes,
    check: &mut Lanes,
) {
    let dim = if DIM == 0 { query.len() } else { DIM };
    let mut sums = [[_mm256_setzero_ps(); 2]; ROWS];
    for k in 0..dim {
        // Spread over the components, the next block, and a little more.
        if k % 2 == 0 {
            _mm_prefetch::<_MM_HINT_T0>(next.wrapping_add(k * 8).cast());
        }
        // SAFETY: `k < dim`; `Lanes` is 64 bytes, aligned to 64.
        let (low, high) = unsafe {
            let tokens: *const f32 = query.as_ptr().add(k).cast();
            (_mm256_load_ps(tokens), _mm256_load_ps(tokens.add(8)))
        };
        for (row, sums) in sums.iter_mut().enumerate() {
            // SAFETY: `row < ROWS` and `k < dim`.
            let component = _mm256_broadcast_ss(unsafe { &*block.as_ptr().add(row * dim + k) });
            sums[0] = _mm256_fmadd_ps(component, low, sums[0]);
            sums[1] = _mm256_fmadd_ps(component, high, sums[1]);
        }
    }
    fold(sums, maxima, check);
}

#[target_feature(enable = "avx2,fma")]
fn fold<const ROWS: usize>(sums: [[__m256; 2]; ROWS], maxima: &mut Lanes, check: &mut Lanes) {
    let zero = _mm256_setzero_ps();
    for half in 0..2 {
        let maxima = &mut maxima.0[8 * half..][..8];
        let check = &mut check.0[8 * half..][..8];
        // SAFETY: eight values each, aligned to 32 bytes.
        let (mut maximum, mut checks) = unsafe { (_mm256_load_ps(maxima.as_ptr()), _mm256_load_ps(check.as_ptr())) };
        for row in &sums {
            maximum = _mm256_max_ps(maximum, row[half]);
            checks = _mm256_fmadd_ps(row[half], zero, checks);
        }
        // SAFETY: as above.
        unsafe {
            _mm256_store_ps(maxima.as_mut_ptr(), maximum);
            _mm256_store_ps(check.as_mut_ptr(), checks);
        }
    }
}
