//! The ids of an index's documents.

use std::cmp::Ordering;
use std::hash::Hash;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::engine::Order;
use crate::file::{Reader, Writer};
use crate::{Error, IdCodec, Result, StoredId};

/// Ids by document number, and numbers by id.
#[derive(Debug, Clone)]
pub(crate) struct Ids<I> {
    all: Vec<I>,
    /// Of the documents that are not deleted; made when first asked for, which a search does not.
    numbers: OnceLock<FxHashMap<I, u32>>,
    /// The documents of an opened index that are deleted, ascending.
    gone: Vec<u32>,
    /// Whether each id is above the one before.
    ascending: bool,
}

impl<I> Default for Ids<I> {
    fn default() -> Self {
        Self { all: Vec::new(), numbers: OnceLock::new(), gone: Vec::new(), ascending: true }
    }
}

impl<I: Clone + Eq + Hash + Ord> Ids<I> {
    fn numbers(&self) -> &FxHashMap<I, u32> {
        self.numbers.get_or_init(|| {
            let all = self.all.iter().cloned().zip(0..);
            all.filter(|(_, number)| self.gone.binary_search(number).is_err()).collect()
        })
    }

    fn numbers_mut(&mut self) -> &mut FxHashMap<I, u32> {
        self.numbers();
        self.numbers.get_mut().unwrap_or_else(|| unreachable!("was just made"))
    }

    pub(crate) fn number(&self, id: &I) -> Option<u32> {
        self.numbers().get(id).copied()
    }

    pub(crate) fn id(&self, number: u32) -> &I {
        &self.all[number as usize]
    }

    /// Refuses an id that is there, and one more document than can be numbered.
    pub(crate) fn check(&self, id: &I) -> Result<()> {
        if let Some(document) = self.number(id) {
            return Err(Error::DuplicateDocument { document: document as usize });
        }
        count(self.all.len()).map(drop)
    }

    pub(crate) fn push(&mut self, id: I) {
        self.ascending &= self.all.last().is_none_or(|last| *last < id);
        let number = self.all.len() as u32;
        self.numbers_mut().insert(id.clone(), number);
        self.all.push(id);
    }

    pub(crate) fn remove(&mut self, id: &I) -> Option<u32> {
        self.numbers_mut().remove(id)
    }

    /// Numbers the documents anew; those without a new number are gone. New numbers ascend.
    pub(crate) fn renumber(&mut self, numbers: &[Option<u32>]) {
        let mut kept = numbers.iter().map(Option::is_some);
        self.all.retain(|_| kept.next().unwrap_or(false));
        self.gone = Vec::new();
        self.numbers = OnceLock::new();
        self.ascending = self.all.is_sorted_by(|a, b| a < b);
    }
}

impl<I: Clone + Eq + Hash + Ord + IdCodec> Ids<I> {
    /// Writes 64-bit integers as such, and all else as text, with a letter that says what it is.
    pub(crate) fn save(&self, writer: &mut Writer) -> Result<()> {
        let integer = |id: &I| match id.encode() {
            StoredId::Int(number) => i64::try_from(number).ok(),
            StoredId::Str(_) => None,
        };
        if let Some(integers) = self.all.iter().map(integer).collect::<Option<Vec<i64>>>() {
            return writer.row("integer ids", &integers);
        }
        let (mut text, mut ends) = (String::new(), Vec::with_capacity(self.all.len()));
        for id in &self.all {
            match id.encode() {
                StoredId::Int(number) => {
                    text.push('i');
                    text.push_str(&number.to_string());
                }
                StoredId::Str(id) => {
                    text.push('s');
                    text.push_str(id);
                }
            }
            ends.push(text.len() as u64);
        }
        writer.row("ids", text.as_bytes())?;
        writer.row("id ends", &ends)
    }

    /// Reads the ids of as many documents, those that are `gone` among them.
    pub(crate) fn open(reader: &Reader, documents: usize, gone: Vec<u32>) -> Result<Self> {
        let wanted = |got: String| Error::IdType { path: reader.path().to_owned(), wanted: I::NAME, got };
        let read = |stored: StoredId<'_>| {
            I::decode(stored).ok_or_else(|| {
                wanted(match stored {
                    StoredId::Int(number) => number.to_string(),
                    StoredId::Str(text) => format!("{text:?}"),
                })
            })
        };
        let names: &[&str] = if reader.has("integer ids") { &["integer ids"] } else { &["ids", "id ends"] };
        reader.check(names)?;
        let all: Vec<I> = if names.len() == 1 {
            let integers = reader.row::<i64>("integer ids")?;
            integers.iter().map(|&number| read(StoredId::Int(number.into()))).collect::<Result<_>>()?
        } else {
            let (text, ends) = (reader.row::<u8>("ids")?, reader.row::<u64>("id ends")?);
            let text = std::str::from_utf8(&text).map_err(|_| reader.broken())?;
            let mut all = Vec::with_capacity(ends.len());
            let mut start = 0;
            for &end in &*ends {
                let id = text.get(start..end as usize).ok_or_else(|| reader.broken())?;
                all.push(match (id.strip_prefix('s'), id.strip_prefix('i')) {
                    (Some(text), _) => read(StoredId::Str(text))?,
                    (_, Some(number)) => read(StoredId::Int(number.parse().map_err(|_| reader.broken())?))?,
                    _ => return Err(reader.broken()),
                });
                start = end as usize;
            }
            all
        };
        if all.len() != documents {
            return Err(reader.broken());
        }
        let ascending = all.is_sorted_by(|a, b| a < b);
        Ok(Self { all, numbers: OnceLock::new(), gone, ascending })
    }
}

impl<I: Ord + Send + Sync> Order for Ids<I> {
    fn is_numeric(&self) -> bool {
        self.ascending
    }

    fn compare(&self, a: u32, b: u32) -> Ordering {
        self.all[a as usize].cmp(&self.all[b as usize])
    }
}

/// A count as the 32 bits that documents and lengths are kept in.
pub(crate) fn count(count: usize) -> Result<u32> {
    u32::try_from(count).ok().filter(|&number| number < u32::MAX).ok_or(Error::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_with_32_bits() {
        assert_eq!(count(4_294_967_294).unwrap(), 4_294_967_294);
        let error = count(4_294_967_295).unwrap_err();
        assert!(matches!(error, Error::TooLarge));
        assert!(error.to_string().starts_with("documents: expected fewer than 4294967295 documents"), "{error}");
    }
}
