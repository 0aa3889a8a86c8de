//! BF16: products of two components at a time, added up in `f32`. Subnormal numbers count as zero.

use std::arch::x86_64::{
    __m512bh, __m512i, _MM_HINT_T0, _mm_prefetch, _mm512_dpbf16_ps, _mm512_load_si512, _mm512_set1_epi32,
    _mm512_setzero_ps, _mm512_setzero_si512,
};
use std::mem::transmute;

use half::bf16;

use super::f32::fold;
use crate::maxsim::{Block, Rows, Running};
use crate::query::{Lanes, Line, PackedBf16};

pub(super) struct Bf16 {
    /// Rows with a zero behind them, where the number of components is odd.
    scratch: Vec<bf16>,
}

impl Block for Bf16 {
    type Query = PackedBf16;
    type Value = bf16;
    /// With two registers of query tokens, 24 sums: as many as 32 registers leave room for.
    const ROWS: usize = 12;

    fn new(dim: usize) -> Self {
        Self { scratch: vec![bf16::ZERO; if dim.is_multiple_of(2) { 0 } else { Self::ROWS * (dim + 1) }] }
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
    unsafe fn block(&mut self, query: &PackedBf16, rows: Rows<'_, bf16>, next: *const bf16, running: &mut Running) {
        let mut block = rows.values;
        if !rows.dim.is_multiple_of(2) {
            for (row, even) in block.chunks_exact(rows.dim).zip(self.scratch.chunks_exact_mut(rows.dim + 1)) {
                even[..rows.dim].copy_from_slice(row);
            }
            block = &self.scratch[..rows.count() * (rows.dim + 1)];
        }
        // SAFETY: the caller promises the instruction set and the number of rows.
        unsafe {
            match rows.count() {
                12 => groups::<12>(query, block, next, running),
                4 => groups::<4>(query, block, next, running),
                _ => groups::<1>(query, block, next, running),
            }
        }
    }
}

/// # Safety
///
/// As [`Block::block`], `block` being of `ROWS` rows of an even number of values.
#[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
unsafe fn groups<const ROWS: usize>(query: &PackedBf16, block: &[bf16], mut next: *const bf16, running: &mut Running) {
    let Running { maxima, check, .. } = running;
    let (pairs, last) = maxima.as_chunks_mut::<2>();
    for (pair, maxima) in pairs.iter_mut().enumerate() {
        let tokens = [query.group(2 * pair), query.group(2 * pair + 1)];
        // SAFETY: as promised to this function; groups have an entry for two values of a row.
        unsafe {
            // The dimension of ColBERT: rows at constant distances need no registers for their addresses.
            if query.dim() == 128 {
                tile::<ROWS, 2, 64>(tokens, block, next, maxima, check);
            } else {
                tile::<ROWS, 2, 0>(tokens, block, next, maxima, check);
            }
        }
        next = block.as_ptr();
    }
    let done = 2 * pairs.len();
    for maxima in last.as_chunks_mut::<1>().0 {
        // SAFETY: as above.
        unsafe { tile::<ROWS, 1, 0>([query.group(done)], block, next, maxima, check) };
    }
}

/// `STEPS` is half the dimension, or 0 for any.
///
/// # Safety
///
/// The machine has AVX-512 F and BF16; each group has the same number of entries, which is `STEPS` unless that is 0, and
/// `block` has `2 * ROWS` times as many values.
#[target_feature(enable = "avx512f,avx512bf16")]
unsafe fn tile<const ROWS: usize, const GROUPS: usize, const STEPS: usize>(
    query: [&[Line<u16, 32>]; GROUPS],
    block: &[bf16],
    next: *const bf16,
    maxima: &mut [Lanes; GROUPS],
    check: &mut Lanes,
) {
    let steps = if STEPS == 0 { query[0].len() } else { STEPS };
    let mut sums = [[_mm512_setzero_ps(); GROUPS]; ROWS];
    for k in 0..steps {
        // Spread over the components, the whole of the next block.
        if k % 4 == 0 {
            for line in 0..ROWS / 4 {
                _mm_prefetch::<_MM_HINT_T0>(next.wrapping_add(2 * k * ROWS + line * 32).cast());
            }
        }
        let mut tokens = [_mm512_setzero_si512(); GROUPS];
        for group in 0..GROUPS {
            // SAFETY: `k < steps`; `Line` is 64 bytes, aligned to 64.
            tokens[group] = unsafe { _mm512_load_si512(query[group].as_ptr().add(k).cast()) };
        }
        for (row, sums) in sums.iter_mut().enumerate() {
            // SAFETY: two values of row `row < ROWS`, at `2 * k < 2 * steps`.
            let pair: i32 = unsafe { block.as_ptr().add(2 * (row * steps + k)).cast::<i32>().read_unaligned() };
            let pair = _mm512_set1_epi32(pair);
            for group in 0..GROUPS {
                sums[group] = _mm512_dpbf16_ps(sums[group], halves(pair), halves(tokens[group]));
            }
        }
    }
    fold(sums, maxima, check);
}

#[target_feature(enable = "avx512f,avx512bf16")]
#[inline]
pub(super) fn halves(bits: __m512i) -> __m512bh {
    // SAFETY: both are 64 bytes, of which every pattern is valid.
    unsafe { transmute(bits) }
}
