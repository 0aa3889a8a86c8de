//! Progress bars, where they are asked for, and an ear for Ctrl-C beside work of many threads.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::types::{PyAny, PyDict};

use crate::Package;

/// How long Ctrl-C waits at most before it is seen.
const GLANCE: Duration = Duration::from_millis(50);

/// A bar of tqdm on the standard error stream, or nothing. It is closed when it is dropped.
#[derive(Debug)]
pub struct ProgressBar(Option<Py<PyAny>>);

impl ProgressBar {
    /// A bar of `total` steps if `shown`.
    ///
    /// # Errors
    ///
    /// `MissingPackageError` of `package` if a bar is to be shown and tqdm is not installed.
    pub fn new(package: Package, py: Python<'_>, total: usize, shown: bool) -> PyResult<Self> {
        Self::named(package, py, None, Some(total), None, shown)
    }

    /// A bar with a `name`, if `shown`: of `total` steps, if that is known, of which `unit` is one; `"B"` are bytes.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn named(
        package: Package,
        py: Python<'_>,
        name: Option<&str>,
        total: Option<usize>,
        unit: Option<&str>,
        shown: bool,
    ) -> PyResult<Self> {
        if !shown {
            return Ok(Self::hidden());
        }
        let tqdm = py.import("tqdm").map_err(|error| {
            if error.is_instance_of::<PyImportError>(py) {
                package
                    .missing("progress: expected the package tqdm, got none; pip install tqdm, or pass progress=False")
            } else {
                error
            }
        })?;
        let options = PyDict::new(py);
        options.set_item("total", total)?;
        options.set_item("desc", name)?;
        if let Some(unit) = unit {
            options.set_item("unit", if unit == "B" { unit.to_owned() } else { format!(" {unit}") })?;
            options.set_item("unit_scale", unit == "B")?;
        }
        Ok(Self(Some(tqdm.getattr("tqdm")?.call((), Some(&options))?.unbind())))
    }

    /// No bar.
    pub fn hidden() -> Self {
        Self(None)
    }

    /// Whether there is no bar.
    pub fn is_hidden(&self) -> bool {
        self.0.is_none()
    }

    /// Says how many steps there will be.
    fn expect(&self, py: Python<'_>, total: usize) -> PyResult<()> {
        match &self.0 {
            Some(bar) => bar.setattr(py, "total", total),
            None => Ok(()),
        }
    }

    /// Reports `steps` more that are done.
    ///
    /// # Errors
    ///
    /// What tqdm raises.
    pub fn update(&self, py: Python<'_>, steps: usize) -> PyResult<()> {
        match &self.0 {
            Some(bar) if steps > 0 => bar.call_method1(py, "update", (steps,)).map(drop),
            _ => Ok(()),
        }
    }
}

impl Drop for ProgressBar {
    fn drop(&mut self) {
        if let Some(bar) = self.0.take() {
            // A bar that cannot be closed is no reason to lose the work.
            Python::attach(|py| drop(bar.call_method0(py, "close")));
        }
    }
}

/// What work on other threads tells of itself, and is told.
#[derive(Debug, Default)]
pub struct Watch {
    done: AtomicUsize,
    /// How many steps there will be, 0 as long as nobody knows.
    total: AtomicUsize,
    stopped: AtomicBool,
}

impl Watch {
    /// Says how many steps there will be, so that the bar knows its end.
    pub fn expect(&self, total: usize) {
        self.total.store(total, Ordering::Relaxed);
    }

    /// Reports `steps` more that are done. Whether to go on: if not, the result of the work is thrown away.
    pub fn advance(&self, steps: usize) -> bool {
        self.done.fetch_add(steps, Ordering::Relaxed);
        !self.stopped.load(Ordering::Relaxed)
    }
}

/// Does `work` on a thread of its own, with the GIL released; meanwhile shows its progress on `bar` and answers Ctrl-C
/// as soon as the work looks at its [`Watch`].
///
/// # Errors
///
/// What `work` returns, what the bar raises, and `KeyboardInterrupt`.
pub fn watched<T: Send, E: Into<PyErr> + Send>(
    py: Python<'_>,
    bar: &ProgressBar,
    work: impl FnOnce(&Watch) -> Result<T, E> + Send,
) -> PyResult<T> {
    let watch = Watch::default();
    let mut shown = 0;
    let mut expected = 0;
    let mut glance = |py: Python<'_>| {
        let done = watch.done.load(Ordering::Relaxed);
        let steps = done - shown;
        shown = done;
        let total = watch.total.load(Ordering::Relaxed);
        if total != expected {
            expected = total;
            bar.expect(py, total)?;
        }
        py.check_signals().and_then(|()| bar.update(py, steps))
    };
    let (result, raised) = py.detach(|| {
        std::thread::scope(|scope| {
            let (finished, waiting) = channel::<()>();
            let worker = scope.spawn(|| {
                // Dropped, and so heard of, also if the work panics.
                let _finished = finished;
                work(&watch)
            });
            let mut raised = None;
            while waiting.recv_timeout(GLANCE) == Err(RecvTimeoutError::Timeout) {
                if raised.is_none() {
                    raised = Python::attach(&mut glance).err();
                    if raised.is_some() {
                        watch.stopped.store(true, Ordering::Relaxed);
                    }
                }
            }
            let result = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            (result, raised)
        })
    });
    if let Some(raised) = raised {
        return Err(raised);
    }
    glance(py)?;
    result.map_err(Into::into)
}
