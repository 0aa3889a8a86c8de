//! Rows out of columns that the caller has, and columns out of a table.

use std::borrow::Cow;
use std::ops::Range;

use super::{Block, Cell, Part, Table, key};
use crate::{Error, Result, parallel};

/// Where each text of a column ends: text `i` lies between offsets `i` and `i + 1`, as in Arrow.
#[derive(Debug, Clone, Copy)]
pub enum Offsets<'a> {
    /// Of 32 bits: Arrow's `Utf8`.
    I32(&'a [i32]),
    /// Of 64 bits: Arrow's `LargeUtf8`.
    I64(&'a [i64]),
}

/// A column of ids, borrowed.
#[derive(Debug, Clone, Copy)]
pub enum Column<'a> {
    /// Texts one after the other, with one offset more than there are ids.
    Text {
        /// All texts.
        text: &'a str,
        /// Where each begins and ends.
        offsets: Offsets<'a>,
    },
    /// Texts in places of their own.
    List(&'a [&'a str]),
    /// Integers, which are taken as their digits.
    Int(&'a [i64]),
    /// Ids that stand for several rows each: id `i` for those from offset `i` to `i + 1`. For queries.
    Repeated {
        /// The ids.
        ids: &'a Column<'a>,
        /// One more than there are ids.
        offsets: &'a [i64],
    },
}

/// A column of scores, borrowed.
#[derive(Debug, Clone, Copy)]
pub enum Scores<'a> {
    /// Of 32 bits.
    F32(&'a [f32]),
    /// Of 64 bits.
    F64(&'a [f64]),
}

macro_rules! from_slices {
    ($($kind:ident $score:ty),*) => {$(
        impl<'a> From<&'a [$score]> for Scores<'a> {
            fn from(scores: &'a [$score]) -> Self {
                Self::$kind(scores)
            }
        }
        impl<'a, const N: usize> From<&'a [$score; N]> for Scores<'a> {
            fn from(scores: &'a [$score; N]) -> Self {
                Self::$kind(scores)
            }
        }
    )*};
}
from_slices!(F32 f32, F64 f64);

impl Offsets<'_> {
    fn len(self) -> usize {
        match self {
            Self::I32(offsets) => offsets.len(),
            Self::I64(offsets) => offsets.len(),
        }
    }

    fn get(self, at: usize) -> usize {
        // What is negative is beyond the end of any text.
        match self {
            Self::I32(offsets) => usize::try_from(offsets[at]).unwrap_or(usize::MAX),
            Self::I64(offsets) => usize::try_from(offsets[at]).unwrap_or(usize::MAX),
        }
    }
}

impl<'a> Column<'a> {
    /// The number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Text { offsets, .. } => offsets.len().saturating_sub(1),
            Self::List(texts) => texts.len(),
            Self::Int(numbers) => numbers.len(),
            Self::Repeated { offsets, .. } => offsets.last().map_or(0, |&last| usize::try_from(last).unwrap_or(0)),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The id of a row, which is not of the kind [`Column::Repeated`].
    fn get(&self, row: usize, argument: &'static str) -> Result<Cow<'a, str>> {
        match *self {
            Self::Text { text, offsets } => text
                .get(offsets.get(row)..offsets.get(row + 1))
                .map(Cow::Borrowed)
                .ok_or(Error::InvalidOffset { argument, position: row }),
            Self::List(texts) => Ok(Cow::Borrowed(texts[row])),
            Self::Int(numbers) => Ok(Cow::Owned(numbers[row].to_string())),
            Self::Repeated { .. } => Err(Error::InvalidOffset { argument, position: row }),
        }
    }
}

/// The ids of a row of columns.
pub(crate) fn names(queries: Column<'_>, documents: Column<'_>, row: usize) -> Result<(String, String)> {
    let query = match queries {
        Column::Repeated { ids, offsets } => {
            ids.get(offsets.partition_point(|&end| end as usize <= row) - 1, "queries")?.into_owned()
        }
        _ => queries.get(row, "queries")?.into_owned(),
    };
    Ok((query, documents.get(row, "documents")?.into_owned()))
}

/// The rows of columns. `value` gives the value of a row.
pub(crate) fn append<V: Cell>(
    queries: Column<'_>,
    documents: Column<'_>,
    rows: usize,
    value: impl Fn(usize) -> V + Sync,
    threads: usize,
) -> Result<Vec<Part<V>>> {
    const ROWS: usize = 1 << 17;
    for (argument, got) in [("queries", queries.len()), ("documents", documents.len())] {
        if got != rows {
            return Err(Error::UnequalColumns { argument, expected: rows, got });
        }
    }
    if let Column::Repeated { ids, offsets } = queries {
        if ids.len() + 1 != offsets.len() {
            return Err(Error::UnequalColumns {
                argument: "query offsets",
                expected: ids.len() + 1,
                got: offsets.len(),
            });
        }
        if offsets.first().is_some_and(|&first| first != 0) {
            return Err(Error::InvalidOffset { argument: "queries", position: 0 });
        }
        if let Some(position) = offsets.windows(2).position(|pair| pair[0] > pair[1]) {
            return Err(Error::InvalidOffset { argument: "queries", position });
        }
    }
    let starts = (0..rows.max(1)).step_by(ROWS);
    let mut ranges = Vec::new();
    for start in starts {
        split(documents, start..(start + ROWS).min(rows), &mut ranges);
    }
    parallel::map(ranges, threads, |range| part(queries, documents, range, &value)).into_iter().collect()
}

/// Cuts rows such that the ids of each range can be counted in 32 bits.
fn split(documents: Column<'_>, rows: Range<usize>, ranges: &mut Vec<Range<usize>>) {
    const TEXT: usize = 1 << 30;
    let length = match documents {
        Column::Text { offsets, .. } if rows.len() > 1 => offsets.get(rows.end).saturating_sub(offsets.get(rows.start)),
        Column::List(texts) if rows.len() > 1 => texts[rows.clone()].iter().map(|text| text.len()).sum(),
        _ => 0,
    };
    if length <= TEXT {
        ranges.push(rows);
        return;
    }
    let middle = usize::midpoint(rows.start, rows.end);
    split(documents, rows.start..middle, ranges);
    split(documents, middle..rows.end, ranges);
}

fn part<V: Cell>(
    queries: Column<'_>,
    documents: Column<'_>,
    rows: Range<usize>,
    value: &impl Fn(usize) -> V,
) -> Result<Part<V>> {
    let mut part = Part::default();
    append_documents(&mut part.block, documents, rows.clone())?;
    part.block.values = rows.clone().map(value).collect();
    match queries {
        Column::Repeated { ids, offsets } => {
            // From the query that holds the first row on, and at the very start those without rows too.
            let first =
                if rows.start == 0 { 0 } else { offsets.partition_point(|&end| end as usize <= rows.start) - 1 };
            for (number, pair) in offsets.windows(2).enumerate().skip(first) {
                let (start, end) = (pair[0] as usize, pair[1] as usize);
                if start > rows.end || (start == rows.end && end > start) {
                    break;
                }
                part.query_from(&ids.get(number, "queries")?, start.max(rows.start) - rows.start);
            }
        }
        Column::Int(numbers) => {
            let mut current = None;
            for (start, &number) in numbers[rows].iter().enumerate() {
                if current != Some(number) {
                    current = Some(number);
                    part.query_from(&number.to_string(), start);
                }
            }
        }
        Column::Text { text, offsets } => {
            let mut current = None;
            for (start, row) in rows.enumerate() {
                let id = text.as_bytes().get(offsets.get(row)..offsets.get(row + 1));
                if id.is_none() || id != current {
                    part.query_from(&queries.get(row, "queries")?, start);
                    current = id;
                }
            }
        }
        Column::List(texts) => {
            for (start, row) in rows.enumerate() {
                part.query_from(texts[row], start);
            }
        }
    }
    Ok(part)
}

fn append_documents<V>(block: &mut Block<V>, documents: Column<'_>, rows: Range<usize>) -> Result<()> {
    block.ends.reserve_exact(rows.len());
    block.keys.reserve_exact(rows.len());
    if let (Column::Text { text, offsets }, false) = (documents, rows.is_empty()) {
        let first = offsets.get(rows.start);
        let mut start = first;
        for position in rows {
            let end = offsets.get(position + 1);
            let document = text.get(start..end).ok_or(Error::InvalidOffset { argument: "documents", position })?;
            block.ends.push((end - first) as u32);
            block.keys.push(key(document.as_bytes()));
            start = end;
        }
        block.text.extend_from_slice(&text.as_bytes()[first..start]);
        return Ok(());
    }
    for position in rows {
        let digits;
        let id;
        let document = if let Column::Int(numbers) = documents {
            digits = Digits::new(numbers[position]);
            digits.bytes()
        } else {
            id = documents.get(position, "documents")?;
            id.as_bytes()
        };
        block.text.extend_from_slice(document);
        block.ends.push(block.text.len() as u32);
        block.keys.push(key(document));
    }
    Ok(())
}

/// A number in decimal digits.
struct Digits {
    bytes: [u8; 20],
    start: usize,
}

impl Digits {
    fn new(number: i64) -> Self {
        const PAIRS: &[u8; 200] = b"0001020304050607080910111213141516171819\
            2021222324252627282930313233343536373839\
            4041424344454647484950515253545556575859\
            6061626364656667686970717273747576777879\
            8081828384858687888990919293949596979899";
        let mut bytes = [0; 20];
        let mut start = bytes.len();
        let mut rest = number.unsigned_abs();
        while rest >= 10 {
            let pair = (rest % 100) as usize * 2;
            rest /= 100;
            start -= 2;
            bytes[start..start + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
        }
        if rest > 0 || start == bytes.len() {
            start -= 1;
            bytes[start] = b'0' + rest as u8;
        }
        if number < 0 {
            start -= 1;
            bytes[start] = b'-';
        }
        Self { bytes, start }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}

/// A table as columns: what [`Run::columns`](crate::Run::columns) and [`Qrels::columns`](crate::Qrels::columns) give.
///
/// ```
/// use rank_eval::Run;
///
/// let run = Run::from_nested([("q1", vec![("a", 0.5), ("bc", 0.9)]), ("q2", vec![])])?;
/// let columns = run.columns();
/// assert_eq!(columns.queries, ["q1", "q2"]);
/// assert_eq!(columns.query_offsets, [0, 2, 2]);
/// assert_eq!((columns.text.as_str(), columns.text_offsets), ("bca", vec![0, 2, 3]));
/// assert_eq!(columns.values, [0.9, 0.5]);
/// # Ok::<(), rank_eval::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Columns<V> {
    /// The query ids, ascending.
    pub queries: Vec<String>,
    /// The rows of query `i` are those from offset `i` to `i + 1`.
    pub query_offsets: Vec<i64>,
    /// The document ids, one after the other.
    pub text: String,
    /// The id of row `i` lies between offsets `i` and `i + 1`.
    pub text_offsets: Vec<i64>,
    /// The score or the grade of each row.
    pub values: Vec<V>,
}

impl<V: Cell> Table<V> {
    pub(crate) fn columns(&self) -> Columns<V> {
        let rows = self.row_count();
        let mut columns = Columns {
            queries: self.queries.iter().map(ToString::to_string).collect(),
            query_offsets: Vec::with_capacity(self.queries.len() + 1),
            text: String::new(),
            text_offsets: Vec::with_capacity(rows + 1),
            values: Vec::with_capacity(rows),
        };
        columns.query_offsets.push(0);
        columns.text_offsets.push(0);
        for query in 0..self.queries.len() {
            let rows = self.rows(query);
            let (text, ends) = rows.text();
            let moved = columns.text.len() as i64;
            columns.text.push_str(std::str::from_utf8(text).unwrap_or_default());
            columns.text_offsets.extend(ends.map(|end| end as i64 + moved));
            columns.values.extend_from_slice(rows.values());
            columns.query_offsets.push(columns.values.len() as i64);
        }
        columns
    }
}
