//! Values, the sums in `f64` that a kernel is held to, and how a kernel of each type is asked.

use rank_kernels::half::{bf16, f16};
use rank_kernels::{Kernels, PackedBf16, PackedInt8, PackedQuery, quantize};

/// Deterministic, of both signs, and of unequal size.
pub(crate) fn values(count: usize, start: u32) -> Vec<f32> {
    let mut state = start.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        f64::from(state) / f64::from(u32::MAX) - 0.5
    };
    (0..count).map(|_| (next() * (1.0 + 4.0 * next().abs())) as f32).collect()
}

/// A dot product and the sum of the magnitudes of its terms.
pub(crate) fn exact_dot(a: &[f32], b: &[f32]) -> (f64, f64) {
    let terms = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b));
    terms.fold((0.0, 0.0), |(sum, size), term| (sum + term, size + term.abs()))
}

/// The error that n products and n sums in `f32` may make, twice over.
pub(crate) fn bound(dim: usize, size: f64) -> f64 {
    f64::from(f32::EPSILON) * (dim as f64 + 1.0) * size
}

pub(crate) fn exact_maxsim(query: &[f32], document: &[f32], dim: usize) -> (f64, f64) {
    let mut score = (0.0, 0.0);
    for token in query.chunks_exact(dim) {
        let dots = document.chunks_exact(dim).map(|other| exact_dot(token, other));
        let (best, size) =
            dots.fold((f64::NEG_INFINITY, 0.0_f64), |(best, size), dot| (best.max(dot.0), size.max(dot.1)));
        score = (score.0 + best, score.1 + size);
    }
    score
}

/// Of a query in eight bits: its codes choose a row, and what they lack is added, but for 1/127 of it. Between which
/// scores that is, as `f32` may see two rows as one, and how large terms are.
pub(crate) fn exact_refined(query: &[f32], document: &[f32], dim: usize) -> ((f64, f64), f64) {
    let codes = dequantized(query, dim);
    let (mut between, mut all) = ((0.0, 0.0), 0.0);
    for (token, codes) in query.chunks_exact(dim).zip(codes.chunks_exact(dim)) {
        let rows: Vec<&[f32]> = document.chunks_exact(dim).collect();
        let dots: Vec<(f64, f64)> = rows.iter().map(|row| exact_dot(codes, row)).collect();
        let best = dots.iter().fold(f64::NEG_INFINITY, |best, dot| best.max(dot.0));
        let size = dots.iter().fold(0.0_f64, |size, dot| size.max(dot.1));
        let largest = token.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let near = rows.iter().zip(&dots).filter(|(_, dot)| dot.0 >= best - bound(dim, size));
        let (low, high) = near.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (row, _)| {
            let slack = 4e-5 * f64::from(largest) * row.iter().map(|value| f64::from(value.abs())).sum::<f64>();
            let dot = exact_dot(token, row).0;
            (low.min(dot - slack), high.max(dot + slack))
        });
        between = (between.0 + low, between.1 + high);
        all += size;
    }
    (between, all)
}

/// What a kernel reads, as `f64` sums see it, and how it is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    F32,
    F16,
    Bf16,
    Rounded,
    Int8,
}

pub(crate) const KINDS: [Kind; 5] = [Kind::F32, Kind::F16, Kind::Bf16, Kind::Rounded, Kind::Int8];

pub(crate) fn map(values: &[f32], change: impl Fn(f32) -> f32) -> Vec<f32> {
    values.iter().map(|&value| change(value)).collect()
}

pub(crate) fn dequantized(values: &[f32], dim: usize) -> Vec<f32> {
    let (mut codes, mut scales) = (vec![0; values.len()], vec![0.0; values.len() / dim]);
    quantize(values, dim, &mut codes, &mut scales);
    codes.iter().enumerate().map(|(at, &code)| f32::from(code) * scales[at / dim]).collect()
}

impl Kind {
    /// What the documents, and the query, come to.
    pub(crate) fn stored(self, values: &[f32], dim: usize) -> Vec<f32> {
        match self {
            Self::F32 => values.to_vec(),
            Self::F16 => map(values, |value| f16::from_f32(value).to_f32()),
            Self::Bf16 | Self::Rounded => map(values, |value| bf16::from_f32(value).to_f32()),
            Self::Int8 => dequantized(values, dim),
        }
    }

    pub(crate) fn query(self, values: &[f32], dim: usize) -> Vec<f32> {
        if self == Self::F16 { values.to_vec() } else { self.stored(values, dim) }
    }

    pub(crate) fn scores(
        self,
        kernels: &Kernels,
        query: &[f32],
        documents: &[f32],
        dim: usize,
        offsets: &[usize],
    ) -> Vec<f32> {
        let mut scores = vec![f32::NAN; offsets.len() - 1];
        match self {
            Self::F32 => kernels.maxsim(&[&PackedQuery::new(query, dim)], documents, offsets, &mut scores),
            Self::F16 => {
                let documents: Vec<f16> = documents.iter().map(|&value| f16::from_f32(value)).collect();
                kernels.maxsim_f16(&[&PackedQuery::new(query, dim)], &documents, offsets, &mut scores);
            }
            Self::Bf16 => {
                let documents: Vec<bf16> = documents.iter().map(|&value| bf16::from_f32(value)).collect();
                kernels.maxsim_bf16(&[&PackedBf16::new(query, dim)], &documents, offsets, &mut scores);
            }
            Self::Rounded => {
                kernels.maxsim_rounded(&[&PackedBf16::new(query, dim)], documents, offsets, &mut scores);
            }
            Self::Int8 => {
                let (mut codes, mut factors) = (vec![0; documents.len()], vec![0.0; documents.len() / dim]);
                quantize(documents, dim, &mut codes, &mut factors);
                kernels.maxsim_int8(&[&PackedInt8::new(query, dim)], &codes, &factors, offsets, &mut scores);
            }
        }
        scores
    }
}
