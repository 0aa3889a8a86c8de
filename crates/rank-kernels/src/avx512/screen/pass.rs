//! A query and a document: from products of codes to maxima, unless these cannot be large enough.

use std::arch::x86_64::{
    __m512, __m512i, _MM_FROUND_NO_EXC, _MM_FROUND_TO_NEG_INF, _mm512_add_ps, _mm512_cvt_roundps_epi32,
    _mm512_cvtepi32_ps, _mm512_div_ps, _mm512_fmadd_ps, _mm512_fmsub_ps, _mm512_load_ps, _mm512_load_si512,
    _mm512_mul_ps, _mm512_packs_epi32, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_si512, _mm512_srai_epi32,
    _mm512_store_ps, _mm512_unpackhi_epi16, _mm512_unpacklo_epi16,
};

use super::candidates::{Found, valid};
use super::codes::Codes;
use super::dots::Dots;
use super::products::Products;
use crate::avx512::vnni::{Ahead, Fours};
use crate::maxsim::{Rows, Running};
use crate::query::{Lanes, Query, Screen};

/// Products that are held together, so that they stay in the second-level cache: of rows times pairs of groups.
const SEGMENT: usize = 1024;
/// Of however many groups, so many rows are screened together.
const LEAST_SEGMENT: usize = 96;
/// One in so many pairs of tokens may be left to score; beyond, the plain way is faster.
const FEW: usize = 8;

/// What has come of a document.
pub(super) enum Outcome {
    /// Its maxima.
    Scored,
    /// A score that is below the bar, and that it does not exceed.
    Below(f32),
    /// Too many rows may hold maxima.
    Plain,
}

/// A query and a document in eight bits.
pub(super) struct Pass<'a, D: Dots> {
    pub(super) query: &'a D::Query,
    pub(super) screen: &'a Screen,
    pub(super) rows: Rows<'a, D::Value>,
    pub(super) codes: &'a Codes,
}

#[target_feature(enable = "avx512f")]
#[inline]
fn load(lanes: &Lanes) -> __m512 {
    // SAFETY: `Lanes` is 64 bytes, aligned to 64.
    unsafe { _mm512_load_ps(lanes.0.as_ptr()) }
}

impl<D: Dots> Pass<'_, D> {
    /// So many bits that products of `dim` codes fit into 16.
    fn shift(&self) -> u32 {
        self.rows.dim.next_power_of_two().trailing_zeros() - 1
    }

    /// One over two to the [`shift`](Self::shift).
    fn unit(&self) -> f32 {
        1.0 / (1_u32 << self.shift()) as f32
    }

    /// By how much a product may be off.
    #[target_feature(enable = "avx512f")]
    #[inline]
    fn error(&self, group: usize) -> __m512 {
        let [residual, norm, _] = self.screen.bounds(group);
        let norm = _mm512_mul_ps(load(norm), _mm512_set1_ps(self.codes.norm));
        let error = _mm512_fmadd_ps(load(residual), _mm512_set1_ps(self.codes.error), norm);
        _mm512_mul_ps(error, _mm512_set1_ps(1.000_1 * self.unit()))
    }

    /// What makes a product of a dot product.
    #[target_feature(enable = "avx512f")]
    #[inline]
    fn factor(&self, group: usize) -> __m512 {
        let [_, _, inverse] = self.screen.bounds(group);
        _mm512_mul_ps(load(inverse), _mm512_set1_ps(self.unit() / self.codes.scale))
    }

    /// Leaves the maxima in `running`, or none.
    ///
    /// # Safety
    ///
    /// The machine has AVX-512 F, BW, VL and VNNI, and what `P` and `D` need; the codes are those of the rows, and the
    /// screen that of the query.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    pub(super) unsafe fn run<P: Products, T>(
        &self,
        held: &mut P::Held,
        ahead: Ahead<T>,
        found: &mut Found,
        bar: f32,
        running: &mut Running,
    ) -> Outcome {
        let (count, groups) = (self.rows.count(), running.maxima.len());
        let pairs = groups.div_ceil(2);
        let segment = (SEGMENT / pairs).max(LEAST_SEGMENT).min(count);
        found.begin(pairs, count * Lanes::WIDTH * groups.min(2) / FEW, segment);
        for start in (0..count).step_by(segment) {
            let here = segment.min(count - start);
            for pair in 0..pairs {
                let place = (pair, pair * segment, start, here);
                // SAFETY: as promised to this function.
                unsafe {
                    if 2 * pair + 1 < groups {
                        self.screen::<P, T, 2>(held, place, ahead, found);
                    } else {
                        self.screen::<P, T, 1>(held, place, ahead, found);
                    }
                }
            }
            // Of all rows at once the largest products are known before any is scored.
            if bar > f32::NEG_INFINITY && here == count {
                let most = self.most(found, running);
                if most < bar {
                    return Outcome::Below(most);
                }
            }
            for (pair, maxima) in running.maxima.chunks_mut(2).enumerate() {
                let place = (pair, pair * segment, start, here);
                // SAFETY: as promised to this function.
                if !unsafe { self.settle(place, found, maxima) } {
                    return Outcome::Plain;
                }
            }
        }
        Outcome::Scored
    }

    /// The products of a pair of groups: its number, the place of its products, the first row and the number of rows.
    ///
    /// # Safety
    ///
    /// As [`run`](Self::run); the pair has `GROUPS` groups, 1 or 2, and products have room for each row.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    unsafe fn screen<P: Products, T, const GROUPS: usize>(
        &self,
        held: &mut P::Held,
        (pair, at, start, count): (usize, usize, usize, usize),
        ahead: Ahead<T>,
        found: &mut Found,
    ) {
        let mut tokens: [Fours<'_>; GROUPS] = [self.screen.fours(2 * pair); GROUPS];
        tokens[GROUPS - 1] = self.screen.fours(2 * pair + GROUPS - 1);
        let best = &mut found.pairs[pair].best;
        best.rows.0 = [-1; 32];
        let shift = _mm512_set1_epi32(self.shift().cast_signed());
        let (codes, products) = ((&self.codes.bytes[..], self.rows.dim), &mut found.products[at..][..count]);
        // SAFETY: as promised to this function.
        unsafe { P::segment::<T, GROUPS>(held, tokens, codes, (start, count), ahead, shift, (products, best)) };
    }

    /// No score is above it: of all rows the largest products, and by how much these may be off.
    #[target_feature(enable = "avx512f,avx512bw")]
    fn most(&self, found: &Found, running: &mut Running) -> f32 {
        for (pair, (maxima, found)) in running.maxima.chunks_mut(2).zip(&found.pairs).enumerate() {
            // SAFETY: `Line` is 64 bytes, aligned to 64.
            let best = unsafe { _mm512_load_si512(found.best.products.0.as_ptr().cast()) };
            let both = [_mm512_unpacklo_epi16(best, best), _mm512_unpackhi_epi16(best, best)];
            for (group, (maxima, product)) in maxima.iter_mut().zip(both).enumerate() {
                let product = _mm512_cvtepi32_ps(_mm512_srai_epi32::<16>(product));
                // One for the bits that are gone, and one for what is rounded here.
                let slack = _mm512_add_ps(self.error(2 * pair + group), _mm512_set1_ps(2.0));
                let most = _mm512_div_ps(_mm512_add_ps(product, slack), self.factor(2 * pair + group));
                // SAFETY: as above.
                unsafe { _mm512_store_ps(maxima.0.as_mut_ptr(), most) };
            }
        }
        let most = self.query.head().sum(&running.maxima);
        running.maxima.fill(Lanes::LOWEST);
        most
    }

    /// Brings the rows that may hold maxima into these; returns whether they are not too many. `place` is as for
    /// [`screen`](Self::screen).
    ///
    /// # Safety
    ///
    /// As [`run`](Self::run); there are products of the pair for these rows.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
    unsafe fn settle(
        &self,
        (pair, at, start, count): (usize, usize, usize, usize),
        found: &mut Found,
        maxima: &mut [Lanes],
    ) -> bool {
        let first = 2 * pair;
        // Surplus lanes hold no token.
        let valid = valid(self.query.head().tokens() - first * Lanes::WIDTH);
        found.take_best(pair, at, start, valid);
        // SAFETY: as promised to this function.
        unsafe { found.score::<D>(self.query, first, self.rows, maxima) };
        // A row's product must now reach what its query token has come to, less the error.
        let mut enough = [_mm512_setzero_si512(); 2];
        for (group, (enough, maxima)) in enough.iter_mut().zip(&*maxima).enumerate() {
            // One for the bits that are gone, and one for what is rounded here.
            let slack = _mm512_add_ps(self.error(first + group), _mm512_set1_ps(2.0));
            let bound = _mm512_fmsub_ps(load(maxima), self.factor(first + group), slack);
            *enough = _mm512_cvt_roundps_epi32::<{ _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC }>(bound);
        }
        let enough: __m512i = _mm512_packs_epi32(enough[0], enough[1]);
        if !found.collect(pair, (at, start, count), enough, valid) {
            return false;
        }
        // SAFETY: as promised to this function.
        unsafe { found.score::<D>(self.query, first, self.rows, maxima) };
        true
    }
}
