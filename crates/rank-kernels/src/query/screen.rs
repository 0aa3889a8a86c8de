//! A query in eight bits, with bounds on what that changes: enough to tell which document tokens cannot hold a maximum.

use std::arch::x86_64::{
    _mm512_abs_ps, _mm512_add_ps, _mm512_cvtepi32_ps, _mm512_cvtps_epi32, _mm512_fmadd_ps, _mm512_fnmadd_ps,
    _mm512_mask_cvtepi32_storeu_epi8, _mm512_maskz_loadu_ps, _mm512_max_ps, _mm512_mul_ps, _mm512_reduce_max_ps,
    _mm512_set1_ps, _mm512_setzero_ps,
};

use super::{Head, Lanes, Line, TILE, bytes_of, pack};
use crate::avx512::reduce;

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

/// Puts the codes of a token into `codes`, by its largest magnitude, which gives the scale. Returns this; and the sums of
/// the codes, of their squares, of those of the values, and of those of the rounding errors.
///
/// # Safety
///
/// The machine has AVX-512 F and BW; `codes` are as many as the values.
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn quantize(token: &[f32], codes: &mut [i8]) -> (f32, [f32; 4]) {
    // SAFETY: the masks keep reads and writes below the length of both.
    let load = |at: usize| unsafe {
        let mask = (u32::MAX >> (32 - (token.len() - at).min(16))) as u16;
        (_mm512_maskz_loadu_ps(mask, token.as_ptr().add(at)), mask)
    };
    let mut largest = _mm512_setzero_ps();
    for at in (0..token.len()).step_by(16) {
        largest = _mm512_max_ps(largest, _mm512_abs_ps(load(at).0));
    }
    let largest = _mm512_reduce_max_ps(largest);
    let scale = largest / 127.0;
    let mut sums = [_mm512_setzero_ps(); 4];
    for at in (0..token.len()).step_by(16) {
        let (values, mask) = load(at);
        let wide = _mm512_cvtps_epi32(_mm512_mul_ps(values, _mm512_set1_ps(127.0 / largest)));
        // SAFETY: as above.
        unsafe { _mm512_mask_cvtepi32_storeu_epi8(codes.as_mut_ptr().add(at), mask, wide) };
        let whole = _mm512_cvtepi32_ps(wide);
        let error = _mm512_fnmadd_ps(whole, _mm512_set1_ps(scale), values);
        sums[0] = _mm512_add_ps(sums[0], whole);
        for (sum, value) in sums[1..].iter_mut().zip([whole, values, error]) {
            *sum = _mm512_fmadd_ps(value, value, *sum);
        }
    }
    (scale, reduce(sums))
}

impl Screen {
    /// Shorter tokens are not worth it; of longer ones, sums of codes are not exact in `f32`.
    const DIMS: std::ops::RangeInclusive<usize> = 64..=1024;
    /// Norms beyond are left to plain arithmetic, so that nothing here overflows or vanishes.
    const NORMS: std::ops::RangeInclusive<f64> = 1e-12..=1e12;

    /// # Safety
    ///
    /// The machine has AVX-512 F and BW.
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(super) unsafe fn new(values: &[f32], head: &Head) -> Option<Self> {
        let dim = head.dim;
        if !Self::DIMS.contains(&dim) {
            return None;
        }
        let mut codes = vec![0; values.len()];
        let mut bias = vec![Line([0; 16]); head.groups()];
        let lanes = || vec![Lanes::ZERO; head.groups()];
        let (mut residuals, mut norms, mut inverse) = (lanes(), lanes(), lanes());
        for (token, (values, codes)) in values.chunks_exact(dim).zip(codes.chunks_exact_mut(dim)).enumerate() {
            // SAFETY: the machine has the instruction set, and a code is there for each value.
            let (scale, sums) = unsafe { quantize(values, codes) };
            let [codes, square_codes, square_values, square_errors] = sums.map(f64::from);
            let length = square_values.sqrt();
            if !Self::NORMS.contains(&length) {
                return None;
            }
            let scale = f64::from(scale);
            // Sums of `dim` products in `f32`, here and where the candidates are scored again.
            let arithmetic = 2.0 * (dim as f64 + 16.0) * f64::from(f32::EPSILON);
            let norm = (square_errors.sqrt() + arithmetic * length) / scale;
            // Up, as `f32` rounds.
            let [residual, norm] = [square_codes.sqrt(), norm].map(|bound| (bound * 1.000_5) as f32);
            residuals[token / 16].0[token % 16] = residual;
            norms[token / 16].0[token % 16] = norm;
            inverse[token / 16].0[token % 16] = (1.0 / scale) as f32;
            bias[token / 16].0[token % 16] = -128 * codes as i32;
        }
        let fours = pack(&codes, head, TILE);
        Some(Self {
            fours,
            bias,
            steps: dim.div_ceil(4).next_multiple_of(TILE),
            residual: residuals,
            norm: norms,
            inverse,
        })
    }

    /// Of the tokens of a group `residual`, `norm`, and one over their scales.
    pub(crate) fn bounds(&self, group: usize) -> [&Lanes; 3] {
        [&self.residual[group], &self.norm[group], &self.inverse[group]]
    }

    /// All the codes.
    pub(crate) fn bytes(&self) -> &[u8] {
        bytes_of(&self.fours)
    }

    /// As [`PackedInt8::fours`](super::PackedInt8::fours), filled up with zeros to whole tiles.
    pub(crate) fn fours(&self, group: usize) -> (&[Line<i8, 64>], &Line<i32, 16>) {
        (&self.fours[group * self.steps..][..self.steps], &self.bias[group])
    }
}
