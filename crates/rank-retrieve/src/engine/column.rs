//! A row of numbers that lies in memory, or in a file as it is.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use bytemuck::Pod;

use crate::mapped::Mapped;

/// Numbers that are shared, never changed in place while they are.
pub(crate) enum Column<T> {
    Owned(Arc<Vec<T>>),
    /// The bytes of a file, aligned for `T`: [`Column::mapped`] has seen to it.
    Mapped(Arc<Mapped>, Range<usize>),
}

impl<T: Pod> Column<T> {
    /// The part `range` of a file, if it is there, whole, and aligned.
    pub(crate) fn mapped(file: &Arc<Mapped>, range: Range<usize>) -> Option<Self> {
        bytemuck::try_cast_slice::<u8, T>(file.get(range.clone())?).ok()?;
        Some(Self::Mapped(Arc::clone(file), range))
    }

    /// The numbers to change, copied if anyone else holds them.
    pub(crate) fn to_mut(&mut self) -> &mut Vec<T> {
        if let Self::Mapped(..) = self {
            *self = Self::Owned(Arc::new(self.to_vec()));
        }
        match self {
            Self::Owned(values) => Arc::make_mut(values),
            Self::Mapped(..) => unreachable!("was made owned"),
        }
    }
}

impl<T: Pod> Deref for Column<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::Owned(values) => values,
            Self::Mapped(file, range) => bytemuck::cast_slice(&file[range.clone()]),
        }
    }
}

impl<T> Clone for Column<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Owned(values) => Self::Owned(Arc::clone(values)),
            Self::Mapped(file, range) => Self::Mapped(Arc::clone(file), range.clone()),
        }
    }
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Self::Owned(Arc::default())
    }
}

impl<T> From<Vec<T>> for Column<T> {
    fn from(values: Vec<T>) -> Self {
        Self::Owned(Arc::new(values))
    }
}

impl<T: Pod> fmt::Debug for Column<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} values", self.len())
    }
}
