//! Work that may take long, with a bar where it is asked for, and an ear for Ctrl-C.

use pyo3::prelude::*;
use rank_pyo3::{ProgressBar, watched};
use rank_retrieve::Error;

use crate::errors::{PACKAGE, to_python};

/// Does `work` of so many documents beside a watch. It hears how many more are done, and is told whether to go on.
pub(crate) fn work<T: Send>(
    py: Python<'_>,
    name: &str,
    documents: usize,
    progress: bool,
    work: impl FnOnce(&mut dyn FnMut(usize) -> bool) -> Result<T, Error> + Send,
) -> PyResult<T> {
    let bar = ProgressBar::named(PACKAGE, py, Some(name), Some(documents), Some("documents"), progress)?;
    watched(py, &bar, |watch| work(&mut |steps| watch.advance(steps)).map_err(to_python))
}

/// [`work`] on `documents` that are few, mostly: then there is no watch, which would take as long.
pub(crate) fn added<T: Send>(
    py: Python<'_>,
    documents: usize,
    progress: bool,
    work: impl FnOnce(&mut dyn FnMut(usize) -> bool) -> PyResult<T> + Send,
) -> PyResult<T> {
    const FEW: usize = 1024;
    if documents <= FEW && !progress {
        return py.detach(|| work(&mut |_| true));
    }
    let bar = ProgressBar::new(PACKAGE, py, documents, progress)?;
    watched(py, &bar, |watch| work(&mut |steps| watch.advance(steps)))
}
