//! Stored fields of an index: how they come and go.

use std::hash::Hash;

use crate::ids::count;
use crate::{Bm25Index, FieldType, Result, SparseIndex, StoredFields};

macro_rules! stored {
    ($index:ident) => {
        impl<I: Clone + Eq + Hash + Ord + Send + Sync> $index<I> {
            /// Makes a stored field of a type, for all that comes. A field that is not declared has the type of its
            /// first value, until no document has one.
            ///
            /// # Errors
            ///
            /// [`FieldType`](crate::Error::FieldType) if it has another type already, and as [`remove`](Self::remove).
            pub fn declare_field(&mut self, field: &str, kind: FieldType) -> Result<()> {
                self.verify()?;
                self.columns.declare(field, kind)
            }

            /// The stored fields and their types, by name.
            pub fn field_types(&self) -> Vec<(String, FieldType)> {
                self.columns.types().map(|(name, kind)| (name.to_owned(), kind)).collect()
            }

            /// Stores values with a document; those of other fields stay. Whether there is such a document.
            ///
            /// # Errors
            ///
            /// [`FieldType`](crate::Error::FieldType) and [`InvalidDate`](crate::Error::InvalidDate) for a value of
            /// another type than the field's: nothing is stored then. As [`remove`](Self::remove).
            pub fn set_fields(&mut self, id: &I, fields: &StoredFields) -> Result<bool> {
                self.verify()?;
                self.columns.check(fields)?;
                let Some(number) = self.ids.number(id) else { return Ok(false) };
                self.columns.set(number, fields)?;
                Ok(true)
            }

            /// The values stored with a document; `None` if there is no such document.
            ///
            /// # Errors
            ///
            /// As [`remove`](Self::remove).
            pub fn fields(&self, id: &I) -> Result<Option<StoredFields>> {
                self.verify()?;
                Ok(self.ids.number(id).map(|number| self.columns.values(number)))
            }

            /// The ids of all documents, in the order in which they were added; an updated document was added when it
            /// was updated.
            pub fn ids(&self) -> Vec<I> {
                crate::filter::each(&self.engine.present()).map(|number| self.ids.id(number).clone()).collect()
            }

            /// Takes a document out of all but the ids.
            pub(crate) fn forget(&mut self, number: u32) {
                self.engine.delete(number);
                self.columns.remove(number);
            }

            /// Numbers documents anew after the engine did.
            pub(crate) fn renumber(&mut self, numbers: &[Option<u32>]) {
                self.ids.renumber(numbers);
                self.columns.renumber(numbers);
            }
        }
    };
}

stored! { Bm25Index }
stored! { SparseIndex }

impl<I: Clone + Eq + Hash + Ord + Send + Sync> Bm25Index<I> {
    /// [`add_document`](Self::add_document) with values to be stored.
    ///
    /// # Errors
    ///
    /// As [`add_document`](Self::add_document) and [`set_fields`](Self::set_fields). The index is then as it was.
    pub fn add_document_with<S: AsRef<str>>(&mut self, id: I, terms: &[S], fields: &StoredFields) -> Result<()> {
        self.verify()?;
        self.columns.check(fields)?;
        let number = self.engine.numbered() as u32;
        self.add_document(id, terms)?;
        self.columns.set(number, fields)
    }

    /// [`add_text`](Self::add_text) with values to be stored.
    ///
    /// # Errors
    ///
    /// As [`add_text`](Self::add_text) and [`set_fields`](Self::set_fields). The index is then as it was.
    pub fn add_text_with(&mut self, id: I, text: &str, fields: &StoredFields) -> Result<()> {
        self.verify()?;
        self.columns.check(fields)?;
        let number = self.engine.numbered() as u32;
        self.add_text(id, text)?;
        self.columns.set(number, fields)
    }

    /// [`update_document`](Self::update_document) with values to be stored; those of other fields stay.
    ///
    /// # Errors
    ///
    /// As [`add_document_with`](Self::add_document_with).
    pub fn update_document_with<S: AsRef<str>>(&mut self, id: I, terms: &[S], fields: &StoredFields) -> Result<bool> {
        self.check_unnamed()?;
        self.columns.check(fields)?;
        count(terms.len())?;
        count(self.engine.numbered() + 1)?;
        let stored = self.fields(&id)?.unwrap_or_default().updated(fields);
        let there = self.remove(&id)?;
        self.add_document_with(id, terms, &stored)?;
        Ok(there)
    }
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync> SparseIndex<I> {
    /// [`add_named`](Self::add_named) with values to be stored.
    ///
    /// # Errors
    ///
    /// As [`add_named`](Self::add_named) and [`set_fields`](Self::set_fields). The index is then as it was.
    pub fn add_named_with<S: AsRef<str>>(&mut self, id: I, weights: &[(S, f32)], fields: &StoredFields) -> Result<()> {
        self.verify()?;
        self.columns.check(fields)?;
        let number = self.engine.numbered() as u32;
        self.add_named(id, weights)?;
        self.columns.set(number, fields)
    }
}
