//! Residual codes: looked up by a byte shuffle in the first-level cache, multiplied as 16 bits.

use std::arch::x86_64::{
    __m256i, _mm_cvtsi32_si128, _mm_loadu_si128, _mm256_add_epi32, _mm256_add_ps, _mm256_and_si256,
    _mm256_broadcastsi128_si256, _mm256_castsi256_si128, _mm256_cvtepi8_epi16, _mm256_cvtepi32_ps,
    _mm256_extracti128_si256, _mm256_load_ps, _mm256_load_si256, _mm256_loadu_ps, _mm256_loadu_si256,
    _mm256_madd_epi16, _mm256_max_ps, _mm256_mul_ps, _mm256_set1_epi8, _mm256_set1_epi32, _mm256_set1_ps,
    _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srl_epi16, _mm256_store_ps, _mm256_storeu_si256,
};
use std::ops::Range;

use crate::maxsim::Running;
use crate::query::{Lanes, Line, PackedInt8, Query};
use crate::residual::{ResidualTokens, blocks};

/// With two registers of query tokens, 12 sums: as many as 16 registers leave room for.
const ROWS: usize = 6;

/// # Safety
///
/// The machine has AVX2, and [`ResidualTokens::check`] has passed.
#[target_feature(enable = "avx2")]
pub(crate) unsafe fn maxsim(
    query: &PackedInt8,
    base: &[f32],
    tokens: ResidualTokens<'_>,
    documents: &[Range<usize>],
    scores: &mut [f32],
) {
    let groups = query.head().groups();
    let mut running = Running::new(groups);
    // A store of 64 bytes may reach beyond the last component.
    let stride = tokens.dim.next_multiple_of(32) + 32;
    let mut scratch = vec![Line([0_i16; 32]); ROWS * stride / 32];
    // SAFETY: 16 bytes.
    let table = unsafe { _mm256_broadcastsi128_si256(_mm_loadu_si128(tokens.weights.as_ptr().cast())) };
    for (document, score) in documents.iter().zip(scores) {
        running.clear(groups);
        blocks(document, ROWS, |first, count| {
            // SAFETY: as promised to this function; `count` tokens from `first` on are the document's.
            unsafe {
                unpack(tokens, table, first, count, &mut scratch, stride);
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
/// As [`maxsim`]; `scratch` has room for `count` rows of `stride` values.
#[target_feature(enable = "avx2")]
unsafe fn unpack(
    tokens: ResidualTokens<'_>,
    table: __m256i,
    first: usize,
    count: usize,
    scratch: &mut [Line<i16, 32>],
    stride: usize,
) {
    let bytes = tokens.bytes();
    let mask = _mm256_set1_epi8(((1_u16 << tokens.bits) - 1) as i8);
    let scratch: *mut i16 = scratch.as_mut_ptr().cast();
    for row in 0..count {
        for plane in 0..tokens.planes() {
            let shift = _mm_cvtsi32_si128((plane * tokens.bits) as i32);
            for (chunk, part) in tokens.row(first + row).chunks(32).enumerate() {
                let mut whole = [0_u8; 32];
                whole[..part.len()].copy_from_slice(part);
                // SAFETY: 32 bytes. The stores end before `dim` filled up to a multiple of 32, and 32 more values; what
                // they write too much, the next plane overwrites, or it stands behind the last component, where the
                // query is zero.
                unsafe {
                    let packed = _mm256_loadu_si256(whole.as_ptr().cast());
                    let values = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srl_epi16(packed, shift), mask));
                    let to = scratch.add(row * stride + plane * bytes + 32 * chunk);
                    let (low, high) = (_mm256_castsi256_si128(values), _mm256_extracti128_si256::<1>(values));
                    _mm256_storeu_si256(to.cast(), _mm256_cvtepi8_epi16(low));
                    _mm256_storeu_si256(to.add(16).cast(), _mm256_cvtepi8_epi16(high));
                }
            }
        }
    }
}

/// # Safety
///
/// As [`maxsim`]; `scratch` holds `ROWS` rows, which are those of the tokens from `first` on.
#[target_feature(enable = "avx2")]
unsafe fn groups_of<const ROWS: usize>(
    query: &PackedInt8,
    base: &[f32],
    tokens: ResidualTokens<'_>,
    first: usize,
    scratch: &[Line<i16, 32>],
    running: &mut Running,
) {
    let width = running.maxima.len() * Lanes::WIDTH;
    let Running { maxima, check, .. } = running;
    for (group, maxima) in maxima.iter_mut().enumerate() {
        let queries = query.pairs(group);
        let rows: [(&[f32], f32); ROWS] = std::array::from_fn(|row| {
            let at = tokens.centroids[first + row] as usize * width + group * Lanes::WIDTH;
            (&base[at..][..Lanes::WIDTH], tokens.scales[first + row])
        });
        // SAFETY: as promised to this function.
        unsafe {
            if tokens.dim == 128 {
                tile::<ROWS, 64>(queries, scratch, rows, maxima);
            } else {
                tile::<ROWS, 0>(queries, scratch, rows, maxima);
            }
        }
    }
    for row in 0..ROWS {
        check.0[0] += tokens.scales[first + row] * 0.0;
    }
}

/// `STEPS` is half the dimension, or 0 for any.
///
/// # Safety
///
/// The machine has AVX2; `query` has `STEPS` entries unless that is 0; `scratch` holds `ROWS` rows of twice as many
/// values, filled up to whole lines of 32 and one more; each row has 16 products.
#[target_feature(enable = "avx2")]
unsafe fn tile<const ROWS: usize, const STEPS: usize>(
    query: &[Line<i16, 32>],
    scratch: &[Line<i16, 32>],
    rows: [(&[f32], f32); ROWS],
    maxima: &mut Lanes,
) {
    let steps = if STEPS == 0 { query.len() } else { STEPS };
    let stride = steps.next_multiple_of(16) + 16;
    let block: *const i32 = scratch.as_ptr().cast();
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
    for half in 0..2 {
        let maxima = &mut maxima.0[8 * half..][..8];
        // SAFETY: eight values, aligned to 32 bytes.
        let mut maximum = unsafe { _mm256_load_ps(maxima.as_ptr()) };
        for (sums, (products, scale)) in sums.iter().zip(rows) {
            // SAFETY: eight of 16 values.
            let product = unsafe { _mm256_loadu_ps(products[8 * half..][..8].as_ptr()) };
            let whole = _mm256_add_ps(product, _mm256_cvtepi32_ps(sums[half]));
            maximum = _mm256_max_ps(maximum, _mm256_mul_ps(whole, _mm256_set1_ps(scale)));
        }
        // SAFETY: as above.
        unsafe { _mm256_store_ps(maxima.as_mut_ptr(), maximum) };
    }
}
