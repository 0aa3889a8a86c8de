//! Queries for documents of `int8`.

#[cfg(target_arch = "x86_64")]
use super::bytes_of;
use super::{Head, Line, Query, TILE, pack};
use crate::maxsim::refined_row;
use crate::vectorized;

/// The tokens of a query, for documents of `int8` and a scale a token: quantized as the documents are, each token by its
/// own largest magnitude; and what rounding took away, in eight bits again. The first choose the largest product, which
/// the second make more exact, so that the error of a score is that of the documents.
#[derive(Debug, Clone)]
pub struct PackedInt8 {
    head: Head,
    /// Two components of 16 tokens side by side, for instructions that multiply 16 bits.
    pairs: Vec<Line<i16, 32>>,
    /// Four components of 16 tokens side by side.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "for one instruction set"))]
    fours: Vec<Line<i8, 64>>,
    /// Of each group and lane, minus 128 times the sum of its codes: what makes up for document codes that are raised
    /// by 128 to be unsigned.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "for one instruction set"))]
    bias: Vec<Line<i32, 16>>,
    /// What the codes lack, in eight bits, token after token, filled up to whole lines.
    rest: Vec<Line<i8, 64>>,
    /// Of each token the unit of these, in units of its scale.
    units: Vec<f32>,
    /// As `bias`, of each token.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "for one instruction set"))]
    rest_bias: Vec<i32>,
}

impl PackedInt8 {
    /// The most components of a token: beyond, a dot product of codes could leave the range of 32 bits.
    pub const MAX_DIM: usize = 1 << 16;

    /// Packs `values`, token after token, each of `dim` components.
    ///
    /// # Panics
    ///
    /// If `dim` is 0 or over [`MAX_DIM`](Self::MAX_DIM), or does not divide the number of values.
    pub fn new(values: &[f32], dim: usize) -> Self {
        assert!(dim <= Self::MAX_DIM, "tokens of {dim} components");
        let mut head = Head::new(values, dim);
        let mut codes = vec![0; values.len()];
        let mut scales = vec![0.0; head.tokens];
        quantize(values, dim, &mut codes, &mut scales);
        head.weigh(&scales);
        let mut rest = vec![Line([0; 64]); head.tokens * dim.div_ceil(64)];
        let (mut units, mut lacks) = (vec![0.0; head.tokens], vec![0.0; dim]);
        vectorized(|| {
            let tokens = values.chunks_exact(dim).zip(codes.chunks_exact(dim)).zip(&scales);
            for ((((values, codes), &scale), rest), unit) in
                tokens.zip(rest.chunks_exact_mut(dim.div_ceil(64))).zip(&mut units)
            {
                *unit = lacking(values, codes, scale, &mut lacks, rest);
            }
        });
        let rest_bias = rest
            .chunks_exact(dim.div_ceil(64))
            .map(|rest| -128 * rest.iter().flat_map(|line| line.0).map(i32::from).sum::<i32>())
            .collect();
        let mut bias = vec![Line([0; 16]); head.groups()];
        for (token, codes) in codes.chunks_exact(dim).enumerate() {
            bias[token / 16].0[token % 16] = -128 * codes.iter().map(|&code| i32::from(code)).sum::<i32>();
        }
        let wide: Vec<i16> = codes.iter().map(|&code| i16::from(code)).collect();
        Self { pairs: pack(&wide, &head, 1), fours: pack(&codes, &head, TILE), bias, rest, units, rest_bias, head }
    }

    /// Multiplies the maximum of each token by its weight before they are added up.
    ///
    /// # Panics
    ///
    /// If there are not as many weights as tokens.
    #[must_use]
    pub fn with_weights(mut self, weights: &[f32]) -> Self {
        self.head.weigh(weights);
        self
    }

    /// The number of tokens.
    pub fn tokens(&self) -> usize {
        self.head.tokens
    }

    /// The number of components of each token.
    pub fn dim(&self) -> usize {
        self.head.dim
    }

    /// The product of a token with one of a document, as kernels have the largest: that of codes, times the scale of the
    /// document's, and what the codes of the query's lack.
    ///
    /// # Panics
    ///
    /// If there is no such token, or `codes` are not of its dimension.
    ///
    /// # Example
    ///
    /// ```
    /// // 0.503 is 63.9 parts of 127: the code is 64, and lacks 0.1.
    /// let query = rank_kernels::PackedInt8::new(&[1.0, 0.503], 2);
    /// let product = query.refined(0, 64.0, &[0, 1], 1.0);
    /// assert!(product < 64.0 && product > 63.8);
    /// ```
    pub fn refined(&self, token: usize, product: f32, codes: &[i8], scale: f32) -> f32 {
        assert_eq!(codes.len(), self.dim(), "codes of the query's dimension");
        refined_row(self, token, product, codes, scale)
    }

    /// What the codes of a token lack: lines, and the unit in which they are.
    pub(crate) fn rest(&self, token: usize) -> (&[Line<i8, 64>], f32) {
        let lines = self.dim().div_ceil(64);
        (&self.rest[token * lines..][..lines], self.units[token])
    }

    /// What is read of it.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn bytes(&self) -> [&[u8]; 2] {
        [&self.fours, &self.rest].map(|lines| bytes_of(lines))
    }

    /// Minus 128 times the sum of that.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn rest_bias(&self, token: usize) -> i32 {
        self.rest_bias[token]
    }

    /// All components of 16 tokens, two at a time: half of `dim` entries, rounded up.
    pub(crate) fn pairs(&self, group: usize) -> &[Line<i16, 32>] {
        let steps = self.dim().div_ceil(2);
        &self.pairs[group * steps..][..steps]
    }

    /// All components of 16 tokens, four at a time: a quarter of `dim` entries, rounded up; and their bias.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn fours(&self, group: usize) -> (&[Line<i8, 64>], &Line<i32, 16>) {
        (&self.fours_filled(group)[..self.dim().div_ceil(4)], &self.bias[group])
    }

    /// The components, filled up with zeros to whole tiles of 16.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn fours_filled(&self, group: usize) -> &[Line<i8, 64>] {
        let steps = self.dim().div_ceil(4).next_multiple_of(TILE);
        &self.fours[group * steps..][..steps]
    }
}

impl Query for PackedInt8 {
    fn head(&self) -> &Head {
        &self.head
    }
}

/// Puts what the codes of a token lack into `rest`, and returns the unit in which it is, in units of `scale`. With the
/// instructions of its caller.
#[inline(always)]
#[expect(clippy::inline_always, reason = "so that it is compiled with the instructions of its caller")]
fn lacking(values: &[f32], codes: &[i8], scale: f32, lacks: &mut [f64], rest: &mut [Line<i8, 64>]) -> f32 {
    let inverse = if scale > 0.0 { 1.0 / f64::from(scale) } else { 0.0 };
    for ((lack, &value), &code) in lacks.iter_mut().zip(values).zip(codes) {
        *lack = f64::from(value) * inverse - f64::from(code);
    }
    let mut largest = [0.0_f64; 8];
    for lacks in lacks.chunks(8) {
        for (largest, lack) in largest.iter_mut().zip(lacks) {
            *largest = largest.max(lack.abs());
        }
    }
    let largest = largest.into_iter().fold(0.0, f64::max);
    let factor = if largest > 0.0 { 127.0 / largest } else { 0.0 };
    for (line, lacks) in rest.iter_mut().zip(lacks.chunks(64)) {
        for (code, lack) in line.0.iter_mut().zip(lacks) {
            *code = (lack * factor + WHOLE).to_bits() as i8;
        }
    }
    (largest / 127.0) as f32
}

const WHOLE: f64 = 1.5 * (1_u64 << 52) as f64;

/// Quantizes tokens of `dim` components, each by its own largest magnitude, which becomes ±127. Codes are rounded to the
/// nearest, ties to even.
///
/// A component is its code times the token's scale, to within half a scale or little more: the scale is that for which
/// the dot product of the codes with the token itself is exact. What rounding took away is then orthogonal to the token,
/// so that its product with what is alike is smallest.
///
/// A token of zeros has scale 0. A token that holds a NaN or an infinity has a scale that is not finite.
///
/// # Panics
///
/// If `values` and `codes` are not of the same length, `dim` times that of `scales`; as [`kernels`](crate::kernels).
///
/// # Example
///
/// ```
/// let (mut codes, mut scales) = ([0; 6], [0.0; 3]);
/// rank_kernels::quantize(&[0.5, -1.0, 127.0, 2.0, 0.0, 0.0], 2, &mut codes, &mut scales);
/// assert_eq!(codes, [64, -127, 127, 2, 0, 0]); // 63.5 lies midway, 64 is even
/// assert_eq!(scales, [1.25 / (0.5 * 64.0 + 127.0), 1.0, 0.0]);
/// ```
pub fn quantize(values: &[f32], dim: usize, codes: &mut [i8], scales: &mut [f32]) {
    assert_eq!(values.len(), codes.len(), "a code for each value");
    assert_eq!(values.len(), dim * scales.len(), "a scale for each token");
    vectorized(|| quantize_here(values, dim, codes, scales));
}

/// With the instructions of its caller.
#[inline(always)]
#[expect(clippy::inline_always, reason = "so that it is compiled with the instructions of its caller")]
fn quantize_here(values: &[f32], dim: usize, codes: &mut [i8], scales: &mut [f32]) {
    for ((token, codes), scale) in values.chunks_exact(dim).zip(codes.chunks_exact_mut(dim)).zip(scales) {
        // In eight sums each, which the compiler keeps in a register; what is left over is filled up with zeros.
        let (mut largest, mut check) = ([0.0_f32; 8], [0.0_f32; 8]);
        let (eights, rest) = token.as_chunks::<8>();
        let mut last = [0.0; 8];
        last[..rest.len()].copy_from_slice(rest);
        for values in eights.iter().chain([&last]) {
            for lane in 0..8 {
                largest[lane] = largest[lane].max(values[lane].abs());
                check[lane] += values[lane] * 0.0;
            }
        }
        let (largest, check) = (largest.into_iter().fold(0.0, f32::max), check.iter().sum::<f32>());
        // In f64, as the inverse of a subnormal is beyond f32.
        let inverse = if largest > 0.0 { 127.0 / f64::from(largest) } else { 0.0 };
        let (mut square, mut product) = ([0.0; 8], [0.0; 8]);
        let (to, to_rest) = codes.as_chunks_mut::<8>();
        let mut to_last = [0; 8];
        for (codes, values) in to.iter_mut().zip(eights).chain([(&mut to_last, &last)]) {
            for lane in 0..8 {
                let value = f64::from(values[lane]);
                // Beyond 2⁵² there are no fractions: the sum rounds to the nearest, ties to even, and its lowest byte is
                // the code, by instructions that the baseline has.
                let shifted = value * inverse + WHOLE;
                codes[lane] = shifted.to_bits() as i8;
                square[lane] += value * value;
                product[lane] += value * (shifted - WHOLE);
            }
        }
        to_rest.copy_from_slice(&to_last[..rest.len()]);
        let [square, product] = [square, product].map(|sums| sums.iter().sum::<f64>());
        *scale = if product > 0.0 { (square / product) as f32 } else { 0.0 } + check;
    }
}
