//! Columns of values to be stored with documents.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};
use pyo3::PyResult;

use super::{ArrowTable, IdColumn, IdRef, IntColumn, ScoreColumn, Unread};

/// A value in a table.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ValueRef<'a> {
    Null,
    Int(i64),
    Float(f64),
    Str(&'a str),
    Strs(Vec<&'a str>),
    /// A time, in microseconds since 1970 in UTC.
    Time(i64),
}

/// A chunk of values, which may have nulls.
#[derive(Debug, Clone)]
pub struct ValueColumn {
    values: Values,
    nulls: Option<Vec<bool>>,
}

#[derive(Debug, Clone)]
enum Values {
    Nulls,
    Numbers(ScoreColumn),
    Texts(IdColumn),
    Times(Vec<i64>),
    /// Where each list begins and the last ends, and what is in them.
    Lists(Vec<usize>, IdColumn),
}

/// Times of another unit, of which `up` or `1 / down` microseconds are one.
fn times(all: impl Iterator<Item = i64>, up: i64, down: i64, nulls: Option<&[bool]>) -> Result<Values, Unread> {
    let mut times = Vec::new();
    for (row, time) in all.enumerate() {
        let null = nulls.is_some_and(|nulls| nulls[row]);
        times.push(match time.checked_mul(up).filter(|time| time % down == 0) {
            Some(time) => time / down,
            None if null => 0,
            None => {
                let got = format!("{time} of a smaller or larger unit");
                return Err(Unread::Value { row, expected: "a time of whole microseconds in 64 bits", got });
            }
        });
    }
    Ok(Values::Times(times))
}

fn list(offsets: impl Iterator<Item = usize>, values: &ArrayRef) -> Result<Values, Unread> {
    if values.null_count() > 0 {
        let got = "a null".to_owned();
        return Err(Unread::Value { row: 0, expected: "lists of strings without nulls", got });
    }
    match IdColumn::new(values)? {
        IdColumn::Int(_) => Err(Unread::Type),
        texts => Ok(Values::Lists(offsets.collect(), texts)),
    }
}

impl ValueColumn {
    fn new(array: &ArrayRef) -> Result<Self, Unread> {
        let nulls: Option<Vec<bool>> = array.logical_nulls().map(|nulls| nulls.iter().map(|there| !there).collect());
        let null = nulls.as_deref();
        let values = match array.data_type() {
            DataType::Null => Values::Nulls,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..) => {
                Values::Texts(IdColumn::new(array)?)
            }
            DataType::Date32 => {
                let days = array.as_primitive::<Date32Type>().values().iter().map(|&day| i64::from(day));
                times(days, 86_400_000_000, 1, null)?
            }
            DataType::Date64 => times(array.as_primitive::<Date64Type>().values().iter().copied(), 1000, 1, null)?,
            DataType::Timestamp(TimeUnit::Second, _) => {
                times(array.as_primitive::<TimestampSecondType>().values().iter().copied(), 1_000_000, 1, null)?
            }
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                times(array.as_primitive::<TimestampMillisecondType>().values().iter().copied(), 1000, 1, null)?
            }
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                times(array.as_primitive::<TimestampMicrosecondType>().values().iter().copied(), 1, 1, null)?
            }
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                times(array.as_primitive::<TimestampNanosecondType>().values().iter().copied(), 1, 1000, null)?
            }
            DataType::List(_) => {
                let lists = array.as_list::<i32>();
                list(lists.value_offsets().iter().map(|&offset| offset as usize), lists.values())?
            }
            DataType::LargeList(_) => {
                let lists = array.as_list::<i64>();
                list(lists.value_offsets().iter().map(|&offset| offset as usize), lists.values())?
            }
            DataType::Float16 | DataType::Float32 | DataType::Float64 => Values::Numbers(ScoreColumn::new(array)?),
            // A boolean is no number.
            DataType::Boolean => return Err(Unread::Type),
            _ => Values::Numbers(ScoreColumn::Int(IntColumn::new(array)?)),
        };
        Ok(Self { values, nulls })
    }

    /// The value of a row.
    pub fn get(&self, row: usize) -> ValueRef<'_> {
        if self.nulls.as_ref().is_some_and(|nulls| nulls[row]) {
            return ValueRef::Null;
        }
        let of = |id| match id {
            IdRef::Int(number) => ValueRef::Int(number),
            IdRef::Str(text) => ValueRef::Str(text),
        };
        match &self.values {
            Values::Nulls => ValueRef::Null,
            Values::Numbers(ScoreColumn::Int(ints)) => ValueRef::Int(ints.get(row)),
            Values::Numbers(numbers) => ValueRef::Float(numbers.get(row)),
            Values::Texts(texts) => of(texts.get(row)),
            Values::Times(times) => ValueRef::Time(times[row]),
            Values::Lists(ends, texts) => {
                let text = |at| match texts.get(at) {
                    IdRef::Str(text) => Some(text),
                    IdRef::Int(_) => None,
                };
                ValueRef::Strs((ends[row]..ends[row + 1]).filter_map(text).collect())
            }
        }
    }
}

impl ArrowTable {
    /// The chunks of a column of values to be stored, which may have nulls.
    ///
    /// # Errors
    ///
    /// As [`ids`](Self::ids).
    pub fn values(&self, name: &str) -> PyResult<Vec<ValueColumn>> {
        let expected = "a column of ints, floats, strings, lists of strings, dates or timestamps";
        self.nullable(name, expected, true, ValueColumn::new)
    }
}
