//! Values stored with documents, for filters and counts: a column for each field.

mod column;
mod date;
mod saved;
mod value;

use rustc_hash::FxHashMap;

pub(crate) use column::{Cells, Column};
pub(crate) use date::start;
pub(crate) use value::Cell;
pub use value::{FieldType, FieldValue, StoredFields};

use crate::filter::State;
use crate::{Error, Result};

/// The stored fields of an index.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    all: Vec<Column>,
    numbers: FxHashMap<String, usize>,
    state: State,
}

impl Columns {
    /// It changes whenever a value does.
    pub(crate) fn state(&self) -> State {
        self.state
    }

    /// The column of a field that has values or was declared.
    pub(crate) fn get(&self, field: &str) -> Option<&Column> {
        self.numbers.get(field).map(|&at| &self.all[at]).filter(|column| column.is_known())
    }

    /// [`get`](Self::get), for a field that must be there.
    pub(crate) fn known(&self, field: &str) -> Result<&Column> {
        self.get(field).ok_or_else(|| {
            let known: Vec<String> = self.types().map(|(name, _)| format!("{name:?}")).collect();
            Error::UnknownField { field: field.to_owned(), known: known.join(", ") }
        })
    }

    /// The fields there are, by name, with their types.
    pub(crate) fn types(&self) -> impl Iterator<Item = (&str, FieldType)> {
        let mut known: Vec<_> = self.all.iter().filter(|column| column.is_known()).collect();
        known.sort_by(|a, b| a.name.cmp(&b.name));
        known.into_iter().map(|column| (&*column.name, column.kind()))
    }

    /// The same declared fields without values.
    pub(crate) fn emptied(&self) -> Result<Self> {
        let mut columns = Self::default();
        for (field, kind) in self.types() {
            columns.declare(field, kind)?;
        }
        Ok(columns)
    }

    /// Makes a field of this type, for all that comes.
    pub(crate) fn declare(&mut self, field: &str, kind: FieldType) -> Result<()> {
        self.state = State::default();
        match self.get(field).map(Column::kind) {
            Some(there) if there != kind => {
                let (field, expected, got) = (field.to_owned(), there.name(), kind.name().to_owned());
                return Err(Error::FieldType { field, expected, got });
            }
            _ => self.column(field, kind).declared = true,
        }
        Ok(())
    }

    /// Whether these values have the types of their fields.
    pub(crate) fn check(&self, fields: &StoredFields) -> Result<()> {
        for (name, value) in fields.iter() {
            let Some(value) = value else { continue };
            let column = self.get(name);
            let cell = value.to_cell(name, column.map_or_else(|| value.kind(), Column::kind))?;
            if !column.is_none_or(|column| column.has_room(&cell)) {
                return Err(Error::TooLarge);
            }
        }
        Ok(())
    }

    /// Sets fields of a document, and leaves the others. [`check`](Self::check) first.
    pub(crate) fn set(&mut self, document: u32, fields: &StoredFields) -> Result<()> {
        self.state = State::default();
        for (name, value) in fields.iter() {
            let Some(value) = value else {
                if let Some(&at) = self.numbers.get(name) {
                    self.all[at].clear(document);
                }
                continue;
            };
            let kind = self.get(name).map_or_else(|| value.kind(), Column::kind);
            let cell = value.to_cell(name, kind)?;
            self.column(name, kind).set(document, &cell);
        }
        Ok(())
    }

    /// What is stored with a document.
    pub(crate) fn values(&self, document: u32) -> StoredFields {
        let mut values = StoredFields::new();
        for column in &self.all {
            if let Some(value) = column.value(document) {
                values = values.with(&*column.name, value);
            }
        }
        values
    }

    /// Forgets what is stored with a document.
    pub(crate) fn remove(&mut self, document: u32) {
        self.state = State::default();
        for column in &mut self.all {
            column.clear(document);
        }
    }

    /// Numbers the documents anew, as [`Ids::renumber`](crate::ids::Ids::renumber).
    pub(crate) fn renumber(&mut self, numbers: &[Option<u32>]) {
        self.state = State::default();
        for column in &mut self.all {
            column.renumber(numbers);
        }
    }

    /// The column of a field, which takes this type if it has none.
    fn column(&mut self, field: &str, kind: FieldType) -> &mut Column {
        let at = *self.numbers.entry(field.to_owned()).or_insert_with(|| {
            self.all.push(Column::new(field.to_owned(), kind));
            self.all.len() - 1
        });
        let column = &mut self.all[at];
        if !column.is_known() && column.kind() != kind {
            *column = Column::new(field.to_owned(), kind);
        }
        column
    }
}
