//! At most so many at once.

use std::sync::{Condvar, Mutex, PoisonError};

/// Lets a fixed number of threads in; the next waits. The library keeps working memory for that many searches, and
/// refuses one more.
#[derive(Debug)]
pub(super) struct Gate {
    pub(super) width: usize,
    free: Mutex<usize>,
    freed: Condvar,
}

/// The right to be inside, until it is dropped.
pub(super) struct Pass<'a>(&'a Gate);

impl Gate {
    /// As wide as the machine has processors.
    pub(super) fn new() -> Self {
        Self::of(std::thread::available_parallelism().map_or(1, usize::from))
    }

    fn of(width: usize) -> Self {
        Self { width, free: Mutex::new(width), freed: Condvar::new() }
    }

    pub(super) fn enter(&self) -> Pass<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.freed.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Pass(self)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn no_more_enter_than_fit() {
        let gate = Gate::of(2);
        let inside = AtomicUsize::new(0);
        let done = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let _pass = gate.enter();
                        assert!(inside.fetch_add(1, Ordering::SeqCst) < 2);
                        std::thread::yield_now();
                        inside.fetch_sub(1, Ordering::SeqCst);
                        done.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(done.into_inner(), 1600);
    }
}
