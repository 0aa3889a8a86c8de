//! Measures over queries that come a few at a time.

use std::hash::Hash;

use crate::arrays::columns;
use crate::evaluate::{check_order, checked_value};
use crate::topic::Topic;
use crate::{Arrays, Error, Evaluation, Judgments, Measure, Options, Result, Score, TrecEval};

/// The values of measures for all queries seen so far: for training and validation loops.
///
/// ```
/// use rank_eval::{Accumulator, Arrays, Measure};
///
/// let rr: Measure = "RR".parse()?;
/// let mut accumulator = Accumulator::new(std::slice::from_ref(&rr));
/// accumulator.add_arrays(&Arrays::new(1, 2, &[0.1, 0.9], &[true, false])?)?;
/// accumulator.add(&[("a", 0.9), ("b", 0.1)], &[("a", 1)])?;
/// assert_eq!(accumulator.mean(&rr), Some(0.75));
/// accumulator.reset();
/// assert!(accumulator.is_empty());
/// # Ok::<(), rank_eval::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Accumulator {
    measures: Vec<Measure>,
    options: Options,
    queries: usize,
    /// A column for each measure.
    values: Vec<Vec<f64>>,
}

impl Accumulator {
    /// An accumulator of these measures, with the default [`Options`].
    pub fn new(measures: &[Measure]) -> Self {
        let (options, values) = (Options::default(), vec![Vec::new(); measures.len()]);
        Self { measures: measures.to_vec(), options, queries: 0, values }
    }

    /// An accumulator of these measures. A query has a ranking here, so [`Options::missing_queries`] does not matter.
    ///
    /// # Errors
    ///
    /// With [`Order::Expected`](crate::Order::Expected), [`Error::NoExpectedValue`] and [`Error::ExpectedAtDepth`].
    pub fn with_options(measures: &[Measure], options: Options) -> Result<Self> {
        check_order(measures, options)?;
        Ok(Self { options, ..Self::new(measures) })
    }

    /// Adds a query: a ranked list, best first, whose order counts, and its judgments.
    ///
    /// # Errors
    ///
    /// [`Error::NanScore`], [`Error::NotSorted`], [`Error::DuplicateDocument`], [`Error::DuplicateJudgment`], [`Error::GradeAboveScale`], [`Error::NeedsSubtopics`]; nothing is
    /// added then.
    pub fn add<I, S, L, J>(&mut self, reranked: &L, ground_truth: &J) -> Result<()>
    where
        I: Eq + Hash,
        S: Score,
        L: AsRef<[(I, S)]> + ?Sized,
        J: Judgments<I> + ?Sized,
    {
        let mut topic = Topic::new(reranked, ground_truth, usize::MAX)?;
        topic.level = self.options.level;
        topic.collection = self.options.collection;
        topic.rounds_to_nearest = self.options.compat == Some(TrecEval::V10);
        if let Some(depth) = self.options.depth {
            topic.ranked = topic.ranked.min(depth);
            topic.found.retain(|found| (found.position as usize) < depth);
        }
        if self.options.judged_only {
            topic = topic.condensed();
        }
        let value = |measure| checked_value(&topic, measure, self.options);
        let values = self.measures.iter().map(value).collect::<Result<Vec<f64>>>()?;
        self.add_values(&values)
    }

    /// Adds the queries of arrays, see [`evaluate_arrays`](crate::evaluate_arrays).
    ///
    /// # Errors
    ///
    /// Those of [`evaluate_arrays`](crate::evaluate_arrays); nothing is added then.
    pub fn add_arrays(&mut self, arrays: &Arrays<'_>) -> Result<()> {
        let columns = columns(arrays, &self.measures, self.options)?;
        for (known, new) in self.values.iter_mut().zip(columns) {
            known.extend(new);
        }
        self.queries += arrays.len();
        Ok(())
    }

    /// Adds a query whose values are known: one for each of [`measures`](Self::measures).
    ///
    /// # Errors
    ///
    /// [`Error::UnequalColumns`] for another number of values; nothing is added then.
    pub fn add_values(&mut self, values: &[f64]) -> Result<()> {
        if values.len() != self.measures.len() {
            let expected = self.measures.len();
            return Err(Error::UnequalColumns { argument: "values", expected, got: values.len() });
        }
        for (column, &value) in self.values.iter_mut().zip(values) {
            column.push(value);
        }
        self.queries += 1;
        Ok(())
    }

    /// Adds the queries of another accumulator of the same measures, such as that of another process.
    ///
    /// # Errors
    ///
    /// [`Error::DifferentMeasures`] if it has others, or the same ones with other options.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if (&self.measures, self.options) != (&other.measures, other.options) {
            return Err(Error::DifferentMeasures { expected: names(&self.measures), got: names(&other.measures) });
        }
        for (known, new) in self.values.iter_mut().zip(&other.values) {
            known.extend_from_slice(new);
        }
        self.queries += other.queries;
        Ok(())
    }

    /// Forgets all queries.
    pub fn reset(&mut self) {
        self.values.iter_mut().for_each(Vec::clear);
        self.queries = 0;
    }

    /// The values as an evaluation, whose queries are named by the numbers in which they came.
    pub fn evaluation(&self) -> Evaluation {
        let queries = (0..self.queries).map(|query| query.to_string()).collect();
        Evaluation::of_columns(self.measures.clone(), queries, self.values.clone(), Vec::new(), Vec::new())
    }

    /// The measures.
    pub fn measures(&self) -> &[Measure] {
        &self.measures
    }

    /// The number of queries.
    pub fn len(&self) -> usize {
        self.queries
    }

    /// Whether there is no query.
    pub fn is_empty(&self) -> bool {
        self.queries == 0
    }

    /// The values of a measure, in the order that the queries came in; `None` if it is not accumulated.
    pub fn values(&self, measure: &Measure) -> Option<&[f64]> {
        let position = self.measures.iter().position(|known| known == measure)?;
        Some(&self.values[position])
    }

    /// The mean of a measure, or what stands for it, see [`Measure::aggregate`]; `None` if it is not accumulated, NaN if
    /// there is no query.
    pub fn mean(&self, measure: &Measure) -> Option<f64> {
        Some(measure.aggregate(self.values(measure)?))
    }
}

fn names(measures: &[Measure]) -> String {
    measures.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
