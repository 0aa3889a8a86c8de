//! Tests of significance.

use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString};
use rank_pyo3::describe;

use crate::errors::{PACKAGE, to_python};

#[doc = rank_pyo3::stub!("PairedTTest")]
#[pyclass(frozen, get_all, module = "rank_eval")]
pub(crate) struct PairedTTest {
    #[doc = rank_pyo3::stub!("PairedTTest.statistic")]
    statistic: f64,
    #[doc = rank_pyo3::stub!("PairedTTest.p_value")]
    p_value: f64,
    #[doc = rank_pyo3::stub!("PairedTTest.degrees_of_freedom")]
    degrees_of_freedom: usize,
    #[doc = rank_pyo3::stub!("PairedTTest.mean_difference")]
    mean_difference: f64,
}

#[pymethods]
impl PairedTTest {
    fn __repr__(&self) -> String {
        let Self { statistic, p_value, degrees_of_freedom, mean_difference } = self;
        format!(
            "PairedTTest(statistic={statistic:?}, p_value={p_value:?}, degrees_of_freedom={degrees_of_freedom}, \
             mean_difference={mean_difference:?})"
        )
    }
}

#[doc = rank_pyo3::stub!("RandomizationTest")]
#[pyclass(frozen, get_all, module = "rank_eval")]
pub(crate) struct RandomizationTest {
    #[doc = rank_pyo3::stub!("RandomizationTest.p_value")]
    p_value: f64,
    #[doc = rank_pyo3::stub!("RandomizationTest.permutations")]
    permutations: usize,
    #[doc = rank_pyo3::stub!("RandomizationTest.exact")]
    exact: bool,
    #[doc = rank_pyo3::stub!("RandomizationTest.mean_difference")]
    mean_difference: f64,
}

#[pymethods]
impl RandomizationTest {
    fn __repr__(&self) -> String {
        let Self { p_value, permutations, exact, mean_difference } = self;
        let exact = if *exact { "True" } else { "False" };
        format!(
            "RandomizationTest(p_value={p_value:?}, permutations={permutations}, exact={exact}, \
             mean_difference={mean_difference:?})"
        )
    }
}

fn number(value: &Bound<'_, PyAny>, argument: impl std::fmt::Display) -> PyResult<f64> {
    value
        .extract()
        .map_err(|_| PACKAGE.dtype(format_args!("{argument}: expected a number, got {}; convert it", describe(value))))
}

fn sequence(value: &Bound<'_, PyAny>, argument: &str) -> PyResult<Vec<f64>> {
    let refused = || {
        PACKAGE.dtype(format_args!(
            "{argument}: expected a sequence of numbers or a dict of query id to number, got {}; pass both samples alike",
            describe(value)
        ))
    };
    if value.is_instance_of::<PyString>() || value.cast::<PyMapping>().is_ok() {
        return Err(refused());
    }
    let entries = value.try_iter().map_err(|_| refused())?;
    entries.enumerate().map(|(position, entry)| number(&entry?, format_args!("{argument}[{position}]"))).collect()
}

/// Reads two samples: sequences, paired by position, or dicts, paired by key.
fn samples(a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<(Vec<f64>, Vec<f64>)> {
    let (Ok(first), Ok(second)) = (a.cast::<PyMapping>(), b.cast::<PyMapping>()) else {
        return Ok((sequence(a, "a")?, sequence(b, "b")?));
    };
    let mut pairs = (Vec::with_capacity(first.len()?), Vec::with_capacity(first.len()?));
    for entry in first.items()? {
        let (key, value) = entry.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        let name = key.repr()?;
        if !second.contains(&key)? {
            return Err(PACKAGE.shape(format_args!(
                "b: expected the same queries as a, got none named {name}; evaluate both runs on the same qrels"
            )));
        }
        pairs.0.push(number(&value, format_args!("a[{name}]"))?);
        pairs.1.push(number(&second.get_item(&key)?, format_args!("b[{name}]"))?);
    }
    if second.len()? != first.len()? {
        return Err(PACKAGE.shape(format_args!(
            "b: expected the same queries as a, {} of them, got {}; evaluate both runs on the same qrels",
            first.len()?,
            second.len()?
        )));
    }
    Ok(pairs)
}

#[doc = rank_pyo3::stub!("paired_t_test")]
#[pyfunction]
pub(crate) fn paired_t_test(py: Python<'_>, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<PairedTTest> {
    let (a, b) = samples(a, b)?;
    let test = py.detach(|| rank_eval::paired_t_test(&a, &b)).map_err(to_python)?;
    Ok(PairedTTest {
        statistic: test.statistic,
        p_value: test.p_value,
        degrees_of_freedom: test.degrees_of_freedom,
        mean_difference: test.mean_difference,
    })
}

#[doc = rank_pyo3::stub!("randomization_test")]
#[pyfunction]
#[pyo3(signature = (a, b, permutations = 10_000, seed = 0))]
pub(crate) fn randomization_test(
    py: Python<'_>,
    a: &Bound<'_, PyAny>,
    b: &Bound<'_, PyAny>,
    permutations: usize,
    seed: u64,
) -> PyResult<RandomizationTest> {
    let (a, b) = samples(a, b)?;
    let test = py.detach(|| rank_eval::randomization_test(&a, &b, permutations, seed)).map_err(to_python)?;
    Ok(RandomizationTest {
        p_value: test.p_value,
        permutations: test.permutations,
        exact: test.exact,
        mean_difference: test.mean_difference,
    })
}
