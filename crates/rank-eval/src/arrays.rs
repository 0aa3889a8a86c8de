//! Scores and grades of the same documents, as arrays of shape `[queries, docs]`.

use std::ops::Range;

use crate::evaluate::{check_order, checked_value};
use crate::table::Cell;
use crate::topic::{Found, Topic};
use crate::{Error, Evaluation, Measure, Options, Order, Result, Scores, TrecEval, parallel};

/// Grades, borrowed: ints and booleans of any width, or floats that are whole numbers.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the names say it")]
#[non_exhaustive]
pub enum Grades<'a> {
    Bool(&'a [bool]),
    I8(&'a [i8]),
    I16(&'a [i16]),
    I32(&'a [i32]),
    I64(&'a [i64]),
    U8(&'a [u8]),
    U16(&'a [u16]),
    U32(&'a [u32]),
    F32(&'a [f32]),
    F64(&'a [f64]),
}

macro_rules! each_kind {
    ($($kind:ident $type:ty),*) => {
        impl Grades<'_> {
            fn len(self) -> usize {
                match self { $(Self::$kind(grades) => grades.len(),)* }
            }

            fn slice(self, range: Range<usize>) -> Self {
                match self { $(Self::$kind(grades) => Self::$kind(&grades[range]),)* }
            }
        }
        $(
            impl<'a> From<&'a [$type]> for Grades<'a> {
                fn from(grades: &'a [$type]) -> Self {
                    Self::$kind(grades)
                }
            }
            impl<'a, const N: usize> From<&'a [$type; N]> for Grades<'a> {
                fn from(grades: &'a [$type; N]) -> Self {
                    Self::$kind(grades)
                }
            }
        )*
    };
}
each_kind!(Bool bool, I8 i8, I16 i16, I32 i32, I64 i64, U8 u8, U16 u16, U32 u32, F32 f32, F64 f64);

impl Grades<'_> {
    /// Reads all grades; a number that is not whole is returned with its place.
    fn read(self, into: &mut Vec<i64>) -> std::result::Result<(), (usize, f64)> {
        fn floats(into: &mut Vec<i64>, grades: impl Iterator<Item = f64>) -> std::result::Result<(), (usize, f64)> {
            for (position, grade) in grades.enumerate() {
                // Beyond 2⁵³ a float does not tell whole numbers apart.
                if grade.trunc() != grade || grade.abs() > 9_007_199_254_740_992.0 {
                    return Err((position, grade));
                }
                into.push(grade as i64);
            }
            Ok(())
        }
        into.clear();
        match self {
            Self::Bool(grades) => into.extend(grades.iter().map(|&grade| i64::from(grade))),
            Self::I8(grades) => into.extend(grades.iter().map(|&grade| i64::from(grade))),
            Self::I16(grades) => into.extend(grades.iter().map(|&grade| i64::from(grade))),
            Self::I32(grades) => into.extend(grades.iter().map(|&grade| i64::from(grade))),
            Self::I64(grades) => into.extend_from_slice(grades),
            Self::U8(grades) => into.extend(grades.iter().map(|&grade| i64::from(grade))),
            Self::U16(grades) => into.extend(grades.iter().map(|&grade| i64::from(grade))),
            Self::U32(grades) => into.extend(grades.iter().map(|&grade| i64::from(grade))),
            Self::F32(grades) => floats(into, grades.iter().map(|&grade| f64::from(grade)))?,
            Self::F64(grades) => floats(into, grades.iter().copied())?,
        }
        Ok(())
    }
}

impl<'a> Scores<'a> {
    fn count(self) -> usize {
        match self {
            Self::F32(scores) => scores.len(),
            Self::F64(scores) => scores.len(),
        }
    }

    fn slice(self, range: Range<usize>) -> Scores<'a> {
        match self {
            Self::F32(scores) => Self::F32(&scores[range]),
            Self::F64(scores) => Self::F64(&scores[range]),
        }
    }

    fn score(self, position: usize) -> f64 {
        match self {
            Self::F32(scores) => f64::from(scores[position]),
            Self::F64(scores) => scores[position],
        }
    }
}

/// Scores and grades of the documents of several queries, row by row and borrowed: what [`evaluate_arrays`] takes.
#[derive(Debug, Clone, Copy)]
pub struct Arrays<'a> {
    queries: usize,
    docs: usize,
    scores: Scores<'a>,
    relevance: Grades<'a>,
    mask: Option<&'a [bool]>,
    /// The number of the first query, for errors.
    first: usize,
}

impl<'a> Arrays<'a> {
    /// Arrays of `queries` rows of `docs` columns each.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidShape`] for arrays of another length.
    pub fn new(
        queries: usize,
        docs: usize,
        scores: impl Into<Scores<'a>>,
        relevance: impl Into<Grades<'a>>,
    ) -> Result<Self> {
        let (scores, relevance) = (scores.into(), relevance.into());
        check_shape("scores", queries, docs, scores.count())?;
        check_shape("relevance", queries, docs, relevance.len())?;
        Ok(Self { queries, docs, scores, relevance, mask: None, first: 0 })
    }

    /// The same arrays, of which only the entries whose mask is `true` count; the others are padding.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidShape`] for a mask of another length.
    pub fn mask(self, mask: &'a [bool]) -> Result<Self> {
        check_shape("mask", self.queries, self.docs, mask.len())?;
        Ok(Self { mask: Some(mask), ..self })
    }

    /// The number of queries.
    pub fn len(&self) -> usize {
        self.queries
    }

    /// Whether there is no query.
    pub fn is_empty(&self) -> bool {
        self.queries == 0
    }

    /// The queries of a range.
    ///
    /// # Panics
    ///
    /// If the range goes beyond the last query.
    #[must_use]
    pub fn rows(&self, range: Range<usize>) -> Self {
        let entries = range.start * self.docs..range.end * self.docs;
        Self {
            queries: range.len(),
            docs: self.docs,
            scores: self.scores.slice(entries.clone()),
            relevance: self.relevance.slice(entries.clone()),
            mask: self.mask.map(|mask| &mask[entries]),
            first: self.first + range.start,
        }
    }
}

fn check_shape(argument: &'static str, queries: usize, docs: usize, got: usize) -> Result<()> {
    if queries.checked_mul(docs) == Some(got) && u32::try_from(docs).is_ok() {
        return Ok(());
    }
    Err(Error::InvalidShape { argument, queries, docs, got })
}

/// Evaluates the scores that a model gave to the documents of each query: a batch of a validation loop, in place.
///
/// Entry `[i, j]` of the arrays is document `j` of query `i`: its score, and its grade. A grade below 0 is that of a
/// document that is not judged. All documents of a row that the mask lets through are ranked, by score descending;
/// documents of equal score by [`Options::order`], their ids being the numbers of their columns: by default **the later
/// column first**, as for ids in a run, so that a model that gives equal scores to all does not gain from positives that
/// stand first. [`Order::Stable`] is the earlier column first. Infinite scores are scores.
///
/// The queries of the evaluation are named by the numbers of their rows, and are in that order.
///
/// # Errors
///
/// [`Error::NanInArray`]; [`Error::GradeNotWhole`]; [`Error::GradeAboveScale`] and [`Error::NeedsSubtopics`] for a measure
/// that is not defined on these grades; with [`Order::Expected`] [`Error::NoExpectedValue`] and
/// [`Error::ExpectedAtDepth`].
///
/// # Example
///
/// ```
/// use rank_eval::{Arrays, Measure, Options, evaluate_arrays};
///
/// let scores: [f32; 6] = [0.9, 0.1, 0.5, 0.2, 0.8, 0.3];
/// let relevance: [u8; 6] = [0, 0, 1, 0, 1, 0];
/// let rr: Measure = "RR".parse()?;
/// let arrays = Arrays::new(2, 3, &scores, &relevance)?;
/// let evaluation = evaluate_arrays(&arrays, std::slice::from_ref(&rr), Options::default())?;
/// assert_eq!(evaluation.values(&rr).unwrap(), [0.5, 1.0]);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn evaluate_arrays(arrays: &Arrays<'_>, measures: &[Measure], options: Options) -> Result<Evaluation> {
    let columns = columns(arrays, measures, options)?;
    let queries = (arrays.first..arrays.first + arrays.queries).map(|query| query.to_string()).collect();
    Ok(Evaluation::of_columns(measures.to_vec(), queries, columns, Vec::new(), Vec::new()))
}

/// A column of values for each measure.
pub(crate) fn columns(arrays: &Arrays<'_>, measures: &[Measure], options: Options) -> Result<Vec<Vec<f64>>> {
    check_order(measures, options)?;
    let size = arrays.queries * arrays.docs;
    // A thread costs more than the work on so few entries.
    let threads = if size < 1 << 15 { 1 } else { options.threads };
    let rows = (1_usize << 14).div_ceil(arrays.docs.max(1));
    let pieces: Vec<Range<usize>> =
        (0..arrays.queries).step_by(rows).map(|start| start..arrays.queries.min(start + rows)).collect();
    let depth = measures.iter().map(Measure::depth).max().unwrap_or(0);
    let done = parallel::map(pieces, threads, |piece| {
        let mut sorter = Sorter { options, depth, ..Sorter::default() };
        let mut columns = vec![Vec::with_capacity(piece.len()); measures.len()];
        for query in piece {
            sorter.look(&arrays.rows(query..query + 1))?;
            for (column, measure) in columns.iter_mut().zip(measures) {
                column.push(checked_value(&sorter.topic, measure, options)?);
            }
        }
        Ok(columns)
    });
    let mut columns = vec![Vec::with_capacity(arrays.queries); measures.len()];
    for piece in done {
        for (column, values) in columns.iter_mut().zip(piece?) {
            column.extend(values);
        }
    }
    Ok(columns)
}

/// Topics out of rows, in memory that is kept from query to query.
#[derive(Default)]
struct Sorter {
    options: Options,
    /// How many ranks the measures look at.
    depth: usize,
    grades: Vec<i64>,
    /// For each document the rank of its score, and its column or the opposite of it.
    order: Vec<(u64, u32)>,
    topic: Topic,
}

impl Sorter {
    fn look(&mut self, row: &Arrays<'_>) -> Result<()> {
        let Self { options, depth, grades, order, topic } = self;
        row.relevance.read(grades).map_err(|(document, grade)| Error::GradeNotWhole {
            query: row.first,
            document,
            grade,
        })?;
        topic.level = options.level;
        topic.collection = options.collection;
        topic.rounds_to_nearest = options.compat == Some(TrecEval::V10);
        topic.judged.clear();
        topic.ties.clear();
        order.clear();
        let rounded = options.compat == Some(TrecEval::V9);
        let descending = options.order == Order::DocidDesc;
        for (document, &grade) in (0_u32..).zip(&*grades) {
            if row.mask.is_some_and(|mask| !mask[document as usize]) {
                continue;
            }
            let score = row.scores.score(document as usize);
            if score.is_nan() {
                return Err(Error::NanInArray { query: row.first, document: document as usize });
            }
            let score = if rounded { f64::from(score as f32) } else { score };
            order.push((score.rank(), if descending { !document } else { document }));
            topic.judged.push(grade);
        }
        topic.sort_judged();

        let counted = order.len().min(options.depth.unwrap_or(usize::MAX));
        let by_column = matches!(options.order, Order::DocidDesc | Order::DocidAsc | Order::Stable);
        let wanted = if by_column && !options.judged_only { counted.min(*depth) } else { order.len() };
        if wanted < order.len() {
            order.select_nth_unstable(wanted);
        }
        order[..wanted].sort_unstable();
        let grade = |column: u32| grades[(if descending { !column } else { column }) as usize];
        if !by_column {
            let mut start = 0;
            for tie in order.chunk_by_mut(|a, b| a.0 == b.0) {
                match options.order {
                    Order::Best => tie.sort_by_key(|&(_, column)| grade(column).saturating_neg()),
                    Order::Worst => tie.sort_by_key(|&(_, column)| grade(column)),
                    _ if tie.len() > 1 => topic.ties.push(start..start + tie.len() as u32),
                    _ => {}
                }
                start += tie.len() as u32;
            }
        }
        topic.ranked = counted;
        topic.found.clear();
        let ranked = (0..).zip(&order[..wanted.min(counted)]);
        topic.found.extend(ranked.map(|(position, &(_, column))| Found { position, grade: grade(column) }));
        if options.judged_only {
            *topic = topic.condensed();
        }
        Ok(())
    }
}
