//! Judgments by several groups of judges, and runs against them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use crate::evaluate::evaluate_any;
use crate::formats::{for_each_row, open};
use crate::qrels::QrelsBuilder;
use crate::watch::unwatched;
use crate::{Error, Evaluation, Measure, Options, Qrels, Result, Run};

/// Qrels of several groups of judges, of which each may judge as it likes.
///
/// ```
/// use rank_eval::{GroupedQrels, Measure, Options, Run, evaluate_groups};
///
/// let qrels = GroupedQrels::from_rows([("q", "ann", "a", 1), ("q", "bob", "a", 0), ("q", "bob", "b", 1)])?;
/// let run = Run::from_nested([("q", vec![("a", 2.0), ("b", 1.0)])])?;
/// let rr: Measure = "RR".parse()?;
///
/// // 1 for ann, 1/2 for bob.
/// let evaluation = evaluate_groups(&qrels, &run, std::slice::from_ref(&rr), Options::default())?;
/// assert_eq!(evaluation.mean(&rr), Some(0.75));
/// # Ok::<(), rank_eval::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct GroupedQrels {
    groups: BTreeMap<String, Qrels>,
}

impl GroupedQrels {
    /// Qrels out of rows of query, group of judges, document and grade, in any order.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateInTable`] for a document that a group judges twice for a query.
    pub fn from_rows<Q, G, D>(rows: impl IntoIterator<Item = (Q, G, D, i64)>) -> Result<Self>
    where
        Q: AsRef<str>,
        G: Into<String>,
        D: AsRef<str>,
    {
        let mut groups: BTreeMap<String, QrelsBuilder> = BTreeMap::new();
        for (query, group, document, grade) in rows {
            let builder = groups.entry(group.into()).or_default();
            builder.query(query.as_ref());
            builder.push(document.as_ref(), grade);
        }
        let groups = groups.into_iter().map(|(group, builder)| Ok((group, builder.build()?)));
        Ok(Self { groups: groups.collect::<Result<_>>()? })
    }

    /// Reads a file of lines `query group document grade`, plain, gzip or zstd: `trec_eval -R qrels_jg`. Columns are separated
    /// by white space; empty lines, and lines that begin with `#`, are passed over.
    ///
    /// # Errors
    ///
    /// [`Error::File`], [`Error::Malformed`] with the number of the line, [`Error::DuplicateInTable`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        Self::read_from(open(path.as_ref())?, path.as_ref())
    }

    /// Reads qrels as [`read`](Self::read) does, out of anything that can be read. Errors call it `name`.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read).
    pub fn from_reader(reader: impl Read + Send, name: &str) -> Result<Self> {
        Self::read_from(Box::new(reader), Path::new(name))
    }

    fn read_from<'a>(reader: Box<dyn Read + Send + 'a>, path: &Path) -> Result<Self> {
        let mut rows: Vec<(String, String, String, i64)> = Vec::new();
        for_each_row(reader, path, |line, text, columns| {
            let row = match columns {
                &[query, group, document, grade] => grade.parse().ok().map(|grade| (query, group, document, grade)),
                _ => None,
            };
            let (query, group, document, grade) = row.ok_or_else(|| Error::Malformed {
                path: path.to_owned(),
                line,
                expected: "\"query group document grade\"",
                got: format!("{text:?}"),
                advice: "repair the line",
            })?;
            rows.push((query.to_owned(), group.to_owned(), document.to_owned(), grade));
            Ok(())
        })?;
        Self::from_rows(rows)
    }

    /// The groups with their qrels, ascending by name.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = (&str, &Qrels)> {
        self.groups.iter().map(|(group, qrels)| (group.as_str(), qrels))
    }

    /// The queries that any group judges, ascending by id.
    pub fn queries(&self) -> impl ExactSizeIterator<Item = &str> {
        let queries: BTreeSet<&str> = self.groups.values().flat_map(Qrels::queries).collect();
        queries.into_iter()
    }
}

/// Evaluates a run by the judgments of each group, and takes the mean over the groups that judge a query.
///
/// With `AP`, `P@k` and `Rprec_mult` these are `map_avgjg`, `P_avgjg` and `Rprec_mult_avgjg` of `trec_eval`; any other measure of
/// judgments will do.
///
/// # Errors
///
/// Those of [`evaluate_with`](crate::evaluate_with).
///
/// # Source
///
/// `trec_eval` (National Institute of Standards and Technology).
pub fn evaluate_groups(qrels: &GroupedQrels, run: &Run, measures: &[Measure], options: Options) -> Result<Evaluation> {
    // For each query, the sums over its groups, and their number.
    let mut sums: BTreeMap<String, (Vec<f64>, usize)> = BTreeMap::new();
    for qrels in qrels.groups.values() {
        let evaluation = evaluate_any(qrels, run, measures, options, None, &unwatched)?;
        let columns: Vec<&[f64]> = measures.iter().filter_map(|measure| evaluation.values(measure)).collect();
        for (place, query) in evaluation.queries().iter().enumerate() {
            let (sum, count) = sums.entry(query.clone()).or_insert_with(|| (vec![0.0; measures.len()], 0));
            *count += 1;
            for (sum, column) in sum.iter_mut().zip(&columns) {
                *sum += column[place];
            }
        }
    }
    let judged: BTreeSet<&str> = qrels.queries().collect();
    let missing: Vec<String> =
        judged.iter().filter(|query| run.ranked(query).is_none()).map(|&query| query.to_owned()).collect();
    if sums.is_empty() || (missing.len() == judged.len() && !run.is_empty()) {
        return Err(Error::NoCommonQuery { run: run.len(), qrels: judged.len() });
    }
    let column = |place: usize| sums.values().map(|(sum, count)| sum[place] / *count as f64).collect();
    let columns = (0..measures.len()).map(column).collect();
    let unjudged = run.queries().filter(|query| !judged.contains(query)).map(str::to_owned).collect();
    Ok(Evaluation::of_columns(measures.to_vec(), sums.into_keys().collect(), columns, missing, unjudged))
}
