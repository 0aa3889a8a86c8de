//! The ranked lists of one query, by document numbers: what every method works on.

use crate::numbering::by_content;
use crate::{Error, Result};

/// The ranked lists of one query. Documents are numbered from 0; each list is best first and holds a document once.
///
/// The lists lie one after the other in flat slices: list `i` is `starts[i]..starts[i + 1]`.
#[derive(Clone, Copy, Debug)]
pub struct Lists<'a> {
    documents: usize,
    starts: &'a [usize],
    numbers: &'a [u32],
    scores: &'a [f64],
    /// The lists in an order that depends on what they hold alone; empty if it is not known.
    order: &'a [u32],
}

impl<'a> Lists<'a> {
    /// Lists whose parts are checked against each other.
    ///
    /// * `documents`: how many documents the query has in all; every number is below it.
    /// * `starts`: where each list begins, and at last where the last one ends; at least two.
    /// * `numbers`, `scores`: the entries of all lists, one list after the other.
    ///
    /// ```
    /// use rank_fusion::{Fusion, Lists, Method, Scratch};
    ///
    /// // Two lists: documents 0, 1 and documents 1, 2.
    /// let lists = Lists::new(3, &[0, 2, 4], &[0, 1, 1, 2], &[9.0, 8.0, 0.7, 0.6])?;
    /// let fusion = Fusion::new(Method::ReciprocalRank { k: 0.0 });
    /// let mut totals = Vec::new();
    /// fusion.totals(&lists, &mut Scratch::new(), &mut totals)?;
    /// assert_eq!(totals, [1.0, 0.5 + 1.0, 0.5]);
    /// # Ok::<(), rank_fusion::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NoLists`], [`Error::BadNumbering`], [`Error::NanScore`], [`Error::DuplicateDocument`].
    pub fn new(documents: usize, starts: &'a [usize], numbers: &'a [u32], scores: &'a [f64]) -> Result<Self> {
        let wrong = |argument, expected: String, got: String| Err(Error::BadNumbering { argument, expected, got });
        if starts.len() < 2 {
            return Err(Error::NoLists);
        }
        if scores.len() != numbers.len() {
            return wrong("scores", format!("{} values, one per number", numbers.len()), scores.len().to_string());
        }
        if starts[0] != 0
            || starts[starts.len() - 1] != numbers.len()
            || starts.windows(2).any(|pair| pair[0] > pair[1])
        {
            return wrong("starts", format!("values that ascend from 0 to {}", numbers.len()), format!("{starts:?}"));
        }
        let lists = Self { documents, starts, numbers, scores, order: &[] };
        let mut met = vec![(usize::MAX, 0); documents];
        for list in 0..lists.len() {
            for (position, (&number, score)) in lists.numbers(list).iter().zip(lists.scores(list)).enumerate() {
                let Some(met) = met.get_mut(number as usize) else {
                    return wrong("numbers", format!("values below {documents}"), number.to_string());
                };
                if met.0 == list {
                    return Err(Error::DuplicateDocument { list, position, first: met.1 });
                }
                *met = (list, position);
                if score.is_nan() {
                    return Err(Error::NanScore { list, position });
                }
            }
        }
        Ok(lists)
    }

    /// Lists whose parts are known to fit: see [`Lists::new`].
    pub(crate) fn trusted(
        documents: usize,
        starts: &'a [usize],
        numbers: &'a [u32],
        scores: &'a [f64],
        order: &'a [u32],
    ) -> Self {
        Self { documents, starts, numbers, scores, order }
    }

    /// Writes the lists in an order that depends on what they hold alone: sums in this order are the same bits however
    /// lists are permuted. Lists that are alike are neighbors.
    pub(crate) fn order(&self, order: &mut Vec<u32>) {
        order.clear();
        if self.order.len() == self.len() {
            order.extend_from_slice(self.order);
            return;
        }
        order.extend(0..self.len() as u32);
        order.sort_unstable_by(|&a, &b| {
            let (a, b) = (a as usize, b as usize);
            by_content(self.scores(a), self.scores(b)).then_with(|| self.numbers(a).cmp(self.numbers(b)))
        });
    }

    /// Whether two lists hold the same.
    pub(crate) fn alike(&self, a: usize, b: usize) -> bool {
        self.numbers(a) == self.numbers(b) && self.scores(a) == self.scores(b)
    }

    /// How many lists there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no list; never so.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many documents all lists hold together.
    pub fn documents(&self) -> usize {
        self.documents
    }

    /// How many entries all lists have together.
    pub fn entries(&self) -> usize {
        self.numbers.len()
    }

    /// How long a list is.
    pub fn length(&self, list: usize) -> usize {
        self.starts[list + 1] - self.starts[list]
    }

    /// How long the longest list is.
    pub fn longest(&self) -> usize {
        (0..self.len()).map(|list| self.length(list)).max().unwrap_or(0)
    }

    /// The documents of a list, best first.
    pub fn numbers(&self, list: usize) -> &'a [u32] {
        &self.numbers[self.range(list)]
    }

    /// The scores of a list, best first.
    pub fn scores(&self, list: usize) -> &'a [f64] {
        &self.scores[self.range(list)]
    }

    /// Where the entries of a list lie among those of all lists.
    pub fn range(&self, list: usize) -> std::ops::Range<usize> {
        self.starts[list]..self.starts[list + 1]
    }
}
