//! Judgments: dicts, whatever gives one, and TREC files.

use std::collections::HashMap;
use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyMapping, PyString};
use rank_pyo3::arrow::IdRef;
use rank_pyo3::{Id, describe};

use crate::errors::{PACKAGE, to_python};

pub(crate) type Qrels = HashMap<Id, HashMap<Id, i64>>;

pub(crate) fn read(value: &Bound<'_, PyAny>) -> PyResult<Qrels> {
    let py = value.py();
    if value.cast::<PyMapping>().is_err() {
        if value.hasattr("to_dict")? {
            return read(&value.call_method0("to_dict")?);
        }
        if value.is_instance_of::<PyString>() || value.hasattr("__fspath__")? {
            let path: PathBuf = value.extract()?;
            let read = py.detach(|| rank_fusion::read_qrels(path)).map_err(to_python)?;
            let text = |id: String| Id::Str(id.into());
            return Ok(read
                .into_iter()
                .map(|(query, judged)| (text(query), judged.into_iter().map(|(id, grade)| (text(id), grade)).collect()))
                .collect());
        }
    }
    let mut qrels = Qrels::new();
    rank_pyo3::for_each_entry(PACKAGE, value, "qrels", "a dict of query to dict of id to grade", |query, judged| {
        let at = format!("qrels[{}]", query.repr()?);
        let mut grades = HashMap::new();
        rank_pyo3::for_each_entry(PACKAGE, judged, &at, "a dict of id to grade", |document, grade| {
            let at = format!("{at}[{}]", document.repr()?);
            let Some(number) = (!grade.is_instance_of::<PyBool>()).then(|| grade.extract::<i64>().ok()).flatten()
            else {
                return Err(
                    PACKAGE.dtype(format_args!("{at}: expected an int as grade, got {}; convert it", describe(grade)))
                );
            };
            grades.insert(Id::extract(PACKAGE, document, &at)?, number);
            Ok(())
        })?;
        qrels.insert(Id::extract(PACKAGE, query, &at)?, grades);
        Ok(())
    })?;
    Ok(qrels)
}

fn borrow(id: &Id) -> IdRef<'_> {
    match id {
        Id::Int(number) => IdRef::Int(*number),
        Id::Str(text) => IdRef::Str(text),
    }
}

/// The same, by ids as rows have them.
pub(crate) fn borrowed(qrels: &Qrels) -> HashMap<IdRef<'_>, HashMap<IdRef<'_>, i64>> {
    qrels
        .iter()
        .map(|(query, judged)| (borrow(query), judged.iter().map(|(id, grade)| (borrow(id), *grade)).collect()))
        .collect()
}
