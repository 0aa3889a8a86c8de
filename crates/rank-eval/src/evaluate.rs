//! Whole runs against whole qrels.

use crate::topic::{Found, Topic};
use crate::{Error, Measure, Qrels, Result, Run};

/// What becomes of a judged query that the run lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MissingQueries {
    /// It counts as an empty ranking, with value 0 in every measure: `trec_eval -c`, `ir_measures`. The default, so that a
    /// run cannot gain by leaving out its hard queries.
    #[default]
    Zero,
    /// It does not count, and means are over the other queries: `trec_eval` without `-c`, `pytrec_eval`.
    Skip,
}

/// How [`evaluate_with`] treats a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Options {
    /// What becomes of a judged query that the run lacks.
    pub missing_queries: MissingQueries,
}

impl Options {
    /// The same options with another policy for judged queries that the run lacks.
    #[must_use]
    pub fn missing_queries(mut self, policy: MissingQueries) -> Self {
        self.missing_queries = policy;
        self
    }
}

/// The values of measures for each query of a run, and their means.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    measures: Vec<Measure>,
    queries: Vec<String>,
    /// A column for each measure.
    values: Vec<Vec<f64>>,
    missing: Vec<String>,
    unjudged: Vec<String>,
}

impl Evaluation {
    /// The measures, in the order they were asked for.
    pub fn measures(&self) -> &[Measure] {
        &self.measures
    }

    /// The queries that count, ascending by id.
    pub fn queries(&self) -> &[String] {
        &self.queries
    }

    /// The values of a measure, in the order of [`queries`](Self::queries); `None` if it was not asked for.
    pub fn values(&self, measure: &Measure) -> Option<&[f64]> {
        let position = self.measures.iter().position(|known| known == measure)?;
        Some(&self.values[position])
    }

    /// The mean of a measure over [`queries`](Self::queries), or what stands for it, see [`Measure::aggregate`]; `None` if
    /// it was not asked for.
    pub fn mean(&self, measure: &Measure) -> Option<f64> {
        Some(measure.aggregate(self.values(measure)?))
    }

    /// The judged queries that the run lacks. Whether they count is [`Options::missing_queries`].
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    /// The queries of the run that are not judged. They never count.
    pub fn unjudged(&self) -> &[String] {
        &self.unjudged
    }
}

/// Evaluates a run with the default [`Options`]: **a judged query that the run lacks counts 0**, as with `trec_eval -c`.
///
/// The documents of a query are ranked by score descending, then by id descending, see [`Run`]. Queries of the run that
/// are not judged do not count; [`Evaluation::missing`] and [`Evaluation::unjudged`] name both kinds.
///
/// # Errors
///
/// [`Error::NoCommonQuery`] if the qrels judge no query, or none of those that the run has.
///
/// # Source
///
/// The values are those of `trec_eval` 9 with `-c` (National Institute of Standards and Technology).
///
/// # Example
///
/// ```
/// use rank_eval::{Measure, Qrels, Run, evaluate};
///
/// let qrels = Qrels::from_nested([("q1", vec![("a", 1)]), ("q2", vec![("b", 1)]), ("q3", vec![("b", 1)])])?;
/// let run = Run::from_nested([("q1", vec![("a", 0.9), ("c", 0.1)]), ("q2", vec![("a", 0.9), ("b", 0.1)])])?;
/// let rr: Measure = "RR@10".parse()?;
///
/// let evaluation = evaluate(&qrels, &run, std::slice::from_ref(&rr))?;
/// assert_eq!(evaluation.values(&rr).unwrap(), [1.0, 0.5, 0.0]);
/// assert_eq!(evaluation.mean(&rr), Some(0.5));
/// assert_eq!(evaluation.missing(), ["q3"]);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn evaluate(qrels: &Qrels, run: &Run, measures: &[Measure]) -> Result<Evaluation> {
    evaluate_with(qrels, run, measures, Options::default())
}

/// Evaluates a run as [`evaluate`] does, with other options.
///
/// # Errors
///
/// [`Error::NoCommonQuery`] if the qrels judge no query, or none of those that the run has; with
/// [`MissingQueries::Skip`] for an empty run also.
///
/// # Example
///
/// ```
/// use rank_eval::{Measure, MissingQueries, Options, Qrels, Run, evaluate_with};
///
/// let qrels = Qrels::from_nested([("q1", vec![("a", 1)]), ("q2", vec![("b", 1)])])?;
/// let run = Run::from_nested([("q1", vec![("a", 0.9)])])?;
/// let p: Measure = "P@1".parse()?;
///
/// let options = Options::default().missing_queries(MissingQueries::Skip);
/// assert_eq!(evaluate_with(&qrels, &run, std::slice::from_ref(&p), options)?.mean(&p), Some(1.0));
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn evaluate_with(qrels: &Qrels, run: &Run, measures: &[Measure], options: Options) -> Result<Evaluation> {
    let mut evaluation = Evaluation {
        measures: measures.to_vec(),
        queries: Vec::new(),
        values: vec![Vec::new(); measures.len()],
        missing: Vec::new(),
        unjudged: run.queries().filter(|query| qrels.0.queries.find(query).is_none()).map(str::to_owned).collect(),
    };
    let depth = measures.iter().map(Measure::depth).max().unwrap_or(0);
    // From the document numbers of the run to those of the qrels, so that each id is hashed once.
    let known: Vec<Option<u32>> = run.0.documents.names().map(|document| qrels.0.documents.find(document)).collect();
    // The grade of each document for the query at hand.
    let mut grades: Vec<Option<i64>> = vec![None; qrels.0.documents.len()];
    let mut topic = Topic::default();
    for (number, query) in qrels.queries().enumerate() {
        let Some(ranked) = run.0.queries.find(query) else {
            evaluation.missing.push(query.to_owned());
            if options.missing_queries == MissingQueries::Zero {
                evaluation.queries.push(query.to_owned());
                evaluation.values.iter_mut().for_each(|column| column.push(0.0));
            }
            continue;
        };
        let judged = qrels.0.rows(number as u32);
        topic.judged.clear();
        for &(document, grade) in judged {
            grades[document as usize] = Some(grade);
            topic.judged.push(grade);
        }
        topic.sort_judged();
        let rows = run.0.rows(ranked);
        topic.ranked = rows.len();
        topic.found.clear();
        topic.found.extend((0..).zip(rows).take(depth).filter_map(|(position, &(document, _))| {
            known[document as usize].and_then(|known| grades[known as usize]).map(|grade| Found { position, grade })
        }));
        for &(document, _) in judged {
            grades[document as usize] = None;
        }
        evaluation.queries.push(query.to_owned());
        for (column, measure) in evaluation.values.iter_mut().zip(measures) {
            column.push(measure.value(&topic));
        }
    }
    let none_in_common = evaluation.missing.len() == qrels.len();
    if evaluation.queries.is_empty() || (none_in_common && !run.is_empty()) {
        return Err(Error::NoCommonQuery { run: run.len(), qrels: qrels.len() });
    }
    Ok(evaluation)
}
