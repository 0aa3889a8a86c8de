//! Rows of sums: adding a row, and finding what reaches a bar.
//!
//! Products and sums are rounded one by one, on all levels alike, so that all give the same bits.

/// What a row or a list holds for each place: a number, or a small whole one in a byte.
pub(crate) trait Value: Copy {
    fn number(self) -> f32;
}

impl Value for f32 {
    fn number(self) -> f32 {
        self
    }
}

impl Value for u8 {
    fn number(self) -> f32 {
        self.into()
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled for the instructions of its callers")]
fn add_plain<T: Value>(sums: &mut [f32], row: &[T], weight: f32) {
    for (sum, value) in sums.iter_mut().zip(row) {
        *sum += weight * value.number();
    }
}

/// # Safety
///
/// None is asked for.
pub(crate) unsafe fn add<T: Value>(sums: &mut [f32], row: &[T], weight: f32) {
    add_plain(sums, row, weight);
}

/// # Safety
///
/// None is asked for.
pub(crate) unsafe fn at_least(values: &[f32], bar: f32, masks: &mut [u64]) {
    for (values, mask) in values.as_chunks::<64>().0.iter().zip(masks) {
        *mask = values.iter().rev().fold(0, |mask, &value| mask << 1 | u64::from(value >= bar));
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2 {
    use std::arch::x86_64::{_CMP_GE_OQ, _mm256_cmp_ps, _mm256_loadu_ps, _mm256_movemask_ps, _mm256_set1_ps};

    use super::Value;

    /// # Safety
    ///
    /// The machine has AVX2.
    #[target_feature(enable = "avx2")]
    pub(crate) unsafe fn add<T: Value>(sums: &mut [f32], row: &[T], weight: f32) {
        super::add_plain(sums, row, weight);
    }

    /// # Safety
    ///
    /// The machine has AVX2.
    #[target_feature(enable = "avx2")]
    pub(crate) unsafe fn at_least(values: &[f32], bar: f32, masks: &mut [u64]) {
        for (values, mask) in values.as_chunks::<64>().0.iter().zip(masks) {
            // SAFETY: as the caller promises.
            *mask = unsafe { chunk(values, bar) };
        }
    }

    /// # Safety
    ///
    /// The machine has AVX2.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn chunk(values: &[f32; 64], bar: f32) -> u64 {
        let bar = _mm256_set1_ps(bar);
        let mut mask = 0;
        for at in (0..64).step_by(8) {
            // SAFETY: `at + 8 <= 64`.
            let part = unsafe { _mm256_loadu_ps(values.as_ptr().add(at)) };
            let reached = _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_GE_OQ>(part, bar));
            mask |= u64::from(reached as u32) << at;
        }
        mask
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512 {
    use std::arch::x86_64::{_CMP_GE_OQ, _mm512_cmp_ps_mask, _mm512_loadu_ps, _mm512_set1_ps};

    use super::Value;

    /// # Safety
    ///
    /// The machine has AVX-512 F.
    #[target_feature(enable = "avx512f")]
    pub(crate) unsafe fn add<T: Value>(sums: &mut [f32], row: &[T], weight: f32) {
        super::add_plain(sums, row, weight);
    }

    /// # Safety
    ///
    /// The machine has AVX-512 F.
    #[target_feature(enable = "avx512f")]
    pub(crate) unsafe fn at_least(values: &[f32], bar: f32, masks: &mut [u64]) {
        for (values, mask) in values.as_chunks::<64>().0.iter().zip(masks) {
            // SAFETY: as the caller promises.
            *mask = unsafe { chunk(values, bar) };
        }
    }

    /// # Safety
    ///
    /// The machine has AVX-512 F.
    #[inline]
    #[target_feature(enable = "avx512f")]
    unsafe fn chunk(values: &[f32; 64], bar: f32) -> u64 {
        let bar = _mm512_set1_ps(bar);
        let mut mask = 0;
        for at in (0..64).step_by(16) {
            // SAFETY: `at + 16 <= 64`.
            let part = unsafe { _mm512_loadu_ps(values.as_ptr().add(at)) };
            mask |= u64::from(_mm512_cmp_ps_mask::<_CMP_GE_OQ>(part, bar)) << at;
        }
        mask
    }
}
