//! Long work: off the GIL, a piece at a time, so that Ctrl-C and a progress bar get their turn.

use std::ops::Range;

use pyo3::prelude::*;

use crate::ProgressBar;

/// Does `0..total` in pieces of at most `chunk`, each with the GIL released. Between pieces it reports the number done
/// to `bar` and raises what a signal asks for: Ctrl-C is answered after at most one piece.
///
/// # Errors
///
/// What `work` returns, what the bar raises, and `KeyboardInterrupt`.
pub fn in_chunks<E: Into<PyErr> + Send>(
    py: Python<'_>,
    total: usize,
    chunk: usize,
    bar: &ProgressBar,
    mut work: impl FnMut(Range<usize>) -> Result<(), E> + Send,
) -> PyResult<()> {
    let mut start = 0;
    while start < total {
        let end = total.min(start + chunk.max(1));
        py.detach(|| work(start..end)).map_err(Into::into)?;
        py.check_signals()?;
        bar.update(py, end - start)?;
        start = end;
    }
    Ok(())
}
