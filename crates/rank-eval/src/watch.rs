//! A word between long work and its caller.

use std::ops::ControlFlow;

use crate::{Error, Result};

/// Who watches long work: called between its pieces, by whichever thread did one, with the number of steps done. On
/// [`ControlFlow::Break`] the work stops with [`Error::Interrupted`].
///
/// ```
/// use std::ops::ControlFlow;
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// use rank_eval::{Error, randomization_test_watched};
///
/// let (a, b) = ([0.5; 30], [0.25; 30]);
/// let done = AtomicUsize::new(0);
/// let count = |steps| {
///     done.fetch_add(steps, Ordering::Relaxed);
///     ControlFlow::Continue(())
/// };
/// randomization_test_watched(&a, &b, 10_000, 0, &count)?;
/// assert_eq!(done.into_inner(), 10_000);
///
/// let stopped = randomization_test_watched(&a, &b, 10_000, 0, &|_| ControlFlow::Break(()));
/// assert!(matches!(stopped, Err(Error::Interrupted)));
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub type Watch<'a> = dyn Fn(usize) -> ControlFlow<()> + Sync + 'a;

/// A watch that lets all work finish.
pub(crate) fn unwatched(_: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Steps that are reported in pieces.
pub(crate) struct Steps<'a> {
    watch: &'a Watch<'a>,
    open: usize,
}

impl<'a> Steps<'a> {
    const PIECE: usize = 1 << 14;

    pub(crate) fn new(watch: &'a Watch<'a>) -> Self {
        Self { watch, open: 0 }
    }

    /// One more is done.
    pub(crate) fn one(&mut self) -> Result<()> {
        self.open += 1;
        if self.open == Self::PIECE { self.report() } else { Ok(()) }
    }

    /// Reports what is not reported yet.
    pub(crate) fn report(&mut self) -> Result<()> {
        tell(self.watch, std::mem::take(&mut self.open))
    }
}

/// Reports `steps` more that are done.
pub(crate) fn tell(watch: &Watch<'_>, steps: usize) -> Result<()> {
    if watch(steps).is_break() { Err(Error::Interrupted) } else { Ok(()) }
}
