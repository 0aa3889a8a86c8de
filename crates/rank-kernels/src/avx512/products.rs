//! All dot products of some rows and many packed vectors: 16 of these in a register.

use std::arch::x86_64::{_mm512_fmadd_ps, _mm512_load_ps, _mm512_set1_ps, _mm512_setzero_ps, _mm512_storeu_ps};
use std::ops::Range;

use crate::PackedQuery;
use crate::query::Lanes;

/// # Safety
///
/// The machine has AVX-512 F; the groups are some of `packed`, `rows` are of its dimension, and `out` has room for 16
/// products for each row and group.
#[target_feature(enable = "avx512f")]
pub(super) unsafe fn products(packed: &PackedQuery, groups: Range<usize>, rows: &[f32], out: &mut [f32]) {
    let (dim, width) = (packed.dim(), groups.len() * Lanes::WIDTH);
    let (mut rows, mut out) = (rows, out);
    while !rows.is_empty() {
        let count = match rows.len() / dim {
            12.. => 12,
            4.. => 4,
            _ => 1,
        };
        let (block, rest) = rows.split_at(count * dim);
        let (block_out, rest_out) = out.split_at_mut(count * width);
        // SAFETY: as promised to this function; `block` holds as many rows as the number of each call says.
        unsafe {
            match count {
                12 => block_of::<12>(packed, groups.clone(), block, block_out),
                4 => block_of::<4>(packed, groups.clone(), block, block_out),
                _ => block_of::<1>(packed, groups.clone(), block, block_out),
            }
        }
        (rows, out) = (rest, rest_out);
    }
}

/// # Safety
///
/// As [`products`], of `ROWS` rows.
#[target_feature(enable = "avx512f")]
unsafe fn block_of<const ROWS: usize>(packed: &PackedQuery, groups: Range<usize>, rows: &[f32], out: &mut [f32]) {
    let width = groups.len() * Lanes::WIDTH;
    let mut group = groups.start;
    while group < groups.end {
        let at = (group - groups.start) * Lanes::WIDTH;
        // SAFETY: as promised to this function; groups have `dim` entries.
        unsafe {
            if group + 1 < groups.end {
                tile::<ROWS, 2>([packed.group(group), packed.group(group + 1)], rows, &mut out[at..], width);
                group += 2;
            } else {
                tile::<ROWS, 1>([packed.group(group)], rows, &mut out[at..], width);
                group += 1;
            }
        }
    }
}

/// # Safety
///
/// The machine has AVX-512 F; each group has the same number of entries, and `rows` has `ROWS` times as many; `out` has
/// room for `GROUPS` times 16 products at each of `ROWS` steps of `width`.
#[target_feature(enable = "avx512f")]
unsafe fn tile<const ROWS: usize, const GROUPS: usize>(
    groups: [&[Lanes]; GROUPS],
    rows: &[f32],
    out: &mut [f32],
    width: usize,
) {
    let dim = groups[0].len();
    let mut sums = [[_mm512_setzero_ps(); GROUPS]; ROWS];
    for k in 0..dim {
        let mut vectors = [_mm512_setzero_ps(); GROUPS];
        for group in 0..GROUPS {
            // SAFETY: `k < dim`; `Lanes` is 64 bytes, aligned to 64.
            vectors[group] = unsafe { _mm512_load_ps(groups[group].as_ptr().add(k).cast()) };
        }
        for (row, sums) in sums.iter_mut().enumerate() {
            // SAFETY: `row < ROWS` and `k < dim`.
            let component = _mm512_set1_ps(unsafe { *rows.as_ptr().add(row * dim + k) });
            for group in 0..GROUPS {
                sums[group] = _mm512_fmadd_ps(component, vectors[group], sums[group]);
            }
        }
    }
    for (row, sums) in sums.iter().enumerate() {
        for (group, &sum) in sums.iter().enumerate() {
            let out = &mut out[row * width + group * Lanes::WIDTH..][..Lanes::WIDTH];
            // SAFETY: 16 values.
            unsafe { _mm512_storeu_ps(out.as_mut_ptr(), sum) };
        }
    }
}
