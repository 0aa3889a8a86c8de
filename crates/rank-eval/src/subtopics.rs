//! Judgments of subtopics, and runs against them: which aspects of a query a document is relevant to.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use rustc_hash::FxHashMap;

use crate::formats;
use crate::order::Ties;
use crate::table::Rows;
use crate::topic::Found;
use crate::{Error, Evaluation, Measure, MissingQueries, Options, Order, Result, Run, TrecEval};

/// Judgments of documents for the subtopics of queries, for measures of diversity.
///
/// A subtopic counts only if a document is relevant to it.
///
/// ```
/// use rank_eval::{Measure, Options, Run, SubtopicQrels, evaluate_subtopics};
///
/// let qrels = SubtopicQrels::from_rows([("q", "1", "a", 1), ("q", "2", "b", 1), ("q", "2", "c", 1)])?;
/// let run = Run::from_nested([("q", vec![("b", 3.0), ("c", 2.0), ("a", 1.0)])])?;
/// let recall: Measure = "StRecall@2".parse()?;
///
/// let evaluation = evaluate_subtopics(&qrels, &run, std::slice::from_ref(&recall), Options::default())?;
/// assert_eq!(evaluation.mean(&recall), Some(0.5));
/// # Ok::<(), rank_eval::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubtopicQrels {
    queries: BTreeMap<String, Judged>,
}

/// The judgments of a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Judged {
    /// Ascending, so that the number of a subtopic does not depend on the order of rows.
    subtopics: Vec<String>,
    /// By id, descending.
    documents: Vec<String>,
    /// The subtopics of each document, with its grade for them.
    grades: Vec<Vec<(u32, i64)>>,
}

impl SubtopicQrels {
    /// Judgments out of rows of query, subtopic, document and grade, in any order.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateSubtopic`] for a document that is judged twice for a subtopic.
    pub fn from_rows<Q, S, D>(rows: impl IntoIterator<Item = (Q, S, D, i64)>) -> Result<Self>
    where
        Q: Into<String>,
        S: Into<String>,
        D: Into<String>,
    {
        let mut queries: BTreeMap<String, BTreeMap<String, BTreeMap<String, i64>>> = BTreeMap::new();
        for (query, subtopic, document, grade) in rows {
            let (query, subtopic, document) = (query.into(), subtopic.into(), document.into());
            let grades = queries.entry(query.clone()).or_default().entry(document.clone()).or_default();
            if grades.insert(subtopic.clone(), grade).is_some() {
                return Err(Error::DuplicateSubtopic { query, subtopic, document });
            }
        }
        Ok(Self { queries: queries.into_iter().map(|(query, documents)| (query, Judged::new(documents))).collect() })
    }

    /// Reads a file of lines `query subtopic document grade`, plain, gzip or zstd: the format of the diversity tasks of the
    /// TREC web tracks. Columns are separated by any white space; empty lines, and lines that begin
    /// with `#`, are passed over.
    ///
    /// # Errors
    ///
    /// [`Error::File`], [`Error::Malformed`] with the number of the line, [`Error::DuplicateSubtopic`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        Self::read_from(formats::open(path.as_ref())?, path.as_ref())
    }

    /// Reads judgments as [`read`](Self::read) does, out of anything that can be read. Errors call it `name`.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read).
    pub fn from_reader(reader: impl Read + Send, name: &str) -> Result<Self> {
        Self::read_from(Box::new(reader), Path::new(name))
    }

    fn read_from<'a>(reader: Box<dyn Read + Send + 'a>, path: &Path) -> Result<Self> {
        let mut rows: Vec<(String, String, String, i64)> = Vec::new();
        formats::for_each_row(reader, path, |line, _, columns| {
            let malformed =
                |expected, got: String, advice| Error::Malformed { path: path.to_owned(), line, expected, got, advice };
            let &[query, subtopic, document, grade] = columns else {
                let got = format!("{} columns", columns.len());
                return Err(malformed("4 columns", got, "write query, subtopic, document and grade"));
            };
            let grade: i64 = grade
                .parse()
                .map_err(|_| malformed("a whole number as grade", format!("{grade:?}"), "correct the fourth column"))?;
            rows.push((query.to_owned(), subtopic.to_owned(), document.to_owned(), grade));
            Ok(())
        })?;
        Self::from_rows(rows)
    }

    /// The number of judged queries.
    pub fn len(&self) -> usize {
        self.queries.len()
    }

    /// Whether no query is judged.
    pub fn is_empty(&self) -> bool {
        self.queries.is_empty()
    }

    /// The judged queries, ascending by id.
    pub fn queries(&self) -> impl ExactSizeIterator<Item = &str> {
        self.queries.keys().map(String::as_str)
    }

    /// The subtopics of a query, ascending by id; `None` if it is not judged.
    pub fn subtopics(&self, query: &str) -> Option<&[String]> {
        self.queries.get(query).map(|judged| judged.subtopics.as_slice())
    }
}

impl Judged {
    fn new(documents: BTreeMap<String, BTreeMap<String, i64>>) -> Self {
        let subtopics: BTreeSet<&String> = documents.values().flat_map(BTreeMap::keys).collect();
        let numbers: BTreeMap<&String, u32> = subtopics.iter().copied().zip(0..).collect();
        let grades = documents.values().rev();
        let grades = grades.map(|grades| grades.iter().map(|(subtopic, &grade)| (numbers[subtopic], grade)).collect());
        Self {
            grades: grades.collect(),
            subtopics: subtopics.into_iter().cloned().collect(),
            documents: documents.into_keys().rev().collect(),
        }
    }

    fn ranked(&self, rows: Rows<'_, f64>, options: Options) -> Ranked {
        let numbers: FxHashMap<&[u8], i64> = self.documents.iter().map(String::as_bytes).zip(0..).collect();
        let found = (0..rows.len()).filter_map(|row| {
            // The number stands where a grade would: these orders look at none.
            Some(Found { position: row as u32, grade: *numbers.get(rows.bytes(row))? })
        });
        let mut found: Vec<Found> = found.collect();
        let ties = Ties::new(rows, options.compat == Some(TrecEval::V9));
        ties.arrange(&mut found, options.order, &mut Vec::new());
        let depth = options.depth.unwrap_or(usize::MAX);
        found.retain(|found| (found.position as usize) < depth);
        let found = found.into_iter().map(|found| (found.position, found.grade as u32)).collect();
        Ranked { length: rows.len().min(depth), found }
    }

    fn value(&self, ranked: &Ranked, measure: &Measure, options: Options) -> f64 {
        let level = measure.level().unwrap_or(options.level);
        let mut relevant = vec![0; self.subtopics.len()];
        for (subtopic, _) in self.grades.iter().flatten().filter(|(_, grade)| *grade >= level) {
            relevant[*subtopic as usize] += 1;
        }
        if relevant.iter().all(|&count| count == 0) {
            return 0.0;
        }
        let condensed: Vec<(u32, u32)>;
        let (mut found, mut length) = (ranked.found.as_slice(), ranked.length);
        if measure.judged_only() || options.judged_only {
            condensed = (0..).zip(found).map(|(position, &(_, document))| (position, document)).collect();
            (found, length) = (&condensed, condensed.len());
        }
        let view = SubtopicView { ranked: length, found, grades: &self.grades, relevant: &relevant, level };
        measure.family().diversity.map_or(0.0, |value| value(view, measure))
    }
}

/// The judged documents of a ranking.
struct Ranked {
    length: usize,
    /// Position and number of each, best rank first.
    found: Vec<(u32, u32)>,
}

/// Evaluates a run by measures of diversity.
///
/// Documents are ranked as by [`evaluate_with`](crate::evaluate_with). A document has a grade for each subtopic and none for
/// the query, so that of the orders of equal scores only those by id and [`Order::Stable`] are defined.
///
/// # Errors
///
/// [`Error::NotOfSubtopics`] for a measure that is not one of diversity; [`Error::NoOrderOfSubtopics`];
/// [`Error::NoCommonQuery`] if no query is left that counts.
pub fn evaluate_subtopics(
    qrels: &SubtopicQrels,
    run: &Run,
    measures: &[Measure],
    options: Options,
) -> Result<Evaluation> {
    if let Some(measure) = measures.iter().find(|measure| !measure.needs_subtopics()) {
        return Err(Error::NotOfSubtopics { measure: measure.to_string() });
    }
    if matches!(options.order, Order::Expected | Order::Best | Order::Worst) {
        return Err(Error::NoOrderOfSubtopics);
    }
    let mut rows: Vec<(&String, Vec<f64>)> = Vec::new();
    let mut missing = Vec::new();
    for (query, judged) in &qrels.queries {
        if let Some(number) = run.0.find(query) {
            let ranked = judged.ranked(run.0.rows(number), options);
            rows.push((query, measures.iter().map(|measure| judged.value(&ranked, measure, options)).collect()));
        } else {
            missing.push(query.clone());
            if options.missing_queries == MissingQueries::Zero {
                rows.push((query, vec![0.0; measures.len()]));
            }
        }
    }
    if rows.is_empty() || (missing.len() == qrels.len() && !run.is_empty()) {
        return Err(Error::NoCommonQuery { run: run.len(), qrels: qrels.len() });
    }
    let values = (0..measures.len()).map(|place| rows.iter().map(|(_, values)| values[place]).collect()).collect();
    let queries = rows.iter().map(|&(query, _)| query.clone()).collect();
    let unjudged = run.queries().filter(|query| !qrels.queries.contains_key(*query)).map(str::to_owned).collect();
    Ok(Evaluation::of_columns(measures.to_vec(), queries, values, missing, unjudged))
}

/// One query as a measure of diversity sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SubtopicView<'a> {
    /// The number of documents ranked.
    pub(crate) ranked: usize,
    /// The position, from 0, and number of each judged document among those ranked, best rank first.
    pub(crate) found: &'a [(u32, u32)],
    /// The subtopics of each judged document, with its grade for them.
    grades: &'a [Vec<(u32, i64)>],
    /// The number of documents that are relevant to each subtopic.
    pub(crate) relevant: &'a [usize],
    /// The least grade that is relevant.
    level: i64,
}

impl<'a> SubtopicView<'a> {
    /// The number of subtopics that a document is relevant to.
    pub(crate) fn subtopics(&self) -> f64 {
        self.relevant.iter().filter(|&&count| count > 0).count() as f64
    }

    /// The judged documents among the first `k`: their position and number.
    pub(crate) fn found(&self, k: usize) -> impl Iterator<Item = (usize, usize)> + use<'a> {
        let found = self.found.iter().take_while(move |(position, _)| (*position as usize) < k);
        found.map(|&(position, document)| (position as usize, document as usize))
    }

    /// The subtopics that a document is relevant to.
    pub(crate) fn covered(&self, document: usize) -> impl Iterator<Item = usize> + use<'a> {
        let level = self.level;
        self.grades[document].iter().filter(move |(_, grade)| *grade >= level).map(|&(subtopic, _)| subtopic as usize)
    }

    /// What each of the first `k` documents adds: 1 for each of its subtopics, less the share `alpha` for each document
    /// before that covers it.
    pub(crate) fn gains(&self, alpha: f64, k: usize) -> Vec<(usize, f64)> {
        let mut left = vec![1.0; self.relevant.len()];
        self.found(k).map(|(position, document)| (position, self.take(document, alpha, &mut left))).collect()
    }

    fn take(&self, document: usize, alpha: f64, left: &mut [f64]) -> f64 {
        self.covered(document).fold(0.0, |sum, subtopic| {
            let gain = left[subtopic];
            left[subtopic] *= 1.0 - alpha;
            sum + gain
        })
    }

    /// The gains of the first `k` documents of the ideal order, in which each next one adds the most; of several, the one with
    /// the highest id.
    pub(crate) fn ideal_gains(&self, alpha: f64, k: usize) -> Vec<(usize, f64)> {
        let mut left = vec![1.0; self.relevant.len()];
        let mut open: Vec<usize> =
            (0..self.grades.len()).filter(|&document| self.covered(document).count() > 0).collect();
        let mut gains = Vec::new();
        while gains.len() < k && !open.is_empty() {
            let mut best = (0, 0.0);
            for (place, &document) in open.iter().enumerate() {
                let gain = self.covered(document).fold(0.0, |sum, subtopic| sum + left[subtopic]);
                if gain > best.1 {
                    best = (place, gain);
                }
            }
            let document = open.remove(best.0);
            gains.push((gains.len(), self.take(document, alpha, &mut left)));
        }
        gains
    }
}
