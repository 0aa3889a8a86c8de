//! MaxSim of `f32`, `f16` and `bf16` documents, most of it in eight bits.
//!
//! A document's rows are quantized once, by one scale; dot products of the codes, at twice to four times the rate, are off
//! by no more than a bound. A row whose product lies further below the largest than twice that cannot hold a query token's
//! maximum. The few others are scored in the type of the document, so that the result is the maximum of such dot products
//! as without. Where that does not pay, or bounds do not hold, the document takes the plain way.

use std::arch::x86_64::{
    __m512, __m512i, _MM_FROUND_NO_EXC, _MM_FROUND_TO_NEG_INF, _mm512_add_epi16, _mm512_add_ps,
    _mm512_cmpge_epi16_mask, _mm512_cmpgt_epi16_mask, _mm512_cvt_roundps_epi32, _mm512_cvtps_epi32, _mm512_dpbf16_ps,
    _mm512_dpwssd_epi32, _mm512_fmadd_ps, _mm512_fmsub_ps, _mm512_load_ps, _mm512_load_si512, _mm512_mask_mov_epi16,
    _mm512_maskz_loadu_epi16, _mm512_max_epi16, _mm512_mul_ps, _mm512_packs_epi16, _mm512_packs_epi32,
    _mm512_set1_epi8, _mm512_set1_epi16, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_ps, _mm512_setzero_si512,
    _mm512_srav_epi32, _mm512_store_si512, _mm512_xor_si512,
};
use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::RangeInclusive;

use half::bf16;

use super::bf16::halves;
use super::load::{Brain, Load, Single};
use super::vnni::{Ahead, Fours, blocks, for_rows, products};
use super::widen::Narrow512;
use super::{reduce, reduce_sum};
use crate::PackedQuery;
use crate::maxsim::{Block, Narrow, Rows, Running, one_document};
use crate::query::{Lanes, Line, PackedBf16, Query, Screen};

/// Rows that are screened together, so that their bounds stay in the second-level cache.
const SEGMENT: usize = 384;
/// Shorter documents are not worth it.
const LEAST_ROWS: usize = 16;
/// One in so many pairs of tokens may be left to score; beyond, the plain way is faster.
const FEW: usize = 8;
/// Candidates that are scored at once.
const AT_ONCE: usize = 4;

/// A document in eight bits, by a scale that its rows share.
#[derive(Default)]
struct Codes {
    /// Of each row, as [`Products`] want them, filled up to whole lines.
    bytes: Vec<Line<u8, 64>>,
    scale: f32,
    /// In units of the scale: no row is longer.
    norm: f32,
    /// In units of the scale: nor is what rounding took away from one.
    error: f32,
    scratch: Scratch,
}

/// 16 bits for each of 32 query tokens, in the order in which [`_mm512_packs_epi32`] brings them together.
pub(super) type Both = Line<i16, 32>;

/// The tokens in that order.
const ORDER: [u8; 32] = {
    let mut order = [0; 32];
    let mut at = 0;
    while at < 32 {
        order[at] = (at / 8 * 4 + at % 4 + at % 8 / 4 * 16) as u8;
        at += 1;
    }
    order
};

/// For the query at hand.
#[derive(Default)]
struct Scratch {
    /// Dot products of codes, without their lowest bits.
    products: Vec<Both>,
    /// The rows that may hold a maximum, and for which query tokens.
    found: Vec<(u32, u32)>,
    candidates: Vec<Candidate>,
}

/// What products have come to.
pub(super) struct Best {
    /// The largest.
    products: Both,
    /// Its row; less than 0 where that is none of these.
    rows: Both,
}

/// The same in registers, while rows are brought in.
pub(super) struct Taking {
    largest: __m512i,
    rows: __m512i,
    /// The row that comes next.
    at: __m512i,
    /// So many bits that products of codes fit into 16.
    shift: __m512i,
}

impl Best {
    /// From row number `row` on.
    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    pub(super) fn taking(&self, row: usize, shift: __m512i) -> Taking {
        // SAFETY: `Line` is 64 bytes, aligned to 64.
        let [largest, rows] =
            [&self.products, &self.rows].map(|both| unsafe { _mm512_load_si512(both.0.as_ptr().cast()) });
        Taking { largest, rows, at: _mm512_set1_epi16(row as i16), shift }
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    pub(super) fn taken(&mut self, taking: &Taking) {
        // SAFETY: as above.
        unsafe {
            _mm512_store_si512(self.products.0.as_mut_ptr().cast(), taking.largest);
            _mm512_store_si512(self.rows.0.as_mut_ptr().cast(), taking.rows);
        }
    }
}

impl Taking {
    /// The products of the next row with two groups of query tokens.
    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    pub(super) fn row(&mut self, sums: [__m512i; 2], found: &mut Both) {
        let [low, high] = sums.map(|sums| _mm512_srav_epi32(sums, self.shift));
        let both = _mm512_packs_epi32(low, high);
        self.rows = _mm512_mask_mov_epi16(self.rows, _mm512_cmpgt_epi16_mask(both, self.largest), self.at);
        self.largest = _mm512_max_epi16(self.largest, both);
        self.at = _mm512_add_epi16(self.at, _mm512_set1_epi16(1));
        // SAFETY: `Line` is 64 bytes, aligned to 64.
        unsafe { _mm512_store_si512(found.0.as_mut_ptr().cast(), both) };
    }
}

/// Where dot products of codes come from.
pub(super) trait Products {
    /// What codes of documents are changed by, bit by bit.
    const RAISE: i8;
    /// So many rows behind the last one can be read.
    const BEYOND: usize;
    /// What is held while documents are scored.
    type Held;

    /// # Safety
    ///
    /// The machine has the instruction set.
    unsafe fn hold() -> Self::Held;

    /// Leaves the products of a segment's rows in `found`, without their lowest bits, and the largest beside.
    /// `segment` is its first row and its number of rows.
    ///
    /// # Safety
    ///
    /// The machine has the instruction set; `codes` hold whole lines for each row, those of the segment among them, and
    /// for `BEYOND` more, and come with the number of components; groups have an entry for each four that are begun,
    /// filled up to whole tiles.
    unsafe fn segment<T, const GROUPS: usize>(
        held: &mut Self::Held,
        tokens: [Fours<'_>; GROUPS],
        codes: (&[Line<u8, 64>], usize),
        segment: (usize, usize),
        ahead: Ahead<T>,
        shift: __m512i,
        found: (&mut [Both], &mut Best),
    );
}

/// By VNNI.
pub(super) struct Vnni;

impl Products for Vnni {
    const RAISE: i8 = i8::MIN;
    const BEYOND: usize = 0;
    type Held = ();

    unsafe fn hold() {}

    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    #[inline]
    unsafe fn segment<T, const GROUPS: usize>(
        (): &mut (),
        tokens: [Fours<'_>; GROUPS],
        (codes, dim): (&[Line<u8, 64>], usize),
        (start, count): (usize, usize),
        ahead: Ahead<T>,
        shift: __m512i,
        (found, best): (&mut [Both], &mut Best),
    ) {
        let tokens = tokens.map(|(lines, bias)| (&lines[..dim.div_ceil(4)], bias));
        for (row, block) in blocks(count) {
            // SAFETY: as promised to this function; `found` is that of the segment's rows.
            unsafe {
                for_rows!(block, dim, tile::<T, GROUPS>(tokens, codes, (start, row), ahead, shift, found, best));
            }
        }
    }
}

/// A row and a query token.
#[derive(Clone, Copy)]
struct Candidate {
    row: u32,
    token: u8,
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
/// As for that, the machine having AVX-512 F, BW, VL and VNNI, and what `P`, `S`, `B` and `D` need.
pub(super) unsafe fn documents<
    P: Products,
    S: Source,
    B: Block<Value = S::Scored>,
    D: Dots<Query = B::Query, Value = S::Scored>,
>(
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
    let distance = Ahead::<S::Value>::distance(offsets, rows.dim);
    let mut scratch = Vec::new();
    let mut block = B::new(rows.dim);
    // SAFETY: the caller vouches for the instruction set.
    let mut held = unsafe { P::hold() };
    let mut screens: Vec<Option<&Screen>> = Vec::new();
    for (position, document) in offsets.windows(2).enumerate() {
        let stored = rows.slice(document[0], document[1] - document[0]);
        // SAFETY: the caller vouches for the instruction set.
        let rows = unsafe { S::scored(stored, &mut scratch) };
        let long = rows.count() >= LEAST_ROWS;
        if long && screens.is_empty() {
            // SAFETY: as above.
            screens.extend(queries.iter().map(|query| unsafe { (**query).as_ref().screen() }));
        }
        // SAFETY: as above; there are at least four rows.
        let ready = long && screens.iter().any(Option::is_some) && unsafe { quantize::<P, D::Load>(rows, &mut codes) };
        for (number, query) in queries.iter().enumerate() {
            running.clear(query.head().groups());
            // SAFETY: the caller vouches for the instruction set and the rows; `codes` are those of `rows`.
            unsafe {
                let done = match screens.get(number) {
                    Some(Some(screen)) if ready => {
                        let ahead = Ahead::behind(stored.values, distance, number + 1 == queries.len(), &codes.bytes);
                        screened::<P, D, _>(&mut held, (query, screen), rows, &mut codes, ahead, &mut running)
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
/// Documents of larger components, or of smaller ones alone, are left to plain arithmetic, so that nothing here overflows
/// or vanishes.
const COMPONENTS: RangeInclusive<f32> = 1e-12..=1e10;

/// Fills `codes`, unless a value is not finite or too large, or all are too small: then it returns false.
///
/// # Safety
///
/// The machine has AVX-512 F, BW, VL and VNNI, and what `L` needs; there are at least four rows.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn quantize<P: Products, L: Load>(rows: Rows<'_, L::Value>, codes: &mut Codes) -> bool {
    // SAFETY: the caller vouches for the instruction set.
    let largest = unsafe { L::largest(rows.values) };
    if !COMPONENTS.contains(&largest) {
        return false;
    }
    let (count, lines) = (rows.count(), rows.dim.div_ceil(64));
    codes.bytes.resize((count + P::BEYOND) * lines, Line([0; 64]));
    let mut squares = 0;
    for row in (0..count).step_by(FOUR) {
        // The last four overlap those before them.
        let row = row.min(count - FOUR);
        let values = rows.slice(row, FOUR).values;
        let bytes = &mut codes.bytes[row * lines..][..FOUR * lines];
        // SAFETY: the machine has the instruction set; `bytes` are 64 for every 64 values begun of a row.
        let four = unsafe {
            match rows.dim {
                // The dimension of ColBERT: all loops are unrolled.
                128 => quantize_rows::<P, L, 128>(values, rows.dim, 127.0 / largest, bytes),
                _ => quantize_rows::<P, L, 0>(values, rows.dim, 127.0 / largest, bytes),
            }
        };
        squares = four.into_iter().fold(squares, i32::max);
    }
    // A code is off by half a unit at most, and by what the product with the inverse rounds.
    codes.scale = largest / 127.0;
    codes.error = 0.500_1 * (rows.dim as f32).sqrt();
    codes.norm = ((squares as f32).sqrt() + codes.error) * 1.000_1;
    true
}

/// Of four rows the sums of the codes' squares.
///
/// # Safety
///
/// The machine has AVX-512 F, BW, VL and VNNI, and what `L` needs; there are four rows of `dim` values, which is `DIM`
/// unless that is 0; `bytes` hold 64 for every 64 values begun of a row.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn quantize_rows<P: Products, L: Load, const DIM: usize>(
    rows: &[L::Value],
    dim: usize,
    factor: f32,
    bytes: &mut [Line<u8, 64>],
) -> [i32; FOUR] {
    let dim = if DIM == 0 { dim } else { DIM };
    let lines = dim.div_ceil(64);
    let (factor, raise) = (_mm512_set1_ps(factor), _mm512_set1_epi8(P::RAISE));
    let mut squares = [_mm512_setzero_si512(); FOUR];
    for row in 0..FOUR {
        for line in 0..lines {
            // SAFETY: the caller vouches for what `L` needs, and `row < FOUR`.
            let parts = unsafe { L::load_64(rows.as_ptr().add(row * dim + 64 * line), (dim - 64 * line).min(64)) };
            let codes = parts.map(|part| _mm512_cvtps_epi32(_mm512_mul_ps(part, factor)));
            let words = [_mm512_packs_epi32(codes[0], codes[1]), _mm512_packs_epi32(codes[2], codes[3])];
            for words in words {
                squares[row] = _mm512_dpwssd_epi32(squares[row], words, words);
            }
            // SAFETY: the machine has the instruction set; `Line` is 64 bytes, aligned to 64.
            unsafe {
                let codes = _mm512_xor_si512(L::in_order(_mm512_packs_epi16(words[0], words[1])), raise);
                _mm512_store_si512(bytes[row * lines + line].0.as_mut_ptr().cast(), codes);
            }
        }
    }
    reduce_sum(squares)
}

/// Leaves the maxima in `running`, or returns false.
///
/// # Safety
///
/// The machine has AVX-512 F, BW, VL and VNNI, and what `P` and `D` need; `codes` are those of `rows`, and `screen` that
/// of `query`.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn screened<P: Products, D: Dots, T>(
    held: &mut P::Held,
    (query, screen): (&D::Query, &Screen),
    rows: Rows<'_, D::Value>,
    codes: &mut Codes,
    ahead: Ahead<T>,
    running: &mut Running,
) -> bool {
    let (pairs, last) = running.maxima.as_chunks_mut::<2>();
    let done = 2 * pairs.len();
    for (pair, maxima) in pairs.iter_mut().enumerate() {
        // SAFETY: as promised to this function.
        if !unsafe { groups::<P, D, T, 2>(held, (query, screen), 2 * pair, rows, codes, ahead, maxima) } {
            return false;
        }
    }
    for maxima in last.as_chunks_mut::<1>().0 {
        // SAFETY: as promised to this function.
        if !unsafe { groups::<P, D, T, 1>(held, (query, screen), done, rows, codes, ahead, maxima) } {
            return false;
        }
    }
    true
}

/// # Safety
///
/// As [`screened`]; there are `GROUPS` groups from `first` on, 1 or 2.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
unsafe fn groups<P: Products, D: Dots, T, const GROUPS: usize>(
    held: &mut P::Held,
    (query, screen): (&D::Query, &Screen),
    first: usize,
    rows: Rows<'_, D::Value>,
    codes: &mut Codes,
    ahead: Ahead<T>,
    maxima: &mut [Lanes; GROUPS],
) -> bool {
    let tokens: [Fours<'_>; GROUPS] = std::array::from_fn(|group| screen.fours(first + group));
    // So many bits that products of `dim` codes fit into 16.
    let shift = rows.dim.next_power_of_two().trailing_zeros() - 1;
    let unit = 1.0 / (1_u32 << shift) as f32;
    // By how much a product may be off.
    let errors: [__m512; GROUPS] = std::array::from_fn(|group| {
        let [residual, norm, _] = screen.bounds(first + group).map(|lanes| load(lanes));
        let error =
            _mm512_fmadd_ps(residual, _mm512_set1_ps(codes.error), _mm512_mul_ps(norm, _mm512_set1_ps(codes.norm)));
        _mm512_mul_ps(error, _mm512_set1_ps(1.000_1 * unit))
    });
    let shift = _mm512_set1_epi32(shift.cast_signed());
    // Surplus lanes hold no token.
    let there = (query.head().tokens() - first * Lanes::WIDTH).min(GROUPS * Lanes::WIDTH);
    let valid = ORDER.iter().rev().fold(0, |valid, &token| valid << 1 | u32::from(usize::from(token) < there));

    let Codes { bytes, scale, scratch, .. } = codes;
    scratch.products.resize(SEGMENT, Line([0; 32]));
    let count = rows.count();
    let mut best = Best { products: Line([i16::MIN; 32]), rows: Line([-1; 32]) };
    let mut left = count * GROUPS * Lanes::WIDTH / FEW;
    for start in (0..count).step_by(SEGMENT) {
        let rows_here = SEGMENT.min(count - start);
        best.rows = Line([-1; 32]);
        let (codes, found) = ((&bytes[..], rows.dim), &mut scratch.products[..]);
        // SAFETY: as promised to this function; `products` are those of the segment's rows.
        unsafe { P::segment::<T, GROUPS>(held, tokens, codes, (start, rows_here), ahead, shift, (found, &mut best)) };
        scratch.take_best(start, &best, valid);
        // SAFETY: as promised to this function.
        unsafe { score::<D>(query, first, rows, &scratch.candidates, maxima) };
        // A row's product must now reach what its query token has come to, less the error.
        let enough: [__m512i; GROUPS] = std::array::from_fn(|group| {
            let [_, _, inverse] = screen.bounds(first + group);
            let inverse = _mm512_mul_ps(load(inverse), _mm512_set1_ps(unit / *scale));
            // One for the bits that are gone, and one for what is rounded here.
            let slack = _mm512_add_ps(errors[group], _mm512_set1_ps(2.0));
            let bound = _mm512_fmsub_ps(load(&maxima[group]), inverse, slack);
            _mm512_cvt_roundps_epi32::<{ _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC }>(bound)
        });
        scratch.collect(start, rows_here, _mm512_packs_epi32(enough[0], enough[GROUPS - 1]), valid);
        match left.checked_sub(scratch.candidates.len()) {
            Some(rest) => left = rest,
            None => return false,
        }
        // SAFETY: as promised to this function.
        unsafe { score::<D>(query, first, rows, &scratch.candidates, maxima) };
    }
    true
}

#[target_feature(enable = "avx512f")]
#[inline]
fn load(lanes: &Lanes) -> __m512 {
    // SAFETY: `Lanes` is 64 bytes, aligned to 64.
    unsafe { _mm512_load_ps(lanes.0.as_ptr()) }
}

impl Scratch {
    /// The candidates whose products are the largest, which are not found again.
    fn take_best(&mut self, start: usize, best: &Best, valid: u32) {
        self.candidates.clear();
        for (at, (&row, &token)) in best.rows.0.iter().zip(&ORDER).enumerate() {
            if row >= 0 && valid >> at & 1 == 1 {
                self.products[row as usize].0[at] = i16::MIN;
                self.candidates.push(Candidate { row: start as u32 + row as u32, token });
            }
        }
    }

    /// The candidates among `count` rows, of which the first is number `start`: those whose products are large enough.
    #[target_feature(enable = "avx512f,avx512bw")]
    fn collect(&mut self, start: usize, count: usize, enough: __m512i, valid: u32) {
        let Self { products, found, candidates } = self;
        found.resize(SEGMENT, (0, 0));
        // First the rows that have any, without branches that nobody can predict.
        let mut few = 0;
        for (row, products) in products[..count].iter().enumerate() {
            // SAFETY: `Line` is 64 bytes, aligned to 64.
            let products = unsafe { _mm512_load_si512(products.0.as_ptr().cast()) };
            let mask = _mm512_cmpge_epi16_mask(products, enough) & valid;
            found[few] = (row as u32, mask);
            few += usize::from(mask != 0);
        }
        candidates.clear();
        for &(row, mut mask) in &found[..few] {
            while mask != 0 {
                let token = ORDER[mask.trailing_zeros() as usize];
                candidates.push(Candidate { row: start as u32 + row, token });
                mask &= mask - 1;
            }
        }
    }
}

/// Brings the dot products of candidates into `maxima`.
///
/// # Safety
///
/// As [`groups`]; the candidates are rows and tokens of these groups.
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
unsafe fn score<D: Dots>(
    query: &D::Query,
    first: usize,
    rows: Rows<'_, D::Value>,
    candidates: &[Candidate],
    maxima: &mut [Lanes],
) {
    for candidates in candidates.chunks(AT_ONCE) {
        // Those that are missing to a whole number are done again.
        let them = std::array::from_fn(|i| candidates[i.min(candidates.len() - 1)]);
        let pairs = them.map(|Candidate { row, token }| {
            let row = rows.values[row as usize * rows.dim..][..rows.dim].as_ptr();
            (first * Lanes::WIDTH + usize::from(token), row)
        });
        // SAFETY: the caller vouches for the instruction set; rows have `dim` values, and the query these tokens.
        let dots = unsafe {
            if rows.dim == 128 { D::dots::<128>(query, pairs, 128) } else { D::dots::<0>(query, pairs, rows.dim) }
        };
        for (Candidate { token, .. }, dot) in them.into_iter().zip(dots) {
            let token = usize::from(token);
            let maximum = &mut maxima[token / Lanes::WIDTH].0[token % Lanes::WIDTH];
            *maximum = maximum.max(dot);
        }
    }
}

/// `STEPS` is a quarter of the dimension, or 0 for any.
///
/// # Safety
///
/// As [`products`], for the block that begins at a row of a segment; `found` has a line for each row of that.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn tile<T, const ROWS: usize, const GROUPS: usize, const STEPS: usize>(
    query: [Fours<'_>; GROUPS],
    codes: &[Line<u8, 64>],
    (segment, row): (usize, usize),
    ahead: Ahead<T>,
    shift: __m512i,
    found: &mut [Both],
    best: &mut Best,
) {
    // SAFETY: what the caller promises.
    let sums = unsafe { products::<T, ROWS, GROUPS, STEPS>(query, codes, segment + row, ahead) };
    let mut taking = best.taking(row, shift);
    for (sums, found) in sums.iter().zip(&mut found[row..][..ROWS]) {
        taking.row([sums[0], sums[GROUPS - 1]], found);
    }
    best.taken(&taking);
}

/// How candidates are scored.
pub(super) trait Dots {
    type Query: Query;
    type Value;
    /// How they are quantized.
    type Load: Load<Value = Self::Value>;

    /// Dot products of query tokens and rows, which do not depend on the other pairs.
    ///
    /// # Safety
    ///
    /// The machine has AVX-512 F, BW and VL, and what the implementation needs; the query has these tokens, and rows have
    /// as many values as each of them, `dim`, which is `DIM` unless that is 0.
    unsafe fn dots<const DIM: usize>(
        query: &Self::Query,
        pairs: [(usize, *const Self::Value); AT_ONCE],
        dim: usize,
    ) -> [f32; AT_ONCE];
}

/// In `f32`, each with the bits of [`dot`](super::dot).
pub(super) struct Wide<Q, L>(PhantomData<(Q, L)>);

impl<Q: Query + AsRef<PackedQuery>, L: Load> Dots for Wide<Q, L> {
    type Query = Q;
    type Value = L::Value;
    type Load = L;

    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    #[inline]
    unsafe fn dots<const DIM: usize>(
        query: &Q,
        pairs: [(usize, *const L::Value); AT_ONCE],
        dim: usize,
    ) -> [f32; AT_ONCE] {
        let dim = if DIM == 0 { dim } else { DIM };
        let mut sums = [_mm512_setzero_ps(); AT_ONCE];
        for (sum, (token, row)) in sums.iter_mut().zip(pairs) {
            let token = query.as_ref().token(token).as_ptr();
            let mut parts = [_mm512_setzero_ps(); 4];
            let whole = dim / 64 * 64;
            let add = |part: __m512, at: usize, mask: u16| {
                // SAFETY: the mask keeps reads below `dim`.
                let (x, y) =
                    unsafe { (Single::load(token.wrapping_add(at), mask), L::load(row.wrapping_add(at), mask)) };
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
}

/// With BF16: two products at a time.
pub(super) struct Pairs;

impl Dots for Pairs {
    type Query = PackedBf16;
    type Value = bf16;
    type Load = Brain;

    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512bf16")]
    #[inline]
    unsafe fn dots<const DIM: usize>(
        query: &PackedBf16,
        pairs: [(usize, *const bf16); AT_ONCE],
        dim: usize,
    ) -> [f32; AT_ONCE] {
        let dim = if DIM == 0 { dim } else { DIM };
        let mut sums = [_mm512_setzero_ps(); AT_ONCE];
        for (sum, (token, row)) in sums.iter_mut().zip(pairs) {
            let token = query.token(token).as_ptr();
            let mut parts = [_mm512_setzero_ps(); 2];
            for (at, part) in (0..dim).step_by(32).zip([0, 1].into_iter().cycle()) {
                let mask = (u64::MAX >> (64 - (dim - at).min(32))) as u32;
                // SAFETY: the mask keeps reads below `dim`; a `bf16` is 16 bits, and registers of any 32 of them are
                // valid.
                unsafe {
                    let x = _mm512_maskz_loadu_epi16(mask, token.wrapping_add(at).cast());
                    let y = _mm512_maskz_loadu_epi16(mask, row.wrapping_add(at).cast());
                    parts[part] = _mm512_dpbf16_ps(parts[part], halves(x), halves(y));
                }
            }
            *sum = _mm512_add_ps(parts[0], parts[1]);
        }
        reduce(sums)
    }
}
