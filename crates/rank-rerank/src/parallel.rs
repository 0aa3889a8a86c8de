//! Work that threads share, the same for any number of them.

use std::num::NonZero;
use std::slice::ChunksMut;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// How many threads are meant: 0 is as many as the machine has.
pub(crate) fn threads(asked: usize) -> usize {
    match asked {
        0 => thread::available_parallelism().map_or(1, NonZero::get),
        asked => asked,
    }
}

/// Calls `work` with each chunk of `out`, of `size` but the last, and its number, on as many threads, the caller's among
/// them. Each thread takes the next chunk when it is ready for more, until one says not to go on.
pub(crate) fn for_chunks<T: Send>(
    out: &mut [T],
    size: usize,
    threads: usize,
    work: impl Fn(usize, &mut [T]) -> bool + Sync,
) {
    let chunks = out.len().div_ceil(size.max(1));
    let next: Mutex<(usize, ChunksMut<'_, T>)> = Mutex::new((0, out.chunks_mut(size.max(1))));
    let run = || {
        loop {
            let mut taken = next.lock().unwrap_or_else(PoisonError::into_inner);
            let number = taken.0;
            let Some(chunk) = taken.1.next() else { break };
            taken.0 += 1;
            drop(taken);
            if !work(number, chunk) {
                break;
            }
        }
    };
    if threads <= 1 || chunks <= 1 {
        return run();
    }
    thread::scope(|scope| {
        for _ in 1..threads.min(chunks) {
            // Where the system gives no more threads, those that there are do the work.
            if thread::Builder::new().spawn_scoped(scope, run).is_err() {
                break;
            }
        }
        run();
    });
}
