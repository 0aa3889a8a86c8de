//! Rows that threads share.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::{Error, Result};

/// Cuts the first `count` off.
#[expect(clippy::mut_mut, reason = "the slice itself moves on")]
pub(crate) fn cut<'a, T>(slice: &mut &'a mut [T], count: usize) -> &'a mut [T] {
    let count = count.min(slice.len());
    let (first, rest) = std::mem::take(slice).split_at_mut(count);
    *slice = rest;
    first
}

/// How long a thread that has nothing left to do looks out for more before it sleeps: waking it takes as long.
const LOOKOUT: Duration = Duration::from_micros(100);

/// Threads that are kept, and how often they were called.
struct Helpers {
    threads: ThreadPool,
    calls: Arc<AtomicUsize>,
}

/// The threads that this crate keeps, for the process that made them: a fork has none of its parent's.
static POOL: Mutex<Option<(u32, Arc<Helpers>)>> = Mutex::new(None);

/// At least so many threads. None where the system gives none, or where another thread makes them just now.
fn helpers(threads: usize) -> Option<Arc<Helpers>> {
    let mut kept = POOL.try_lock().ok()?;
    let process = std::process::id();
    if let Some((owner, pool)) = &*kept
        && *owner == process
        && pool.threads.current_num_threads() >= threads
    {
        return Some(Arc::clone(pool));
    }
    let name = |number| format!("rank-soft {number}");
    let made = ThreadPoolBuilder::new().num_threads(threads).thread_name(name).build().ok()?;
    let pool = Arc::new(Helpers { threads: made, calls: Arc::default() });
    if let Some((owner, old)) = kept.replace((process, Arc::clone(&pool)))
        && owner != process
    {
        // Its threads are not here, and cannot be told to end.
        std::mem::forget(old);
    }
    Some(pool)
}

impl Helpers {
    /// Lets so many threads look out for the next call, which mostly follows at once: a gradient after its values.
    fn look_out(&self, threads: usize) {
        let now = self.calls.load(Ordering::Relaxed);
        for _ in 0..threads {
            let calls = Arc::clone(&self.calls);
            self.threads.spawn(move || spin(|| calls.load(Ordering::Relaxed) == now));
        }
    }
}

/// Spins while `on`, for a while.
fn spin(on: impl Fn() -> bool) {
    let start = Instant::now();
    while on() && start.elapsed() < LOOKOUT {
        (0..32).for_each(|_| std::hint::spin_loop());
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does `work` for each piece, one thread for each. The first error counts.
pub(crate) fn in_threads<P: Send>(pieces: Vec<P>, work: impl Fn(P) -> Result<()> + Sync) -> Result<()> {
    in_turns(pieces.len(), pieces, work)
}

/// Does `work` for each piece, on so many threads, of which this is one. Whoever is free takes the next piece, so that
/// a thread that wakes late, or is kept from its processor, has less to do. Of errors that of the first piece counts.
pub(crate) fn in_turns<P: Send>(threads: usize, pieces: Vec<P>, work: impl Fn(P) -> Result<()> + Sync) -> Result<()> {
    let others = threads.min(pieces.len()).saturating_sub(1);
    let Some(pool) = (if others == 0 { None } else { helpers(others) }) else {
        return pieces.into_iter().try_for_each(work);
    };
    pool.calls.fetch_add(1, Ordering::Relaxed);
    let queue = Mutex::new(pieces.into_iter().enumerate());
    let failed = Mutex::new(None::<(usize, Error)>);
    let turns = || {
        loop {
            let next = locked(&queue).next();
            let Some((number, piece)) = next else { break };
            if let Err(error) = work(piece) {
                // What is behind need not be done; what is before has been taken, and may fail too.
                locked(&queue).by_ref().for_each(drop);
                let mut failed = locked(&failed);
                if failed.as_ref().is_none_or(|(first, _)| number < *first) {
                    *failed = Some((number, error));
                }
            }
        }
    };
    let busy = AtomicUsize::new(others);
    pool.threads.in_place_scope(|scope| {
        for _ in 0..others {
            scope.spawn(|_| {
                turns();
                busy.fetch_sub(1, Ordering::Release);
            });
        }
        turns();
        // The scope would sleep until they are done, which takes long to end.
        spin(|| busy.load(Ordering::Acquire) > 0);
    });
    pool.look_out(others);
    failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), |(_, error)| Err(error))
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for (threads, at) in (1..5).flat_map(|threads| [0, 3, 70, 99].map(|at| (threads, at))) {
            let pieces: Vec<usize> = (0..100).collect();
            assert_eq!(in_turns(threads, pieces, failed(at)), Err(Error::Offsets { total: at }));
        }
        assert_eq!(in_turns(3, (0..100).collect(), failed(100)), Ok(()));
    }
}
