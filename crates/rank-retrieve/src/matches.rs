//! What the documents that match a query have stored: counts by value, by range, by interval.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::RangeBounds;

use rustc_hash::FxHashMap;

use crate::columns::{Cells, Columns, start};
use crate::filter::{and, each, range};
use crate::{Error, FieldType, FieldValue, Result};

/// The documents that match a query: those that hold at least one of its terms, and pass the filter.
///
/// It stands for itself: a change of the index afterwards does not show.
///
/// # Example
///
/// ```
/// use rank_retrieve::{Bm25Index, Filter, Interval, StoredFields};
///
/// let mut index = Bm25Index::new();
/// for (id, text, city, year) in [(1, "fox", "Bonn", 2019), (2, "fox cub", "Bonn", 2021), (3, "hen", "Rome", 2021)] {
///     index.add_text_with(id, text, &StoredFields::new().with("city", city).with("year", year))?;
/// }
/// let matches = index.filtered(&Filter::All)?.matches(&["fox"]);
/// assert_eq!(matches.len(), 2);
/// assert_eq!(matches.facets("city", 10)?, [("Bonn".into(), 2)]);
/// assert_eq!(matches.ranges("year", &[..2020, ..2030])?, [1, 2]);
/// assert_eq!(matches.histogram("year", Interval::Int(10))?, [(2010.into(), 1), (2020.into(), 1)]);
/// # Ok::<(), rank_retrieve::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Matches {
    pub(crate) words: Vec<u64>,
    pub(crate) columns: Columns,
}

/// How wide the intervals of [`Matches::histogram`] are.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Interval {
    /// Of integers: `n·width` to `(n + 1)·width`, exclusive; the width is at least 1.
    Int(i64),
    /// Of numbers: `n·width` to `(n + 1)·width`, exclusive; the width is above 0.
    Float(f64),
    /// Of times: as `Int`, in microseconds since 1970.
    Microseconds(i64),
    /// Of times: months of the calendar, in UTC.
    Month,
    /// Of times: years of the calendar, in UTC.
    Year,
}

impl Matches {
    /// How many documents.
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// The `n` most frequent values of a field with their counts: by count descending, then by value ascending. A
    /// document of several keywords counts for each, one without a value for none.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownField`].
    pub fn facets(&self, field: &str, n: usize) -> Result<Vec<(FieldValue, usize)>> {
        let column = self.columns.known(field)?;
        let numbers = || each(&self.words).filter(|&number| column.has(number)).map(|number| number as usize);
        let mut counts: Vec<(FieldValue, usize)> = match &column.cells {
            Cells::Ints { date, values, .. } => {
                let value = |value| if *date { FieldValue::Date(value) } else { FieldValue::Int(value) };
                counted(numbers().map(|at| values[at])).into_iter().map(|(key, n)| (value(key), n)).collect()
            }
            // Adding 0 makes one of 0 and -0.
            Cells::Floats { values, .. } => counted(numbers().map(|at| (values[at] + 0.0).to_bits()))
                .into_iter()
                .map(|(bits, n)| (FieldValue::Float(f64::from_bits(bits)), n))
                .collect(),
            Cells::Keywords { dictionary, cells, lists } => {
                let mut counts = vec![0; dictionary.len()];
                for at in numbers() {
                    Cells::keywords(&cells[at], lists).for_each(|number| counts[number as usize] += 1);
                }
                let text = |number| String::from_utf8_lossy(dictionary.bytes(number)).into_owned();
                let found = counts.into_iter().zip(0_u32..).filter(|(count, _)| *count > 0);
                found.map(|(count, number)| (FieldValue::Keyword(text(number)), count)).collect()
            }
        };
        counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| order(&a.0, &b.0)));
        counts.truncate(n);
        Ok(counts)
    }

    /// How many have a value of the field in each range; a range has its ends or not, as it is written. Ranges may
    /// overlap.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownField`], [`Error::FieldType`], [`Error::InvalidDate`].
    pub fn ranges<V: Into<FieldValue> + Clone>(
        &self,
        field: &str,
        ranges: &[impl RangeBounds<V>],
    ) -> Result<Vec<usize>> {
        let column = self.columns.known(field)?;
        let count = |bounds: &_| {
            let (from, to) = ends(bounds);
            let mut found = range(column, from.as_ref(), to.as_ref())?;
            and(&mut found, &self.words);
            Ok(found.iter().map(|word| word.count_ones() as usize).sum())
        };
        ranges.iter().map(count).collect()
    }

    /// How many have a value of the field in each interval of the same width: the beginnings of intervals, ascending,
    /// with counts above 0.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownField`]; [`Error::FieldType`] for an interval of another type than the field;
    /// [`Error::InvalidScoring`] for a width out of its range.
    pub fn histogram(&self, field: &str, interval: Interval) -> Result<Vec<(FieldValue, usize)>> {
        let column = self.columns.known(field)?;
        let numbers = || each(&self.words).filter(|&number| column.has(number)).map(|number| number as usize);
        let width = |width: f64, least: bool| {
            let refused =
                Error::InvalidScoring { parameter: "interval", expected: "a finite width above 0", got: width };
            if least && width.is_finite() { Ok(()) } else { Err(refused) }
        };
        let floor = |value: i64, width: i64| {
            let start = i128::from(value.div_euclid(width)) * i128::from(width);
            start.max(i64::MIN.into()) as i64
        };
        match (&column.cells, interval) {
            (Cells::Ints { date: false, values, .. }, Interval::Int(step)) => {
                width(step as f64, step > 0)?;
                Ok(ascending(numbers().map(|at| floor(values[at], step)), FieldValue::Int))
            }
            (Cells::Ints { date: true, values, .. }, Interval::Microseconds(step)) => {
                width(step as f64, step > 0)?;
                Ok(ascending(numbers().map(|at| floor(values[at], step)), FieldValue::Date))
            }
            (Cells::Ints { date: true, values, .. }, Interval::Month | Interval::Year) => {
                let months = interval == Interval::Month;
                // Times of the years 1 to 9999, which have months.
                Ok(ascending(numbers().filter_map(|at| start(values[at], months)), FieldValue::Date))
            }
            (Cells::Floats { values, .. }, Interval::Float(step)) => {
                width(step, step > 0.0)?;
                // Adding 0 makes one of 0 and -0.
                let key = |at: usize| Total((values[at] / step).floor() * step + 0.0);
                Ok(ascending(numbers().map(key), |key| FieldValue::Float(key.0)))
            }
            (_, other) => Err(Error::FieldType {
                field: field.to_owned(),
                expected: column.kind().name(),
                got: format!("the interval {other:?}"),
            }),
        }
    }

    /// The types of the fields there are, by name.
    pub fn fields(&self) -> impl Iterator<Item = (&str, FieldType)> {
        self.columns.types()
    }
}

fn ends<V: Into<FieldValue> + Clone>(
    range: &impl RangeBounds<V>,
) -> (std::ops::Bound<FieldValue>, std::ops::Bound<FieldValue>) {
    let own = |bound: std::ops::Bound<&V>| bound.map(|value| value.clone().into());
    (own(range.start_bound()), own(range.end_bound()))
}

fn counted<K: Eq + std::hash::Hash>(keys: impl Iterator<Item = K>) -> FxHashMap<K, usize> {
    let mut counts = FxHashMap::default();
    for key in keys {
        *counts.entry(key).or_insert(0) += 1;
    }
    counts
}

fn ascending<K: Ord>(keys: impl Iterator<Item = K>, value: impl Fn(K) -> FieldValue) -> Vec<(FieldValue, usize)> {
    let mut counts = BTreeMap::new();
    for key in keys {
        *counts.entry(key).or_insert(0) += 1;
    }
    counts.into_iter().map(|(key, count)| (value(key), count)).collect()
}

/// Numbers in their order.
#[derive(Debug, Clone, Copy)]
struct Total(f64);

impl PartialEq for Total {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Total {}

impl PartialOrd for Total {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Total {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// The order of values of one type.
fn order(a: &FieldValue, b: &FieldValue) -> Ordering {
    match (a, b) {
        (FieldValue::Int(a), FieldValue::Int(b)) | (FieldValue::Date(a), FieldValue::Date(b)) => a.cmp(b),
        (FieldValue::Float(a), FieldValue::Float(b)) => a.total_cmp(b),
        (FieldValue::Keyword(a), FieldValue::Keyword(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}
