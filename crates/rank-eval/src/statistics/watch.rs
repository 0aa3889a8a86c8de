//! Long work in blocks: in parallel, with the same result for any number of threads, and with a word to its caller.

use std::ops::{ControlFlow, Range};

use crate::parallel;
use crate::{Error, Result};

/// Who watches long work: called between its pieces with the number of steps done since the last call. On
/// [`ControlFlow::Break`] the work stops with [`Error::Interrupted`].
pub type Watch<'a> = dyn FnMut(usize) -> ControlFlow<()> + Send + 'a;

/// A watch that lets all work finish.
pub(crate) fn unwatched(_: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Below this many elementary operations, waking other threads costs more than it brings.
const PARALLEL: usize = 1 << 26;
/// Elementary operations between two calls of the watch: some tens of milliseconds.
const PIECE: usize = 1 << 26;

/// Does `0..total` in blocks of `block` steps, each of about `cost` elementary operations, and returns what each block
/// gave, in their order.
pub(super) fn in_blocks<T: Send>(
    total: usize,
    block: usize,
    cost: usize,
    watch: &mut Watch<'_>,
    work: impl Fn(Range<usize>) -> T + Sync,
) -> Result<Vec<T>> {
    let blocks = total.div_ceil(block);
    let piece = (PIECE / cost.max(1).saturating_mul(block)).max(1);
    let threads = usize::from(total.saturating_mul(cost) < PARALLEL);
    // As many blocks at a time as there are threads, at least.
    let piece = if threads == 0 { piece.max(parallel::threads(0, blocks)) } else { piece };
    let range = |number: usize| number * block..total.min((number + 1) * block);
    let mut results = Vec::with_capacity(blocks);
    let mut first = 0;
    while first < blocks {
        let last = blocks.min(first + piece);
        results.extend(parallel::map((first..last).collect(), threads, |number| work(range(number))));
        let done = range(last - 1).end - first * block;
        if watch(done).is_break() {
            return Err(Error::Interrupted);
        }
        first = last;
    }
    Ok(results)
}
