//! The values of runs, as the tests take them.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyString};
use rank_pyo3::describe;

use crate::errors::PACKAGE;

pub(crate) fn number(value: &Bound<'_, PyAny>, argument: impl std::fmt::Display) -> PyResult<f64> {
    value
        .extract()
        .map_err(|_| PACKAGE.dtype(format_args!("{argument}: expected a number, got {}; convert it", describe(value))))
}

pub(crate) fn sequence(value: &Bound<'_, PyAny>, argument: &str) -> PyResult<Vec<f64>> {
    let refused = || {
        PACKAGE.dtype(format_args!(
            "{argument}: expected a sequence of numbers or a dict of query id to number, got {}; pass both samples alike",
            describe(value)
        ))
    };
    if let Ok(values) = rank_pyo3::vector::<f64>(PACKAGE, value, argument, "(n,)") {
        return Ok(values.as_slice()?.to_vec());
    }
    if value.is_instance_of::<PyString>() || value.cast::<PyMapping>().is_ok() {
        return Err(refused());
    }
    let entries = value.try_iter().map_err(|_| refused())?;
    entries.enumerate().map(|(position, entry)| number(&entry?, format_args!("{argument}[{position}]"))).collect()
}

/// Reads two samples: sequences, paired by position, or dicts, paired by key.
pub(crate) fn samples(a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<(Vec<f64>, Vec<f64>)> {
    named(a, "a", b, "b")
}

/// Reads two samples that have other names.
pub(crate) fn named(
    a: &Bound<'_, PyAny>,
    a_name: &str,
    b: &Bound<'_, PyAny>,
    b_name: &str,
) -> PyResult<(Vec<f64>, Vec<f64>)> {
    let (Ok(first), Ok(second)) = (a.cast::<PyMapping>(), b.cast::<PyMapping>()) else {
        return Ok((sequence(a, a_name)?, sequence(b, b_name)?));
    };
    let mut pairs = (Vec::with_capacity(first.len()?), Vec::with_capacity(first.len()?));
    for entry in first.items()? {
        let (key, value) = entry.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        let name = key.repr()?;
        if !second.contains(&key)? {
            return Err(PACKAGE.shape(format_args!(
                "{b_name}: expected the same queries as {a_name}, got none named {name}; evaluate both runs on the same qrels"
            )));
        }
        pairs.0.push(number(&value, format_args!("{a_name}[{name}]"))?);
        pairs.1.push(number(&second.get_item(&key)?, format_args!("{b_name}[{name}]"))?);
    }
    if second.len()? != first.len()? {
        return Err(PACKAGE.shape(format_args!(
            "{b_name}: expected the same queries as {a_name}, {} of them, got {}; evaluate both runs on the same qrels",
            first.len()?,
            second.len()?
        )));
    }
    Ok(pairs)
}

/// Reads one sample, or two paired ones.
pub(crate) fn one_or_two(a: &Bound<'_, PyAny>, b: Option<&Bound<'_, PyAny>>) -> PyResult<(Vec<f64>, Option<Vec<f64>>)> {
    if let Some(b) = b {
        return samples(a, b).map(|(a, b)| (a, Some(b)));
    }
    let Ok(mapping) = a.cast::<PyMapping>() else {
        return Ok((sequence(a, "a")?, None));
    };
    let mut values = Vec::with_capacity(mapping.len()?);
    for entry in mapping.items()? {
        let (key, value) = entry.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        values.push(number(&value, format_args!("a[{}]", key.repr()?))?);
    }
    Ok((values, None))
}

/// What runs are called: the keys of a dict, or positions.
pub(crate) type Names = Vec<Py<PyAny>>;

/// Reads the samples of several runs: a dict of name to sample, or samples, which are named by their positions. Those
/// that are dicts are paired by key.
pub(crate) fn many<'py>(value: &Bound<'py, PyAny>) -> PyResult<(Names, Vec<Vec<f64>>)> {
    let refused = || {
        PACKAGE.dtype(format_args!(
            "samples: expected a dict of name to sample or a list of samples, got {}; a sample is a sequence of numbers \
             or a dict of query id to number",
            describe(value)
        ))
    };
    let (names, samples): (Vec<_>, Vec<_>) = if let Ok(mapping) = value.cast::<PyMapping>() {
        let items = mapping.items()?.iter().map(|item| item.extract::<(Bound<'py, PyAny>, Bound<'py, PyAny>)>());
        items.collect::<PyResult<Vec<_>>>()?.into_iter().unzip()
    } else if value.is_instance_of::<PyString>() {
        return Err(refused());
    } else {
        let samples = value.try_iter().map_err(|_| refused())?.collect::<PyResult<Vec<_>>>()?;
        let names = (0..samples.len()).map(|position| Ok(position.into_pyobject(value.py())?.into_any()));
        (names.collect::<PyResult<Vec<_>>>()?, samples)
    };
    let mut read = Vec::with_capacity(samples.len());
    let first = samples.first().and_then(|first| first.cast::<PyMapping>().ok());
    for (name, sample) in names.iter().zip(&samples) {
        let at = format!("samples[{}]", name.repr()?);
        let Some(first) = first else {
            read.push(sequence(sample, &at)?);
            continue;
        };
        let Ok(sample) = sample.cast::<PyMapping>() else {
            return Err(PACKAGE.dtype(format_args!(
                "{at}: expected a dict of query id to number, as the first sample, got {}; pass all samples alike",
                describe(sample)
            )));
        };
        let same = PyDict::new(value.py());
        for key in first.keys()? {
            if sample.contains(&key)? {
                same.set_item(&key, sample.get_item(&key)?)?;
            }
        }
        if same.len() != first.len()? || sample.len()? != first.len()? {
            return Err(PACKAGE.shape(format_args!(
                "{at}: expected the {} queries of the first sample, got {} of them and {} others; evaluate all runs on \
                 the same qrels",
                first.len()?,
                same.len(),
                sample.len()? - same.len()
            )));
        }
        let values = same.iter().map(|(key, value)| number(&value, format_args!("{at}[{}]", key.repr()?)));
        read.push(values.collect::<PyResult<Vec<_>>>()?);
    }
    Ok((names.into_iter().map(Bound::unbind).collect(), read))
}
