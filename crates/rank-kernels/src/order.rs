//! The order of a few keys, by counting for each how many come before it.

use crate::{Isa, kernels};

/// Keys that are placed at once.
const LANES: usize = 32;

/// The positions of `keys` in ascending order, equal keys in the order of their positions.
///
/// Each key is compared with every other: for lists of a hundred or so, where this is faster than any sort.
///
/// # Panics
///
/// If `order` is not as long as `keys`, and as [`kernels`](crate::kernels).
///
/// # Example
///
/// ```
/// let mut order = [0; 4];
/// rank_kernels::order_by_counting(&[30, 10, 20, 10], &mut order);
/// assert_eq!(order, [1, 3, 2, 0]);
/// ```
pub fn order_by_counting(keys: &[u32], order: &mut [u32]) {
    order_for(kernels().isa(), keys, order);
}

pub(crate) fn order_for(isa: Isa, keys: &[u32], order: &mut [u32]) {
    assert_eq!(keys.len(), order.len(), "as many positions as keys");
    match isa {
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 | Isa::Avx512Vnni | Isa::Avx512Bf16 | Isa::Amx => {
            // SAFETY: the machine has AVX-512 F.
            place_all(keys, order, |parts, block| unsafe { wide::before(parts, block) });
        }
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => {
            // SAFETY: the machine has AVX2.
            place_all(keys, order, |parts, block| unsafe { narrow::before(parts, block) });
        }
        _ => place_all(keys, order, before),
    }
}

/// Keys before a block, in it, and behind it.
type Parts<'a> = [&'a [u32]; 3];

/// Of each key of a block, how many come before: the reference.
fn before([front, inside, behind]: Parts<'_>, block: &[u32; LANES]) -> [u32; LANES] {
    std::array::from_fn(|lane| {
        let not_greater = |keys: &[u32]| keys.iter().filter(|&&key| key <= block[lane]).count();
        let less = |keys: &[u32]| keys.iter().filter(|&&key| key < block[lane]).count();
        let (left, right) = inside.split_at(lane.min(inside.len()));
        (not_greater(front) + not_greater(left) + less(right) + less(behind)) as u32
    })
}

fn place_all(keys: &[u32], order: &mut [u32], before: impl Fn(Parts<'_>, &[u32; LANES]) -> [u32; LANES]) {
    for start in (0..keys.len()).step_by(LANES) {
        let length = LANES.min(keys.len() - start);
        let mut block = [u32::MAX; LANES];
        block[..length].copy_from_slice(&keys[start..start + length]);
        let places = before([&keys[..start], &keys[start..start + length], &keys[start + length..]], &block);
        for (lane, &place) in places[..length].iter().enumerate() {
            order[place as usize] = (start + lane) as u32;
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use std::arch::x86_64::{
        _mm512_cmpeq_epu32_mask, _mm512_cmple_epu32_mask, _mm512_cmplt_epu32_mask, _mm512_loadu_si512,
        _mm512_mask_add_epi32, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_storeu_si512,
    };

    use super::{LANES, Parts};

    /// # Safety
    ///
    /// The machine has AVX-512 F.
    #[target_feature(enable = "avx512f")]
    pub(super) unsafe fn before([front, inside, behind]: Parts<'_>, block: &[u32; LANES]) -> [u32; LANES] {
        // SAFETY: a block has 32 keys, of which each half fills a register.
        let (low, high) =
            unsafe { (_mm512_loadu_si512(block.as_ptr().cast()), _mm512_loadu_si512(block.as_ptr().add(16).cast())) };
        let one = _mm512_set1_epi32(1);
        let mut counts = [_mm512_setzero_si512(); 2];
        for &key in front {
            let key = _mm512_set1_epi32(key as i32);
            counts[0] = _mm512_mask_add_epi32(counts[0], _mm512_cmple_epu32_mask(key, low), counts[0], one);
            counts[1] = _mm512_mask_add_epi32(counts[1], _mm512_cmple_epu32_mask(key, high), counts[1], one);
        }
        for &key in behind {
            let key = _mm512_set1_epi32(key as i32);
            counts[0] = _mm512_mask_add_epi32(counts[0], _mm512_cmplt_epu32_mask(key, low), counts[0], one);
            counts[1] = _mm512_mask_add_epi32(counts[1], _mm512_cmplt_epu32_mask(key, high), counts[1], one);
        }
        for (position, &key) in inside.iter().enumerate() {
            // The lanes after this position, for which an equal key comes before.
            let after = (u32::MAX << position) << 1;
            let key = _mm512_set1_epi32(key as i32);
            for (part, keys) in [low, high].into_iter().enumerate() {
                let equal = _mm512_cmpeq_epu32_mask(key, keys) & (after >> (16 * part)) as u16;
                let mask = _mm512_cmplt_epu32_mask(key, keys) | equal;
                counts[part] = _mm512_mask_add_epi32(counts[part], mask, counts[part], one);
            }
        }
        let mut out = [0; LANES];
        // SAFETY: as above.
        unsafe {
            _mm512_storeu_si512(out.as_mut_ptr().cast(), counts[0]);
            _mm512_storeu_si512(out.as_mut_ptr().add(16).cast(), counts[1]);
        }
        out
    }
}

#[cfg(target_arch = "x86_64")]
mod narrow {
    use std::arch::x86_64::{
        _mm256_add_epi32, _mm256_and_si256, _mm256_cmpeq_epi32, _mm256_cmpgt_epi32, _mm256_loadu_si256,
        _mm256_or_si256, _mm256_set1_epi32, _mm256_setr_epi32, _mm256_setzero_si256, _mm256_storeu_si256,
        _mm256_sub_epi32, _mm256_xor_si256,
    };

    use super::{LANES, Parts};

    /// # Safety
    ///
    /// The machine has AVX2.
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn before([front, inside, behind]: Parts<'_>, block: &[u32; LANES]) -> [u32; LANES] {
        // There are signed comparisons alone: the sign bit is turned.
        let turn = i32::MIN;
        let mut keys = [_mm256_setzero_si256(); 4];
        for (part, keys) in keys.iter_mut().enumerate() {
            // SAFETY: a block has 32 keys, eight to a register.
            let loaded = unsafe { _mm256_loadu_si256(block.as_ptr().add(8 * part).cast()) };
            *keys = _mm256_xor_si256(loaded, _mm256_set1_epi32(turn));
        }
        // Those in front that are not greater count: all, less those that are.
        let mut counts = [_mm256_set1_epi32(front.len() as i32); 4];
        for &key in front {
            let key = _mm256_set1_epi32(key as i32 ^ turn);
            for part in 0..4 {
                // A true comparison is -1.
                counts[part] = _mm256_add_epi32(counts[part], _mm256_cmpgt_epi32(key, keys[part]));
            }
        }
        for &key in behind {
            let key = _mm256_set1_epi32(key as i32 ^ turn);
            for part in 0..4 {
                counts[part] = _mm256_sub_epi32(counts[part], _mm256_cmpgt_epi32(keys[part], key));
            }
        }
        let mut out = [0; LANES];
        let lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        for (position, &key) in inside.iter().enumerate() {
            let key = _mm256_set1_epi32(key as i32 ^ turn);
            for part in 0..4 {
                // An equal key comes before in the lanes after its position.
                let after = _mm256_cmpgt_epi32(lanes, _mm256_set1_epi32(position as i32 - 8 * part as i32));
                let equal = _mm256_and_si256(_mm256_cmpeq_epi32(key, keys[part]), after);
                let mask = _mm256_or_si256(_mm256_cmpgt_epi32(keys[part], key), equal);
                counts[part] = _mm256_sub_epi32(counts[part], mask);
            }
        }
        for (part, counts) in counts.into_iter().enumerate() {
            // SAFETY: as above.
            unsafe { _mm256_storeu_si256(out.as_mut_ptr().add(8 * part).cast(), counts) };
        }
        out
    }
}
