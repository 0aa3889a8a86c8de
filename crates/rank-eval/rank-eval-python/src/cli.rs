//! The command line.

use std::ffi::OsString;

use pyo3::prelude::*;

#[doc = rank_pyo3::stub!("run_command")]
#[pyfunction]
pub(crate) fn run_command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| {
        let (mut stdin, mut stdout, mut stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
        rank_eval::cli::run(arguments, &mut stdin, &mut stdout, &mut stderr)
    })
}
