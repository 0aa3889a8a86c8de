//! MaxSim of documents in sign bits: a component is 1 where its bit is set, else -1.

use crate::maxsim::{MaxSim, Rows};
use crate::query::{Head, Lanes, PackedInt8, PackedSigns, Query, unpack_signs, words_of};

/// Tokens whose signs are unpacked together.
const AT_ONCE: usize = 512;

/// Documents of sign bits and queries of eight: by the kernel for documents of eight bits, to which bits are unpacked in
/// the cache.
///
/// # Safety
///
/// As for `int8`; `rows` have an eighth as many bytes as queries have components.
pub(crate) unsafe fn unpacked(
    int8: MaxSim<PackedInt8, i8>,
    queries: &[&PackedInt8],
    rows: Rows<'_, u8>,
    offsets: &[usize],
    scores: &mut [f32],
) {
    let count = offsets.len() - 1;
    let (mut signs, mut scales, mut part, mut some) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut from = 0;
    while from < count {
        let within = offsets[from..].partition_point(|&end| end <= offsets[from] + AT_ONCE);
        let to = (from + within - 1).clamp(from + 1, count);
        let tokens = offsets[to] - offsets[from];
        unpack_signs(rows.slice(offsets[from], tokens).values, &mut signs);
        scales.resize(tokens, 1.0);
        part.clear();
        part.extend(offsets[from..=to].iter().map(|offset| offset - offsets[from]));
        some.resize(queries.len() * (to - from), 0.0);
        let unpacked = Rows { values: &signs[..], scales: &scales[..tokens], dim: 8 * rows.dim };
        // SAFETY: the caller vouches for the instruction set; lengths are as `int8` wants them.
        unsafe { int8(queries, unpacked, &part, &mut [], &mut some) };
        for (query, some) in some.chunks_exact(to - from).enumerate() {
            scores[query * count + from..][..to - from].copy_from_slice(some);
        }
        from = to;
    }
}

/// The score of the least numbers of differing bits, of which a document without tokens has `u32::MAX`.
pub(crate) fn score(least: impl Iterator<Item = u32>, head: &Head, maxima: &mut Vec<Lanes>) -> f32 {
    maxima.resize(head.groups(), Lanes::ZERO);
    for (lane, least) in maxima.iter_mut().flat_map(|lanes| &mut lanes.0).zip(least) {
        *lane = if least == u32::MAX { f32::NEG_INFINITY } else { head.dim() as f32 - 2.0 * least as f32 };
    }
    head.sum(maxima)
}

/// The reference: differing bits are counted word by word.
///
/// # Safety
///
/// None is asked for but that of the table's other functions.
#[inline(always)]
#[expect(clippy::inline_always, reason = "so that it is compiled with the instructions of its caller")]
pub(crate) unsafe fn signs(queries: &[&PackedSigns], rows: Rows<'_, u8>, offsets: &[usize], scores: &mut [f32]) {
    let count = offsets.len() - 1;
    let (mut words, mut least, mut maxima) = (Vec::new(), Vec::new(), Vec::new());
    for (position, document) in offsets.windows(2).enumerate() {
        let rows = rows.slice(document[0], document[1] - document[0]);
        words.clear();
        words.extend(rows.values.chunks_exact(rows.dim).flat_map(words_of));
        for (number, query) in queries.iter().enumerate() {
            least.clear();
            least.extend(query.words().map(|token| {
                let differing = |row: &[u64]| row.iter().zip(token).map(|(a, b)| (a ^ b).count_ones()).sum();
                words.chunks_exact(token.len()).map(differing).min().unwrap_or(u32::MAX)
            }));
            scores[number * count + position] = score(least.iter().copied(), query.head(), &mut maxima);
        }
    }
}
