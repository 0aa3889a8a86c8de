//! All dot products of some rows and many packed vectors: 16 of these in two registers.

use std::arch::x86_64::{_mm256_broadcast_ss, _mm256_fmadd_ps, _mm256_load_ps, _mm256_setzero_ps, _mm256_storeu_ps};
use std::ops::Range;

use crate::PackedQuery;
use crate::query::Lanes;

/// # Safety
///
/// The machine has AVX2 and FMA; the groups are some of `packed`, `rows` are of its dimension, and `out` has room for 16
/// products for each row and group.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn products(packed: &PackedQuery, groups: Range<usize>, rows: &[f32], out: &mut [f32]) {
    let (dim, width) = (packed.dim(), groups.len() * Lanes::WIDTH);
    let (mut rows, mut out) = (rows, out);
    while !rows.is_empty() {
        let count = if rows.len() / dim >= 6 { 6 } else { 1 };
        let (block, rest) = rows.split_at(count * dim);
        let (block_out, rest_out) = out.split_at_mut(count * width);
        for (at, group) in groups.clone().enumerate() {
            let (group, out) = (packed.group(group), &mut block_out[at * Lanes::WIDTH..]);
            // SAFETY: as promised to this function; `block` holds as many rows as the number of each call says.
            unsafe {
                match count {
                    6 => tile::<6>(group, block, out, width),
                    _ => tile::<1>(group, block, out, width),
                }
            }
        }
        (rows, out) = (rest, rest_out);
    }
}

/// # Safety
///
/// The machine has AVX2 and FMA; `rows` has `ROWS` times as many values as `group` has entries, and `out` room for 16
/// products at each of `ROWS` steps of `width`.
#[target_feature(enable = "avx2,fma")]
unsafe fn tile<const ROWS: usize>(group: &[Lanes], rows: &[f32], out: &mut [f32], width: usize) {
    let dim = group.len();
    let mut sums = [[_mm256_setzero_ps(); 2]; ROWS];
    for (k, vectors) in group.iter().enumerate() {
        // SAFETY: `Lanes` is 16 values, aligned to 64 bytes.
        let (low, high) = unsafe { (_mm256_load_ps(vectors.0.as_ptr()), _mm256_load_ps(vectors.0.as_ptr().add(8))) };
        for (row, sums) in sums.iter_mut().enumerate() {
            // SAFETY: `row < ROWS` and `k < dim`.
            let component = _mm256_broadcast_ss(unsafe { &*rows.as_ptr().add(row * dim + k) });
            sums[0] = _mm256_fmadd_ps(component, low, sums[0]);
            sums[1] = _mm256_fmadd_ps(component, high, sums[1]);
        }
    }
    for (row, [low, high]) in sums.into_iter().enumerate() {
        let out = &mut out[row * width..][..Lanes::WIDTH];
        // SAFETY: 16 values.
        unsafe {
            _mm256_storeu_ps(out.as_mut_ptr(), low);
            _mm256_storeu_ps(out.as_mut_ptr().add(8), high);
        }
    }
}
