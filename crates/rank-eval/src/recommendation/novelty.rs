//! How new what is shown is to the users.

use std::collections::HashMap;
use std::hash::BuildHasher;

use rustc_hash::FxHashSet;

use super::shown;
use crate::{Error, Qrels, Result, Run};

/// The mean self-information of the first `k` items of each user: how little known they are, in bits.
///
/// ```text
/// novelty@k = mean over the first k items of -log2(popularity / users)
/// ```
///
/// * `popularity`: for each item the number of users that know it, from 1 to `users`.
/// * `users`: the number of users that it was counted among.
///
/// The value of each user of the run, in ascending order of id; 0 without an item. Lists shorter than `k` have their own
/// length as the divisor.
///
/// # Errors
///
/// [`Error::InvalidK`], [`Error::NoPopularity`] for an item without one, or with one that is not within 1 and `users`.
///
/// # Source
///
/// Zhou et al.: Solving the apparent diversity-accuracy dilemma of recommender systems (PNAS 2010); `recmetrics`.
///
/// # Example
///
/// ```
/// use std::collections::HashMap;
///
/// use rank_eval::{Run, novelty};
///
/// let run = Run::from_nested([("ann", vec![("hit", 2.0), ("rare", 1.0)])])?;
/// let popularity = HashMap::from([("hit".to_owned(), 8), ("rare".to_owned(), 1)]);
/// // 0 bits and 3 bits.
/// assert_eq!(novelty(&run, &popularity, 8, 2)?, [("ann".to_owned(), 1.5)]);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn novelty<H: BuildHasher>(
    run: &Run,
    popularity: &HashMap<String, u64, H>,
    users: u64,
    k: usize,
) -> Result<Vec<(String, f64)>> {
    let bits = |item: &str| {
        let known = popularity.get(item).copied().filter(|known| (1..=users).contains(known));
        let known = known.ok_or_else(|| Error::NoPopularity { item: item.to_owned(), users })?;
        // Exactly 0 for what all know.
        Ok((users as f64 / known as f64).log2())
    };
    let value = |(user, items): (&str, Vec<&str>)| {
        let bits = items.iter().map(|item| bits(item)).collect::<Result<Vec<f64>>>()?;
        let sum = bits.iter().fold(0.0, |sum, bits| sum + bits);
        Ok((user.to_owned(), sum / bits.len().max(1) as f64))
    };
    shown(run, k)?.into_iter().map(value).collect()
}

/// The share of the first `k` items that are relevant and that an obvious system would not have shown.
///
/// ```text
/// serendipity@k = relevant items among the first k that are not among the first k of the obvious run / k
/// ```
///
/// * `qrels`: what each user likes: grades of at least 1.
/// * `obvious`: a run such as the most popular items for all; of a user that it lacks nothing is obvious.
///
/// The value of each user that is in both the qrels and the run, in ascending order of id.
///
/// # Errors
///
/// [`Error::InvalidK`], [`Error::NoCommonQuery`].
///
/// # Source
///
/// Ge, Delgado-Battenfeld, Jannach: Beyond accuracy, evaluating recommender systems by coverage and serendipity (ACM
/// Recommender Systems 2010).
///
/// # Example
///
/// ```
/// use rank_eval::{Qrels, Run, serendipity};
///
/// let likes = Qrels::from_nested([("ann", vec![("hit", 1), ("rare", 1)])])?;
/// let run = Run::from_nested([("ann", vec![("hit", 2.0), ("rare", 1.0)])])?;
/// let popular = Run::from_nested([("ann", vec![("hit", 2.0), ("other", 1.0)])])?;
/// assert_eq!(serendipity(&likes, &run, &popular, 2)?, [("ann".to_owned(), 0.5)]);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn serendipity(qrels: &Qrels, run: &Run, obvious: &Run, k: usize) -> Result<Vec<(String, f64)>> {
    let mut values = Vec::new();
    for (user, items) in shown(run, k)? {
        let Some(judged) = qrels.judged(user) else { continue };
        let liked: FxHashSet<&str> = judged.filter(|&(_, grade)| grade > 0).map(|(item, _)| item).collect();
        let expected: FxHashSet<&str> =
            obvious.ranked(user).into_iter().flatten().take(k).map(|(item, _)| item).collect();
        let found = items.iter().filter(|item| liked.contains(*item) && !expected.contains(*item)).count();
        values.push((user.to_owned(), found as f64 / k as f64));
    }
    if values.is_empty() {
        return Err(Error::NoCommonQuery { run: run.len(), qrels: qrels.len() });
    }
    Ok(values)
}
