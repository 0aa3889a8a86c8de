//! Long work of the core: off the GIL, ended by Ctrl-C, on a bar if that is asked for.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use pyo3::prelude::*;
use rank_eval::{Qrels, QrelsBuilder, Run, RunBuilder, Watch};
use rank_pyo3::ProgressBar;

use crate::errors::{PACKAGE, to_python};

/// A bar of so many steps, if that is known, of which `unit` is one.
pub(crate) fn bar(
    py: Python<'_>,
    name: &str,
    unit: &str,
    total: impl Into<Option<usize>>,
    shown: bool,
) -> PyResult<ProgressBar> {
    ProgressBar::named(PACKAGE, py, Some(name), total.into(), Some(unit), shown)
}

/// A bar of the bytes of a file.
pub(crate) fn bytes(py: Python<'_>, path: &Path, shown: bool) -> PyResult<ProgressBar> {
    if !shown {
        return Ok(ProgressBar::hidden());
    }
    let size =
        path.metadata().ok().filter(std::fs::Metadata::is_file).and_then(|file| usize::try_from(file.len()).ok());
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    bar(py, &name, "B", size, true)
}

/// Does watched work of the core; its steps are shown on the bar.
pub(crate) fn watched<T: Send>(
    py: Python<'_>,
    bar: &ProgressBar,
    work: impl FnOnce(&Watch<'_>) -> rank_eval::Result<T> + Send,
) -> PyResult<T> {
    rank_pyo3::watched(py, bar, |watch| {
        let advance = |steps| if watch.advance(steps) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
        work(&advance).map_err(to_python)
    })
}

/// The same with so many rows. Nobody waits for few, and the thread that listens costs more than they do.
pub(crate) fn watched_rows<T: Send>(
    py: Python<'_>,
    rows: usize,
    bar: &ProgressBar,
    work: impl FnOnce(&Watch<'_>) -> rank_eval::Result<T> + Send,
) -> PyResult<T> {
    if rows < 1 << 15 && bar.is_hidden() {
        return py.detach(|| work(&|_| ControlFlow::Continue(()))).map_err(to_python);
    }
    watched(py, bar, work)
}

/// Writes so many lines to a file.
pub(crate) fn written(
    py: Python<'_>,
    path: PathBuf,
    lines: usize,
    shown: bool,
    work: impl FnOnce(PathBuf, &Watch<'_>) -> rank_eval::Result<()> + Send,
) -> PyResult<()> {
    let bar = bar(py, &path.file_name().unwrap_or_default().to_string_lossy(), "lines", lines, shown)?;
    watched_rows(py, lines, &bar, |watch| work(path, watch))
}

/// Runs and qrels in the making.
pub(crate) trait Builder: Send {
    type Built: Send;

    fn rows(&self) -> usize;

    fn build(self, watch: &Watch<'_>) -> rank_eval::Result<Self::Built>;
}

impl Builder for RunBuilder {
    type Built = Run;

    fn rows(&self) -> usize {
        self.document_count()
    }

    fn build(self, watch: &Watch<'_>) -> rank_eval::Result<Run> {
        self.build_watched(watch)
    }
}

impl Builder for QrelsBuilder {
    type Built = Qrels;

    fn rows(&self) -> usize {
        self.judgment_count()
    }

    fn build(self, watch: &Watch<'_>) -> rank_eval::Result<Qrels> {
        self.build_watched(watch)
    }
}

/// Puts rows that were read in order.
pub(crate) fn build<B: Builder>(py: Python<'_>, builder: B) -> PyResult<B::Built> {
    watched_rows(py, builder.rows(), &ProgressBar::hidden(), |watch| builder.build(watch))
}
