//! Sign bits, with VPOPCNTDQ: differing bits of 8 query tokens are counted at once.

use std::arch::x86_64::{
    _mm512_add_epi64, _mm512_load_si512, _mm512_min_epu32, _mm512_popcnt_epi64, _mm512_set1_epi32, _mm512_set1_epi64,
    _mm512_setzero_si512, _mm512_store_si512, _mm512_xor_si512,
};

use crate::binary::score;
use crate::maxsim::Rows;
use crate::query::{Line, PackedSigns, Query, words_of};

/// Registers of 8 query tokens that meet a row together.
const EIGHTS: usize = 4;

/// As [`signs`](crate::binary::signs).
///
/// # Safety
///
/// The machine has AVX-512 F and VPOPCNTDQ; lengths are as for [`documents`](crate::maxsim::documents).
pub(super) unsafe fn documents(queries: &[&PackedSigns], rows: Rows<'_, u8>, offsets: &[usize], scores: &mut [f32]) {
    let count = offsets.len() - 1;
    let (mut words, mut least, mut maxima) = (Vec::new(), Vec::new(), Vec::new());
    for (position, document) in offsets.windows(2).enumerate() {
        let rows = rows.slice(document[0], document[1] - document[0]);
        words.clear();
        words.extend(rows.values.chunks_exact(rows.dim).flat_map(words_of));
        for (number, query) in queries.iter().enumerate() {
            let eights = query.tokens().div_ceil(8);
            least.resize(eights, Line([0; 8]));
            // SAFETY: the caller vouches for the instruction set; `least` holds all tokens of the query.
            unsafe { one(query, &words, &mut least) };
            // Counts are in the lower halves.
            let least = least.iter().flat_map(|line| line.0).map(|count| count as u32);
            scores[number * count + position] = score(least, query.head(), &mut maxima);
        }
    }
}

/// # Safety
///
/// The machine has AVX-512 F and VPOPCNTDQ; `least` is of a line for every 8 tokens begun.
#[target_feature(enable = "avx512f,avx512vpopcntdq")]
unsafe fn one(query: &PackedSigns, words: &[u64], least: &mut [Line<u64, 8>]) {
    let (fours, rest) = least.as_chunks_mut::<EIGHTS>();
    for (number, least) in fours.iter_mut().enumerate() {
        // SAFETY: as promised to this function.
        unsafe {
            if query.dim() == 128 {
                eights::<EIGHTS, 2>(query, number * EIGHTS, words, least);
            } else {
                eights::<EIGHTS, 0>(query, number * EIGHTS, words, least);
            }
        }
    }
    let done = fours.len() * EIGHTS;
    for (number, least) in rest.as_chunks_mut::<1>().0.iter_mut().enumerate() {
        // SAFETY: as above.
        unsafe { eights::<1, 0>(query, done + number, words, least) };
    }
}

/// `WORDS` is the number of words of a token, or 0 for any.
///
/// # Safety
///
/// The machine has AVX-512 F and VPOPCNTDQ; the query has 8 tokens, or some, for each of `N` from `first` on.
#[target_feature(enable = "avx512f,avx512vpopcntdq")]
unsafe fn eights<const N: usize, const WORDS: usize>(
    query: &PackedSigns,
    first: usize,
    words: &[u64],
    least: &mut [Line<u64, 8>; N],
) {
    let tokens: [&[Line<u64, 8>]; N] = std::array::from_fn(|i| query.lines(first + i));
    let count = if WORDS == 0 { tokens[0].len() } else { WORDS };
    let mut best = [_mm512_set1_epi32(-1); N];
    for row in words.chunks_exact(count) {
        let mut sums = [_mm512_setzero_si512(); N];
        for (word, bits) in row.iter().enumerate() {
            let bits = _mm512_set1_epi64(bits.cast_signed());
            for i in 0..N {
                // SAFETY: `word < count`; `Line` is 64 bytes, aligned to 64.
                let token = unsafe { _mm512_load_si512(tokens[i].as_ptr().add(word).cast()) };
                sums[i] = _mm512_add_epi64(sums[i], _mm512_popcnt_epi64(_mm512_xor_si512(bits, token)));
            }
        }
        for i in 0..N {
            // Unsigned, where there is none yet: all bits are set.
            best[i] = _mm512_min_epu32(best[i], sums[i]);
        }
    }
    for (least, best) in least.iter_mut().zip(best) {
        // SAFETY: `Line` is 64 bytes, aligned to 64.
        unsafe { _mm512_store_si512(least.0.as_mut_ptr().cast(), best) };
    }
}
