//! Rows that threads share.

use std::sync::{Arc, Mutex};

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::Result;

/// Cuts the first `count` off.
#[expect(clippy::mut_mut, reason = "the slice itself moves on")]
pub(crate) fn cut<'a, T>(slice: &mut &'a mut [T], count: usize) -> &'a mut [T] {
    let count = count.min(slice.len());
    let (first, rest) = std::mem::take(slice).split_at_mut(count);
    *slice = rest;
    first
}

/// The threads that this crate keeps, for the process that made them: a fork has none of its parent's.
static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// A pool of at least so many threads. None where the system gives none, or where another thread makes one just now.
fn pool(threads: usize) -> Option<Arc<ThreadPool>> {
    let mut kept = POOL.try_lock().ok()?;
    let process = std::process::id();
    if let Some((owner, pool)) = &*kept
        && *owner == process
        && pool.current_num_threads() >= threads
    {
        return Some(Arc::clone(pool));
    }
    let name = |number| format!("rank-soft {number}");
    let pool = Arc::new(ThreadPoolBuilder::new().num_threads(threads).thread_name(name).build().ok()?);
    if let Some((owner, old)) = kept.replace((process, Arc::clone(&pool)))
        && owner != process
    {
        // Its threads are not here, and cannot be told to end.
        std::mem::forget(old);
    }
    Some(pool)
}

/// Does `work` for each piece, the first on this thread, the others on threads that are kept. The first error counts.
pub(crate) fn in_threads<P: Send>(pieces: Vec<P>, work: impl Fn(P) -> Result<()> + Sync) -> Result<()> {
    let mut pieces = pieces.into_iter();
    let Some(first) = pieces.next() else { return Ok(()) };
    let others: Vec<P> = pieces.collect();
    let Some(pool) = (if others.is_empty() { None } else { pool(others.len()) }) else {
        work(first)?;
        return others.into_iter().try_for_each(work);
    };
    let mut results: Vec<Result<()>> = others.iter().map(|_| Ok(())).collect();
    let mut own = Ok(());
    pool.in_place_scope(|scope| {
        for (piece, result) in others.into_iter().zip(&mut results) {
            let work = &work;
            scope.spawn(move |_| *result = work(piece));
        }
        own = work(first);
    });
    results.into_iter().fold(own, Result::and)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn every_piece_is_done_and_the_first_error_counts() {
        for count in [0, 1, 2, 7, 3] {
            let mut done = vec![0; count];
            in_threads(done.iter_mut().enumerate().collect(), |(i, done)| {
                *done = i + 1;
                Ok(())
            })
            .unwrap();
            assert_eq!(done, (1..=count).collect::<Vec<_>>());
        }
        let failed = |at: usize| move |i: usize| if i >= at { Err(Error::Offsets { total: i }) } else { Ok(()) };
        for at in 0..5 {
            assert_eq!(in_threads((0..5).collect(), failed(at)), Err(Error::Offsets { total: at }));
        }
    }
}
