//! Dot products of codes, in 16 bits.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi16, _mm512_cmpgt_epi16_mask, _mm512_load_si512, _mm512_mask_mov_epi16, _mm512_max_epi16,
    _mm512_packs_epi32, _mm512_set1_epi16, _mm512_srav_epi32, _mm512_store_si512,
};

use crate::avx512::vnni::{Ahead, Fours, blocks, for_rows, products};
use crate::query::Line;

/// 16 bits for each of 32 query tokens, in the order in which [`_mm512_packs_epi32`] brings them together.
pub(crate) type Both = Line<i16, 32>;

/// The tokens in that order.
pub(super) const ORDER: [u8; 32] = {
    let mut order = [0; 32];
    let mut at = 0;
    while at < 32 {
        order[at] = (at / 8 * 4 + at % 4 + at % 8 / 4 * 16) as u8;
        at += 1;
    }
    order
};

/// What products have come to.
#[derive(Clone)]
pub(crate) struct Best {
    /// The largest.
    pub(super) products: Both,
    /// Its row; less than 0 where that is none of these.
    pub(super) rows: Both,
}

/// The same in registers, while rows are brought in.
pub(crate) struct Taking {
    largest: __m512i,
    rows: __m512i,
    /// The row that comes next.
    at: __m512i,
    /// So many bits that products of codes fit into 16.
    shift: __m512i,
}

impl Best {
    pub(super) const NONE: Self = Self { products: Line([i16::MIN; 32]), rows: Line([-1; 32]) };

    /// From row number `row` on.
    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    pub(crate) fn taking(&self, row: usize, shift: __m512i) -> Taking {
        // SAFETY: `Line` is 64 bytes, aligned to 64.
        let (largest, rows) = unsafe {
            (_mm512_load_si512(self.products.0.as_ptr().cast()), _mm512_load_si512(self.rows.0.as_ptr().cast()))
        };
        Taking { largest, rows, at: _mm512_set1_epi16(row as i16), shift }
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    pub(crate) fn taken(&mut self, taking: &Taking) {
        // SAFETY: as above.
        unsafe {
            _mm512_store_si512(self.products.0.as_mut_ptr().cast(), taking.largest);
            _mm512_store_si512(self.rows.0.as_mut_ptr().cast(), taking.rows);
        }
    }
}

impl Taking {
    /// The products of the next row with two groups of query tokens.
    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    pub(crate) fn row(&mut self, sums: [__m512i; 2], found: &mut Both) {
        let both = _mm512_packs_epi32(_mm512_srav_epi32(sums[0], self.shift), _mm512_srav_epi32(sums[1], self.shift));
        self.rows = _mm512_mask_mov_epi16(self.rows, _mm512_cmpgt_epi16_mask(both, self.largest), self.at);
        self.largest = _mm512_max_epi16(self.largest, both);
        self.at = _mm512_add_epi16(self.at, _mm512_set1_epi16(1));
        // SAFETY: `Line` is 64 bytes, aligned to 64.
        unsafe { _mm512_store_si512(found.0.as_mut_ptr().cast(), both) };
    }
}

/// Where dot products of codes come from.
pub(crate) trait Products {
    /// What codes of documents are changed by, bit by bit.
    const RAISE: i8;
    /// So many rows behind the last one can be read.
    const BEYOND: usize;
    /// What is held while documents are scored.
    type Held;

    /// # Safety
    ///
    /// The machine has the instruction set.
    unsafe fn hold() -> Self::Held;

    /// Leaves the products of a segment's rows in `found`, without their lowest bits, and the largest beside.
    /// `segment` is its first row and its number of rows.
    ///
    /// # Safety
    ///
    /// The machine has the instruction set; `codes` hold whole lines for each row, those of the segment among them, and
    /// for `BEYOND` more, and come with the number of components; groups have an entry for each four that are begun,
    /// filled up to whole tiles.
    unsafe fn segment<T, const GROUPS: usize>(
        held: &mut Self::Held,
        tokens: [Fours<'_>; GROUPS],
        codes: (&[Line<u8, 64>], usize),
        segment: (usize, usize),
        ahead: Ahead<T>,
        shift: __m512i,
        found: (&mut [Both], &mut Best),
    );
}

/// By VNNI.
pub(crate) struct Vnni;

impl Products for Vnni {
    const RAISE: i8 = i8::MIN;
    const BEYOND: usize = 0;
    type Held = ();

    unsafe fn hold() {}

    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    #[inline]
    unsafe fn segment<T, const GROUPS: usize>(
        (): &mut (),
        tokens: [Fours<'_>; GROUPS],
        (codes, dim): (&[Line<u8, 64>], usize),
        (start, count): (usize, usize),
        ahead: Ahead<T>,
        shift: __m512i,
        (found, best): (&mut [Both], &mut Best),
    ) {
        let mut tokens = tokens;
        for (lines, _) in &mut tokens {
            *lines = &lines[..dim.div_ceil(4)];
        }
        for (row, block) in blocks(count) {
            // SAFETY: as promised to this function; `found` is that of the segment's rows.
            unsafe {
                for_rows!(block, dim, tile::<T, GROUPS>(tokens, codes, (start, row), ahead, shift, found, best));
            }
        }
    }
}

/// `STEPS` is a quarter of the dimension, or 0 for any.
///
/// # Safety
///
/// As [`products`], for the block that begins at a row of a segment; `found` has a line for each row of that.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn tile<T, const ROWS: usize, const GROUPS: usize, const STEPS: usize>(
    query: [Fours<'_>; GROUPS],
    codes: &[Line<u8, 64>],
    (segment, row): (usize, usize),
    ahead: Ahead<T>,
    shift: __m512i,
    found: &mut [Both],
    best: &mut Best,
) {
    // SAFETY: what the caller promises.
    let sums = unsafe { products::<T, ROWS, GROUPS, STEPS>(query, codes, segment + row, ahead) };
    let mut taking = best.taking(row, shift);
    for (sums, found) in sums.iter().zip(&mut found[row..][..ROWS]) {
        taking.row([sums[0], sums[GROUPS - 1]], found);
    }
    best.taken(&taking);
}
