//! MaxSim of `f32`, `f16` and `bf16` documents, most of it in eight bits.
//!
//! A document's rows are quantized once; dot products of the codes, at twice to four times the rate, bound the true ones
//! from both sides. A row whose upper bound lies below the largest lower bound that a query token has met cannot hold its
//! maximum. The few others are scored in `f32`, so that the result is the maximum of the same `f32` dot products as
//! without. Where that does not pay, or bounds do not hold, the document takes the plain way.

use std::arch::x86_64::{
    __m512, _CMP_GE_OQ, _MM_HINT_T0, _mm_prefetch, _mm512_add_ps, _mm512_and_si512, _mm512_castps_si512,
    _mm512_cmp_ps_mask, _mm512_cvtepi32_ps, _mm512_cvtps_epi32, _mm512_dpwssd_epi32, _mm512_fmadd_ps, _mm512_load_ps,
    _mm512_max_epi32, _mm512_max_ps, _mm512_mul_ps, _mm512_packs_epi16, _mm512_packs_epi32, _mm512_permutexvar_epi32,
    _mm512_set1_epi8, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setr_epi32, _mm512_setzero_ps, _mm512_setzero_si512,
    _mm512_store_ps, _mm512_store_si512, _mm512_sub_ps, _mm512_xor_si512,
};
use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::RangeInclusive;

use half::bf16;

use super::load::Load;
use super::vnni::{Ahead, Fours, blocks, for_rows, products};
use super::widen::Narrow512;
use super::{reduce, reduce_max, reduce_sum};
use crate::PackedQuery;
use crate::maxsim::{Block, Narrow, Rows, Running, one_document};
use crate::query::{Lanes, Line, Query, Screen};

/// Rows that are screened together, so that their bounds stay in the second-level cache.
const SEGMENT: usize = 384;
/// Shorter documents are not worth it.
const LEAST_ROWS: usize = 16;
/// One in so many pairs of tokens may be left to score; beyond, the plain way is faster.
const FEW: usize = 8;
/// Candidates that are scored at once.
const AT_ONCE: usize = 4;

/// A document in eight bits.
#[derive(Default)]
struct Codes {
    /// Of each row, raised by 128 to be unsigned, filled up to whole lines.
    bytes: Vec<Line<u8, 64>>,
    scales: Vec<f32>,
    norms: Vec<f32>,
    bounds: Bounds,
}

/// Of the query at hand.
#[derive(Default)]
struct Bounds {
    /// By how much the product of a row's codes, scaled, may be off.
    errors: Vec<f32>,
    /// The scaled products of rows, group by group.
    products: Vec<Lanes>,
    /// The query tokens for which a row may hold the maximum.
    masks: Vec<u32>,
    /// The rows for which there is one.
    found: Vec<u32>,
    /// Rows and query tokens.
    candidates: Vec<(u32, u32)>,
}

thread_local! {
    /// Kept for the next call, which may be for a single document.
    static SCRATCH: Cell<Codes> = Cell::default();
}

/// More than so many lines are given back.
const KEPT: usize = 1 << 14;

/// How documents come.
pub(super) trait Source {
    /// The type of their components.
    type Value;
    /// That in which they are scored.
    type Scored: Default + Clone;

    /// A document as it is scored, in `scratch` if that is not how it came.
    ///
    /// # Safety
    ///
    /// The machine has the instruction set.
    unsafe fn scored<'a>(rows: Rows<'a, Self::Value>, scratch: &'a mut Vec<Self::Scored>) -> Rows<'a, Self::Scored>;
}

/// As they are scored.
pub(super) struct Stored<T>(PhantomData<T>);

impl<T: Default + Clone> Source for Stored<T> {
    type Value = T;
    type Scored = T;

    unsafe fn scored<'a>(rows: Rows<'a, T>, _: &'a mut Vec<T>) -> Rows<'a, T> {
        rows
    }
}

/// As `f32`, to be scored in `bf16`.
pub(super) struct Rounded;

impl Source for Rounded {
    type Value = f32;
    type Scored = bf16;

    unsafe fn scored<'a>(rows: Rows<'a, f32>, scratch: &'a mut Vec<bf16>) -> Rows<'a, bf16> {
        scratch.resize(rows.values.len(), bf16::ZERO);
        // SAFETY: the caller vouches for the instruction set; the slices are of one length.
        unsafe { Narrow512::narrow(rows.values, scratch) };
        Rows { values: scratch, scales: &[], dim: rows.dim }
    }
}

/// As [`documents`](crate::maxsim::documents); `B` is the plain way.
///
/// # Safety
///
/// As for that, the machine having AVX-512 F, BW, VL and VNNI, and what `S`, `B` and `L` need.
pub(super) unsafe fn documents<S: Source, B: Block<Value = S::Scored>, L: Load<Value = S::Scored>>(
    queries: &[&B::Query],
    rows: Rows<'_, S::Value>,
    offsets: &[usize],
    scores: &mut [f32],
) where
    B::Query: AsRef<PackedQuery>,
{
    let count = offsets.len() - 1;
    let groups = queries.iter().map(|query| query.head().groups()).max().unwrap_or(0);
    let mut running = Running::new(groups);
    let mut codes = SCRATCH.take();
    let mut scratch = Vec::new();
    let mut block = B::new(rows.dim);
    let mut screens: Vec<Option<&Screen>> = Vec::new();
    for (position, document) in offsets.windows(2).enumerate() {
        let stored = rows.slice(document[0], document[1] - document[0]);
        // SAFETY: the caller vouches for the instruction set.
        let rows = unsafe { S::scored(stored, &mut scratch) };
        let long = rows.count() >= LEAST_ROWS;
        if long && screens.is_empty() {
            screens.extend(queries.iter().map(|query| (**query).as_ref().screen()));
        }
        // SAFETY: as above; there are at least four rows.
        let ready = long && screens.iter().any(Option::is_some) && unsafe { quantize::<L>(rows, &mut codes) };
        for (number, query) in queries.iter().enumerate() {
            running.clear(query.head().groups());
            // SAFETY: the caller vouches for the instruction set and the rows; `codes` are those of `rows`.
            unsafe {
                let done = match screens.get(number) {
                    Some(Some(screen)) if ready => {
                        let ahead = Ahead::behind(stored.values, number + 1 == queries.len(), &codes.bytes);
                        screened::<L, _>((**query).as_ref(), screen, rows, &mut codes, ahead, &mut running)
                    }
                    _ => false,
                };
                if !done {
                    running.clear(query.head().groups());
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

/// Rows that are quantized at once.
const FOUR: usize = 4;
/// Larger components, and rows of smaller ones alone, are left to plain arithmetic, so that nothing here overflows or
/// vanishes.
const COMPONENTS: RangeInclusive<f32> = 1e-12..=1e10;

/// Fills `codes`, unless a row is not finite, too large or too small: then it returns false.
///
/// # Safety
///
/// The machine has AVX-512 F, BW, VL and VNNI, and what `L` needs; there are at least four rows.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn quantize<L: Load>(rows: Rows<'_, L::Value>, codes: &mut Codes) -> bool {
    let (count, lines) = (rows.count(), rows.dim.div_ceil(64));
    let Codes { bytes, scales, norms, .. } = codes;
    bytes.resize(count * lines, Line([0; 64]));
    scales.resize(count, 0.0);
    norms.resize(count, 0.0);
    for row in (0..count).step_by(FOUR) {
        // The last four overlap those before them.
        let row = row.min(count - FOUR);
        let values = rows.slice(row, FOUR).values;
        let bytes = &mut bytes[row * lines..][..FOUR * lines];
        // SAFETY: the machine has the instruction set; `bytes` are 64 for every 64 values begun of a row.
        let (largest, squares) = unsafe {
            match rows.dim {
                // The dimension of ColBERT: all loops are unrolled.
                128 => quantize_rows::<L, 128>(values, rows.dim, bytes),
                _ => quantize_rows::<L, 0>(values, rows.dim, bytes),
            }
        };
        if !largest.iter().all(|largest| COMPONENTS.contains(largest) || *largest == 0.0) {
            return false;
        }
        let half = 0.5 * (rows.dim as f32).sqrt();
        for i in 0..FOUR {
            let scale = largest[i] / 127.0;
            scales[row + i] = scale;
            // That of the codes, and what rounding took away at most.
            norms[row + i] = scale * ((squares[i] as f32).sqrt() + half) * 1.000_1;
        }
    }
    true
}

/// Of four rows the largest magnitudes, which are no numbers if a value is none, and the sums of the codes' squares.
///
/// # Safety
///
/// The machine has AVX-512 F, BW, VL and VNNI, and what `L` needs; there are four rows of `dim` values, which is `DIM`
/// unless that is 0; `bytes` hold 64 for every 64 values begun of a row.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn quantize_rows<L: Load, const DIM: usize>(
    rows: &[L::Value],
    dim: usize,
    bytes: &mut [Line<u8, 64>],
) -> ([f32; FOUR], [i32; FOUR]) {
    let dim = if DIM == 0 { dim } else { DIM };
    let lines = dim.div_ceil(64);
    // SAFETY: the caller vouches for what `L` needs, and `row < FOUR`.
    let load = |row: usize, at: usize| unsafe { part_of::<L>(rows.as_ptr().add(row * dim), dim, at) };
    let magnitude = _mm512_set1_epi32(i32::MAX);
    let mut largest = [_mm512_setzero_si512(); FOUR];
    for row in 0..FOUR {
        // Eight rows ahead.
        let there = rows.as_ptr().wrapping_add((row + 8) * dim).cast::<i8>();
        for line in 0..dim * size_of::<L::Value>() / 64 {
            _mm_prefetch::<_MM_HINT_T0>(there.wrapping_add(64 * line));
        }
        // As integers, magnitudes are in the same order, and what is no number is above all that are.
        let mut parts = [_mm512_setzero_si512(); 4];
        for line in 0..lines {
            for (part, largest) in parts.iter_mut().enumerate() {
                let bits = _mm512_castps_si512(load(row, 64 * line + 16 * part));
                *largest = _mm512_max_epi32(*largest, _mm512_and_si512(bits, magnitude));
            }
        }
        largest[row] = _mm512_max_epi32(_mm512_max_epi32(parts[0], parts[1]), _mm512_max_epi32(parts[2], parts[3]));
    }
    let largest = reduce_max(largest).map(|bits| f32::from_bits(bits.cast_unsigned()));
    let factors = largest.map(|largest| if largest > 0.0 { 127.0 / largest } else { 0.0 });
    let raise = _mm512_set1_epi8(i8::MIN);
    // Packing interleaves quarters of the four registers.
    let order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    let mut squares = [_mm512_setzero_si512(); FOUR];
    for row in 0..FOUR {
        let factor = _mm512_set1_ps(factors[row]);
        for line in 0..lines {
            let code = |part: usize| _mm512_cvtps_epi32(_mm512_mul_ps(load(row, 64 * line + 16 * part), factor));
            let words = [_mm512_packs_epi32(code(0), code(1)), _mm512_packs_epi32(code(2), code(3))];
            for words in words {
                squares[row] = _mm512_dpwssd_epi32(squares[row], words, words);
            }
            let codes = _mm512_permutexvar_epi32(order, _mm512_packs_epi16(words[0], words[1]));
            // SAFETY: `Line` is 64 bytes, aligned to 64.
            unsafe {
                let line = bytes[row * lines + line].0.as_mut_ptr().cast();
                _mm512_store_si512(line, _mm512_xor_si512(codes, raise));
            }
        }
    }
    (largest, reduce_sum(squares))
}

/// 16 values from `at` on, zeros from `dim` on.
///
/// # Safety
///
/// The machine has AVX-512 F, BW and VL, and what `L` needs; `row` has `dim` values.
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
#[inline]
unsafe fn part_of<L: Load>(row: *const L::Value, dim: usize, at: usize) -> __m512 {
    let left = dim.saturating_sub(at).min(16);
    // SAFETY: the mask keeps reads below `dim`.
    unsafe { L::load(row.wrapping_add(at), ((1_u32 << left) - 1) as u16) }
}

/// Leaves the maxima in `running`, or returns false.
///
/// # Safety
///
/// The machine has AVX-512 F, BW, VL and VNNI, and what `L` needs; `codes` are those of `rows`, and `screen` that of
/// `query`.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn screened<L: Load, T>(
    query: &PackedQuery,
    screen: &Screen,
    rows: Rows<'_, L::Value>,
    codes: &mut Codes,
    ahead: Ahead<T>,
    running: &mut Running,
) -> bool {
    // A code is off by half a scale at most, and by what the product with the inverse rounds.
    let rounding = 0.500_1 * (rows.dim as f32).sqrt() * screen.residual * 1.000_1;
    let norm = screen.norm * 1.000_1;
    let Codes { bytes, scales, norms, bounds } = codes;
    bounds.errors.clear();
    bounds.errors.extend(scales.iter().zip(norms).map(|(scale, size)| *scale * rounding + *size * norm));
    let (pairs, last) = running.maxima.as_chunks_mut::<2>();
    let done = 2 * pairs.len();
    for (pair, maxima) in pairs.iter_mut().enumerate() {
        let tokens = [screen.fours(2 * pair), screen.fours(2 * pair + 1)];
        // SAFETY: as promised to this function.
        if !unsafe { groups::<L, T, 2>(query, 2 * pair, tokens, rows, (bytes, scales), bounds, ahead, maxima) } {
            return false;
        }
    }
    for maxima in last.as_chunks_mut::<1>().0 {
        let tokens = [screen.fours(done)];
        // SAFETY: as promised to this function.
        if !unsafe { groups::<L, T, 1>(query, done, tokens, rows, (bytes, scales), bounds, ahead, maxima) } {
            return false;
        }
    }
    true
}

/// # Safety
///
/// As [`screened`]; `tokens` are those of the groups from `first` on, `GROUPS` is 1 or 2.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
#[expect(clippy::too_many_arguments, reason = "all of a document and a query")]
unsafe fn groups<L: Load, T, const GROUPS: usize>(
    query: &PackedQuery,
    first: usize,
    tokens: [Fours<'_>; GROUPS],
    rows: Rows<'_, L::Value>,
    (codes, scales): (&[Line<u8, 64>], &[f32]),
    bounds: &mut Bounds,
    ahead: Ahead<T>,
    maxima: &mut [Lanes; GROUPS],
) -> bool {
    let Bounds { errors, products, masks, found, candidates } = bounds;
    products.resize(SEGMENT * 2, Lanes::ZERO);
    masks.resize(SEGMENT, 0);
    found.resize(SEGMENT, 0);
    let count = rows.count();
    // Surplus lanes hold no token.
    let there = (query.tokens() - first * Lanes::WIDTH).min(GROUPS * Lanes::WIDTH);
    let valid = u32::MAX >> (32 - there);
    let mut lower = [Lanes::LOWEST; GROUPS];
    let mut left = count * GROUPS * Lanes::WIDTH / FEW;
    for start in (0..count).step_by(SEGMENT) {
        let rows_here = SEGMENT.min(count - start);
        for (row, block) in blocks(rows_here) {
            let products = &mut products[row * GROUPS..][..block * GROUPS];
            let (scales, errors) = (&scales[start + row..][..block], &errors[start + row..][..block]);
            // SAFETY: as promised to this function; `scales`, `errors` and `products` are those of the block's rows.
            unsafe {
                for_rows!(
                    block,
                    rows.dim,
                    tile::<T, GROUPS>(tokens, codes, start + row, ahead, scales, errors, products, &mut lower)
                );
            }
        }
        // SAFETY: `Lanes` is 64 bytes, aligned to 64.
        let thresholds = lower.each_ref().map(|lanes| unsafe { _mm512_load_ps(lanes.0.as_ptr()) });
        let masks = &mut masks[..rows_here];
        let errors = &errors[start..][..rows_here];
        for ((mask, products), error) in masks.iter_mut().zip(products.chunks_exact(GROUPS)).zip(errors) {
            let error = _mm512_set1_ps(*error);
            *mask = 0;
            for group in 0..GROUPS {
                // SAFETY: as above.
                let upper = unsafe { _mm512_add_ps(_mm512_load_ps(products[group].0.as_ptr()), error) };
                *mask |= u32::from(_mm512_cmp_ps_mask::<_CMP_GE_OQ>(upper, thresholds[group])) << (16 * group);
            }
        }
        // First the rows that have any, without branches that nobody can predict.
        let mut few = 0;
        for (row, mask) in masks.iter().enumerate() {
            found[few] = row as u32;
            few += usize::from(mask & valid != 0);
        }
        candidates.clear();
        for &row in &found[..few] {
            let mut mask = masks[row as usize] & valid;
            while mask != 0 {
                candidates.push((start as u32 + row, mask.trailing_zeros()));
                mask &= mask - 1;
            }
        }
        if candidates.len() > left {
            return false;
        }
        left -= candidates.len();
        for candidates in candidates.chunks(AT_ONCE) {
            // Those that are missing to a whole number are done again.
            let them = std::array::from_fn(|i| candidates[i.min(candidates.len() - 1)]);
            let pairs = them.map(|(row, token)| {
                let row = rows.values[row as usize * rows.dim..][..rows.dim].as_ptr();
                (query.token(first * Lanes::WIDTH + token as usize), row)
            });
            // SAFETY: the caller vouches for the instruction set; both have `dim` values.
            let dots = unsafe { if rows.dim == 128 { dots::<L, 128>(pairs) } else { dots::<L, 0>(pairs) } };
            for ((_, token), dot) in them.into_iter().zip(dots) {
                let maximum = &mut maxima[token as usize / Lanes::WIDTH].0[token as usize % Lanes::WIDTH];
                *maximum = maximum.max(dot);
            }
        }
    }
    true
}

/// `STEPS` is a quarter of the dimension, or 0 for any.
///
/// # Safety
///
/// As [`products`]; `scales` and `errors` are of `ROWS` values, `found` of `ROWS` times `GROUPS`.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
#[expect(clippy::too_many_arguments, reason = "all of a block")]
unsafe fn tile<T, const ROWS: usize, const GROUPS: usize, const STEPS: usize>(
    query: [Fours<'_>; GROUPS],
    codes: &[Line<u8, 64>],
    row: usize,
    ahead: Ahead<T>,
    scales: &[f32],
    errors: &[f32],
    found: &mut [Lanes],
    lower: &mut [Lanes; GROUPS],
) {
    // SAFETY: what the caller promises.
    let sums = unsafe { products::<T, ROWS, GROUPS, STEPS>(query, codes, row, ahead) };
    let (scales, errors, found) = (&scales[..ROWS], &errors[..ROWS], &mut found[..ROWS * GROUPS]);
    // SAFETY: `Lanes` is 64 bytes, aligned to 64.
    let mut best = lower.each_ref().map(|lanes| unsafe { _mm512_load_ps(lanes.0.as_ptr()) });
    for row in 0..ROWS {
        let (scale, error) = (_mm512_set1_ps(scales[row]), _mm512_set1_ps(errors[row]));
        for group in 0..GROUPS {
            let product = _mm512_mul_ps(_mm512_cvtepi32_ps(sums[row][group]), scale);
            best[group] = _mm512_max_ps(best[group], _mm512_sub_ps(product, error));
            // SAFETY: as above.
            unsafe { _mm512_store_ps(found[row * GROUPS + group].0.as_mut_ptr(), product) };
        }
    }
    for (lower, best) in lower.iter_mut().zip(best) {
        // SAFETY: as above.
        unsafe { _mm512_store_ps(lower.0.as_mut_ptr(), best) };
    }
}

/// Dot products of query tokens and rows, each with the bits of [`dot`](super::dot).
///
/// # Safety
///
/// The machine has AVX-512 F, BW and VL, and what `L` needs; all have as many values, which is `DIM` unless that is 0.
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
unsafe fn dots<L: Load, const DIM: usize>(pairs: [(&[f32], *const L::Value); AT_ONCE]) -> [f32; AT_ONCE] {
    let mut sums = [_mm512_setzero_ps(); AT_ONCE];
    for (sum, (token, row)) in sums.iter_mut().zip(pairs) {
        let dim = if DIM == 0 { token.len() } else { DIM };
        let mut parts = [_mm512_setzero_ps(); 4];
        let whole = dim / 64 * 64;
        let add = |part: __m512, at: usize, mask: u16| {
            // SAFETY: the mask keeps reads below `dim`.
            let (x, y) = unsafe {
                (super::load::Single::load(token.as_ptr().wrapping_add(at), mask), L::load(row.wrapping_add(at), mask))
            };
            _mm512_fmadd_ps(x, y, part)
        };
        for at in (0..whole).step_by(64) {
            for (lane, part) in parts.iter_mut().enumerate() {
                *part = add(*part, at + 16 * lane, u16::MAX);
            }
        }
        for at in (whole..dim).step_by(16) {
            parts[0] = add(parts[0], at, (u32::MAX >> (32 - (dim - at).min(16))) as u16);
        }
        *sum = _mm512_add_ps(_mm512_add_ps(parts[0], parts[1]), _mm512_add_ps(parts[2], parts[3]));
    }
    reduce(sums)
}
