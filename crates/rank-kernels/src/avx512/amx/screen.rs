//! Documents of `f32` and `f16`, screened by products of tiles.

use std::arch::x86_64::{__m512i, _MM_HINT_T1, _mm_prefetch, _mm512_load_si512};

use super::documents::{Buffers, zeros};
use super::tiles::{Fours as Signed, Operands, Product, TILE, Tiles};
use crate::avx512::screen::{Best, Both, Products};
use crate::avx512::vnni::{Ahead, Fours};
use crate::query::Line;

pub(crate) struct Tiled;

impl Products for Tiled {
    const RAISE: i8 = 0;
    /// The last tile of a document may be of one row.
    const BEYOND: usize = TILE - 1;
    type Held = (Tiles, Buffers<i32>);

    unsafe fn hold() -> (Tiles, Buffers<i32>) {
        // SAFETY: what the caller promises.
        (unsafe { Tiles::new() }, zeros())
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    unsafe fn segment<T, const GROUPS: usize>(
        (_, buffers): &mut (Tiles, Buffers<i32>),
        tokens: [Fours<'_>; GROUPS],
        (codes, dim): (&[Line<u8, 64>], usize),
        (start, count): (usize, usize),
        ahead: Ahead<T>,
        shift: __m512i,
        (found, best): (&mut [Both], &mut Best),
    ) {
        let lines = dim.div_ceil(64);
        let query = [tokens[0].0.as_ptr().cast(), tokens[GROUPS - 1].0.as_ptr().cast()];
        let [mut filled, mut free] = buffers.each_mut();
        let mut before: Option<(usize, usize)> = None;
        let mut row = 0;
        while row < count || before.is_some() {
            let now = (row < count).then(|| (row, if count - row > TILE { 2 } else { 1 }));
            if let Some((row, tiles)) = now {
                let rows = codes[(start + row) * lines..][..tiles * TILE * lines].as_ptr().cast();
                let values = ahead.at(start + row, dim);
                for line in 0..(tiles * TILE * dim * size_of::<T>()).div_ceil(64) {
                    _mm_prefetch::<_MM_HINT_T1>(values.wrapping_add(64 * line));
                }
                let operands = Operands { rows, stride: 64 * lines, query, steps: lines, ahead: std::ptr::null() };
                // SAFETY: the caller holds tiles; there are so many rows, and of the query lines for each of the steps.
                unsafe { Signed::multiply::<GROUPS>(tiles, operands, free) };
            }
            if let Some((row, tiles)) = before {
                let there = (tiles * TILE).min(count - row);
                let mut taking = best.taking(row, shift);
                for (sums, found) in filled[..there].iter().zip(&mut found[row..row + there]) {
                    // SAFETY: `Line` is 64 bytes, aligned to 64.
                    let sums = [0, GROUPS - 1].map(|group| unsafe { _mm512_load_si512(sums[group].0.as_ptr().cast()) });
                    taking.row(sums, found);
                }
                best.taken(&taking);
            }
            std::mem::swap(&mut filled, &mut free);
            before = now;
            row += now.map_or(0, |(_, tiles)| tiles * TILE);
        }
    }
}
