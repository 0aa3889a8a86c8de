//! The choice of an instruction set: once, by what the machine has.

use std::ops::Range;
use std::sync::OnceLock;
use std::{fmt, iter};

use half::{bf16, f16};

use crate::lookup::Keys;
use crate::maxsim::{MaxSim, Rows};
use crate::query::{Lanes, PackedBf16, PackedInt8, PackedQuery, PackedSigns, Query};
use crate::residual::ResidualTokens;
use crate::top::TopScores;
use crate::{binary, scalar};

/// The environment variable that forces an instruction set.
const VARIABLE: &str = "RANK_ISA";

/// An instruction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Isa {
    /// Plain Rust.
    Scalar,
    /// x86-64 with AVX2, FMA and F16C.
    Avx2,
    /// x86-64 with AVX-512 F, BW and VL.
    Avx512,
    /// The same with VNNI and VPOPCNTDQ.
    Avx512Vnni,
    /// The same with BF16.
    Avx512Bf16,
    /// The same with AMX, for `bf16` and eight bits, on Linux.
    Amx,
    /// `AArch64` with NEON.
    Neon,
}

impl Isa {
    /// Its name, as `RANK_ISA` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Avx512Vnni => "avx512vnni",
            Self::Avx512Bf16 => "avx512bf16",
            Self::Amx => "amx",
            Self::Neon => "neon",
        }
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `RANK_ISA` asks for an instruction set that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IsaError {
    asked: String,
}

impl fmt::Display for IsaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = available().map(|kernels| kernels.isa.name()).collect();
        write!(f, "{VARIABLE}: expected one of {} on this machine, got {:?}; unset it", names.join(", "), self.asked)
    }
}

impl std::error::Error for IsaError {}

type Dot = unsafe fn(&[f32], &[f32]) -> f32;
type Dots = unsafe fn(&[f32], &[f32], &[usize], &mut [f32]);
type Products = unsafe fn(&PackedQuery, Range<usize>, &[f32], &mut [f32]);
type Add = unsafe fn(&mut [f32], &[f32], f32);
type AddBytes = unsafe fn(&mut [f32], &[u8], f32);
type AtLeast = unsafe fn(&[f32], f32, &mut [u64]);
type AddFound = unsafe fn(Keys<'_>, &[f32], f32, &[u16], &mut [f32]);
type AddFoundBytes = unsafe fn(Keys<'_>, &[u8], f32, &[u16], &mut [f32]);

type Signs = unsafe fn(&[&PackedSigns], Rows<'_, u8>, &[usize], &mut [f32]);
type Residual = unsafe fn(&PackedInt8, &[f32], ResidualTokens<'_>, &[Range<usize>], &mut [f32]);

/// The kernels of one instruction set, which this machine has: no other value can be obtained.
#[derive(Debug, Clone, Copy)]
pub struct Kernels {
    pub(crate) isa: Isa,
    pub(crate) dot: Dot,
    pub(crate) dots: Dots,
    pub(crate) add: Add,
    pub(crate) add_bytes: AddBytes,
    pub(crate) at_least: AtLeast,
    pub(crate) add_found: AddFound,
    pub(crate) add_found_bytes: AddFoundBytes,
    pub(crate) products: Products,
    pub(crate) f32: MaxSim<PackedQuery, f32>,
    pub(crate) f16: MaxSim<PackedQuery, f16>,
    pub(crate) bf16: MaxSim<PackedBf16, bf16>,
    pub(crate) rounded: MaxSim<PackedBf16, f32>,
    pub(crate) int8: MaxSim<PackedInt8, i8>,
    pub(crate) signs: Signs,
    pub(crate) residual: Residual,
}

impl Kernels {
    /// The instruction set.
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// The dot product of `a` and `b`. Instruction sets add in different orders, hence differ in the last bits.
    ///
    /// # Panics
    ///
    /// If the lengths differ: whoever takes vectors from outside checks them first.
    ///
    /// # Example
    ///
    /// ```
    /// assert_eq!(rank_kernels::kernels().dot(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 32.0);
    /// ```
    pub fn dot(&self, a: &[f32], b: &[f32]) -> f32 {
        assert_eq!(a.len(), b.len(), "a dot product of vectors of different lengths");
        // SAFETY: the machine has the instruction set, and the lengths are equal.
        unsafe { (self.dot)(a, b) }
    }

    /// The dot products of `a` with some of the rows of `values`, each as long as `a`: `out[i]` is that with row `rows[i]`.
    ///
    /// A product does not depend on the other rows of the call. It may differ from [`dot`](Self::dot) in the last bits.
    ///
    /// # Panics
    ///
    /// If `rows` and `out` differ in length, or a row is beyond the end of `values`.
    ///
    /// # Example
    ///
    /// ```
    /// let mut out = [0.0; 2];
    /// rank_kernels::kernels().dots(&[1.0, 2.0], &[1.0, 0.0, 0.0, 1.0, 1.0, 1.0], &[2, 0], &mut out);
    /// assert_eq!(out, [3.0, 1.0]);
    /// ```
    pub fn dots(&self, a: &[f32], values: &[f32], rows: &[usize], out: &mut [f32]) {
        assert_eq!(rows.len(), out.len(), "as many products as rows");
        let end = rows.iter().max().map_or(0, |&row| row + 1);
        assert!(end.checked_mul(a.len()).is_some_and(|end| end <= values.len()), "a row beyond the end of the values");
        // SAFETY: the machine has the instruction set; every row lies within `values`; `out` is as long as `rows`.
        unsafe { (self.dots)(a, values, rows, out) }
    }

    /// The dot products of rows with packed vectors, in groups of [`PackedQuery::WIDTH`] of these: for each row as many
    /// products as there are vectors in `groups`. Where the last group is not full, the surplus products are 0.
    ///
    /// Each product is accumulated in the order of the components: it does not depend on the other rows of the call.
    ///
    /// # Panics
    ///
    /// If the groups are not of `packed`, `rows` are no whole rows, or `out` has not room for just the products.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_kernels::{PackedQuery, kernels};
    ///
    /// let vectors = PackedQuery::new(&[1.0, 0.0, 0.0, 1.0, 1.0, 1.0], 2);
    /// let mut out = [9.0; 16];
    /// kernels().products(&vectors, 0..1, &[2.0, 3.0], &mut out);
    /// assert_eq!(out[..4], [2.0, 3.0, 5.0, 0.0]);
    /// ```
    pub fn products(&self, packed: &PackedQuery, groups: Range<usize>, rows: &[f32], out: &mut [f32]) {
        assert!(groups.start <= groups.end && groups.end <= packed.groups(), "groups of the packed vectors");
        assert!(rows.len().is_multiple_of(packed.dim()), "whole rows");
        assert_eq!(out.len(), rows.len() / packed.dim() * groups.len() * Lanes::WIDTH, "room for each product");
        // SAFETY: the machine has the instruction set, and the lengths are as asked for.
        unsafe { (self.products)(packed, groups, rows, out) }
    }

    /// Adds `weight` times each value of `row` to the sum at its place. All levels give the same bits.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    ///
    /// # Example
    ///
    /// ```
    /// let mut sums = [1.0, 2.0];
    /// rank_kernels::kernels().add(&mut sums, &[10.0, 0.0], 0.5);
    /// assert_eq!(sums, [6.0, 2.0]);
    /// ```
    pub fn add(&self, sums: &mut [f32], row: &[f32], weight: f32) {
        assert_eq!(sums.len(), row.len(), "a value for each sum");
        // SAFETY: the machine has the instruction set.
        unsafe { (self.add)(sums, row, weight) }
    }

    /// [`add`](Self::add) of values that are whole numbers in a byte each.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    ///
    /// # Example
    ///
    /// ```
    /// let mut sums = [1.0, 2.0];
    /// rank_kernels::kernels().add_bytes(&mut sums, &[10, 0], 0.5);
    /// assert_eq!(sums, [6.0, 2.0]);
    /// ```
    pub fn add_bytes(&self, sums: &mut [f32], row: &[u8], weight: f32) {
        assert_eq!(sums.len(), row.len(), "a value for each sum");
        // SAFETY: the machine has the instruction set.
        unsafe { (self.add_bytes)(sums, row, weight) }
    }

    /// Which values are at least `bar`: a bit of each mask for each of 64 values. NaN is not.
    ///
    /// # Panics
    ///
    /// If there is not a mask for each 64 values.
    ///
    /// # Example
    ///
    /// ```
    /// let mut values = [0.0; 64];
    /// (values[0], values[5]) = (2.0, 1.0);
    /// let mut masks = [0];
    /// rank_kernels::kernels().at_least(&values, 1.0, &mut masks);
    /// assert_eq!(masks, [0b10_0001]);
    /// ```
    pub fn at_least(&self, values: &[f32], bar: f32, masks: &mut [u64]) {
        assert_eq!(values.len(), 64 * masks.len(), "a mask for each 64 values");
        // SAFETY: the machine has the instruction set.
        unsafe { (self.at_least)(values, bar, masks) }
    }

    /// MaxSim: for each query and document, the sum over the query's tokens of the largest dot product with any token of
    /// the document.
    ///
    /// * `queries`: all of one dimension. A document meets all of them while it is in the cache.
    /// * `values`: the tokens of all documents, token after token, each of as many components.
    /// * `offsets`: of each document, the number of the token at which it begins; then that at which the last one ends.
    /// * `scores`: those of the first query for each document, then those of the next.
    ///
    /// Each product is accumulated in the order of the components in `f32`, each score in the order of the query's
    /// tokens in `f64`: a score does not depend on the other documents and queries of the call. A document without
    /// tokens scores negative infinity; one of which any dot product is NaN or infinite scores NaN.
    ///
    /// # Panics
    ///
    /// If queries differ in dimension, `offsets` are empty, descend, or reach beyond `values`, or `scores` are not as
    /// many as queries times documents.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_kernels::{PackedQuery, kernels};
    ///
    /// let query = PackedQuery::new(&[1.0, 0.0, 0.0, 1.0], 2);
    /// let mut scores = [0.0; 2];
    /// kernels().maxsim(&[&query], &[3.0, 1.0, 2.0, 5.0, -1.0, -2.0], &[0, 2, 3], &mut scores);
    /// assert_eq!(scores, [3.0 + 5.0, -1.0 - 2.0]);
    /// ```
    pub fn maxsim(&self, queries: &[&PackedQuery], values: &[f32], offsets: &[usize], scores: &mut [f32]) {
        self.maxsim_top(queries, values, offsets, &mut [], scores);
    }

    /// [`maxsim`](Self::maxsim) for the best documents alone: one that certainly is none of them is left early.
    ///
    /// * `top`: of each query its best scores so far, by this call and those before, or none at all.
    ///
    /// A score that is below the [bar](TopScores::bar) at last may be another that is below it. One that is not is the
    /// same bits as without.
    ///
    /// # Panics
    ///
    /// As [`maxsim`](Self::maxsim), and if `top` is for another number of queries.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_kernels::{PackedQuery, TopScores, kernels};
    ///
    /// let query = PackedQuery::new(&[1.0, 0.0, 0.0, 1.0], 2);
    /// let (mut top, mut scores) = ([TopScores::new(1)], [0.0; 2]);
    /// kernels().maxsim_top(&[&query], &[3.0, 1.0, 2.0, 5.0, -1.0, -2.0], &[0, 2, 3], &mut top, &mut scores);
    /// assert_eq!(scores[0], 3.0 + 5.0);
    /// assert!(scores[1] < top[0].bar());
    /// ```
    pub fn maxsim_top(
        &self,
        queries: &[&PackedQuery],
        values: &[f32],
        offsets: &[usize],
        top: &mut [TopScores],
        scores: &mut [f32],
    ) {
        let rows = check(queries, values, &[], offsets, scores);
        assert!(top.is_empty() || top.len() == queries.len(), "best scores of each query, or of none");
        // SAFETY: the machine has the instruction set, and `check` has seen to the lengths.
        unsafe { (self.f32)(queries, rows, offsets, top, scores) }
    }

    /// [`maxsim`](Self::maxsim) of documents in half precision, each component of which is made `f32` exactly.
    ///
    /// # Panics
    ///
    /// As [`maxsim`](Self::maxsim).
    ///
    /// # Example
    ///
    /// ```
    /// use half::f16;
    /// use rank_kernels::{PackedQuery, kernels};
    ///
    /// let document = [1.5, 0.25].map(f16::from_f32);
    /// let mut scores = [0.0];
    /// kernels().maxsim_f16(&[&PackedQuery::new(&[2.0, 4.0], 2)], &document, &[0, 1], &mut scores);
    /// assert_eq!(scores, [3.0 + 1.0]);
    /// ```
    pub fn maxsim_f16(&self, queries: &[&PackedQuery], values: &[f16], offsets: &[usize], scores: &mut [f32]) {
        self.maxsim_f16_top(queries, values, offsets, &mut [], scores);
    }

    /// [`maxsim_top`](Self::maxsim_top) of documents in half precision.
    ///
    /// # Panics
    ///
    /// As [`maxsim_top`](Self::maxsim_top).
    pub fn maxsim_f16_top(
        &self,
        queries: &[&PackedQuery],
        values: &[f16],
        offsets: &[usize],
        top: &mut [TopScores],
        scores: &mut [f32],
    ) {
        let rows = check(queries, values, &[], offsets, scores);
        assert!(top.is_empty() || top.len() == queries.len(), "best scores of each query, or of none");
        // SAFETY: the machine has the instruction set, and `check` has seen to the lengths.
        unsafe { (self.f16)(queries, rows, offsets, top, scores) }
    }

    /// [`maxsim`](Self::maxsim) of documents in `bf16`. Products are exact, and added up in `f32` in an order that
    /// differs between levels; `avx512bf16` and `amx` take subnormal numbers for zero.
    ///
    /// # Panics
    ///
    /// As [`maxsim`](Self::maxsim).
    ///
    /// # Example
    ///
    /// ```
    /// use half::bf16;
    /// use rank_kernels::{PackedBf16, kernels};
    ///
    /// let document = [1.5, 0.25].map(bf16::from_f32);
    /// let mut scores = [0.0];
    /// kernels().maxsim_bf16(&[&PackedBf16::new(&[2.0, 4.0], 2)], &document, &[0, 1], &mut scores);
    /// assert_eq!(scores, [3.0 + 1.0]);
    /// ```
    pub fn maxsim_bf16(&self, queries: &[&PackedBf16], values: &[bf16], offsets: &[usize], scores: &mut [f32]) {
        self.maxsim_bf16_top(queries, values, offsets, &mut [], scores);
    }

    /// [`maxsim_top`](Self::maxsim_top) of documents in `bf16`.
    ///
    /// # Panics
    ///
    /// As [`maxsim_top`](Self::maxsim_top).
    pub fn maxsim_bf16_top(
        &self,
        queries: &[&PackedBf16],
        values: &[bf16],
        offsets: &[usize],
        top: &mut [TopScores],
        scores: &mut [f32],
    ) {
        let rows = check(queries, values, &[], offsets, scores);
        assert!(top.is_empty() || top.len() == queries.len(), "best scores of each query, or of none");
        // SAFETY: the machine has the instruction set, and `check` has seen to the lengths.
        unsafe { (self.bf16)(queries, rows, offsets, top, scores) }
    }

    /// [`maxsim_bf16`](Self::maxsim_bf16) of documents in `f32`, each component of which is rounded to `bf16` on the way.
    ///
    /// # Panics
    ///
    /// As [`maxsim`](Self::maxsim).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_kernels::{PackedBf16, kernels};
    ///
    /// let mut scores = [0.0];
    /// // 1.001 is no bf16; the nearest is 1.
    /// kernels().maxsim_rounded(&[&PackedBf16::new(&[2.0], 1)], &[1.001], &[0, 1], &mut scores);
    /// assert_eq!(scores, [2.0]);
    /// ```
    pub fn maxsim_rounded(&self, queries: &[&PackedBf16], values: &[f32], offsets: &[usize], scores: &mut [f32]) {
        self.maxsim_rounded_top(queries, values, offsets, &mut [], scores);
    }

    /// [`maxsim_top`](Self::maxsim_top) of documents that are rounded to `bf16` on the way.
    ///
    /// # Panics
    ///
    /// As [`maxsim_top`](Self::maxsim_top).
    pub fn maxsim_rounded_top(
        &self,
        queries: &[&PackedBf16],
        values: &[f32],
        offsets: &[usize],
        top: &mut [TopScores],
        scores: &mut [f32],
    ) {
        let rows = check(queries, values, &[], offsets, scores);
        assert!(top.is_empty() || top.len() == queries.len(), "best scores of each query, or of none");
        // SAFETY: the machine has the instruction set, and `check` has seen to the lengths.
        unsafe { (self.rounded)(queries, rows, offsets, top, scores) }
    }

    /// [`maxsim`](Self::maxsim) of documents in eight bits: a component is its code times the scale of its token.
    ///
    /// * `scales`: one for each token, at least 0; see [`quantize`](crate::quantize).
    ///
    /// Dot products of codes are exact, so that all levels give the same bits.
    ///
    /// # Panics
    ///
    /// As [`maxsim`](Self::maxsim), and if there is not a scale for each token.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_kernels::{PackedInt8, kernels};
    ///
    /// // Two tokens: (127, 0) / 127 and (0, 2) / 2.
    /// let mut scores = [0.0];
    /// let query = PackedInt8::new(&[1.0, 0.0, 0.0, 1.0], 2);
    /// kernels().maxsim_int8(&[&query], &[127, 0, 0, 2], &[1.0 / 127.0, 0.5], &[0, 2], &mut scores);
    /// assert_eq!(scores, [1.0 + 1.0]);
    /// ```
    pub fn maxsim_int8(
        &self,
        queries: &[&PackedInt8],
        codes: &[i8],
        scales: &[f32],
        offsets: &[usize],
        scores: &mut [f32],
    ) {
        let rows = check(queries, codes, scales, offsets, scores);
        assert_eq!(codes.len(), scales.len() * rows.dim, "a scale for each token");
        // SAFETY: the machine has the instruction set, and `check` has seen to the lengths.
        unsafe { (self.int8)(queries, rows, offsets, &mut [], scores) }
    }

    /// [`maxsim`](Self::maxsim) of documents in sign bits, as [`pack_signs`](crate::pack_signs) makes them: a component is
    /// 1 where its bit is set, else -1. The queries are in eight bits, so that their magnitudes count.
    ///
    /// Dot products of codes are exact, so that all levels give the same bits.
    ///
    /// # Panics
    ///
    /// As [`maxsim`](Self::maxsim), and if the dimension is not a multiple of 8.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_kernels::{PackedInt8, kernels};
    ///
    /// let query = PackedInt8::new(&[127.0, -2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0], 8);
    /// let mut scores = [0.0];
    /// kernels().maxsim_binary(&[&query], &[0b1000_0001], &[0, 1], &mut scores);
    /// assert_eq!(scores, [127.0 + 2.0 + 1.0]);
    /// ```
    pub fn maxsim_binary(&self, queries: &[&PackedInt8], bits: &[u8], offsets: &[usize], scores: &mut [f32]) {
        let rows = check_bits(queries, bits, offsets, scores);
        // SAFETY: the machine has the instruction set, and `check_bits` has seen to the lengths.
        unsafe { binary::unpacked(self.int8, queries, rows, offsets, scores) }
    }

    /// [`maxsim_binary`](Self::maxsim_binary) with queries of which, as well, the signs alone count: a dot product is the
    /// dimension less twice the number of bits that differ.
    ///
    /// # Panics
    ///
    /// As [`maxsim_binary`](Self::maxsim_binary).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_kernels::{PackedSigns, kernels};
    ///
    /// let query = PackedSigns::new(&[0.5, -2.0, -0.1, -1.0, -1.0, -3.0, -0.5, 1.0], 8);
    /// let mut scores = [0.0];
    /// kernels().maxsim_signs(&[&query], &[0b1000_0000], &[0, 1], &mut scores);
    /// assert_eq!(scores, [7.0 - 1.0]);
    /// ```
    pub fn maxsim_signs(&self, queries: &[&PackedSigns], bits: &[u8], offsets: &[usize], scores: &mut [f32]) {
        let rows = check_bits(queries, bits, offsets, scores);
        // SAFETY: the machine has the instruction set, and `check_bits` has seen to the lengths.
        unsafe { (self.signs)(queries, rows, offsets, scores) }
    }

    /// MaxSim of one query and documents of residual-compressed tokens, which may lie anywhere.
    ///
    /// * `base`: of each centroid the dot products with the query's tokens, as many as fill whole groups of
    ///   [`PackedQuery::WIDTH`], in the unit of the sums of codes: divided by the scale of the query's token, as
    ///   [`quantize`](crate::quantize) gives it, and by the unit of the weights. The query's weights hold that unit.
    /// * `documents`: of each document its tokens.
    ///
    /// The product of a query's token with a document's is `(base + sum of code products) * scale`. Sums of codes are
    /// exact, so that all levels give the same bits. A document without tokens scores negative infinity.
    ///
    /// # Panics
    ///
    /// If lengths do not agree, documents reach beyond the tokens, or their centroids beyond `base`.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_kernels::{PackedInt8, ResidualTokens, kernels};
    ///
    /// // A token of the query: codes (127, -127), scale 1 / 127. One centroid (0.5, 0), and a residual of 1 bit a
    /// // component, of which 0 stands for -0.25 and 1 for 0.25: the token is (0.75, -0.25).
    /// let query = PackedInt8::new(&[1.0, -1.0], 2).with_weights(&[0.25]);
    /// let mut weights = [0; 16];
    /// weights[..2].copy_from_slice(&[-1, 1]);
    /// let tokens = ResidualTokens { centroids: &[0], codes: &[0b01], scales: &[1.0], weights, bits: 1, dim: 2 };
    /// let mut base = [0.0; 16];
    /// base[0] = 0.5 / (1.0 / 127.0) / 0.25;
    /// let mut score = [0.0];
    /// kernels().maxsim_residual(&query, &base, tokens, &[0..1], &mut score);
    /// assert_eq!(score, [0.75 + 0.25]);
    /// ```
    pub fn maxsim_residual(
        &self,
        query: &PackedInt8,
        base: &[f32],
        tokens: ResidualTokens<'_>,
        documents: &[Range<usize>],
        scores: &mut [f32],
    ) {
        tokens.check(query.dim(), base, query.head().groups() * Lanes::WIDTH, documents, scores);
        // SAFETY: the machine has the instruction set, and `check` has passed.
        unsafe { (self.residual)(query, base, tokens, documents, scores) }
    }
}

fn check<'a, Q: Query, T>(
    queries: &[&Q],
    values: &'a [T],
    scales: &'a [f32],
    offsets: &[usize],
    scores: &[f32],
) -> Rows<'a, T> {
    check_rows(queries, values, scales, offsets, scores, dim_of(queries))
}

fn check_bits<'a, Q: Query>(queries: &[&Q], bits: &'a [u8], offsets: &[usize], scores: &[f32]) -> Rows<'a, u8> {
    let dim = if queries.is_empty() { 8 } else { dim_of(queries) };
    assert!(dim.is_multiple_of(8), "tokens of whole bytes");
    check_rows(queries, bits, &[], offsets, scores, dim / 8)
}

fn dim_of<Q: Query>(queries: &[&Q]) -> usize {
    let dim = queries.first().map_or(1, |query| query.head().dim());
    assert!(queries.iter().all(|query| query.head().dim() == dim), "queries are of one dimension");
    dim
}

fn check_rows<'a, Q: Query, T>(
    queries: &[&Q],
    values: &'a [T],
    scales: &'a [f32],
    offsets: &[usize],
    scores: &[f32],
    dim: usize,
) -> Rows<'a, T> {
    assert_eq!((offsets.len() - 1) * queries.len(), scores.len(), "a score for each query and document");
    assert!(offsets.is_sorted(), "offsets ascend");
    assert!(offsets[offsets.len() - 1] <= values.len() / dim, "offsets stay within the values");
    Rows { values, scales, dim }
}

/// The kernels that this machine can run, the best last. For tests and benchmarks, which loop over them.
pub fn available() -> impl Iterator<Item = &'static Kernels> {
    iter::once(&scalar::KERNELS).chain(detected())
}

#[cfg(target_arch = "x86_64")]
fn detected() -> impl Iterator<Item = &'static Kernels> {
    use crate::{avx2, avx512};
    // Each level holds the ones before.
    let avx2 = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("fma")
        && is_x86_feature_detected!("f16c")
        && is_x86_feature_detected!("popcnt");
    let wide = avx2
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl");
    let vnni = wide && is_x86_feature_detected!("avx512vnni") && is_x86_feature_detected!("avx512vpopcntdq");
    let bf16 = vnni && is_x86_feature_detected!("avx512bf16");
    let amx = bf16 && avx512::amx::granted();
    [
        (avx2, &avx2::KERNELS),
        (wide, &avx512::KERNELS),
        (vnni, &avx512::VNNI),
        (bf16, &avx512::BF16),
        (amx, &avx512::amx::KERNELS),
    ]
    .into_iter()
    .filter_map(|(there, kernels)| there.then_some(kernels))
}

#[cfg(target_arch = "aarch64")]
fn detected() -> impl Iterator<Item = &'static Kernels> {
    std::arch::is_aarch64_feature_detected!("neon").then_some(&crate::neon::KERNELS).into_iter()
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn detected() -> impl Iterator<Item = &'static Kernels> {
    iter::empty()
}

/// The kernels to use: the best that the machine has, or those that `RANK_ISA` names. Chosen at the first call.
///
/// # Errors
///
/// [`IsaError`] if `RANK_ISA` names an instruction set that this machine or this build lacks.
pub fn try_kernels() -> Result<&'static Kernels, IsaError> {
    static CHOICE: OnceLock<Result<&'static Kernels, IsaError>> = OnceLock::new();
    CHOICE.get_or_init(|| choose(std::env::var_os(VARIABLE).map(|asked| asked.to_string_lossy().into_owned()))).clone()
}

fn choose(asked: Option<String>) -> Result<&'static Kernels, IsaError> {
    match asked.filter(|asked| !asked.is_empty()) {
        Some(asked) => available().find(|kernels| kernels.isa.name() == asked).ok_or(IsaError { asked }),
        None => Ok(available().last().unwrap_or(&scalar::KERNELS)),
    }
}

/// [`try_kernels`], for functions that have no other error.
///
/// # Panics
///
/// If `RANK_ISA` names an instruction set that this machine or this build lacks: whoever forces one wants to know.
pub fn kernels() -> &'static Kernels {
    match try_kernels() {
        Ok(kernels) => kernels,
        Err(error) => panic!("{error}"),
    }
}
