//! Dot products of candidates, in the type of the document.

use std::arch::x86_64::{
    __m512, _mm512_add_ps, _mm512_dpbf16_ps, _mm512_fmadd_ps, _mm512_maskz_loadu_epi16, _mm512_setzero_ps,
};
use std::marker::PhantomData;

use half::bf16;

use crate::PackedQuery;
use crate::avx512::bf16::halves;
use crate::avx512::load::{Brain, Load, Single};
use crate::avx512::reduce;
use crate::query::{PackedBf16, Query, bytes_of};

/// Candidates that are scored at once.
pub(super) const AT_ONCE: usize = 4;

/// How candidates are scored.
pub(crate) trait Dots {
    type Query: Query;
    type Value;
    /// How they are quantized.
    type Load: Load<Value = Self::Value>;

    /// What is read of a query.
    fn bytes(query: &Self::Query) -> &[u8];

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
pub(crate) struct Wide<Q, L>(PhantomData<(Q, L)>);

impl<Q: Query + AsRef<PackedQuery>, L: Load> Dots for Wide<Q, L> {
    type Query = Q;
    type Value = L::Value;
    type Load = L;

    fn bytes(query: &Q) -> &[u8] {
        bytes_of(query.as_ref().values())
    }

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
pub(crate) struct Pairs;

impl Dots for Pairs {
    type Query = PackedBf16;
    type Value = bf16;
    type Load = Brain;

    fn bytes(query: &PackedBf16) -> &[u8] {
        bytes_of(query.rounded())
    }

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
