//! Whether rankings follow instructions, and how much they depend on how a query is put.

use std::collections::BTreeMap;
use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::{Error, Result, Run};

/// p-MRR: how far documents moved that a changed instruction made irrelevant.
///
/// * `original`, `changed`: the runs without and with the instruction. A query has the same id in both.
/// * `documents`: pairs of query and document, the documents that are no longer relevant.
///
/// Of a document at ranks `og` and `new`, from 1, where one that was not ranked is behind the end of the list:
///
/// ```text
/// new / og - 1 if new <= og, else 1 - og / new
/// ```
///
/// which is above 0 for one that moved down, as it should, and below 0 for one that moved up; within (-1, 1). The value of
/// a query is the mean over its documents, p-MRR the mean over queries. Queries are in ascending order of id.
///
/// # Errors
///
/// [`Error::QueryNotRanked`], [`Error::NoValues`] for no document.
///
/// # Source
///
/// Weller et al.: `FollowIR`, evaluating and teaching information retrieval models to follow instructions (NAACL 2025).
///
/// # Example
///
/// ```
/// use rank_eval::{Run, p_mrr};
///
/// let original = Run::from_nested([("q", vec![("a", 3.0), ("b", 2.0), ("c", 1.0)])])?;
/// let changed = Run::from_nested([("q", vec![("b", 3.0), ("a", 2.0), ("c", 1.0)])])?;
/// // a went from rank 1 to 2, and b from 2 to 1.
/// assert_eq!(p_mrr(&original, &changed, [("q", "a")])?, [("q".to_owned(), 0.5)]);
/// assert_eq!(p_mrr(&original, &changed, [("q", "b")])?, [("q".to_owned(), -0.5)]);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn p_mrr<Q: AsRef<str>, D: AsRef<str>>(
    original: &Run,
    changed: &Run,
    documents: impl IntoIterator<Item = (Q, D)>,
) -> Result<Vec<(String, f64)>> {
    let mut moved: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (query, document) in documents {
        moved.entry(query.as_ref().to_owned()).or_default().push(document.as_ref().to_owned());
    }
    if moved.is_empty() {
        return Err(Error::NoValues { argument: "documents" });
    }
    let value = |(query, documents): (String, Vec<String>)| {
        let (before, after) = (ranks("original", original, &query)?, ranks("changed", changed, &query)?);
        let rank = |ranks: &FxHashMap<&str, usize>, document| {
            ranks.get(document).map_or(ranks.len() as f64 + 1.0, |&rank| rank as f64)
        };
        let sum = documents.iter().fold(0.0, |sum, document| {
            let (og, new) = (rank(&before, document.as_str()), rank(&after, document.as_str()));
            sum + if new <= og { new / og - 1.0 } else { 1.0 - og / new }
        });
        Ok((query, sum / documents.len() as f64))
    };
    moved.into_iter().map(value).collect()
}

/// The rank of each document, from 1.
fn ranks<'a>(argument: &'static str, run: &'a Run, query: &str) -> Result<FxHashMap<&'a str, usize>> {
    let ranked = run.ranked(query).ok_or_else(|| Error::QueryNotRanked { argument, query: query.to_owned() })?;
    Ok(ranked.zip(1..).map(|((document, _), rank)| (document, rank)).collect())
}

/// The mean over groups of queries of the least value of a group, such as the forms in which one question is put.
///
/// * `values`: for each query the value of a measure.
/// * `groups`: for each query what it is a form of.
///
/// With nDCG@10 this is robustness@10; with Success@1, where both forms of a pair must be right, paired accuracy.
///
/// # Errors
///
/// [`Error::UnequalColumns`], [`Error::NoValues`], [`Error::NotFinite`].
///
/// # Source
///
/// Oh et al.: `InstructIR`, a benchmark for instruction following of information retrieval models (2024); Weller, Lawrie,
/// Van Durme: `NevIR`, negation in neural information retrieval (EACL 2024).
///
/// # Example
///
/// ```
/// use rank_eval::mean_of_worst;
///
/// // Both forms of a are right, only one of b is.
/// assert_eq!(mean_of_worst(&[1.0, 1.0, 0.0, 1.0], &["a", "a", "b", "b"])?, 0.5);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn mean_of_worst<G: Eq + Hash>(values: &[f64], groups: &[G]) -> Result<f64> {
    if values.len() != groups.len() {
        return Err(Error::UnequalColumns { argument: "groups", expected: values.len(), got: groups.len() });
    }
    if values.is_empty() {
        return Err(Error::NoValues { argument: "values" });
    }
    crate::statistics::finite("values", values)?;
    // In the order in which groups are first met, so that sums have one order.
    let mut numbers: FxHashMap<&G, usize> = FxHashMap::default();
    let mut least: Vec<f64> = Vec::new();
    for (group, &value) in groups.iter().zip(values) {
        let number = *numbers.entry(group).or_insert(least.len());
        match least.get_mut(number) {
            Some(least) => *least = least.min(value),
            None => least.push(value),
        }
    }
    Ok(least.iter().fold(0.0, |sum, value| sum + value) / least.len() as f64)
}
