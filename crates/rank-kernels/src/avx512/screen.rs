//! MaxSim of `f32` documents, most of it in eight bits.
//!
//! A document's rows are quantized once; dot products of the codes, at four times the rate, bound the true ones from
//! both sides. A row whose upper bound lies below the largest lower bound that a query token has met cannot hold its
//! maximum. The few others are scored in `f32`, so that the result is the maximum of the same `f32` dot products as
//! without. Where that does not pay, or bounds do not hold, the document takes the plain way.

use std::arch::x86_64::{
    _CMP_GE_OQ, _MM_HINT_T0, _mm_prefetch, _mm512_abs_ps, _mm512_add_ps, _mm512_cmp_ps_mask, _mm512_cvtepi32_ps,
    _mm512_cvtps_epi32, _mm512_dpbusd_epi32, _mm512_fmadd_ps, _mm512_load_ps, _mm512_load_si512, _mm512_maskz_loadu_ps,
    _mm512_max_ps, _mm512_mul_ps, _mm512_packs_epi16, _mm512_packs_epi32, _mm512_permutexvar_epi32,
    _mm512_reduce_add_ps, _mm512_reduce_max_ps, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setr_epi32,
    _mm512_setzero_ps, _mm512_setzero_si512, _mm512_store_ps, _mm512_store_si512, _mm512_sub_ps, _mm512_xor_si512,
};

use std::cell::Cell;

use super::dot;
use super::f32::F32;
use crate::maxsim::{Block, Rows, Running, one_document};
use crate::query::{Lanes, Line, PackedQuery, Query, Screen};

/// Rows that are screened together, so that their bounds stay in the second-level cache.
const SEGMENT: usize = 384;
/// Shorter documents are not worth it.
const LEAST_ROWS: usize = 16;
/// One in so many pairs of tokens may be left to score; beyond, the plain way is faster.
const FEW: usize = 8;

/// A document in eight bits.
#[derive(Default)]
struct Codes {
    /// Of each row, raised by 128 to be unsigned, filled up to whole lines.
    bytes: Vec<Line<u8, 64>>,
    scales: Vec<f32>,
    norms: Vec<f32>,
    /// The bound of each row for the query at hand.
    errors: Vec<f32>,
    upper: Vec<Lanes>,
    candidates: Vec<(u32, u32)>,
}

thread_local! {
    /// Kept for the next call, which may be for a single document.
    static SCRATCH: Cell<Codes> = Cell::default();
}

/// More than so many lines are given back.
const KEPT: usize = 1 << 14;

/// As [`documents`](crate::maxsim::documents).
///
/// # Safety
///
/// As for that, the machine having AVX-512 F, BW, VL and VNNI.
pub(super) unsafe fn documents(queries: &[&PackedQuery], rows: Rows<'_, f32>, offsets: &[usize], scores: &mut [f32]) {
    let count = offsets.len() - 1;
    let groups = queries.iter().map(|query| query.groups()).max().unwrap_or(0);
    let mut running = Running::new(groups);
    let mut codes = SCRATCH.take();
    let mut block = F32::new(rows.dim);
    let screens: Vec<Option<&Screen>> = queries.iter().map(|query| query.screen()).collect();
    let any = screens.iter().any(Option::is_some);
    for (position, document) in offsets.windows(2).enumerate() {
        let rows = rows.slice(document[0], document[1] - document[0]);
        // SAFETY: the caller vouches for the instruction set.
        let ready = any && rows.count() >= LEAST_ROWS && unsafe { quantize(rows, &mut codes) };
        for (number, (query, screen)) in queries.iter().zip(&screens).enumerate() {
            running.clear(query.groups());
            // SAFETY: the caller vouches for the instruction set and the rows; `codes` are those of `rows`.
            unsafe {
                let done = match screen {
                    Some(screen) if ready => screened(query, screen, rows, &mut codes, &mut running),
                    _ => false,
                };
                if !done {
                    running.clear(query.groups());
                    one_document(&mut block, query, rows, &mut running);
                }
            }
            scores[number * count + position] = running.score(query.head());
        }
    }
    if codes.bytes.capacity() <= KEPT {
        SCRATCH.set(codes);
    }
}

/// Fills `codes`, unless a row is not finite, too large or too small: then it returns false.
///
/// # Safety
///
/// The machine has AVX-512 F and BW.
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn quantize(rows: Rows<'_, f32>, codes: &mut Codes) -> bool {
    let lines = rows.dim.div_ceil(64);
    codes.bytes.resize(rows.count() * lines, Line([0; 64]));
    codes.scales.clear();
    codes.norms.clear();
    for (row, line) in rows.values.chunks_exact(rows.dim).zip(codes.bytes.chunks_exact_mut(lines)) {
        // SAFETY: the machine has the instruction set; `line` has 64 bytes for every 64 values begun.
        let (largest, squares) = unsafe {
            match rows.dim {
                // The dimension of ColBERT: all loops are unrolled.
                128 => quantize_row::<128>(row, line),
                _ => quantize_row::<0>(row, line),
            }
        };
        // NaN fails the comparison, and squares hold it.
        if !(squares < 1e24 && (largest > 1e-12 || squares == 0.0)) {
            return false;
        }
        codes.scales.push(largest / 127.0);
        codes.norms.push(squares.sqrt());
    }
    true
}

/// The largest magnitude, and the sum of the squares.
///
/// # Safety
///
/// The machine has AVX-512 F and BW; `row` is of `DIM` values unless that is 0; `lines` hold 64 bytes for every 64 values
/// begun.
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn quantize_row<const DIM: usize>(row: &[f32], lines: &mut [Line<u8, 64>]) -> (f32, f32) {
    let dim = if DIM == 0 { row.len() } else { DIM };
    let load = |at: usize| {
        let left = dim.saturating_sub(at).min(16);
        let mask = ((1_u32 << left) - 1) as u16;
        // SAFETY: the mask keeps reads below `dim`.
        unsafe { _mm512_maskz_loadu_ps(mask, row.as_ptr().wrapping_add(at)) }
    };
    let mut largest = [_mm512_setzero_ps(); 4];
    let mut squares = [_mm512_setzero_ps(); 4];
    for line in 0..dim.div_ceil(64) {
        // Eight rows ahead.
        for part in 0..4 {
            _mm_prefetch::<_MM_HINT_T0>(row.as_ptr().wrapping_add(8 * dim + 64 * line + 16 * part).cast());
        }
        for part in 0..4 {
            let values = load(64 * line + 16 * part);
            largest[part] = _mm512_max_ps(largest[part], _mm512_abs_ps(values));
            squares[part] = _mm512_fmadd_ps(values, values, squares[part]);
        }
    }
    let largest = _mm512_max_ps(_mm512_max_ps(largest[0], largest[1]), _mm512_max_ps(largest[2], largest[3]));
    let squares = _mm512_add_ps(_mm512_add_ps(squares[0], squares[1]), _mm512_add_ps(squares[2], squares[3]));
    let (largest, squares) = (_mm512_reduce_max_ps(largest), _mm512_reduce_add_ps(squares));
    let factor = _mm512_set1_ps(if largest > 0.0 { 127.0 / largest } else { 0.0 });
    let raise = _mm512_set1_epi8(i8::MIN);
    // Packing interleaves quarters of the four registers.
    let order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    for (number, line) in lines.iter_mut().enumerate() {
        let code = |part: usize| _mm512_cvtps_epi32(_mm512_mul_ps(load(64 * number + 16 * part), factor));
        let words = [_mm512_packs_epi32(code(0), code(1)), _mm512_packs_epi32(code(2), code(3))];
        let bytes = _mm512_permutexvar_epi32(order, _mm512_packs_epi16(words[0], words[1]));
        // SAFETY: `Line` is 64 bytes, aligned to 64.
        unsafe { _mm512_store_si512(line.0.as_mut_ptr().cast(), _mm512_xor_si512(bytes, raise)) };
    }
    (largest, squares)
}

/// Leaves the maxima in `running`, or returns false.
///
/// # Safety
///
/// The machine has AVX-512 F, BW, VL and VNNI; `codes` are those of `rows`, and `screen` that of `query`.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn screened(
    query: &PackedQuery,
    screen: &Screen,
    rows: Rows<'_, f32>,
    codes: &mut Codes,
    running: &mut Running,
) -> bool {
    // A code is off by half a scale at most, and by what the product with the inverse rounds.
    let rounding = 0.500_1 * (rows.dim as f32).sqrt() * screen.residual * 1.000_1;
    let norm = screen.norm * 1.000_1;
    codes.errors.clear();
    codes.errors.extend(codes.scales.iter().zip(&codes.norms).map(|(scale, size)| scale * rounding + size * norm));
    let (pairs, last) = running.maxima.as_chunks_mut::<2>();
    let done = 2 * pairs.len();
    for (pair, maxima) in pairs.iter_mut().enumerate() {
        let tokens = [screen.fours(2 * pair), screen.fours(2 * pair + 1)];
        // SAFETY: as promised to this function.
        if !unsafe { groups(query, 2 * pair, tokens, rows, codes, maxima) } {
            return false;
        }
    }
    for maxima in last.as_chunks_mut::<1>().0 {
        // SAFETY: as promised to this function.
        if !unsafe { groups(query, done, [screen.fours(done)], rows, codes, maxima) } {
            return false;
        }
    }
    true
}

/// # Safety
///
/// As [`screened`]; `tokens` are those of the groups from `first` on.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn groups<const GROUPS: usize>(
    query: &PackedQuery,
    first: usize,
    tokens: [(&[Line<i8, 64>], &Line<i32, 16>); GROUPS],
    rows: Rows<'_, f32>,
    codes: &mut Codes,
    maxima: &mut [Lanes; GROUPS],
) -> bool {
    let Codes { bytes: codes, scales, errors, upper, candidates, .. } = codes;
    let lines = rows.dim.div_ceil(64);
    let count = rows.count();
    if upper.len() < SEGMENT * GROUPS {
        upper.resize(SEGMENT * GROUPS, Lanes::ZERO);
    }
    let mut lower = [Lanes::LOWEST; GROUPS];
    let mut left = count * GROUPS * Lanes::WIDTH / FEW;
    let mut start = 0;
    while start < count {
        let end = count.min(start + SEGMENT);
        let mut row = start;
        while row < end {
            // A bound does not mind being found again: the last block overlaps those before it.
            let step = if end - row >= 12 {
                12
            } else if end - start >= 4 {
                4
            } else {
                1
            };
            let at = row.min(end - step);
            let block = &codes[at * lines..][..step * lines];
            let upper = &mut upper[(at - start) * GROUPS..][..step * GROUPS];
            // SAFETY: as promised to this function; `block`, `scales`, `errors` and `upper` are those of `step` rows.
            unsafe {
                let (scales, errors) = (&scales[at..][..step], &errors[at..][..step]);
                match (step, rows.dim) {
                    (12, 128) => tile::<12, GROUPS, 32>(tokens, block, scales, errors, upper, &mut lower),
                    (12, _) => tile::<12, GROUPS, 0>(tokens, block, scales, errors, upper, &mut lower),
                    (4, _) => tile::<4, GROUPS, 0>(tokens, block, scales, errors, upper, &mut lower),
                    _ => tile::<1, GROUPS, 0>(tokens, block, scales, errors, upper, &mut lower),
                }
            }
            row = at + step;
        }
        candidates.clear();
        for group in 0..GROUPS {
            let there = (query.tokens() - (first + group) * Lanes::WIDTH).min(Lanes::WIDTH);
            let valid = u16::MAX >> (Lanes::WIDTH - there);
            // SAFETY: `Lanes` is 64 bytes, aligned to 64.
            let threshold = unsafe { _mm512_load_ps(lower[group].0.as_ptr()) };
            for (row, bounds) in upper[..(end - start) * GROUPS].chunks_exact(GROUPS).enumerate() {
                // SAFETY: as above.
                let bounds = unsafe { _mm512_load_ps(bounds[group].0.as_ptr()) };
                let mut mask = _mm512_cmp_ps_mask::<_CMP_GE_OQ>(bounds, threshold) & valid;
                while mask != 0 {
                    let lane = mask.trailing_zeros();
                    candidates.push(((start + row) as u32, group as u32 * 16 + lane));
                    mask &= mask - 1;
                }
                if candidates.len() > left {
                    return false;
                }
            }
        }
        left -= candidates.len();
        for &(row, token) in &*candidates {
            let (row, token) = (row as usize, token as usize);
            let values = &rows.values[row * rows.dim..][..rows.dim];
            // SAFETY: the machine has AVX-512 F; both have `dim` values.
            let product = unsafe { dot(query.token(first * Lanes::WIDTH + token), values) };
            let maximum = &mut maxima[token / Lanes::WIDTH].0[token % Lanes::WIDTH];
            *maximum = maximum.max(product);
        }
        start = end;
    }
    true
}

/// `STEPS` is a quarter of the dimension, or 0 for any.
///
/// # Safety
///
/// The machine has AVX-512 F, BW and VNNI; each group has the same number of entries, which is `STEPS` unless that is 0;
/// `block` holds `ROWS` rows of that many times four bytes, filled up to whole lines; `scales` and `errors` are `ROWS`,
/// `upper` is `ROWS` times `GROUPS`.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn tile<const ROWS: usize, const GROUPS: usize, const STEPS: usize>(
    query: [(&[Line<i8, 64>], &Line<i32, 16>); GROUPS],
    block: &[Line<u8, 64>],
    scales: &[f32],
    errors: &[f32],
    upper: &mut [Lanes],
    lower: &mut [Lanes; GROUPS],
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
    let (sums, upper) = (sums, &mut upper[..ROWS * GROUPS]);
    let (scales, errors) = (&scales[..ROWS], &errors[..ROWS]);
    for group in 0..GROUPS {
        // SAFETY: `Lanes` is 64 bytes, aligned to 64.
        let mut best = unsafe { _mm512_load_ps(lower[group].0.as_ptr()) };
        for row in 0..ROWS {
            let (scale, error) = (_mm512_set1_ps(scales[row]), _mm512_set1_ps(errors[row]));
            let product = _mm512_mul_ps(_mm512_cvtepi32_ps(sums[row][group]), scale);
            best = _mm512_max_ps(best, _mm512_sub_ps(product, error));
            // SAFETY: as above.
            unsafe { _mm512_store_ps(upper[row * GROUPS + group].0.as_mut_ptr(), _mm512_add_ps(product, error)) };
        }
        // SAFETY: as above.
        unsafe { _mm512_store_ps(lower[group].0.as_mut_ptr(), best) };
    }
}
