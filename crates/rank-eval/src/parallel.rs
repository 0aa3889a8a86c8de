//! Work on several threads, whose result does not depend on their number.

use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// The number of threads for `pieces` of work; `asked` is 0 for as many as the machine has.
pub(crate) fn threads(asked: usize, pieces: usize) -> usize {
    let available = || thread::available_parallelism().map_or(1, NonZero::get);
    (if asked == 0 { available() } else { asked }).min(pieces).max(1)
}

/// The results of `work` for each item, in the order of the items.
pub(crate) fn map<T: Send, R: Send>(items: Vec<T>, asked: usize, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let threads = threads(asked, items.len());
    if threads == 1 {
        return items.into_iter().map(work).collect();
    }
    let count = items.len();
    let queue = Mutex::new(items.into_iter().enumerate());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let mut results: Vec<(usize, R)> = Vec::with_capacity(count);
    thread::scope(|scope| {
        let worker = || {
            let mut done = Vec::new();
            while let Some((number, item)) = next() {
                done.push((number, work(item)));
            }
            done
        };
        // Where the system gives no thread, the others do the work.
        let spawn = |_| thread::Builder::new().spawn_scoped(scope, worker).ok();
        let others: Vec<_> = (1..threads).filter_map(spawn).collect();
        results.extend(worker());
        for other in others {
            match other.join() {
                Ok(done) => results.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    results.sort_unstable_by_key(|&(number, _)| number);
    results.into_iter().map(|(_, result)| result).collect()
}
