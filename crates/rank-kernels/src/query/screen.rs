//! A query in eight bits, with bounds on what that changes: enough to tell which document tokens cannot hold a maximum.

use super::int8::quantize_here;
use super::{Head, Lanes, Line, pack};
use crate::vectorized;

/// In the units of each lane (a dot product over the scale of the query token), a dot product of eight-bit codes times
/// the scale of the document is off by at most `residual` times the norm of the document token's rounding error, plus
/// `norm` times its norm; what `f32` arithmetic adds is in there.
#[derive(Debug, Clone)]
pub(crate) struct Screen {
    fours: Vec<Line<i8, 64>>,
    bias: Vec<Line<i32, 16>>,
    steps: usize,
    residual: Vec<Lanes>,
    norm: Vec<Lanes>,
    inverse: Vec<Lanes>,
}

/// In 16 sums, which the compiler keeps in registers.
#[inline(always)]
#[expect(clippy::inline_always, reason = "so that it is compiled with the instructions of its caller")]
fn sum(values: &[f32], change: impl Fn(f32) -> f32) -> f32 {
    let mut sums = [0.0; 16];
    let (whole, tail) = values.as_chunks::<16>();
    for values in whole {
        for (sum, &value) in sums.iter_mut().zip(values) {
            *sum += change(value);
        }
    }
    sums.iter().sum::<f32>() + tail.iter().map(|&value| change(value)).sum::<f32>()
}

impl Screen {
    /// Shorter tokens are not worth it; of longer ones, sums of codes are not exact in `f32`.
    const DIMS: std::ops::RangeInclusive<usize> = 64..=1024;
    /// Norms beyond are left to plain arithmetic, so that nothing here overflows or vanishes.
    const NORMS: std::ops::RangeInclusive<f64> = 1e-12..=1e12;

    pub(super) fn new(values: &[f32], head: &Head) -> Option<Self> {
        let dim = head.dim;
        if Self::DIMS.contains(&dim) { vectorized(|| Self::make(values, head, dim)) } else { None }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "so that it is compiled with the instructions of its caller")]
    fn make(values: &[f32], head: &Head, dim: usize) -> Option<Self> {
        let (mut codes, mut scales) = (vec![0; values.len()], vec![0.0; head.tokens]);
        quantize_here(values, dim, &mut codes, &mut scales);
        let mut bias = vec![Line([0; 16]); head.groups()];
        let lanes = || vec![Lanes::ZERO; head.groups()];
        let (mut residuals, mut norms, mut inverse) = (lanes(), lanes(), lanes());
        let mut errors = Vec::with_capacity(dim);
        for (token, ((values, codes), scale)) in
            values.chunks_exact(dim).zip(codes.chunks_exact(dim)).zip(scales).enumerate()
        {
            let length = f64::from(sum(values, |value| value * value)).sqrt();
            if !Self::NORMS.contains(&length) {
                return None;
            }
            let codes_wide = codes.iter().map(|&code| i32::from(code));
            let rounded = f64::from(codes_wide.clone().map(|code| code * code).sum::<i32>()).sqrt();
            errors.clear();
            errors.extend(values.iter().zip(codes).map(|(&value, &code)| value - scale * f32::from(code)));
            let error = f64::from(sum(&errors, |error| error * error)).sqrt();
            let scale = f64::from(scale);
            // Sums of `dim` products in `f32`, here and where the candidates are scored again.
            let arithmetic = 2.0 * (dim as f64 + 8.0) * f64::from(f32::EPSILON);
            let norm = error / scale + arithmetic * length / scale;
            // Up, as `f32` rounds.
            let [residual, norm] = [rounded, norm].map(|bound| (bound * 1.000_5) as f32);
            residuals[token / 16].0[token % 16] = residual;
            norms[token / 16].0[token % 16] = norm;
            inverse[token / 16].0[token % 16] = (1.0 / scale) as f32;
            bias[token / 16].0[token % 16] = -128 * codes_wide.sum::<i32>();
        }
        let fours = pack(&codes, head);
        Some(Self { fours, bias, steps: dim.div_ceil(4), residual: residuals, norm: norms, inverse })
    }

    /// Of the tokens of a group `residual`, `norm`, and one over their scales.
    pub(crate) fn bounds(&self, group: usize) -> [&Lanes; 3] {
        [&self.residual[group], &self.norm[group], &self.inverse[group]]
    }

    /// As [`PackedInt8::fours`](super::PackedInt8::fours).
    pub(crate) fn fours(&self, group: usize) -> (&[Line<i8, 64>], &Line<i32, 16>) {
        (&self.fours[group * self.steps..][..self.steps], &self.bias[group])
    }
}
