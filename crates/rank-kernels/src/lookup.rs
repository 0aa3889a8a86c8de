//! Look-ups of many keys in a sorted list.

use crate::Kernels;
use crate::sums::Value;

/// Ascending keys of 14 bits or fewer, each once, and where the buckets of them begin.
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    held: &'a [u16],
    starts: &'a [u16],
    shift: u32,
}

/// Keys are below two to this power.
const BITS: u32 = 14;
/// Keys that are compared at once.
const LANES: usize = 32;

impl<'a> Keys<'a> {
    /// `starts` is what [`fill`](Self::fill) made of the same keys; empty, if nothing did.
    pub fn new(held: &'a [u16], starts: &'a [u16]) -> Self {
        let buckets = starts.len().saturating_sub(1).next_power_of_two();
        Self { held, starts, shift: BITS.saturating_sub(buckets.trailing_zeros()) }
    }

    /// How long `starts` are for so many keys: 0 for few, else at most an eighth as many, and one.
    pub fn starts(keys: usize) -> usize {
        if keys < 2 * LANES { 0 } else { (1 << (keys.min(1 << BITS) / 8).ilog2()) + 1 }
    }

    /// Finds where the buckets begin.
    ///
    /// # Panics
    ///
    /// If `starts` are not as long as [`starts`](Self::starts) says.
    pub fn fill(keys: &[u16], starts: &mut [u16]) {
        assert_eq!(starts.len(), Self::starts(keys.len()), "as many starts as the keys take");
        let Some(buckets) = starts.len().checked_sub(1) else { return };
        let shift = BITS - buckets.trailing_zeros();
        let mut next = 0;
        for (at, key) in keys.iter().enumerate() {
            let bucket = (usize::from(*key) >> shift).min(buckets - 1);
            while next <= bucket {
                starts[next] = at as u16;
                next += 1;
            }
        }
        starts[next..].fill(keys.len() as u16);
    }

    /// The place of the bucket of a key.
    #[inline]
    fn bucket(&self, key: u16) -> (usize, usize) {
        match self.starts {
            [] => (0, self.held.len()),
            starts => {
                let bucket = (usize::from(key) >> self.shift).min(starts.len() - 2);
                (starts[bucket].into(), usize::from(starts[bucket + 1]).min(self.held.len()))
            }
        }
    }

    #[inline]
    fn position(&self, key: u16) -> Option<usize> {
        let (start, end) = self.bucket(key);
        let bucket = self.held.get(start..end)?;
        let at = bucket.partition_point(|&other| other < key);
        (bucket.get(at) == Some(&key)).then_some(start + at)
    }
}

/// # Safety
///
/// None is asked for.
pub(crate) unsafe fn add_found<T: Value>(list: Keys<'_>, values: &[T], weight: f32, keys: &[u16], sums: &mut [f32]) {
    for (&key, sum) in keys.iter().zip(sums) {
        if let Some(at) = list.position(key) {
            *sum += weight * values[at].number();
        }
    }
}

#[cfg(target_arch = "x86_64")]
macro_rules! level {
    ($features:literal) => {
        /// # Safety
        ///
        /// The machine has the instruction set.
        #[target_feature(enable = $features)]
        pub(crate) unsafe fn add_found<T: crate::sums::Value>(
            list: super::Keys<'_>,
            values: &[T],
            weight: f32,
            keys: &[u16],
            sums: &mut [f32],
        ) {
            let last = match list.held.len().checked_sub(super::LANES) {
                Some(last) if !list.starts.is_empty() => last,
                // SAFETY: none is asked for.
                _ => return unsafe { super::add_found(list, values, weight, keys, sums) },
            };
            for (&key, sum) in keys.iter().zip(sums) {
                let (mut at, end) = list.bucket(key);
                // Most buckets are one load, wherever in it they begin.
                loop {
                    at = at.min(last);
                    // SAFETY: `at + LANES` is at most the number of keys.
                    let mask = unsafe { equal(list.held.as_ptr().add(at), key) };
                    if mask != 0 {
                        *sum += weight * values[at + mask.trailing_zeros() as usize].number();
                        break;
                    }
                    at += super::LANES;
                    if at >= end {
                        break;
                    }
                }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2 {
    use std::arch::x86_64::{
        _mm256_cmpeq_epi16, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_packs_epi16, _mm256_permute4x64_epi64,
        _mm256_set1_epi16,
    };

    level!("avx2");

    /// # Safety
    ///
    /// The machine has AVX2, and there are `LANES` keys.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn equal(from: *const u16, key: u16) -> u32 {
        let key = _mm256_set1_epi16(key.cast_signed());
        // SAFETY: as the caller promises.
        let (low, high) = unsafe { (_mm256_loadu_si256(from.cast()), _mm256_loadu_si256(from.add(16).cast())) };
        let both = _mm256_packs_epi16(_mm256_cmpeq_epi16(low, key), _mm256_cmpeq_epi16(high, key));
        // The quarters of the two come out in turns.
        _mm256_movemask_epi8(_mm256_permute4x64_epi64::<0b11_01_10_00>(both)).cast_unsigned()
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512 {
    use std::arch::x86_64::{_mm512_cmpeq_epi16_mask, _mm512_loadu_si512, _mm512_set1_epi16};

    level!("avx512f,avx512bw");

    /// # Safety
    ///
    /// The machine has AVX-512 F and BW, and there are `LANES` keys.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    unsafe fn equal(from: *const u16, key: u16) -> u32 {
        // SAFETY: as the caller promises.
        let keys = unsafe { _mm512_loadu_si512(from.cast()) };
        _mm512_cmpeq_epi16_mask(keys, _mm512_set1_epi16(key.cast_signed()))
    }
}

/// Asks for the beginning of a slice to be brought into the cache.
#[inline]
pub fn prefetch<T>(values: &[T], lines: usize) {
    #[cfg(target_arch = "x86_64")]
    for line in 0..lines.min(size_of_val(values).div_ceil(64)) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch reads nothing, whatever the address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(values.as_ptr().cast::<i8>().wrapping_add(64 * line)) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (values, lines);
}

impl Kernels {
    /// Adds `weight` times its value to the sum of each key that the list holds. All levels give the same bits.
    ///
    /// # Panics
    ///
    /// If there is not a value for each key of the list, or a sum for each key.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_kernels::{Keys, kernels};
    ///
    /// let mut sums = [1.0, 2.0];
    /// kernels().add_found(Keys::new(&[3, 7, 9], &[]), &[10.0, 20.0, 30.0], 0.5, &[7, 8], &mut sums);
    /// assert_eq!(sums, [11.0, 2.0]);
    /// ```
    pub fn add_found(&self, list: Keys<'_>, values: &[f32], weight: f32, keys: &[u16], sums: &mut [f32]) {
        assert_eq!(list.held.len(), values.len(), "a value for each key of the list");
        assert_eq!(keys.len(), sums.len(), "a sum for each key");
        // SAFETY: the machine has the instruction set.
        unsafe { (self.add_found)(list, values, weight, keys, sums) }
    }

    /// [`add_found`](Self::add_found) of values that are whole numbers in a byte each.
    ///
    /// # Panics
    ///
    /// As [`add_found`](Self::add_found).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_kernels::{Keys, kernels};
    ///
    /// let mut sums = [1.0, 2.0];
    /// kernels().add_found_bytes(Keys::new(&[3, 7, 9], &[]), &[10, 20, 30], 0.5, &[7, 8], &mut sums);
    /// assert_eq!(sums, [11.0, 2.0]);
    /// ```
    pub fn add_found_bytes(&self, list: Keys<'_>, values: &[u8], weight: f32, keys: &[u16], sums: &mut [f32]) {
        assert_eq!(list.held.len(), values.len(), "a value for each key of the list");
        assert_eq!(keys.len(), sums.len(), "a sum for each key");
        // SAFETY: the machine has the instruction set.
        unsafe { (self.add_found_bytes)(list, values, weight, keys, sums) }
    }
}
