//! Tests of significance, effect sizes and intervals.

use pyo3::prelude::*;
use rank_eval::{BootstrapMethod, BootstrapOptions, Correction, WilcoxonMethod, WilcoxonOptions, Zeros};

use crate::errors::{PACKAGE, to_python};
use crate::results::{
    EffectSizes, Estimate, PairedTTest, RandomizationTest, RandomizedTukeyHsd, SignTest, TukeyHsd, TwoWayAnova,
    WilcoxonTest,
};
use crate::samples::{many, one_or_two, samples};
use crate::work::{bar, watched};

/// One of several words.
pub(crate) fn choice<T: Copy>(argument: &str, value: &str, known: &[(&str, T)]) -> PyResult<T> {
    known.iter().find(|(name, _)| *name == value).map(|(_, choice)| *choice).ok_or_else(|| {
        let names: Vec<String> = known.iter().map(|(name, _)| format!("{name:?}")).collect();
        PACKAGE.invalid(format_args!("{argument}: expected one of {}, got {value:?}; choose one", names.join(", ")))
    })
}

pub(crate) const CORRECTIONS: [(&str, Correction); 4] = [
    ("none", Correction::None),
    ("bonferroni", Correction::Bonferroni),
    ("holm", Correction::Holm),
    ("benjamini-hochberg", Correction::BenjaminiHochberg),
];

#[doc = rank_pyo3::stub!("paired_t_test")]
#[pyfunction]
pub(crate) fn paired_t_test(py: Python<'_>, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<PairedTTest> {
    let (a, b) = samples(a, b)?;
    Ok(py.detach(|| rank_eval::paired_t_test(&a, &b)).map_err(to_python)?.into())
}

#[doc = rank_pyo3::stub!("randomization_test")]
#[pyfunction]
#[pyo3(signature = (a, b, permutations = 10_000, seed = 0, progress = false))]
pub(crate) fn randomization_test(
    py: Python<'_>,
    a: &Bound<'_, PyAny>,
    b: &Bound<'_, PyAny>,
    permutations: usize,
    seed: u64,
    progress: bool,
) -> PyResult<RandomizationTest> {
    let (a, b) = samples(a, b)?;
    let test = watched(py, &bar(py, "randomization test", "permutations", permutations, progress)?, |watch| {
        rank_eval::randomization_test_watched(&a, &b, permutations, seed, watch)
    })?;
    Ok(test.into())
}

#[doc = rank_pyo3::stub!("sign_test")]
#[pyfunction]
#[pyo3(signature = (a, b, tolerance = 1e-9))]
pub(crate) fn sign_test(
    py: Python<'_>,
    a: &Bound<'_, PyAny>,
    b: &Bound<'_, PyAny>,
    tolerance: f64,
) -> PyResult<SignTest> {
    let (a, b) = samples(a, b)?;
    Ok(py.detach(|| rank_eval::sign_test(&a, &b, tolerance)).map_err(to_python)?.into())
}

#[doc = rank_pyo3::stub!("wilcoxon_test")]
#[pyfunction]
#[pyo3(signature = (a, b, zeros = "drop", method = "auto", continuity = false))]
pub(crate) fn wilcoxon_test(
    py: Python<'_>,
    a: &Bound<'_, PyAny>,
    b: &Bound<'_, PyAny>,
    zeros: &str,
    method: &str,
    continuity: bool,
) -> PyResult<WilcoxonTest> {
    let zeros = choice("zeros", zeros, &[("drop", Zeros::Drop), ("pratt", Zeros::Pratt), ("split", Zeros::Split)])?;
    let methods =
        [("auto", WilcoxonMethod::Auto), ("exact", WilcoxonMethod::Exact), ("normal", WilcoxonMethod::Normal)];
    let method = choice("method", method, &methods)?;
    let options = WilcoxonOptions::default().zeros(zeros).method(method).continuity(continuity);
    let (a, b) = samples(a, b)?;
    Ok(py.detach(|| rank_eval::wilcoxon_test(&a, &b, options)).map_err(to_python)?.into())
}

#[doc = rank_pyo3::stub!("bootstrap_interval")]
#[expect(clippy::too_many_arguments, reason = "in Python they have names")]
#[pyfunction]
#[pyo3(signature = (a, b = None, level = 0.95, method = "bca", resamples = 10_000, seed = 0, progress = false))]
pub(crate) fn bootstrap_interval(
    py: Python<'_>,
    a: &Bound<'_, PyAny>,
    b: Option<&Bound<'_, PyAny>>,
    level: f64,
    method: &str,
    resamples: usize,
    seed: u64,
    progress: bool,
) -> PyResult<Estimate> {
    let methods = [("bca", BootstrapMethod::Bca), ("percentile", BootstrapMethod::Percentile)];
    let method = choice("method", method, &methods)?;
    let options = BootstrapOptions::default().method(method).level(level).resamples(resamples).seed(seed);
    let (a, b) = one_or_two(a, b)?;
    let interval = watched(py, &bar(py, "bootstrap", "resamples", resamples, progress)?, |watch| {
        rank_eval::bootstrap_interval_watched(&a, b.as_deref(), options, watch)
    })?;
    Ok(interval.into())
}

#[doc = rank_pyo3::stub!("effect_sizes")]
#[pyfunction]
#[pyo3(signature = (a, b, level = 0.95))]
pub(crate) fn effect_sizes(
    py: Python<'_>,
    a: &Bound<'_, PyAny>,
    b: &Bound<'_, PyAny>,
    level: f64,
) -> PyResult<EffectSizes> {
    let (a, b) = samples(a, b)?;
    Ok(py.detach(|| rank_eval::effect_sizes(&a, &b, level)).map_err(to_python)?.into())
}

#[doc = rank_pyo3::stub!("two_way_anova")]
#[pyfunction]
pub(crate) fn two_way_anova(py: Python<'_>, samples: &Bound<'_, PyAny>) -> PyResult<TwoWayAnova> {
    let (_, samples) = many(samples)?;
    Ok(py.detach(|| rank_eval::two_way_anova(&samples)).map_err(to_python)?.into())
}

#[doc = rank_pyo3::stub!("tukey_hsd")]
#[pyfunction]
#[pyo3(signature = (samples, level = 0.95))]
pub(crate) fn tukey_hsd(py: Python<'_>, samples: &Bound<'_, PyAny>, level: f64) -> PyResult<TukeyHsd> {
    let (names, samples) = many(samples)?;
    let test = py.detach(|| rank_eval::tukey_hsd(&samples, level)).map_err(to_python)?;
    TukeyHsd::new(py, &names, &test)
}

#[doc = rank_pyo3::stub!("randomized_tukey_hsd")]
#[pyfunction]
#[pyo3(signature = (samples, permutations = 10_000, seed = 0, progress = false))]
pub(crate) fn randomized_tukey_hsd(
    py: Python<'_>,
    samples: &Bound<'_, PyAny>,
    permutations: usize,
    seed: u64,
    progress: bool,
) -> PyResult<RandomizedTukeyHsd> {
    let (names, samples) = many(samples)?;
    let test = watched(py, &bar(py, "randomized Tukey HSD", "permutations", permutations, progress)?, |watch| {
        rank_eval::randomized_tukey_hsd_watched(&samples, permutations, seed, watch)
    })?;
    RandomizedTukeyHsd::new(py, &names, &test)
}

#[doc = rank_pyo3::stub!("adjusted_p_values")]
#[pyfunction]
#[pyo3(signature = (p_values, correction = "holm"))]
pub(crate) fn adjusted_p_values(p_values: &Bound<'_, PyAny>, correction: &str) -> PyResult<Vec<f64>> {
    let correction = choice("correction", correction, &CORRECTIONS)?;
    let p_values = crate::samples::sequence(p_values, "p_values")?;
    rank_eval::adjusted_p_values(&p_values, correction).map_err(to_python)
}

#[doc = rank_pyo3::stub!("t_test_power")]
#[pyfunction]
#[pyo3(signature = (effect_size, topics, alpha = 0.05))]
pub(crate) fn t_test_power(effect_size: f64, topics: usize, alpha: f64) -> PyResult<f64> {
    rank_eval::t_test_power(effect_size, topics, alpha).map_err(to_python)
}

#[doc = rank_pyo3::stub!("topic_set_size")]
#[pyfunction]
#[pyo3(signature = (effect_size, power = 0.8, alpha = 0.05))]
pub(crate) fn topic_set_size(effect_size: f64, power: f64, alpha: f64) -> PyResult<usize> {
    rank_eval::topic_set_size(effect_size, power, alpha).map_err(to_python)
}
