//! Rows of numbers, and what is known of them.

use std::ops::Range;

use crate::float::check_length;
use crate::operator::check_strength;
use crate::watch::Watch;
use crate::{Error, Float, Result};

/// Where rows begin and end in a flat slice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rows {
    /// As many of one length.
    Even {
        /// How many rows.
        count: usize,
        /// How many numbers in each.
        columns: usize,
    },
    /// Where each begins; then where the last one ends.
    Ragged(Vec<usize>),
}

impl Rows {
    /// How many rows there are.
    pub fn count(&self) -> usize {
        match self {
            Self::Even { count, .. } => *count,
            Self::Ragged(offsets) => offsets.len().saturating_sub(1),
        }
    }

    /// The numbers of a row.
    pub fn range(&self, row: usize) -> Range<usize> {
        match self {
            Self::Even { columns, .. } => row * columns..(row + 1) * columns,
            Self::Ragged(offsets) => offsets[row]..offsets[row + 1],
        }
    }

    /// How many numbers there are.
    pub fn total(&self) -> usize {
        match self {
            Self::Even { count, columns } => count * columns,
            Self::Ragged(offsets) => offsets.last().copied().unwrap_or(0),
        }
    }

    /// How many threads are worth their while, and contiguous runs of rows for them to take in turns.
    pub(crate) fn turns(&self, threads: usize) -> (usize, Vec<Range<usize>>) {
        let threads = threads.min(self.total() / 8_192 + 1);
        (threads, self.shares_of(if threads > 1 { 8 * threads } else { 1 }, 4_096))
    }

    /// Contiguous runs of rows of about as many numbers each, at most `threads`, of at least `least` numbers: a thread
    /// that has less to do costs more than it saves.
    pub(crate) fn shares_of(&self, threads: usize, least: usize) -> Vec<Range<usize>> {
        let (count, total) = (self.count(), self.total());
        let threads = threads.min(total / least + 1).max(1);
        let mut shares = Vec::with_capacity(threads);
        let mut start = 0;
        for share in 1..=threads {
            let goal = total * share / threads;
            let mut end = start;
            while end < count && (share == threads || self.range(end).end <= goal) {
                end += 1;
            }
            if end > start {
                shares.push(start..end);
            }
            start = end;
        }
        shares
    }
}

/// Numbers in rows, with what goes with them.
///
/// # Example
///
/// ```
/// use rank_soft::{Input, Kind, Operator};
///
/// // Rows of two and of three; in the second one number does not count.
/// let input = Input::new(&[2.0, 1.0, 5.0, 0.0, 4.0]).offsets(&[0, 2, 5]).mask(&[true, true, true, false, true]);
/// let (ranks, _) = Operator::new(Kind::Rank).strength(0.1).forward(&input)?;
/// assert_eq!(ranks, [2.0, 1.0, 2.0, 0.0, 1.0]);
/// # Ok::<(), rank_soft::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Input<'a, T> {
    pub(crate) values: &'a [T],
    pub(crate) layout: Layout<'a>,
    pub(crate) mask: Option<&'a [bool]>,
    pub(crate) weights: Option<&'a [T]>,
    pub(crate) row_strengths: Option<&'a [f64]>,
    pub(crate) strengths: Option<&'a [T]>,
    pub(crate) threads: usize,
    pub(crate) watch: Watch<'a>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Layout<'a> {
    One,
    Columns(usize),
    Shape(usize, usize),
    Offsets(&'a [usize]),
}

impl<'a, T: Float> Input<'a, T> {
    /// One row.
    pub fn new(values: &'a [T]) -> Self {
        Self {
            values,
            layout: Layout::One,
            mask: None,
            weights: None,
            row_strengths: None,
            strengths: None,
            threads: 1,
            watch: Watch::default(),
        }
    }

    /// Rows of `columns` numbers each.
    #[must_use]
    pub fn columns(self, columns: usize) -> Self {
        Self { layout: Layout::Columns(columns), ..self }
    }

    /// `count` rows of `columns` numbers each, of which either may be 0.
    #[must_use]
    pub fn shape(self, count: usize, columns: usize) -> Self {
        Self { layout: Layout::Shape(count, columns), ..self }
    }

    /// Rows of any length: where each begins, and where the last one ends.
    #[must_use]
    pub fn offsets(self, offsets: &'a [usize]) -> Self {
        Self { layout: Layout::Offsets(offsets), ..self }
    }

    /// Which numbers count. The others get 0, and no gradient; a sort has what counts first, then zeros.
    #[must_use]
    pub fn mask(self, mask: &'a [bool]) -> Self {
        Self { mask: Some(mask), ..self }
    }

    /// How many equal items each number stands for: positive. For ranks by l2 and KL.
    #[must_use]
    pub fn weights(self, weights: &'a [T]) -> Self {
        Self { weights: Some(weights), ..self }
    }

    /// A factor of the strength for each row.
    #[must_use]
    pub fn row_strengths(self, strengths: &'a [f64]) -> Self {
        Self { row_strengths: Some(strengths), ..self }
    }

    /// A factor of the strength for each number, by which it is divided first: positive. For ranks and masks.
    #[must_use]
    pub fn strengths(self, strengths: &'a [T]) -> Self {
        Self { strengths: Some(strengths), ..self }
    }

    /// How many threads share the rows; results do not depend on it. 0 is as many as the machine has.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }

    /// Who watches long work: `watch` is told of steps that are done, by any thread, and says whether to go on. How many
    /// steps there are says [`Operator::steps`](crate::Operator::steps); of a loss they are the numbers.
    #[must_use]
    pub fn watch(self, watch: &'a (dyn Fn(usize) -> bool + Sync)) -> Self {
        Self { watch: Watch(Some(watch)), ..self }
    }

    pub(crate) fn watched(self, watch: Watch<'a>) -> Self {
        Self { watch, ..self }
    }

    /// Where the rows are.
    ///
    /// # Errors
    ///
    /// [`Error::Shape`] where numbers do not fill rows, [`Error::Offsets`] for offsets that do not start at 0, descend,
    /// or do not end with the numbers.
    pub fn rows(&self) -> Result<Rows> {
        let total = self.values.len();
        match self.layout {
            Layout::One => Ok(Rows::Even { count: 1, columns: total }),
            Layout::Columns(columns) if columns > 0 && total.is_multiple_of(columns) => {
                Ok(Rows::Even { count: total / columns, columns })
            }
            Layout::Columns(0) if total == 0 => Ok(Rows::Even { count: 0, columns: 0 }),
            Layout::Shape(count, columns) if count.checked_mul(columns) == Some(total) => {
                Ok(Rows::Even { count, columns })
            }
            Layout::Columns(columns) | Layout::Shape(_, columns) => {
                let expected = format!("a multiple of {columns} numbers");
                Err(Error::Shape { argument: "values", expected, shape: vec![total] })
            }
            Layout::Offsets(offsets) => {
                if offsets.first() != Some(&0) || offsets.last() != Some(&total) || !offsets.is_sorted() {
                    return Err(Error::Offsets { total });
                }
                Ok(Rows::Ragged(offsets.to_vec()))
            }
        }
    }

    pub(crate) fn check(&self, rows: &Rows) -> Result<()> {
        let total = self.values.len();
        if (0..rows.count()).any(|row| rows.range(row).len() >= 1 << 30) {
            return Err(Error::Shape {
                argument: "values",
                expected: "rows of less than 2^30 numbers".to_owned(),
                shape: vec![total],
            });
        }
        if let Some(mask) = self.mask {
            check_length("mask", mask.len(), "values", total)?;
        }
        let positive = |argument, numbers: Option<&[T]>| {
            let Some(numbers) = numbers else { return Ok(()) };
            check_length(argument, numbers.len(), "values", total)?;
            let bad = |number: &&T| !matches!((**number).into(), number if number > 0.0 && number < f64::INFINITY);
            match numbers.iter().find(bad) {
                None => Ok(()),
                Some(&number) => Err(Error::OutOfRange { argument, expected: "positive numbers", got: number.into() }),
            }
        };
        positive("weights", self.weights)?;
        positive("strengths", self.strengths)?;
        if let Some(strengths) = self.row_strengths {
            check_length("row_strengths", strengths.len(), "rows", rows.count())?;
            if let Some(&got) = strengths.iter().find(|&&strength| check_strength(strength).is_err()) {
                return Err(Error::OutOfRange { argument: "strengths", expected: "numbers from 0 to 1e300", got });
            }
        }
        Ok(())
    }
}

pub(crate) fn thread_count(threads: usize) -> usize {
    if threads == 0 { std::thread::available_parallelism().map_or(1, std::num::NonZero::get) } else { threads }
}
