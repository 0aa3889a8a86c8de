//! Work on several threads, whose result does not depend on their number.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// The number of threads for `pieces` of work; `asked` is 0 for as many as the machine has.
pub(crate) fn threads(asked: usize, pieces: usize) -> usize {
    (if asked == 0 { available() } else { asked }).min(pieces).max(1)
}

fn available() -> usize {
    #[cfg(test)]
    if let Some(pretended) = PRETENDED.get() {
        return pretended;
    }
    thread::available_parallelism().map_or(1, NonZero::get)
}

#[cfg(test)]
thread_local! {
    /// The number of processors that the machine pretends to have.
    pub(crate) static PRETENDED: std::cell::Cell<Option<usize>> = const { std::cell::Cell::new(None) };
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

/// As [`map`], of work that may fail: no further item is begun then. The error is that of the first item that failed.
pub(crate) fn try_map<T: Send, R: Send, E: Send>(
    items: Vec<T>,
    asked: usize,
    work: impl Fn(T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let failed = AtomicBool::new(false);
    let results = map(items, asked, |item| {
        if failed.load(Ordering::Relaxed) {
            return None;
        }
        let result = work(item);
        if result.is_err() {
            failed.store(true, Ordering::Relaxed);
        }
        Some(result)
    });
    results.into_iter().flatten().collect()
}
