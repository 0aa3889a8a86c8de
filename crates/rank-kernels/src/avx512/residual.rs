//! Residual codes: looked up by a byte shuffle in the first-level cache, multiplied by VNNI.

use std::arch::x86_64::{
    __m512i, _MM_HINT_T0, _mm_cvtsi32_si128, _mm_loadu_si128, _mm_prefetch, _mm512_add_ps, _mm512_and_si512,
    _mm512_broadcast_i32x4, _mm512_cvtepi32_ps, _mm512_dpbusd_epi32, _mm512_load_ps, _mm512_load_si512,
    _mm512_loadu_ps, _mm512_maskz_loadu_epi8, _mm512_max_ps, _mm512_mul_ps, _mm512_set1_epi8, _mm512_set1_epi32,
    _mm512_set1_ps, _mm512_setzero_si512, _mm512_shuffle_epi8, _mm512_srl_epi16, _mm512_store_ps, _mm512_storeu_si512,
    _mm512_xor_si512,
};
use std::ops::Range;

use crate::maxsim::Running;
use crate::query::{Lanes, Line, PackedInt8, Query};
use crate::residual::{ResidualTokens, blocks};

/// With two registers of query tokens, 24 sums: as many as 32 registers leave room for.
const ROWS: usize = 12;

/// # Safety
///
/// The machine has AVX-512 F, BW, VL and VNNI, and [`ResidualTokens::check`] has passed.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
pub(super) unsafe fn maxsim(
    query: &PackedInt8,
    base: &[f32],
    tokens: ResidualTokens<'_>,
    documents: &[Range<usize>],
    scores: &mut [f32],
) {
    let groups = query.head().groups();
    let mut running = Running::new(groups);
    // A store of 64 bytes may reach beyond the last component.
    let stride = tokens.dim.next_multiple_of(64) + 64;
    let mut scratch = vec![Line([0_u8; 64]); ROWS * stride / 64];
    // SAFETY: 16 bytes. Raised by 128 to be unsigned, which the query's bias makes up for.
    let table = unsafe { _mm512_broadcast_i32x4(_mm_loadu_si128(tokens.weights.as_ptr().cast())) };
    let table = _mm512_xor_si512(table, _mm512_set1_epi8(i8::MIN));
    for (number, (document, score)) in documents.iter().zip(scores).enumerate() {
        running.clear(groups);
        if let Some(next) = documents.get(number + 1) {
            let start = tokens.codes.as_ptr().wrapping_add(next.start * tokens.bytes());
            for line in 0..16 {
                _mm_prefetch::<_MM_HINT_T0>(start.wrapping_add(64 * line).cast());
            }
        }
        blocks(document, ROWS, |first, count| {
            // SAFETY: as promised to this function; `count` tokens from `first` on are the document's.
            unsafe {
                unpack(tokens, table, first, count, base, groups, &mut scratch, stride);
                match count {
                    ROWS => groups_of::<ROWS>(query, base, tokens, first, &scratch, &mut running),
                    4 => groups_of::<4>(query, base, tokens, first, &scratch, &mut running),
                    _ => groups_of::<1>(query, base, tokens, first, &scratch, &mut running),
                }
            }
        });
        *score = running.score(query.head());
    }
}

/// # Safety
///
/// As [`maxsim`]; `scratch` has room for `count` rows of `stride` bytes.
#[target_feature(enable = "avx512f,avx512bw")]
#[expect(clippy::too_many_arguments, reason = "a part of one function")]
unsafe fn unpack(
    tokens: ResidualTokens<'_>,
    table: __m512i,
    first: usize,
    count: usize,
    base: &[f32],
    groups: usize,
    scratch: &mut [Line<u8, 64>],
    stride: usize,
) {
    let bytes = tokens.bytes();
    let mask = _mm512_set1_epi8(((1_u16 << tokens.bits) - 1) as i8);
    let scratch: *mut u8 = scratch.as_mut_ptr().cast();
    let next = tokens.codes.as_ptr().wrapping_add((first + count) * bytes);
    for row in 0..count {
        _mm_prefetch::<_MM_HINT_T0>(next.wrapping_add(row * bytes + 512).cast());
        // What the sums are added to, in the end.
        let products = base.as_ptr().wrapping_add(tokens.centroids[first + row] as usize * groups * Lanes::WIDTH);
        for group in 0..groups.min(4) {
            _mm_prefetch::<_MM_HINT_T0>(products.wrapping_add(group * Lanes::WIDTH).cast());
        }
        let codes = tokens.row(first + row);
        for plane in 0..tokens.planes() {
            let shift = _mm_cvtsi32_si128((plane * tokens.bits) as i32);
            for (chunk, part) in codes.chunks(64).enumerate() {
                // SAFETY: the mask keeps reads within `part`. The store ends before `dim` filled up to a multiple of 64,
                // and 64 more; what it writes too much, the next plane overwrites, or it stands behind the last
                // component, where the query is zero.
                unsafe {
                    let packed = _mm512_maskz_loadu_epi8(u64::MAX >> (64 - part.len()), part.as_ptr().cast());
                    let codes = _mm512_and_si512(_mm512_srl_epi16(packed, shift), mask);
                    let to = scratch.add(row * stride + plane * bytes + 64 * chunk);
                    _mm512_storeu_si512(to.cast(), _mm512_shuffle_epi8(table, codes));
                }
            }
        }
    }
}

/// # Safety
///
/// As [`maxsim`]; `scratch` holds `ROWS` rows, which are those of the tokens from `first` on.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn groups_of<const ROWS: usize>(
    query: &PackedInt8,
    base: &[f32],
    tokens: ResidualTokens<'_>,
    first: usize,
    scratch: &[Line<u8, 64>],
    running: &mut Running,
) {
    let width = running.maxima.len() * Lanes::WIDTH;
    let mut rows = [(std::ptr::null(), 0.0); ROWS];
    for (row, (products, scale)) in rows.iter_mut().enumerate() {
        *products = base.as_ptr().wrapping_add(tokens.centroids[first + row] as usize * width);
        *scale = tokens.scales[first + row];
    }
    let (pairs, last) = running.maxima.as_chunks_mut::<2>();
    for (pair, maxima) in pairs.iter_mut().enumerate() {
        let (at, queries) = (2 * pair * Lanes::WIDTH, [query.fours(2 * pair), query.fours(2 * pair + 1)]);
        // SAFETY: as promised to this function; each centroid has `width` products.
        unsafe {
            if tokens.dim == 128 {
                tile::<ROWS, 2, 32>(queries, scratch, rows, at, maxima);
            } else {
                tile::<ROWS, 2, 0>(queries, scratch, rows, at, maxima);
            }
        }
    }
    let done = 2 * pairs.len();
    for maxima in last.as_chunks_mut::<1>().0 {
        // SAFETY: as above.
        unsafe { tile::<ROWS, 1, 0>([query.fours(done)], scratch, rows, done * Lanes::WIDTH, maxima) };
    }
    for (_, scale) in rows {
        running.check.0[0] += scale * 0.0;
    }
}

/// `STEPS` is a quarter of the dimension, or 0 for any.
///
/// # Safety
///
/// The machine has AVX-512 F, BW and VNNI; each group has the same number of entries, which is `STEPS` unless that is 0;
/// `scratch` holds `ROWS` rows of that many times four bytes, filled up to whole lines and one more; from each row's
/// pointer, at `at`, 16 products can be read for each group.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn tile<const ROWS: usize, const GROUPS: usize, const STEPS: usize>(
    query: [(&[Line<i8, 64>], &Line<i32, 16>); GROUPS],
    scratch: &[Line<u8, 64>],
    rows: [(*const f32, f32); ROWS],
    at: usize,
    maxima: &mut [Lanes; GROUPS],
) {
    let steps = if STEPS == 0 { query[0].0.len() } else { STEPS };
    let stride = steps.next_multiple_of(16) + 16;
    let block: *const i32 = scratch.as_ptr().cast();
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
    for group in 0..GROUPS {
        // SAFETY: `Lanes` is 64 bytes, aligned to 64.
        let mut maximum = unsafe { _mm512_load_ps(maxima[group].0.as_ptr()) };
        for (sums, (products, scale)) in sums.iter().zip(rows) {
            // SAFETY: as promised to this function.
            let product = unsafe { _mm512_loadu_ps(products.add(at + group * Lanes::WIDTH)) };
            let whole = _mm512_add_ps(product, _mm512_cvtepi32_ps(sums[group]));
            maximum = _mm512_max_ps(maximum, _mm512_mul_ps(whole, _mm512_set1_ps(scale)));
        }
        // SAFETY: as above.
        unsafe { _mm512_store_ps(maxima[group].0.as_mut_ptr(), maximum) };
    }
}
