//! VNNI: four products of unsigned and signed bytes at a time. The codes of documents are raised by 128 to be unsigned,
//! which the query's bias makes up for.

use std::arch::x86_64::{
    __m512i, _MM_HINT_T1, _mm_prefetch, _mm512_dpbusd_epi32, _mm512_load_si512, _mm512_set1_epi32, _mm512_setzero_si512,
};

use std::marker::PhantomData;

use crate::query::Line;

/// The rows of a whole block: with two registers of query tokens, 24 sums, as many as 32 registers leave room for.
pub(super) const ROWS: usize = 12;
/// The rows of a block of what is left.
const FEW_ROWS: usize = 4;

/// Of a group of 16 query tokens, four components of each a line; and minus 128 times the sum of each token's codes.
pub(super) type Fours<'a> = (&'a [Line<i8, 64>], &'a Line<i32, 16>);

/// What will be read next: fetched while rows are multiplied, as much for each as a row has.
pub(super) struct Ahead<T> {
    /// What lies in a row of places, and how many bytes of it.
    spans: [(*const u8, usize); 2],
    /// Where nothing is left to fetch: what is in the cache already.
    idle: *const u8,
    of: PhantomData<T>,
}

impl<T> Clone for Ahead<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Ahead<T> {}

impl<T> Ahead<T> {
    /// Longer documents would drive out the one at hand.
    const LONGEST: usize = 1 << 18;

    /// The next document: what is `distance` values behind the start of this one. No document is longer, so that all of
    /// the next is there when this one is done, whatever their lengths. `codes` are those of this one.
    pub(super) fn document(document: &[T], distance: usize, codes: &[Line<u8, 64>]) -> Self {
        let near = size_of_val(document) <= Self::LONGEST;
        let next = document.as_ptr().wrapping_add(distance).cast();
        Self { spans: [(next, if near { usize::MAX } else { 0 }), (next, 0)], ..Self::spans([&[], &[]], codes) }
    }

    /// Some bytes: of the next query.
    pub(super) fn spans(spans: [&[u8]; 2], codes: &[Line<u8, 64>]) -> Self {
        Self { spans: spans.map(|span| (span.as_ptr(), span.len())), idle: codes.as_ptr().cast(), of: PhantomData }
    }

    /// The values of the longest document, if all are short enough.
    pub(super) fn distance(offsets: &[usize], dim: usize) -> usize {
        let longest = offsets.windows(2).map(|document| document[1] - document[0]).max().unwrap_or(0);
        (longest * dim).min(Self::LONGEST / size_of::<T>())
    }

    /// From where on to fetch with the rows from number `row` on, of so many values.
    pub(super) fn at(self, row: usize, dim: usize) -> *const i8 {
        let row_bytes = dim * size_of::<T>();
        let mut from = row * row_bytes;
        for (start, count) in self.spans {
            if from < count {
                return start.wrapping_add(from).cast();
            }
            // A span begins with a block.
            from = from.saturating_sub(count.next_multiple_of(ROWS * row_bytes));
        }
        self.idle.cast()
    }
}

/// The blocks that make up `count` rows: where each begins, and whether it is of 12 rows, 4 or 1. A bound or a maximum
/// does not mind a row that it has seen: the last block overlaps those before it.
pub(super) fn blocks(count: usize) -> impl Iterator<Item = (usize, usize)> {
    let step = move |left: usize| match left {
        ROWS.. => ROWS,
        _ if count >= FEW_ROWS => FEW_ROWS,
        _ => 1,
    };
    let mut row = 0;
    std::iter::from_fn(move || {
        if row >= count {
            return None;
        }
        let rows = step(count - row);
        let at = row.min(count - rows);
        row = at + rows;
        Some((at, rows))
    })
}

/// Calls a function for the number of rows of a block, and for the dimension of ColBERT by constants: then rows lie at
/// constant distances, which needs no registers for their addresses.
macro_rules! for_rows {
    ($rows:expr, $dim:expr, $tile:ident::<$type:ty, $groups:tt>($($argument:expr),*)) => {
        match ($rows, $dim) {
            (12, 128) => $tile::<$type, 12, $groups, 32>($($argument),*),
            (12, _) => $tile::<$type, 12, $groups, 0>($($argument),*),
            (4, 128) => $tile::<$type, 4, $groups, 32>($($argument),*),
            (4, _) => $tile::<$type, 4, $groups, 0>($($argument),*),
            _ => $tile::<$type, 1, $groups, 0>($($argument),*),
        }
    };
}
pub(super) use for_rows;

/// The dot products of `ROWS` rows, beginning with `row`, and 16 query tokens a group. `STEPS` is a quarter of the
/// dimension, or 0 for any.
///
/// # Safety
///
/// The machine has AVX-512 F, BW and VNNI; each group has the same number of entries, which is `STEPS` unless that is 0;
/// `codes` hold rows of that many times four bytes, filled up to whole lines, and the block's rows are among them.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
#[inline]
pub(super) unsafe fn products<T, const ROWS_: usize, const GROUPS: usize, const STEPS: usize>(
    query: [Fours<'_>; GROUPS],
    codes: &[Line<u8, 64>],
    row: usize,
    ahead: Ahead<T>,
) -> [[__m512i; GROUPS]; ROWS_] {
    let steps = if STEPS == 0 { query[0].0.len() } else { STEPS };
    let stride = steps.next_multiple_of(16);
    let block: *const i32 = codes[row * (stride / 16)..][..ROWS_ * (stride / 16)].as_ptr().cast();
    // A step is over four components of each row.
    let (ahead, bytes) = (ahead.at(row, 4 * steps), 4 * ROWS_ * size_of::<T>());
    let mut sums = [[_mm512_setzero_si512(); GROUPS]; ROWS_];
    for sums in &mut sums {
        for (sum, (_, bias)) in sums.iter_mut().zip(&query) {
            // SAFETY: `Line` is 64 bytes, aligned to 64.
            *sum = unsafe { _mm512_load_si512(bias.0.as_ptr().cast()) };
        }
    }
    for k in 0..steps {
        for line in 0..bytes.div_ceil(64) {
            _mm_prefetch::<_MM_HINT_T1>(ahead.wrapping_add(k * bytes + 64 * line));
        }
        let mut tokens = [_mm512_setzero_si512(); GROUPS];
        for group in 0..GROUPS {
            // SAFETY: `k < steps`; `Line` is 64 bytes, aligned to 64.
            tokens[group] = unsafe { _mm512_load_si512(query[group].0.as_ptr().add(k).cast()) };
        }
        for (row, sums) in sums.iter_mut().enumerate() {
            // SAFETY: `row < ROWS_` and `k < stride`.
            let codes = _mm512_set1_epi32(unsafe { *block.add(row * stride + k) });
            for group in 0..GROUPS {
                sums[group] = _mm512_dpbusd_epi32(sums[group], codes, tokens[group]);
            }
        }
    }
    sums
}
