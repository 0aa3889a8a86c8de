//! What can be stored with a document.

use std::collections::BTreeMap;

use super::date;
use crate::{Error, Result};

/// A value stored with a document.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum FieldValue {
    /// An integer.
    Int(i64),
    /// A number; NaN is refused.
    Float(f64),
    /// A text that is compared as a whole.
    Keyword(String),
    /// Several such texts, each once; none is as no value.
    Keywords(Vec<String>),
    /// A time: microseconds since 1970 in UTC, from the year 1 to 9999.
    Date(i64),
}

/// What the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldType {
    /// [`FieldValue::Int`].
    Int,
    /// [`FieldValue::Float`]; integers are taken if they are exact.
    Float,
    /// [`FieldValue::Keyword`] and [`FieldValue::Keywords`].
    Keyword,
    /// [`FieldValue::Date`]; a text is read as an ISO 8601 date or time.
    Date,
}

impl FieldType {
    /// `"int"`, `"float"`, `"keyword"` or `"date"`, as [`str::parse`] takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::Float => "float",
            Self::Keyword => "keyword",
            Self::Date => "date",
        }
    }
}

impl std::str::FromStr for FieldType {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let all = [Self::Int, Self::Float, Self::Keyword, Self::Date];
        all.into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| Error::UnknownFieldType { name: name.to_owned() })
    }
}

/// A value in the form of its column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// Of integers and dates.
    Int(i64),
    Float(f64),
    /// Each once, in the order given.
    Keywords(Vec<String>),
}

impl FieldValue {
    /// The time of an ISO 8601 date or time: `2026-11-23`, `2026-11-23T10:25:00.5Z`, `2026-11-23T12:25:00+02:00`. Without
    /// an offset it is UTC.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidDate`].
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::FieldValue;
    ///
    /// assert_eq!(FieldValue::date("1970-01-02")?, FieldValue::Date(24 * 3600 * 1_000_000));
    /// assert_eq!(FieldValue::date("1970-01-01T01:00:00+01:00")?, FieldValue::Date(0));
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn date(text: &str) -> Result<Self> {
        date::parse(text).map(Self::Date)
    }

    /// The type of a field whose first value this is.
    pub fn kind(&self) -> FieldType {
        match self {
            Self::Int(_) => FieldType::Int,
            Self::Float(_) => FieldType::Float,
            Self::Keyword(_) | Self::Keywords(_) => FieldType::Keyword,
            Self::Date(_) => FieldType::Date,
        }
    }

    /// The value as a field of type `kind` holds it.
    pub(crate) fn to_cell(&self, field: &str, kind: FieldType) -> Result<Cell> {
        const EXACT: i64 = 1 << 53;
        let refused = |got: String| Err(Error::FieldType { field: field.to_owned(), expected: kind.name(), got });
        match (kind, self) {
            (FieldType::Int, Self::Int(value)) => Ok(Cell::Int(*value)),
            (FieldType::Date, Self::Date(value)) if date::RANGE.contains(value) => Ok(Cell::Int(*value)),
            (FieldType::Date, Self::Keyword(text)) => date::parse(text).map(Cell::Int),
            (FieldType::Float, Self::Float(value)) if !value.is_nan() => Ok(Cell::Float(*value)),
            (FieldType::Float, Self::Int(value)) if (-EXACT..=EXACT).contains(value) => Ok(Cell::Float(*value as f64)),
            (FieldType::Keyword, Self::Keyword(text)) => Ok(Cell::Keywords(vec![text.clone()])),
            (FieldType::Keyword, Self::Keywords(texts)) => {
                let mut once: Vec<String> = Vec::with_capacity(texts.len());
                for text in texts {
                    if !once.contains(text) {
                        once.push(text.clone());
                    }
                }
                Ok(Cell::Keywords(once))
            }
            (_, value) => refused(value.to_string()),
        }
    }
}

/// For messages: the type and the value.
impl std::fmt::Display for FieldValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Int(value) => write!(f, "int {value}"),
            Self::Float(value) => write!(f, "float {value}"),
            Self::Keyword(text) => write!(f, "keyword {text:?}"),
            Self::Keywords(texts) => write!(f, "keywords {texts:?}"),
            Self::Date(micros) => match date::format(*micros) {
                Some(text) => write!(f, "date {text}"),
                None => write!(f, "date of {micros} microseconds since 1970"),
            },
        }
    }
}

macro_rules! from {
    ($($from:ty, $value:ident => $to:expr;)*) => {$(
        impl From<$from> for FieldValue {
            fn from($value: $from) -> Self {
                $to
            }
        }
    )*};
}

from! {
    i64, value => Self::Int(value);
    i32, value => Self::Int(value.into());
    u32, value => Self::Int(value.into());
    f64, value => Self::Float(value);
    String, text => Self::Keyword(text);
    &str, text => Self::Keyword(text.to_owned());
    Vec<String>, texts => Self::Keywords(texts);
    &[&str], texts => Self::Keywords(texts.iter().map(|&text| text.to_owned()).collect());
}

impl<const N: usize> From<[&str; N]> for FieldValue {
    fn from(texts: [&str; N]) -> Self {
        texts[..].into()
    }
}

/// Values to be stored with a document, by field.
///
/// # Example
///
/// ```
/// use rank_retrieve::{FieldValue, StoredFields};
///
/// let fields = StoredFields::new().with("year", 2020).with("tags", ["red", "fox"]);
/// assert_eq!(fields.get("year"), Some(&FieldValue::Int(2020)));
/// assert_eq!(fields.get("city"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StoredFields(BTreeMap<String, Option<FieldValue>>);

impl StoredFields {
    /// No values.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a value of a field.
    #[must_use]
    pub fn with(mut self, field: impl Into<String>, value: impl Into<FieldValue>) -> Self {
        self.0.insert(field.into(), Some(value.into()));
        self
    }

    /// Without a value of a field: where values are updated, what was there goes.
    #[must_use]
    pub fn without(mut self, field: impl Into<String>) -> Self {
        self.0.insert(field.into(), None);
        self
    }

    /// With these in the place of those of the same fields.
    pub(crate) fn updated(mut self, fields: &Self) -> Self {
        self.0.extend(fields.0.clone());
        self
    }

    /// The value of a field.
    pub fn get(&self, field: &str) -> Option<&FieldValue> {
        self.0.get(field)?.as_ref()
    }

    /// Whether there is no field.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Fields by name, with their values, or nothing where the value is to go.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&FieldValue>)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_ref()))
    }
}
