//! `bf16`: sums in `f32`, and whether one is no number.

use std::arch::x86_64::{
    _mm512_add_ps, _mm512_fmadd_ps, _mm512_load_ps, _mm512_max_ps, _mm512_setzero_ps, _mm512_store_ps,
};

use half::bf16;

use super::documents::{Best, Kind};
use super::tiles::Pairs;
use crate::maxsim::Rows;
use crate::query::{Lanes, PackedBf16};

pub(super) struct Brain;

impl Kind for Brain {
    type Query = PackedBf16;
    type Value = bf16;
    type Product = Pairs;

    fn lines(query: &PackedBf16, group: usize) -> *const u8 {
        query.group_filled(group).as_ptr().cast()
    }

    fn check(_: Rows<'_, bf16>) -> f32 {
        0.0
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn fold<const GROUPS: usize>(
        sums: &[[Lanes; 2]],
        _: &[f32],
        _: usize,
        (maxima, _): Best<'_, GROUPS>,
        check: &mut Lanes,
    ) {
        // SAFETY: `Lanes` is 64 bytes, aligned to 64.
        let load = |lanes: &Lanes| unsafe { _mm512_load_ps(lanes.0.as_ptr()) };
        // Two chains each, so that none waits.
        let mut largest = [[_mm512_setzero_ps(); GROUPS]; 2];
        for chain in &mut largest {
            for (largest, maxima) in chain.iter_mut().zip(&*maxima) {
                *largest = load(maxima);
            }
        }
        let mut checks = [[_mm512_setzero_ps(); GROUPS]; 2];
        let (pairs, last) = sums.as_chunks::<2>();
        for pair in pairs {
            for (chain, row) in pair.iter().enumerate() {
                for group in 0..GROUPS {
                    let sums = load(&row[group]);
                    largest[chain][group] = _mm512_max_ps(largest[chain][group], sums);
                    checks[chain][group] = _mm512_fmadd_ps(sums, _mm512_setzero_ps(), checks[chain][group]);
                }
            }
        }
        for row in last {
            for group in 0..GROUPS {
                let sums = load(&row[group]);
                largest[0][group] = _mm512_max_ps(largest[0][group], sums);
                checks[0][group] = _mm512_fmadd_ps(sums, _mm512_setzero_ps(), checks[0][group]);
            }
        }
        let mut all = load(check);
        for group in 0..GROUPS {
            let maximum = _mm512_max_ps(largest[0][group], largest[1][group]);
            all = _mm512_add_ps(all, _mm512_add_ps(checks[0][group], checks[1][group]));
            // SAFETY: as above.
            unsafe { _mm512_store_ps(maxima[group].0.as_mut_ptr(), maximum) };
        }
        // SAFETY: as above.
        unsafe { _mm512_store_ps(check.0.as_mut_ptr(), all) };
    }
}
