//! Long work: off the GIL, a piece at a time, so that Ctrl-C and a progress bar get their turn.

use std::ops::Range;

use pyo3::prelude::*;
use pyo3::types::PyAny;

/// Does `0..total` in pieces of at most `chunk`, each with the GIL released. Between pieces it reports the number done
/// to `progress`, if there is one, and raises what a signal asks for: Ctrl-C is answered after at most one piece.
///
/// # Errors
///
/// What `work` returns, what `progress` raises, and `KeyboardInterrupt`.
pub fn in_chunks<E: Into<PyErr> + Send>(
    py: Python<'_>,
    total: usize,
    chunk: usize,
    progress: Option<&Bound<'_, PyAny>>,
    mut work: impl FnMut(Range<usize>) -> Result<(), E> + Send,
) -> PyResult<()> {
    let mut start = 0;
    while start < total {
        let end = total.min(start + chunk.max(1));
        py.detach(|| work(start..end)).map_err(Into::into)?;
        py.check_signals()?;
        if let Some(progress) = progress {
            progress.call1((end - start,))?;
        }
        start = end;
    }
    Ok(())
}
