//! Documents on their way into an index of BM25, in memory or in a file.

use std::path::Path;

use pyo3::prelude::*;
use rank_pyo3::{Id, ProgressBar, items};
use rank_retrieve::{Bm25Builder, Error, JsonFields, StoredFields};

use crate::arguments::new_ids;
use crate::bm25::Bm25Index;
use crate::errors::PACKAGE;
use crate::fields;
use crate::hnsw::Key;
use crate::source::{Target, Waiting};
use crate::tokens::Tokens;

/// What belongs to a list of ids.
pub(crate) struct Batch<'a, 'py> {
    /// Texts or terms, and which of them.
    pub(crate) content: &'a Bound<'py, PyAny>,
    pub(crate) what: &'static str,
    /// What is stored with each.
    pub(crate) fields: Option<&'a Bound<'py, PyAny>>,
    pub(crate) threads: usize,
    pub(crate) progress: bool,
}

/// Adds a document for each id.
pub(crate) fn batch(py: Python<'_>, index: &Bm25Index, ids: &[Id], batch: &Batch<'_, '_>) -> PyResult<()> {
    let Batch { content, what, fields, threads, progress } = *batch;
    let are_texts = what == "texts";
    let known = content.len().unwrap_or(ids.len());
    let named = py.detach(|| {
        let index = index.index.read();
        new_ids(ids, if are_texts { known } else { ids.len() }, what, |id| index.contains(&Key(id.clone())))?;
        Ok::<_, PyErr>(index.text_fields().iter().map(|field| field.name.clone()).collect())
    })?;
    let bar = ProgressBar::new(PACKAGE, py, ids.len(), progress)?;
    let kind = if are_texts { "a list of str" } else { "a list of lists of str" };
    let mut documents = items(PACKAGE, content, what, kind)?;
    let mut stored = fields.map(|fields| items(PACKAGE, fields, "fields", "a list of dicts")).transpose()?;
    let uneven = |argument: &str, got: String, cure: String| {
        PACKAGE.shape(format_args!("{argument}: expected as many as ids, got {got} than {}; {cure}", ids.len()))
    };
    let stored_known = fields.and_then(|all| all.len().ok()).unwrap_or(ids.len());
    for (argument, got) in [(what, known), ("fields", stored_known)] {
        if got != ids.len() {
            let got = if got < ids.len() { "fewer" } else { "more" };
            return Err(uneven(argument, got.to_owned(), "pass one for each id".to_owned()));
        }
    }
    let few = |argument, there: usize| {
        let cure = format!("the first {there} are added, pass the others with their ids");
        uneven(argument, format!("{there}, fewer"), cure)
    };
    let many = |argument| uneven(argument, "more".to_owned(), "those with an id are added".to_owned());
    let mut take = |waiting: &mut Waiting, position: usize| {
        let Some(document) = documents.next() else { return Ok(false) };
        let document = document?;
        let Some(id) = ids.get(position) else { return Err(many(what)) };
        let values = match &mut stored {
            None => StoredFields::new(),
            Some(stored) => match stored.next() {
                None => return Err(few("fields", position)),
                Some(values) => Some(values?)
                    .filter(|values| !values.is_none())
                    .map_or_else(|| Ok(StoredFields::new()), |values| fields::stored(Some(&values)))?,
            },
        };
        waiting.document(id.clone(), &document, values, what, position)?;
        Ok(true)
    };
    let mut waiting = Waiting::new(named).only(!are_texts);
    let mut target = index;
    let mut done = 0;
    let mut last = Ok(true);
    while matches!(last, Ok(true)) {
        while waiting.has_room() && matches!(last, Ok(true)) {
            let position = done + waiting.len();
            last = take(&mut waiting, position);
        }
        // What came before an error stays.
        let added = waiting.add(py, &mut target, done, threads.max(1))?;
        done += added;
        if last.is_ok() {
            py.check_signals()?;
            bar.update(py, added)?;
        }
    }
    last?;
    if done < ids.len() {
        return Err(few(what, done));
    }
    match stored.and_then(|mut stored| stored.next()) {
        Some(_) => Err(many("fields")),
        None => Ok(()),
    }
}

/// What takes terms.
trait Terms {
    fn one(&mut self, id: Key, terms: &[&str], stored: &StoredFields) -> Result<(), Error>;
    fn by_field(&mut self, id: Key, terms: &[(&str, Vec<&str>)], stored: &StoredFields) -> Result<(), Error>;
}

macro_rules! terms {
    ($($index:ty)*) => {$(
        impl Terms for $index {
            fn one(&mut self, id: Key, terms: &[&str], stored: &StoredFields) -> Result<(), Error> {
                self.add_document_with(id, terms, stored)
            }

            fn by_field(&mut self, id: Key, terms: &[(&str, Vec<&str>)], stored: &StoredFields) -> Result<(), Error> {
                self.add_document_fields(id, terms, stored)
            }
        }
    )*};
}

terms! { rank_retrieve::Bm25Index<Key> Bm25Builder<Key> }

/// Adds lists of terms from `first` on, for each document one or one for each of the text fields `named`.
fn add_terms(
    to: &mut impl Terms,
    named: &[String],
    ids: &[Key],
    (terms, first): (&Tokens, usize),
    stored: &[StoredFields],
) -> Result<(), (usize, Error)> {
    ids.iter().zip(stored).enumerate().try_for_each(|(at, (id, stored))| {
        let added = if named.is_empty() {
            to.one(id.clone(), &terms.list(first + at), stored)
        } else {
            let lists = (first + at * named.len()..).map(|list| terms.list(list));
            let by_field: Vec<_> = named.iter().map(String::as_str).zip(lists).collect();
            to.by_field(id.clone(), &by_field, stored)
        };
        added.map_err(|error| (at, error))
    })
}

impl Target for &Bm25Index {
    fn named(&self) -> Vec<String> {
        self.index.read().text_fields().iter().map(|field| field.name.clone()).collect()
    }

    fn add_texts(&mut self, ids: &[Key], texts: &[&str], stored: &[StoredFields], threads: usize) -> Result<(), Error> {
        for Key(id) in ids {
            self.index.note(id);
        }
        self.index.write().add_texts_with(ids, texts, stored, threads)
    }

    fn add_terms(
        &mut self,
        ids: &[Key],
        terms: &Tokens,
        first: usize,
        stored: &[StoredFields],
    ) -> Result<(), (usize, Error)> {
        for Key(id) in ids {
            self.index.note(id);
        }
        let named = self.named();
        add_terms(&mut *self.index.write(), &named, ids, (terms, first), stored)
    }

    fn add_json_lines(
        &mut self,
        path: &Path,
        fields: &JsonFields,
        threads: usize,
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<usize, Error> {
        let mut index = self.index.write();
        let before = index.numbered() as u32;
        let added = index.add_json_lines(path, fields, threads, go_on);
        for number in before..index.numbered() as u32 {
            self.index.note(&index.id(number).0);
        }
        added
    }
}

impl Target for Bm25Builder<Key> {
    fn named(&self) -> Vec<String> {
        self.text_fields().iter().map(|field| field.name.clone()).collect()
    }

    fn add_texts(&mut self, ids: &[Key], texts: &[&str], stored: &[StoredFields], threads: usize) -> Result<(), Error> {
        self.add_texts_with(ids, texts, stored, threads)
    }

    fn add_terms(
        &mut self,
        ids: &[Key],
        terms: &Tokens,
        first: usize,
        stored: &[StoredFields],
    ) -> Result<(), (usize, Error)> {
        let named = self.named();
        add_terms(self, &named, ids, (terms, first), stored)
    }

    fn add_json_lines(
        &mut self,
        path: &Path,
        fields: &JsonFields,
        threads: usize,
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<usize, Error> {
        self.add_json_lines(path, fields, threads, go_on)
    }
}
