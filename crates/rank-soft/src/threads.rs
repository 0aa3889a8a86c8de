//! Rows that threads share.

use crate::Result;

/// Cuts the first `count` off.
#[expect(clippy::mut_mut, reason = "the slice itself moves on")]
pub(crate) fn cut<'a, T>(slice: &mut &'a mut [T], count: usize) -> &'a mut [T] {
    let count = count.min(slice.len());
    let (first, rest) = std::mem::take(slice).split_at_mut(count);
    *slice = rest;
    first
}

/// Does `work` for each piece on a thread of its own, the last one on this. The first error counts.
pub(crate) fn in_threads<P: Send>(pieces: Vec<P>, work: impl Fn(P) -> Result<()> + Sync) -> Result<()> {
    let mut pieces = pieces.into_iter();
    let Some(first) = pieces.next() else { return Ok(()) };
    if pieces.len() == 0 {
        return work(first);
    }
    std::thread::scope(|scope| {
        let others: Vec<_> = pieces.map(|piece| scope.spawn(|| work(piece))).collect();
        let mut result = work(first);
        for other in others {
            let other = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            result = result.and(other);
        }
        result
    })
}
