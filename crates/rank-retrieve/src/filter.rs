//! Which documents may be found.

mod compiled;
mod evaluate;

use std::ops::{BitAnd, BitOr, Bound, Not, RangeBounds};

pub use compiled::Compiled;
pub(crate) use compiled::{Recent, State};
pub(crate) use evaluate::{Documents, and, each, range};

use crate::FieldValue;

/// A predicate over documents: their stored fields, their ids, or their places.
///
/// A document whose field has no value fulfils no comparison; [`!`](Not) is the complement among the documents of the
/// index, so `!field("year").eq(2020)` holds where there is no year, `field("year").ne(2020)` does not. Of several
/// keywords, one that fulfils the comparison is enough.
///
/// Conditions are combined by `&`, `|` and `!`.
///
/// # Example
///
/// ```
/// use rank_retrieve::{Bm25Index, Filter, StoredFields, field};
///
/// let mut index = Bm25Index::new();
/// index.add_document_with(1, &["fox"], &StoredFields::new().with("year", 2019).with("tags", ["red", "old"]))?;
/// index.add_document_with(2, &["fox"], &StoredFields::new().with("year", 2021))?;
/// index.add_document(3, &["fox"])?;
///
/// let ids = |filter: Filter<i32>| index.filtered(&filter).map(|documents| documents.ids());
/// assert_eq!(ids(field("year").at_least(2020))?, [2]);
/// assert_eq!(ids(!field("year").at_least(2020))?, [1, 3]);
/// assert_eq!(ids(field("tags").eq("red") | Filter::Ids(vec![3]))?, [1, 3]);
/// assert_eq!(ids(field("year").exists() & !field("tags").is_in(["old", "new"]))?, [2]);
/// # Ok::<(), rank_retrieve::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Filter<I> {
    /// Every document.
    All,
    /// Documents of which a value of the field is one of these.
    In {
        /// The field.
        field: String,
        /// The values.
        values: Vec<FieldValue>,
    },
    /// Documents of which a value of the field is between these. Keywords are compared by their code points.
    Range {
        /// The field.
        field: String,
        /// From here on.
        from: Bound<FieldValue>,
        /// To here.
        to: Bound<FieldValue>,
    },
    /// Documents with a value of the field.
    Exists(String),
    /// The documents of these ids; ids that the index does not hold are none.
    Ids(Vec<I>),
    /// The documents of which this says yes: as many as there are, in the order in which they were added (an updated
    /// document was added when it was updated).
    Mask(Vec<bool>),
    /// The documents at these places of that order.
    Positions(Vec<u32>),
    /// The documents that passed a filter when it was compiled, see [`Bm25Index::compile`](crate::Bm25Index::compile).
    Compiled(Compiled),
    /// Documents that fulfil all of these.
    And(Vec<Filter<I>>),
    /// Documents that fulfil one of these.
    Or(Vec<Filter<I>>),
    /// Documents that do not fulfil this.
    Not(Box<Filter<I>>),
}

/// A stored field, to compare: `field("year").at_least(2020)`.
pub fn field(name: impl Into<String>) -> FieldName {
    FieldName(name.into())
}

/// A stored field, see [`field`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldName(String);

impl FieldName {
    /// Where a value equals this one.
    pub fn eq<I>(self, value: impl Into<FieldValue>) -> Filter<I> {
        Filter::In { field: self.0, values: vec![value.into()] }
    }

    /// Where there is a value, and none equals this one.
    pub fn ne<I>(self, value: impl Into<FieldValue>) -> Filter<I> {
        self.clone().exists() & !self.eq(value)
    }

    /// Where a value is one of these.
    pub fn is_in<I, V: Into<FieldValue>>(self, values: impl IntoIterator<Item = V>) -> Filter<I> {
        Filter::In { field: self.0, values: values.into_iter().map(Into::into).collect() }
    }

    /// Where a value is in a range, whose ends are in it or not: `field("year").within(1990..2000)`.
    pub fn within<I, V: Into<FieldValue> + Clone>(self, range: impl RangeBounds<V>) -> Filter<I> {
        let bound = |bound: Bound<&V>| bound.map(|value| value.clone().into());
        Filter::Range { field: self.0, from: bound(range.start_bound()), to: bound(range.end_bound()) }
    }

    /// Where a value is this or greater.
    pub fn at_least<I>(self, value: impl Into<FieldValue>) -> Filter<I> {
        Filter::Range { field: self.0, from: Bound::Included(value.into()), to: Bound::Unbounded }
    }

    /// Where a value is greater.
    pub fn above<I>(self, value: impl Into<FieldValue>) -> Filter<I> {
        Filter::Range { field: self.0, from: Bound::Excluded(value.into()), to: Bound::Unbounded }
    }

    /// Where a value is this or less.
    pub fn at_most<I>(self, value: impl Into<FieldValue>) -> Filter<I> {
        Filter::Range { field: self.0, from: Bound::Unbounded, to: Bound::Included(value.into()) }
    }

    /// Where a value is less.
    pub fn below<I>(self, value: impl Into<FieldValue>) -> Filter<I> {
        Filter::Range { field: self.0, from: Bound::Unbounded, to: Bound::Excluded(value.into()) }
    }

    /// Where there is a value.
    pub fn exists<I>(self) -> Filter<I> {
        Filter::Exists(self.0)
    }
}

impl<I> BitAnd for Filter<I> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        match self {
            Self::And(mut all) => {
                all.push(other);
                Self::And(all)
            }
            one => Self::And(vec![one, other]),
        }
    }
}

impl<I> BitOr for Filter<I> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        match self {
            Self::Or(mut any) => {
                any.push(other);
                Self::Or(any)
            }
            one => Self::Or(vec![one, other]),
        }
    }
}

impl<I> Not for Filter<I> {
    type Output = Self;

    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}
