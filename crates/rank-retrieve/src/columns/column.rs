//! The values of one field.

use crate::engine::{Column as Row, Dictionary};

use super::value::{Cell, FieldType, FieldValue};

/// In a cell of keywords, that it is a place in the lists.
const LISTED: u32 = 1 << 31;

/// A field: its values by document number. What is beyond the end is missing.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// Whether the type stays without a value too.
    pub(crate) declared: bool,
    /// Documents that have a value.
    pub(crate) held: usize,
    pub(crate) cells: Cells,
}

/// Values by document number.
#[derive(Debug, Clone)]
pub(crate) enum Cells {
    /// Integers, or times, and a bit for each that is there.
    Ints { date: bool, values: Row<i64>, present: Row<u64> },
    /// Numbers, and a bit for each that is there.
    Floats { values: Row<f64>, present: Row<u64> },
    /// 0 for nothing, the number of the keyword plus one, or where in `lists` their count is, before them.
    Keywords { dictionary: Dictionary, cells: Row<u32>, lists: Row<u32> },
}

fn bit(words: &[u64], at: usize) -> bool {
    words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
}

fn put<T: bytemuck::Pod>(values: &mut Row<T>, present: &mut Row<u64>, at: usize, value: T) {
    let values = values.to_mut();
    if values.len() <= at {
        values.resize(at + 1, T::zeroed());
    }
    values[at] = value;
    let present = present.to_mut();
    if present.len() <= at / 64 {
        present.resize(at / 64 + 1, 0);
    }
    present[at / 64] |= 1 << (at % 64);
}

impl Column {
    pub(crate) fn new(name: String, kind: FieldType) -> Self {
        let numbers = |date| Cells::Ints { date, values: Row::default(), present: Row::default() };
        let cells = match kind {
            FieldType::Int => numbers(false),
            FieldType::Date => numbers(true),
            FieldType::Float => Cells::Floats { values: Row::default(), present: Row::default() },
            FieldType::Keyword => {
                Cells::Keywords { dictionary: Dictionary::default(), cells: Row::default(), lists: Row::default() }
            }
        };
        Self { name, declared: false, held: 0, cells }
    }

    pub(crate) fn kind(&self) -> FieldType {
        match &self.cells {
            Cells::Ints { date: false, .. } => FieldType::Int,
            Cells::Ints { date: true, .. } => FieldType::Date,
            Cells::Floats { .. } => FieldType::Float,
            Cells::Keywords { .. } => FieldType::Keyword,
        }
    }

    /// Whether an index of the same documents would have it.
    pub(crate) fn is_known(&self) -> bool {
        self.declared || self.held > 0
    }

    pub(crate) fn has(&self, document: u32) -> bool {
        let at = document as usize;
        match &self.cells {
            Cells::Ints { present, .. } | Cells::Floats { present, .. } => bit(present, at),
            Cells::Keywords { cells, .. } => cells.get(at).is_some_and(|&cell| cell != 0),
        }
    }

    /// Whether there is room for so many keywords of a document.
    pub(super) fn has_room(&self, value: &Cell) -> bool {
        match (&self.cells, value) {
            (Cells::Keywords { dictionary, lists, .. }, Cell::Keywords(texts)) => {
                let most = LISTED as usize - 2;
                lists.len() + texts.len() < most && dictionary.len() + texts.len() < most
            }
            _ => true,
        }
    }

    /// Gives a document a value, in place of any it has. Of the type of the column, which the caller has seen to.
    pub(super) fn set(&mut self, document: u32, value: &Cell) {
        self.clear(document);
        let at = document as usize;
        match (&mut self.cells, value) {
            (Cells::Ints { values, present, .. }, &Cell::Int(value)) => put(values, present, at, value),
            (Cells::Floats { values, present }, &Cell::Float(value)) => put(values, present, at, value),
            (Cells::Keywords { dictionary, cells, lists }, Cell::Keywords(texts)) => {
                if texts.is_empty() {
                    return;
                }
                let mut numbers = texts.iter().map(|text| dictionary.intern(text));
                let cell = if texts.len() == 1 {
                    numbers.next().map_or(0, |number| number + 1)
                } else {
                    let lists = lists.to_mut();
                    let start = lists.len() as u32;
                    lists.push(texts.len() as u32);
                    lists.extend(numbers);
                    start | LISTED
                };
                let cells = cells.to_mut();
                if cells.len() <= at {
                    cells.resize(at + 1, 0);
                }
                cells[at] = cell;
            }
            _ => return,
        }
        self.held += 1;
    }

    pub(super) fn clear(&mut self, document: u32) {
        if !self.has(document) {
            return;
        }
        let at = document as usize;
        self.held -= 1;
        match &mut self.cells {
            Cells::Ints { present, .. } | Cells::Floats { present, .. } => {
                present.to_mut()[at / 64] &= !(1 << (at % 64));
            }
            Cells::Keywords { cells, .. } => cells.to_mut()[at] = 0,
        }
    }

    pub(crate) fn value(&self, document: u32) -> Option<FieldValue> {
        if !self.has(document) {
            return None;
        }
        let at = document as usize;
        Some(match &self.cells {
            Cells::Ints { date: false, values, .. } => FieldValue::Int(values[at]),
            Cells::Ints { date: true, values, .. } => FieldValue::Date(values[at]),
            Cells::Floats { values, .. } => FieldValue::Float(values[at]),
            Cells::Keywords { dictionary, cells, lists } => {
                let text = |number: u32| String::from_utf8_lossy(dictionary.bytes(number)).into_owned();
                match cells[at] {
                    cell if cell & LISTED == 0 => FieldValue::Keyword(text(cell - 1)),
                    cell => FieldValue::Keywords(listed(lists, cell).iter().map(|&number| text(number)).collect()),
                }
            }
        })
    }

    pub(super) fn renumber(&mut self, numbers: &[Option<u32>]) {
        let mut new = Self::new(std::mem::take(&mut self.name), self.kind());
        for (new_number, old) in numbers.iter().zip(0..).filter_map(|(new, old)| Some(((*new)?, old))) {
            if let Some(value) = self.value(old) {
                // Values of a column have its type.
                if let Ok(cell) = value.to_cell(&new.name, new.kind()) {
                    new.set(new_number, &cell);
                }
            }
        }
        new.declared = self.declared;
        *self = new;
    }
}

/// The numbers of a cell of several keywords.
fn listed(lists: &[u32], cell: u32) -> &[u32] {
    let start = (cell & !LISTED) as usize;
    let count = lists[start] as usize;
    &lists[start + 1..start + 1 + count]
}

impl Cells {
    /// Calls `visit` with each keyword number of a document's cell.
    pub(crate) fn keywords<'a>(cell: &'a u32, lists: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
        let (one, many): (Option<u32>, &[u32]) = match *cell {
            0 => (None, &[]),
            cell if cell & LISTED == 0 => (Some(cell - 1), &[]),
            cell => (None, listed(lists, cell)),
        };
        one.into_iter().chain(many.iter().copied())
    }

    /// Whether no look-up leaves the rows.
    pub(super) fn is_sound(&self) -> bool {
        match self {
            Self::Ints { values, present, .. } => present.len() * 64 < values.len() + 64 && ends(present, values.len()),
            Self::Floats { values, present } => {
                present.len() * 64 < values.len() + 64
                    && ends(present, values.len())
                    && !values.iter().any(|v| v.is_nan())
            }
            Self::Keywords { dictionary, cells, lists } => cells.iter().all(|&cell| match cell {
                0 => true,
                cell if cell & LISTED == 0 => (cell as usize) <= dictionary.len(),
                cell => {
                    let start = (cell & !LISTED) as usize;
                    lists.get(start).is_some_and(|&count| {
                        let numbers = lists.get(start + 1..(start + 1).saturating_add(count as usize));
                        numbers.is_some_and(|all| all.iter().all(|&number| (number as usize) < dictionary.len()))
                    })
                }
            }),
        }
    }
}

/// Whether no bit is beyond the end.
fn ends(present: &[u64], len: usize) -> bool {
    present.last().is_none_or(|&last| {
        let used = len - 64 * (present.len() - 1);
        used >= 64 || last >> used == 0
    })
}
