//! Sparse vectors in Arrow tables and streams.

use pyo3::prelude::*;
use rank_pyo3::ProgressBar;
use rank_pyo3::arrow::{ArrowStream, IdColumn, ValueColumn, VectorColumn, VectorRef};
use rank_retrieve::{Error, JsonVectors, SparseRows, StoredFields, count_pieces};

use crate::errors::{PACKAGE, to_python};
use crate::hnsw::Key;
use crate::source::{key, later, stored_in};
use crate::sparse_source::{Document, Target};

/// Vectors that are added together, each time without the GIL.
const TOGETHER: usize = 4096;

/// Rows of numbered dimensions.
#[derive(Default)]
struct Numbered {
    ids: Vec<Key>,
    stored: Vec<StoredFields>,
    offsets: Vec<usize>,
    dimensions: Vec<i32>,
    values: Vec<f32>,
    /// What is wrong with the row behind these.
    wrong: Option<Error>,
}

impl Numbered {
    /// Adds a row, up to the first that cannot be one.
    fn push(&mut self, id: Key, pairs: &[(i64, f64)], stored: StoredFields) {
        if self.wrong.is_some() {
            return;
        }
        if let Some((dimension, _)) = pairs.iter().find(|pair| i32::try_from(pair.0).is_err()) {
            let (expected, got) = ("numbers of 0 to 16777216, exclusive".to_owned(), dimension.to_string());
            self.wrong = Some(Error::InvalidTokens { argument: "dimensions", expected, got });
            return;
        }
        if self.offsets.is_empty() {
            self.offsets.push(0);
        }
        self.ids.push(id);
        self.stored.push(stored);
        self.dimensions.extend(pairs.iter().map(|pair| pair.0 as i32));
        self.values.extend(pairs.iter().map(|pair| pair.1 as f32));
        self.offsets.push(self.values.len());
    }

    /// Adds all rows, one by one, so that the first that cannot be added is known: which, and why.
    fn add(self, target: &mut dyn Target) -> Result<(), (usize, Error)> {
        for (row, id) in self.ids.iter().enumerate() {
            let range = self.offsets[row]..self.offsets[row + 1];
            let (dimensions, values) = (&self.dimensions[range.clone()], &self.values[range.clone()]);
            let rows = SparseRows { offsets: &[0, range.len()], dimensions, values };
            let (id, stored) = (std::slice::from_ref(id), std::slice::from_ref(&self.stored[row]));
            target.add_rows(id, rows, stored).map_err(|error| (row, error))?;
        }
        self.wrong.map_or(Ok(()), |error| Err((self.ids.len(), error)))
    }
}

/// Adds all rows of a table: how many.
pub(crate) fn table(
    py: Python<'_>,
    target: &mut dyn Target,
    source: &Bound<'_, PyAny>,
    fields: &JsonVectors,
    progress: bool,
) -> PyResult<usize> {
    let mut stream = ArrowStream::open(PACKAGE, source, "documents")?;
    let bar = ProgressBar::named(PACKAGE, py, None, None, Some("documents"), progress)?;
    let mut added = 0;
    while let Some(part) = stream.next(py)? {
        let ids = part.ids(&fields.id)?;
        let vectors = part.vectors(&fields.vector)?;
        let stored: Vec<(&String, Vec<ValueColumn>)> =
            fields.stored.iter().map(|name| Ok((name, part.values(name)?))).collect::<PyResult<_>>()?;
        let rows: usize = ids.iter().map(IdColumn::len).sum();
        if rows == 0 {
            continue;
        }
        // One chunk, as each part is one batch.
        let (ids, vectors): (&IdColumn, &VectorColumn) = (&ids[0], &vectors[0]);
        let stored: Vec<(&String, &ValueColumn)> = stored.iter().map(|(name, chunks)| (*name, &chunks[0])).collect();
        for start in (0..rows).step_by(TOGETHER) {
            let end = rows.min(start + TOGETHER);
            py.detach(|| {
                let (mut named, mut numbered) = (Vec::new(), Numbered::default());
                for row in start..end {
                    let (id, stored) = (key(ids, row), stored_in(&stored, row));
                    let own = |pairs: Vec<(&str, f32)>| -> Document {
                        (
                            id.clone(),
                            pairs.into_iter().map(|(name, weight)| (name.to_owned(), weight)).collect(),
                            stored.clone(),
                        )
                    };
                    match vectors.get(row) {
                        VectorRef::Pieces(text) => named.push(own(count_pieces(text))),
                        VectorRef::Names(pairs) => {
                            named.push(own(pairs.into_iter().map(|(name, weight)| (name, weight as f32)).collect()));
                        }
                        VectorRef::Numbers(pairs) => numbered.push(id, &pairs, stored),
                    }
                }
                // A column has vectors of one kind.
                target.add(named).and_then(|()| numbered.add(target))
            })
            .map_err(|(row, source)| to_python(later(Error::Row { row, source: Box::new(source) }, added)))?;
            added += end - start;
            py.check_signals()?;
            bar.update(py, end - start)?;
        }
    }
    Ok(added)
}
