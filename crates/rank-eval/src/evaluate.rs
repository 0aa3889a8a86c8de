//! Whole runs against whole qrels.

use std::cmp::Ordering;

use rustc_hash::FxHashSet;

use crate::lookup::Lookup;
use crate::options::{MissingQueries, Options, Order, TrecEval};
use crate::order::Ties;
use crate::table::Rows;
use crate::topic::{Found, Holes, Topic};
use crate::watch::{Watch, tell, unwatched};
use crate::{Error, Measure, Qrels, Result, Run, parallel};

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
    /// Out of a column of values for each measure.
    pub(crate) fn of_columns(
        measures: Vec<Measure>,
        queries: Vec<String>,
        values: Vec<Vec<f64>>,
        missing: Vec<String>,
        unjudged: Vec<String>,
    ) -> Self {
        Self { measures, queries, values, missing, unjudged }
    }

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
/// The documents of a query are ranked by score descending, then by id descending, see [`Run`] and [`Order`]. Queries of the run that
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
/// [`MissingQueries::Skip`] for an empty run also. With [`Order::Expected`], [`Error::NoExpectedValue`] for a measure
/// without closed form, and [`Error::ExpectedAtDepth`] together with [`Options::depth`].
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
    evaluate_watched(qrels, run, measures, options, &unwatched)
}

/// [`evaluate_with`], watched: a step is a judged query.
///
/// # Errors
///
/// As [`evaluate_with`], and [`Error::Interrupted`].
pub fn evaluate_watched(
    qrels: &Qrels,
    run: &Run,
    measures: &[Measure],
    options: Options,
    watch: &Watch<'_>,
) -> Result<Evaluation> {
    evaluate_filled(qrels, run, measures, options, None, watch)
}

/// [`evaluate_watched`], where each ranked document that is not judged has the grade `filled`, if there is one. What is
/// judged of a query stays the same.
pub(crate) fn evaluate_filled(
    qrels: &Qrels,
    run: &Run,
    measures: &[Measure],
    options: Options,
    filled: Option<i64>,
    watch: &Watch<'_>,
) -> Result<Evaluation> {
    let evaluation = evaluate_any(qrels, run, measures, options, filled, watch)?;
    let none_is_common = evaluation.missing.len() == qrels.len();
    if qrels.is_empty() || (none_is_common && !(run.is_empty() && counts_missing(options))) {
        return Err(Error::NoCommonQuery { run: run.len(), qrels: qrels.len() });
    }
    Ok(evaluation)
}

/// [`evaluate_filled`], whether there is a common query or not.
pub(crate) fn evaluate_any(
    qrels: &Qrels,
    run: &Run,
    measures: &[Measure],
    options: Options,
    filled: Option<i64>,
    watch: &Watch<'_>,
) -> Result<Evaluation> {
    check(qrels, measures, options)?;
    let Common { judged, missing, unjudged } = Common::of(qrels, run);
    let counted: Vec<(usize, Option<usize>)> =
        judged.into_iter().filter(|(_, ranked)| ranked.is_some() || counts_missing(options)).collect();

    // A thread costs more than the work on so few rows.
    let threads = if run.document_count() < 1 << 15 { 1 } else { options.threads };
    let depth = measures.iter().map(Measure::depth).max().unwrap_or(0);
    let all_judged = AllJudged::of(qrels, measures);
    let pieces: Vec<&[(usize, Option<usize>)]> = counted.chunks(256).collect();
    let values = parallel::try_map(pieces, threads, |piece| {
        let mut evaluator =
            Evaluator { options, depth, filled, all_judged: all_judged.as_ref(), ..Evaluator::default() };
        let mut values = Vec::with_capacity(piece.len() * measures.len());
        for &(judged, ranked) in piece {
            let judged = qrels.0.rows(judged);
            if let Some(ranked) = ranked {
                evaluator.look(judged, run.0.rows(ranked));
                values.extend(measures.iter().map(|measure| evaluator.value(measure)));
            } else {
                evaluator.look_at_nothing(judged);
                values.extend(measures.iter().map(|measure| measure.value_of_missing(&evaluator.topic)));
            }
            tell(watch, 1)?;
        }
        Ok(values)
    })?;
    let mut columns = vec![Vec::with_capacity(counted.len()); measures.len()];
    for row in values.iter().flat_map(|values| values.chunks(measures.len().max(1))) {
        for (column, &value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    let queries = qrels.0.queries();
    Ok(Evaluation {
        measures: measures.to_vec(),
        queries: counted.into_iter().map(|(judged, _)| queries[judged].to_string()).collect(),
        values: columns,
        missing,
        unjudged,
    })
}

fn counts_missing(options: Options) -> bool {
    options.missing_queries == MissingQueries::Zero
}

fn check(qrels: &Qrels, measures: &[Measure], options: Options) -> Result<()> {
    for measure in measures {
        measure.check(|| (0..qrels.len()).flat_map(|query| qrels.0.rows(query).values()).copied().max())?;
    }
    check_order(measures, options)
}

/// Whether the measures are defined in the order of the options.
pub(crate) fn check_order(measures: &[Measure], options: Options) -> Result<()> {
    if options.order != Order::Expected {
        return Ok(());
    }
    if let Some(measure) = measures.iter().find(|measure| !measure.has_expected()) {
        return Err(Error::NoExpectedValue { measure: measure.to_string() });
    }
    options.depth.map_or(Ok(()), |depth| Err(Error::ExpectedAtDepth { depth }))
}

/// Which queries are judged, which are ranked, and which are both.
struct Common {
    /// The place of each judged query in the qrels, and in the run.
    judged: Vec<(usize, Option<usize>)>,
    missing: Vec<String>,
    unjudged: Vec<String>,
}

impl Common {
    /// Both are in ascending order.
    fn of(qrels: &Qrels, run: &Run) -> Self {
        let mut common = Self { judged: Vec::with_capacity(qrels.len()), missing: Vec::new(), unjudged: Vec::new() };
        let mut ranked = run.0.queries().iter().enumerate().peekable();
        for (judged, query) in qrels.0.queries().iter().enumerate() {
            while let Some((_, extra)) = ranked.next_if(|(_, other)| *other < query) {
                common.unjudged.push(extra.to_string());
            }
            let place = ranked.next_if(|(_, other)| (**other).cmp(query) == Ordering::Equal).map(|(place, _)| place);
            if place.is_none() {
                common.missing.push(query.to_string());
            }
            common.judged.push((judged, place));
        }
        common.unjudged.extend(ranked.map(|(_, extra)| extra.to_string()));
        common
    }
}

/// The documents that are judged for any query.
struct AllJudged<'a>(FxHashSet<&'a [u8]>);

impl<'a> AllJudged<'a> {
    /// `None` if no measure asks for them.
    fn of(qrels: &'a Qrels, measures: &[Measure]) -> Option<Self> {
        measures.iter().any(|measure| measure.family().needs_all_judged).then(|| {
            let rows = (0..qrels.len()).map(|query| qrels.0.rows(query));
            Self(rows.flat_map(|rows| (0..rows.len()).map(move |row| rows.bytes(row))).collect())
        })
    }

    /// The ranked documents that are not among them.
    fn holes(&self, ranked: Rows<'_, f64>, options: &Options, ranks: usize) -> Holes {
        let ranks = if options.order == Order::DocidDesc && options.compat.is_none() { ranks } else { ranked.len() };
        let is_hole = |&row: &usize| !self.0.contains(ranked.bytes(row));
        let found = (0..ranks.min(ranked.len())).filter(is_hole);
        let mut holes =
            Holes { found: found.map(|row| Found { position: row as u32, grade: -1 }).collect(), ties: Vec::new() };
        let ties = Ties::new(ranked, options.compat == Some(TrecEval::V9));
        ties.arrange(&mut holes.found, options.order, &mut holes.ties);
        holes.found.retain(|found| (found.position as usize) < options.depth.unwrap_or(usize::MAX));
        holes
    }
}

/// Topics out of rows, in memory that is kept from query to query.
#[derive(Default)]
struct Evaluator<'a> {
    options: Options,
    all_judged: Option<&'a AllJudged<'a>>,
    /// How many ranks the measures look at.
    depth: usize,
    /// The grade of documents that are not judged.
    filled: Option<i64>,
    lookup: Lookup,
    topic: Topic,
}

impl Evaluator<'_> {
    fn look_at_nothing(&mut self, judged: Rows<'_, i64>) {
        let Self { options, topic, .. } = self;
        topic.level = options.level;
        topic.collection = options.collection;
        topic.rounds_to_nearest = options.compat == Some(TrecEval::V10);
        topic.judged.clear();
        topic.judged.extend_from_slice(judged.values());
        topic.sort_judged();
        topic.ranked = 0;
        topic.found.clear();
        topic.ties.clear();
        topic.holes = None;
    }

    fn look(&mut self, judged: Rows<'_, i64>, ranked: Rows<'_, f64>) {
        self.look_at_nothing(judged);
        let Self { options, all_judged, depth, filled, lookup, topic } = self;
        let rounded = options.compat == Some(TrecEval::V9);
        let counted = options.depth.unwrap_or(usize::MAX);
        if options.order == Order::DocidDesc && !rounded {
            let depth = if options.judged_only { usize::MAX } else { *depth };
            lookup.find(judged, ranked, depth.min(counted), &mut topic.found);
            fill(&mut topic.found, ranked.len().min(depth).min(counted), *filled);
        } else {
            // A document may move up from behind the depth.
            lookup.find(judged, ranked, usize::MAX, &mut topic.found);
            fill(&mut topic.found, ranked.len(), *filled);
            Ties::new(ranked, rounded).arrange(&mut topic.found, options.order, &mut topic.ties);
            topic.found.retain(|found| (found.position as usize) < counted);
        }
        topic.ranked = ranked.len().min(counted);
        topic.holes = all_judged.map(|all| all.holes(ranked, options, *depth));
        if options.judged_only {
            *topic = topic.condensed();
        }
    }

    fn value(&self, measure: &Measure) -> f64 {
        value(&self.topic, measure, self.options)
    }
}

/// Gives each of the first `count` documents that is not judged a grade.
fn fill(found: &mut Vec<Found>, count: usize, grade: Option<i64>) {
    let Some(grade) = grade else { return };
    let mut known = std::mem::take(found).into_iter().peekable();
    found.extend((0..count as u32).map(|position| {
        let judged = known.next_if(|found| found.position == position).filter(|found| found.grade >= 0);
        judged.unwrap_or(Found { position, grade })
    }));
}

/// The value of a measure that [`check_order`] let through, if it is defined on these judgments.
pub(crate) fn checked_value(topic: &Topic, measure: &Measure, options: Options) -> Result<f64> {
    measure.check(|| topic.judged.first().copied())?;
    Ok(value(topic, measure, options))
}

fn value(topic: &Topic, measure: &Measure, options: Options) -> f64 {
    let expected = if options.order == Order::Expected { measure.expected(topic) } else { None };
    expected.unwrap_or_else(|| measure.value(topic))
}
