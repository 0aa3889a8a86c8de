//! The curve of precision over recall.

use std::hash::Hash;

use crate::topic::Topic;
use crate::{Judgments, Result, Score};

/// The recall and the precision of a ranked list at each relevant document, from the top.
///
/// * `reranked`: a ranked list of `(id, score)`, best first. Its order is the ranking; scores are checked against it.
/// * `ground_truth`: the judgments of the query, see [`Judgments`]; grades of at least 1 are relevant.
///
/// Recall ascends, to 1 if all relevant documents are ranked; both are in `[0, 1]`. Empty if no relevant document is
/// ranked. The mean of the precisions, with 0 for each relevant document that is not ranked, is average precision; the
/// interpolated curve is that of the measure `IPrec`.
///
/// # Errors
///
/// [`Error::NanScore`](crate::Error::NanScore), [`Error::NotSorted`](crate::Error::NotSorted) and
/// [`Error::DuplicateDocument`](crate::Error::DuplicateDocument) for the list,
/// [`Error::DuplicateJudgment`](crate::Error::DuplicateJudgment).
///
/// # Source
///
/// Cleverdon: The Cranfield tests on index language devices (Aslib Proceedings 1967).
///
/// # Example
///
/// ```
/// use rank_eval::precision_recall_curve;
///
/// let list = [("a", 3.0), ("b", 2.0), ("c", 1.0)];
/// assert_eq!(precision_recall_curve(&list, &[("a", 1), ("c", 1)])?, [(0.5, 1.0), (1.0, 2.0 / 3.0)]);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn precision_recall_curve<I, S, L, J>(reranked: &L, ground_truth: &J) -> Result<Vec<(f64, f64)>>
where
    I: Eq + Hash,
    S: Score,
    L: AsRef<[(I, S)]> + ?Sized,
    J: Judgments<I> + ?Sized,
{
    let topic = Topic::new(reranked, ground_truth, 1)?;
    let view = topic.view();
    let relevant = view.relevant() as f64;
    let point = |(position, hits): (usize, u32)| {
        let hits = f64::from(hits);
        (hits / relevant, hits / (position + 1) as f64)
    };
    Ok(view.hits(usize::MAX).zip(1..).map(point).collect())
}
