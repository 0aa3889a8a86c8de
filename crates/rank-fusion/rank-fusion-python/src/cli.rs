//! The command line.

use pyo3::prelude::*;

#[doc = rank_pyo3::stub!("run_command")]
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "Python's list becomes one of ours")]
pub(crate) fn run_command(py: Python<'_>, arguments: Vec<String>) -> u8 {
    py.detach(|| rank_fusion::cli::run(&arguments, &mut std::io::stdout(), &mut std::io::stderr()))
}
