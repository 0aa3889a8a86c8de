//! Runs and qrels from dicts, and from rows of objects.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt, PyMapping, PyString, PyTuple};
use rank_eval::{QrelsBuilder, RunBuilder};
use rank_pyo3::{Id, ProgressBar, describe, for_each_entry};

use crate::errors::PACKAGE;
use crate::ids::id;
use crate::lists::grade;
use crate::work::bar;

/// Visits the entries of an exact `dict` in place, as long as its keys and values are exact ones too, so that no Python
/// code runs that might change it. Returns how many were visited.
fn for_each_plain<'py>(
    dict: &Bound<'py, PyAny>,
    mut visit: impl FnMut(&str, &Bound<'py, PyAny>) -> PyResult<bool>,
) -> PyResult<usize> {
    let Ok(dict) = dict.cast_exact::<PyDict>() else { return Ok(0) };
    let mut visited = 0;
    for (key, value) in rank_pyo3::entries(dict) {
        let Ok(key) = key.cast_exact::<PyString>() else { break };
        if !visit(key.to_str()?, &value)? {
            break;
        }
        visited += 1;
    }
    Ok(visited)
}

fn plain_score(value: &Bound<'_, PyAny>) -> Option<f64> {
    if let Ok(number) = value.cast_exact::<PyFloat>() {
        return Some(number.value());
    }
    value.cast_exact::<PyInt>().ok()?.extract().ok()
}

fn score(value: &Bound<'_, PyAny>, at: &str) -> PyResult<f64> {
    value.extract().map_err(|_| {
        PACKAGE.dtype(format_args!(
            "{at}: expected a number as score, got {}; pass a dict of document id to score",
            describe(value)
        ))
    })
}

/// Calls `visit` with the entries of a mapping from the one of number `first` on.
fn for_each_from(
    mapping: &Bound<'_, PyAny>,
    first: usize,
    at: &str,
    what: &str,
    mut visit: impl FnMut(&Bound<'_, PyAny>, &Bound<'_, PyAny>) -> PyResult<()>,
) -> PyResult<()> {
    if first > 0 && first == mapping.len()? {
        return Ok(());
    }
    let mut number = 0;
    for_each_entry(PACKAGE, mapping, at, what, |key, value| {
        number += 1;
        if number > first { visit(key, value) } else { Ok(()) }
    })
}

/// Adds a dict of query id to a dict of document id to score, or to any other ranked list.
pub(crate) fn read_run(run: &Bound<'_, PyAny>, progress: bool) -> PyResult<RunBuilder> {
    let bar = of_length("run", "queries", run, progress)?;
    let mut builder = RunBuilder::default();
    let what = "a dict of query id to a dict of document id to score";
    for_each_entry(PACKAGE, run, "run", what, |query, documents| {
        query.py().check_signals()?;
        bar.update(query.py(), 1)?;
        let at = format!("run[{}]", query.repr()?);
        builder.query(&id(query, &at)?);
        let visited = for_each_plain(documents, |document, value| {
            let Some(score) = plain_score(value) else { return Ok(false) };
            builder.push(document, score);
            Ok(true)
        })?;
        if documents.cast::<PyMapping>().is_err() {
            for (document, score) in rank_pyo3::ranked_list(PACKAGE, documents, &at)? {
                match document {
                    Id::Int(number) => builder.push(&number.to_string(), score),
                    Id::Str(text) => builder.push(&text, score),
                }
            }
            return Ok(());
        }
        for_each_from(documents, visited, &at, "a dict of document id to score", |document, value| {
            let at = format!("{at}[{}]", document.repr()?);
            builder.push(&id(document, &at)?, score(value, &at)?);
            Ok(())
        })
    })?;
    Ok(builder)
}

/// Adds a dict of query id to a dict of document id to grade.
pub(crate) fn read_qrels(qrels: &Bound<'_, PyAny>, progress: bool) -> PyResult<QrelsBuilder> {
    let bar = of_length("qrels", "queries", qrels, progress)?;
    let mut builder = QrelsBuilder::default();
    let what = "a dict of query id to a dict of document id to grade";
    for_each_entry(PACKAGE, qrels, "qrels", what, |query, documents| {
        query.py().check_signals()?;
        bar.update(query.py(), 1)?;
        let at = format!("qrels[{}]", query.repr()?);
        builder.query(&id(query, &at)?);
        let visited = for_each_plain(documents, |document, value| {
            let Ok(number) = value.cast_exact::<PyInt>() else { return Ok(false) };
            let Ok(grade) = number.extract::<i64>() else { return Ok(false) };
            builder.push(document, grade);
            Ok(true)
        })?;
        for_each_from(documents, visited, &at, "a dict of document id to grade", |document, value| {
            let at = format!("{at}[{}]", document.repr()?);
            builder.push(&id(document, &at)?, grade(value, &at)?);
            Ok(())
        })
    })?;
    Ok(builder)
}

/// The three fields of a row: an object that has them by name, or a tuple of three.
fn fields<'py>(row: &Bound<'py, PyAny>, value: &str, at: &str) -> PyResult<[Bound<'py, PyAny>; 3]> {
    if let (Ok(query), Ok(document), Ok(value)) = (row.getattr("query_id"), row.getattr("doc_id"), row.getattr(value)) {
        return Ok([query, document, value]);
    }
    if let Ok(tuple) = row.cast_exact::<PyTuple>()
        && tuple.len() == 3
    {
        return Ok([tuple.get_item(0)?, tuple.get_item(1)?, tuple.get_item(2)?]);
    }
    Err(PACKAGE.dtype(format_args!(
        "{at}: expected an object with query_id, doc_id and {value}, or a tuple of these, got {}; pass rows",
        describe(row)
    )))
}

/// A bar of as many steps as a value has entries, if it knows.
fn of_length(name: &str, unit: &str, value: &Bound<'_, PyAny>, progress: bool) -> PyResult<ProgressBar> {
    bar(value.py(), name, unit, value.len().ok(), progress)
}

/// Calls `visit` with the fields of each row, and with what to call it in errors.
fn for_each_row<'py>(
    rows: &Bound<'py, PyAny>,
    [name, what, value]: [&str; 3],
    progress: bool,
    mut visit: impl FnMut([Bound<'py, PyAny>; 3], &str) -> PyResult<()>,
) -> PyResult<()> {
    let bar = of_length(name, "rows", rows, progress)?;
    let mut since = 0;
    for (number, row) in rank_pyo3::items(PACKAGE, rows, name, what)?.enumerate() {
        let at = format!("{name}[{number}]");
        visit(fields(&row?, value, &at)?, &at)?;
        since += 1;
        if since == 1 << 12 {
            rows.py().check_signals()?;
            bar.update(rows.py(), std::mem::take(&mut since))?;
        }
    }
    bar.update(rows.py(), since)
}

/// Adds rows of query, document and score, such as `ir_measures.ScoredDoc`.
pub(crate) fn read_run_rows(rows: &Bound<'_, PyAny>, progress: bool) -> PyResult<RunBuilder> {
    let mut builder = RunBuilder::default();
    let what = ["run", "rows of query, document and score", "score"];
    for_each_row(rows, what, progress, |[query, document, value], at| {
        builder.query(&id(&query, at)?);
        builder.push(&id(&document, at)?, score(&value, at)?);
        Ok(())
    })?;
    Ok(builder)
}

/// Adds rows of query, document and grade, such as `ir_measures.Qrel` and the qrels of `ir_datasets`.
pub(crate) fn read_qrels_rows(rows: &Bound<'_, PyAny>, progress: bool) -> PyResult<QrelsBuilder> {
    let mut builder = QrelsBuilder::default();
    let what = ["qrels", "rows of query, document and grade", "relevance"];
    for_each_row(rows, what, progress, |[query, document, value], at| {
        builder.query(&id(&query, at)?);
        builder.push(&id(&document, at)?, grade(&value, at)?);
        Ok(())
    })?;
    Ok(builder)
}

/// Whether it is a `ranx.Run` or a `ranx.Qrels`.
pub(crate) fn is_of_ranx(value: &Bound<'_, PyAny>) -> bool {
    value.get_type().module().is_ok_and(|module| module.to_string_lossy().split('.').next() == Some("ranx"))
}
