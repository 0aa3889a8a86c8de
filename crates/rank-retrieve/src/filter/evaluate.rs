//! Filters as sets of documents: a bit each, in words of 64.

use std::ops::Bound;

use super::{Filter, State};
use crate::columns::{Cell, Cells, Column, Columns};
use crate::{Error, FieldValue, Result};

/// What a filter is asked about.
pub(crate) struct Documents<'a, I> {
    pub(crate) columns: &'a Columns,
    /// The documents there are, a bit for each number.
    pub(crate) present: &'a [u64],
    /// The number of an id.
    pub(crate) number: &'a dyn Fn(&I) -> Option<u32>,
    /// Of the documents, and of the columns.
    pub(crate) state: [State; 2],
}

impl<I> Documents<'_, I> {
    /// The documents that fulfil a filter.
    pub(crate) fn select(&self, filter: &Filter<I>) -> Result<Vec<u64>> {
        let mut found = self.bits(filter)?;
        and(&mut found, self.present);
        Ok(found)
    }

    /// The same, and perhaps some that are gone.
    fn bits(&self, filter: &Filter<I>) -> Result<Vec<u64>> {
        Ok(match filter {
            Filter::All => self.present.to_vec(),
            Filter::In { field, values } => self.column(field, |column| is_in(column, values))?,
            Filter::Range { field, from, to } => {
                self.column(field, |column| range(column, from.as_ref(), to.as_ref()))?
            }
            Filter::Exists(field) => self.column(field, |column| Ok(exists(column)))?,
            Filter::Ids(ids) => self.numbered(ids.iter().filter_map(self.number)),
            Filter::Mask(mask) => {
                let count = self.count();
                if mask.len() != count {
                    let expected = format!("{count} booleans, one for each document");
                    return Err(Error::InvalidTokens { argument: "mask", expected, got: mask.len().to_string() });
                }
                self.numbered(each(self.present).zip(mask).filter(|(_, yes)| **yes).map(|(number, _)| number))
            }
            Filter::Positions(positions) => {
                let numbers: Vec<u32> = each(self.present).collect();
                let number = |&position: &u32| {
                    numbers.get(position as usize).copied().ok_or_else(|| Error::InvalidTokens {
                        argument: "positions",
                        expected: format!("numbers of 0 to {}, exclusive", numbers.len()),
                        got: position.to_string(),
                    })
                };
                let numbers = positions.iter().map(number).collect::<Result<Vec<u32>>>()?;
                self.numbered(numbers.into_iter())
            }
            Filter::Compiled(compiled) => {
                let mut found: Vec<u64> = compiled.of(self.state)?.words().take(self.present.len()).collect();
                found.resize(self.present.len(), 0);
                found
            }
            Filter::And(all) => {
                let mut found = self.present.to_vec();
                for filter in all {
                    and(&mut found, &self.bits(filter)?);
                }
                found
            }
            Filter::Or(any) => {
                let mut found = vec![0; self.present.len()];
                for filter in any {
                    for (word, other) in found.iter_mut().zip(self.bits(filter)?) {
                        *word |= other;
                    }
                }
                found
            }
            Filter::Not(filter) => {
                let mut found = self.bits(filter)?;
                found.iter_mut().zip(self.present).for_each(|(word, present)| *word = present & !*word);
                found
            }
        })
    }

    /// How many documents there are.
    fn count(&self) -> usize {
        self.present.iter().map(|word| word.count_ones() as usize).sum()
    }

    fn column(&self, field: &str, with: impl Fn(&Column) -> Result<Vec<u64>>) -> Result<Vec<u64>> {
        let mut found = with(self.columns.known(field)?)?;
        found.resize(self.present.len(), 0);
        Ok(found)
    }

    fn numbered(&self, numbers: impl Iterator<Item = u32>) -> Vec<u64> {
        let mut words = vec![0; self.present.len()];
        for number in numbers {
            words[number as usize / 64] |= 1 << (number % 64);
        }
        words
    }
}

/// The documents of a set, ascending.
pub(crate) fn each(words: &[u64]) -> impl Iterator<Item = u32> + '_ {
    words.iter().zip(0_u32..).flat_map(|(&word, at)| {
        let mut left = word;
        std::iter::from_fn(move || {
            let bit = (left != 0).then(|| left.trailing_zeros())?;
            left &= left - 1;
            Some(64 * at + bit)
        })
    })
}

pub(crate) fn and(words: &mut [u64], others: &[u64]) {
    let (common, beyond) = words.split_at_mut(others.len().min(words.len()));
    common.iter_mut().zip(others).for_each(|(word, other)| *word &= other);
    beyond.fill(0);
}

/// A bit for each value of which `test` says yes.
fn bits<T: Copy>(values: &[T], test: impl Fn(T) -> bool) -> Vec<u64> {
    let word = |chunk: &[T]| chunk.iter().zip(0..).fold(0, |word, (&value, at)| word | u64::from(test(value)) << at);
    values.chunks(64).map(word).collect()
}

fn present<T: Copy>(values: &[T], present: &[u64], test: impl Fn(T) -> bool) -> Vec<u64> {
    let mut found = bits(values, test);
    and(&mut found, present);
    found
}

/// A bit for each cell of which one keyword is in `wanted`.
fn keyed(cells: &[u32], lists: &[u32], wanted: &[bool]) -> Vec<u64> {
    bits(cells, |cell| Cells::keywords(&cell, lists).any(|number| wanted[number as usize]))
}

fn exists(column: &Column) -> Vec<u64> {
    match &column.cells {
        Cells::Ints { present, .. } | Cells::Floats { present, .. } => present.to_vec(),
        Cells::Keywords { cells, .. } => bits(cells, |cell| cell != 0),
    }
}

fn is_in(column: &Column, values: &[FieldValue]) -> Result<Vec<u64>> {
    let cells = values.iter().map(|value| value.to_cell(&column.name, column.kind())).collect::<Result<Vec<_>>>()?;
    Ok(match &column.cells {
        Cells::Ints { values, present: there, .. } => {
            let mut wanted: Vec<i64> =
                cells.iter().filter_map(|cell| if let Cell::Int(v) = cell { Some(*v) } else { None }).collect();
            wanted.sort_unstable();
            match wanted[..] {
                [only] => present(values, there, |value| value == only),
                _ => present(values, there, |value| wanted.binary_search(&value).is_ok()),
            }
        }
        Cells::Floats { values, present: there } => {
            let mut wanted: Vec<f64> =
                cells.iter().filter_map(|cell| if let Cell::Float(v) = cell { Some(*v) } else { None }).collect();
            wanted.sort_unstable_by(f64::total_cmp);
            // By value: 0 and -0 are equal.
            let order = |value: f64| {
                wanted.binary_search_by(|other| other.partial_cmp(&value).unwrap_or(std::cmp::Ordering::Less))
            };
            present(values, there, |value| order(value).is_ok())
        }
        Cells::Keywords { dictionary, cells: rows, lists } => {
            let mut wanted = vec![false; dictionary.len()];
            for cell in &cells {
                let Cell::Keywords(texts) = cell else { continue };
                for number in texts.iter().filter_map(|text| dictionary.number(text)) {
                    wanted[number as usize] = true;
                }
            }
            keyed(rows, lists, &wanted)
        }
    })
}

/// The documents of which a value is between `from` and `to`.
pub(crate) fn range(column: &Column, from: Bound<&FieldValue>, to: Bound<&FieldValue>) -> Result<Vec<u64>> {
    let cell = |bound: Bound<&FieldValue>| -> Result<Bound<Cell>> {
        Ok(match bound {
            Bound::Unbounded => Bound::Unbounded,
            Bound::Included(value) => Bound::Included(value.to_cell(&column.name, column.kind())?),
            Bound::Excluded(value) => Bound::Excluded(value.to_cell(&column.name, column.kind())?),
        })
    };
    let (from, to) = (cell(from)?, cell(to)?);
    Ok(match &column.cells {
        Cells::Ints { values, present: there, .. } => {
            // No integer is between neighbors.
            let from = match from {
                Bound::Included(Cell::Int(value)) => Some(value),
                Bound::Excluded(Cell::Int(value)) => value.checked_add(1),
                _ => Some(i64::MIN),
            };
            let to = match to {
                Bound::Included(Cell::Int(value)) => Some(value),
                Bound::Excluded(Cell::Int(value)) => value.checked_sub(1),
                _ => Some(i64::MAX),
            };
            let (Some(from), Some(to)) = (from, to) else { return Ok(Vec::new()) };
            present(values, there, |value| from <= value && value <= to)
        }
        Cells::Floats { values, present: there } => {
            let above = |value: f64| match from {
                Bound::Included(Cell::Float(from)) => value >= from,
                Bound::Excluded(Cell::Float(from)) => value > from,
                _ => true,
            };
            let below = |value: f64| match to {
                Bound::Included(Cell::Float(to)) => value <= to,
                Bound::Excluded(Cell::Float(to)) => value < to,
                _ => true,
            };
            present(values, there, |value| above(value) && below(value))
        }
        Cells::Keywords { dictionary, cells, lists } => {
            let text = |cell: &Cell| match cell {
                Cell::Keywords(texts) if texts.len() == 1 => Ok(texts[0].clone().into_bytes()),
                other => Err(Error::FieldType {
                    field: column.name.clone(),
                    expected: "one keyword",
                    got: format!("{other:?}"),
                }),
            };
            let ends = |bound: &Bound<Cell>| -> Result<Bound<Vec<u8>>> {
                Ok(match bound {
                    Bound::Unbounded => Bound::Unbounded,
                    Bound::Included(cell) => Bound::Included(text(cell)?),
                    Bound::Excluded(cell) => Bound::Excluded(text(cell)?),
                })
            };
            let (from, to) = (ends(&from)?, ends(&to)?);
            let wanted = |number: u32| {
                let text = dictionary.bytes(number);
                (match &from {
                    Bound::Unbounded => true,
                    Bound::Included(from) => text >= &from[..],
                    Bound::Excluded(from) => text > &from[..],
                }) && match &to {
                    Bound::Unbounded => true,
                    Bound::Included(to) => text <= &to[..],
                    Bound::Excluded(to) => text < &to[..],
                }
            };
            let wanted: Vec<bool> = (0..dictionary.len() as u32).map(wanted).collect();
            keyed(cells, lists, &wanted)
        }
    })
}
