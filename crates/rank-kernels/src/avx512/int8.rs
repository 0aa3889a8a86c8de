//! Eight-bit codes with a scale a row: exact sums of 32 bits, scaled before the maximum.

use std::arch::x86_64::{
    __m512i, _CMP_GT_OQ, _MM_HINT_T0, _mm_prefetch, _mm256_maskz_loadu_epi8, _mm512_add_epi32, _mm512_cmp_ps_mask,
    _mm512_cvtepi8_epi16, _mm512_cvtepi32_ps, _mm512_dpbusd_epi32, _mm512_load_ps, _mm512_load_si512,
    _mm512_madd_epi16, _mm512_mask_mov_epi32, _mm512_maskz_loadu_epi8, _mm512_max_ps, _mm512_mul_ps, _mm512_set1_epi8,
    _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_si512, _mm512_store_ps, _mm512_store_si512, _mm512_xor_si512,
};
use std::cell::Cell;

use super::reduce_sum;
use super::vnni::{Ahead, Fours, ROWS, blocks, for_rows, products};
use crate::maxsim::{Block, Rows, Running, refine, refined};
use crate::query::{Lanes, Line, PackedInt8, Query};
use crate::top::TopScores;

/// The largest products of groups of query tokens, and the rows that have them.
type Best<'a, const GROUPS: usize> = (&'a mut [Lanes; GROUPS], &'a mut [Line<u32, 16>; GROUPS]);

/// Of as many rows as there are.
fn scales_of<const ROWS: usize>(scales: &[f32]) -> &[f32; ROWS] {
    scales.as_array().expect("a scale for each row of the block")
}

thread_local! {
    /// The raised codes of a document; kept for the next call, which may be for a single one.
    static SCRATCH: Cell<Vec<Line<u8, 64>>> = Cell::default();
}

/// More than so many lines are given back.
const KEPT: usize = 1 << 14;

/// As [`documents`](crate::maxsim::documents), with VNNI. A document's codes are raised once for all queries.
///
/// # Safety
///
/// As for that, the machine having AVX-512 F, BW and VNNI.
pub(super) unsafe fn documents(
    queries: &[&PackedInt8],
    rows: Rows<'_, i8>,
    offsets: &[usize],
    top: &mut [TopScores],
    scores: &mut [f32],
) {
    let count = offsets.len() - 1;
    let groups = queries.iter().map(|query| query.head().groups()).max().unwrap_or(0);
    let mut running = Running::new(groups);
    let mut codes = SCRATCH.take();
    let distance = Ahead::<i8>::distance(offsets, rows.dim);
    for (position, document) in offsets.windows(2).enumerate() {
        let rows = rows.slice(document[0], document[1] - document[0]);
        // SAFETY: the caller vouches for the instruction set.
        unsafe { raise(rows, &mut codes) };
        let check: f32 = rows.scales.iter().map(|scale| scale * 0.0).sum();
        for (number, query) in queries.iter().enumerate() {
            running.clear(query.head().groups());
            running.check.0[0] = check;
            let ahead = match queries.get(number + 1) {
                Some(next) => Ahead::spans(next.bytes(), &codes),
                None => Ahead::document(rows.values, distance, &codes),
            };
            // SAFETY: the caller vouches for the instruction set and the rows; `codes` are those of `rows`.
            unsafe {
                document_groups(query, rows, &codes, ahead, &mut running);
                if rows.count() > 0 {
                    refine_raised(query, rows, &codes, &mut running);
                }
            }
            let score = running.score(query.head());
            scores[number * count + position] = score;
            if let Some(top) = top.get_mut(number) {
                top.meet(score);
            }
        }
    }
    if codes.capacity() <= KEPT {
        SCRATCH.set(codes);
    }
}

/// # Safety
///
/// The machine has AVX-512 F and BW.
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn raise(rows: Rows<'_, i8>, codes: &mut Vec<Line<u8, 64>>) {
    let raise = _mm512_set1_epi8(i8::MIN);
    codes.resize(rows.count() * rows.dim.div_ceil(64), Line([0; 64]));
    let mut lines = codes.iter_mut();
    for row in rows.values.chunks_exact(rows.dim) {
        for (part, line) in row.chunks(64).zip(&mut lines) {
            // SAFETY: the mask keeps reads within `part`; `Line` is 64 bytes, aligned to 64.
            unsafe {
                let codes = _mm512_maskz_loadu_epi8(u64::MAX >> (64 - part.len()), part.as_ptr());
                _mm512_store_si512(line.0.as_mut_ptr().cast(), _mm512_xor_si512(codes, raise));
            }
        }
    }
}

/// # Safety
///
/// The machine has AVX-512 F, BW and VNNI; `codes` are those of `rows`, and `running` is made for the query.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn document_groups(
    query: &PackedInt8,
    rows: Rows<'_, i8>,
    codes: &[Line<u8, 64>],
    ahead: Ahead<i8>,
    running: &mut Running,
) {
    let (pairs, last) = running.maxima.as_chunks_mut::<2>();
    let (winners, last_winners) = running.rows.as_chunks_mut::<2>();
    for (pair, (maxima, winners)) in pairs.iter_mut().zip(winners).enumerate() {
        let tokens = [query.fours(2 * pair), query.fours(2 * pair + 1)];
        for (row, block) in blocks(rows.count()) {
            let scales = &rows.scales[row..][..block];
            let best = (&mut *maxima, &mut *winners);
            // SAFETY: as promised to this function; `scales` are those of the block.
            unsafe { for_rows!(block, rows.dim, vnni_tile::<i8, 2>(tokens, codes, row, ahead, scales, best)) };
        }
    }
    let done = 2 * pairs.len();
    for (maxima, winners) in last.as_chunks_mut::<1>().0.iter_mut().zip(last_winners.as_chunks_mut::<1>().0) {
        for (row, block) in blocks(rows.count()) {
            let (tokens, scales) = ([query.fours(done)], &rows.scales[row..][..block]);
            let best = (&mut *maxima, &mut *winners);
            // SAFETY: as above.
            unsafe { for_rows!(block, rows.dim, vnni_tile::<i8, 1>(tokens, codes, row, ahead, scales, best)) };
        }
    }
}

/// [`refine`] by VNNI, of raised codes.
///
/// # Safety
///
/// The machine has AVX-512 F, BW and VNNI; `codes` are those of `rows`, of which there are some.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn refine_raised(query: &PackedInt8, rows: Rows<'_, i8>, codes: &[Line<u8, 64>], running: &mut Running) {
    let lines = rows.dim.div_ceil(64);
    for (four, first) in (0..query.tokens()).step_by(4).enumerate() {
        let (group, lane) = (four / 4, four % 4 * 4);
        let winners: [u32; 4] = std::array::from_fn(|at| running.rows[group].0[lane + at]);
        let mut sums = [_mm512_setzero_si512(); 4];
        for (at, sum) in sums.iter_mut().enumerate() {
            // Those that are missing to four are done again.
            let (rest, _) = query.rest((first + at).min(query.tokens() - 1));
            let codes = &codes[winners[at] as usize * lines..][..lines];
            for (codes, rest) in codes.iter().zip(rest) {
                // SAFETY: `Line` is 64 bytes, aligned to 64.
                unsafe {
                    let codes = _mm512_load_si512(codes.0.as_ptr().cast());
                    *sum = _mm512_dpbusd_epi32(*sum, codes, _mm512_load_si512(rest.0.as_ptr().cast()));
                }
            }
        }
        for (at, sum) in reduce_sum(sums).into_iter().enumerate().take(query.tokens() - first) {
            let (_, unit) = query.rest(first + at);
            let sum = sum.wrapping_add(query.rest_bias(first + at));
            let maximum = &mut running.maxima[group].0[lane + at];
            *maximum = refined(*maximum, sum, unit, rows.scales[winners[at] as usize]);
        }
    }
}

/// `STEPS` is a quarter of the dimension, or 0 for any.
///
/// # Safety
///
/// As [`products`]; `scales` are of `ROWS` values.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn vnni_tile<T, const ROWS: usize, const GROUPS: usize, const STEPS: usize>(
    query: [Fours<'_>; GROUPS],
    codes: &[Line<u8, 64>],
    row: usize,
    ahead: Ahead<T>,
    scales: &[f32],
    best: Best<'_, GROUPS>,
) {
    // SAFETY: what the caller promises.
    fold(unsafe { products::<T, ROWS, GROUPS, STEPS>(query, codes, row, ahead) }, scales_of(scales), row, best);
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

    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    unsafe fn finish(query: &PackedInt8, rows: Rows<'_, i8>, running: &mut Running) {
        refine(query, rows, running);
    }
}

/// # Safety
///
/// As [`Block::block`]; `block` holds the rows in 16 bits, each filled up to whole lines.
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn pairs_groups<const ROWS: usize>(
    query: &PackedInt8,
    block: &[Line<u8, 64>],
    scales: &[f32; ROWS],
    running: &mut Running,
) {
    let (pairs, last) = running.maxima.as_chunks_mut::<2>();
    let (winners, last_winners) = running.rows.as_chunks_mut::<2>();
    let row = running.row;
    for (pair, best) in pairs.iter_mut().zip(winners).enumerate() {
        let tokens = [query.pairs(2 * pair), query.pairs(2 * pair + 1)];
        // SAFETY: as promised to this function.
        unsafe {
            // The dimension of ColBERT: rows at constant distances need no registers for their addresses.
            if query.dim() == 128 {
                pairs_tile::<ROWS, 2, 64>(tokens, block, scales, row, best);
            } else {
                pairs_tile::<ROWS, 2, 0>(tokens, block, scales, row, best);
            }
        }
    }
    let done = 2 * pairs.len();
    for best in last.as_chunks_mut::<1>().0.iter_mut().zip(last_winners.as_chunks_mut::<1>().0) {
        // SAFETY: as above.
        unsafe { pairs_tile::<ROWS, 1, 0>([query.pairs(done)], block, scales, row, best) };
    }
    for scale in scales {
        running.check.0[0] += scale * 0.0;
    }
}

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
    row: usize,
    best: Best<'_, GROUPS>,
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
        for (number, sums) in sums.iter_mut().enumerate() {
            // SAFETY: `number < ROWS` and `k < stride`.
            let codes = _mm512_set1_epi32(unsafe { *block.add(number * stride + k) });
            for group in 0..GROUPS {
                sums[group] = _mm512_add_epi32(sums[group], _mm512_madd_epi16(codes, tokens[group]));
            }
        }
    }
    fold(sums, scales, row, best);
}

/// Brings the products of a block into the largest so far; its first row is number `row`.
#[target_feature(enable = "avx512f")]
fn fold<const ROWS: usize, const GROUPS: usize>(
    sums: [[__m512i; GROUPS]; ROWS],
    scales: &[f32; ROWS],
    row: usize,
    (maxima, winners): Best<'_, GROUPS>,
) {
    for group in 0..GROUPS {
        // SAFETY: `Line` is 64 bytes, aligned to 64.
        let (mut maximum, mut winner) =
            unsafe { (_mm512_load_ps(maxima[group].0.as_ptr()), _mm512_load_si512(winners[group].0.as_ptr().cast())) };
        for number in 0..ROWS {
            let product = _mm512_mul_ps(_mm512_cvtepi32_ps(sums[number][group]), _mm512_set1_ps(scales[number]));
            let larger = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(product, maximum);
            maximum = _mm512_max_ps(product, maximum);
            winner = _mm512_mask_mov_epi32(winner, larger, _mm512_set1_epi32((row + number) as i32));
        }
        // SAFETY: as above.
        unsafe {
            _mm512_store_ps(maxima[group].0.as_mut_ptr(), maximum);
            _mm512_store_si512(winners[group].0.as_mut_ptr().cast(), winner);
        }
    }
}
