//! How much of a catalog is shown, and how evenly.

use std::collections::BTreeMap;

use super::shown;
use crate::{Error, Result, Run};

/// The share of a catalog that is shown to anyone: different items among the first `k` of all users, over the catalog's
/// size.
///
/// # Errors
///
/// [`Error::InvalidK`], and [`Error::CatalogTooSmall`] if more items are shown than it has, or it has none.
///
/// # Source
///
/// Ge, Delgado-Battenfeld, Jannach: Beyond accuracy, evaluating recommender systems by coverage and serendipity (ACM
/// Recommender Systems 2010).
///
/// # Example
///
/// ```
/// use rank_eval::{Run, catalog_coverage};
///
/// let run = Run::from_nested([("ann", vec![("x", 2.0), ("y", 1.0)]), ("bob", vec![("x", 2.0), ("z", 1.0)])])?;
/// assert_eq!(catalog_coverage(&run, 1, 4)?, 0.25);
/// assert_eq!(catalog_coverage(&run, 2, 4)?, 0.75);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn catalog_coverage(run: &Run, k: usize, catalog: usize) -> Result<f64> {
    Ok(counts(run, k, catalog)?.len() as f64 / catalog as f64)
}

/// How unevenly the items of a catalog are shown: 0 if each is among the first `k` of as many users, near 1 if all users
/// see the same few.
///
/// ```text
/// Gini = sum over the items in ascending order of x(j) of (2j - n - 1) x(j) / (n x sum of x)
/// ```
///
/// with x(j) the number of users that see an item, and n the catalog's size; items that nobody sees count.
///
/// # Errors
///
/// [`Error::InvalidK`], and [`Error::CatalogTooSmall`] if more items are shown than it has, or it has none.
///
/// # Source
///
/// Gini (1912); Fleder, Hosanagar: Blockbuster culture's next rise or fall (Management Science 2009).
///
/// # Example
///
/// ```
/// use rank_eval::{Run, gini_index};
///
/// let run = Run::from_nested([("ann", vec![("x", 2.0), ("y", 1.0)]), ("bob", vec![("x", 2.0), ("z", 1.0)])])?;
/// assert_eq!(gini_index(&run, 1, 2)?, 0.5); // 0 and 2: (2 x 2 - 2 - 1) x 2 / (2 x 2)
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn gini_index(run: &Run, k: usize, catalog: usize) -> Result<f64> {
    let mut seen: Vec<usize> = counts(run, k, catalog)?.into_values().collect();
    seen.sort_unstable();
    let all: usize = seen.iter().sum();
    if all == 0 {
        return Ok(0.0);
    }
    // Those that nobody sees come first.
    let first = catalog - seen.len() + 1;
    let size = catalog as f64;
    let sum = (first..).zip(&seen).fold(0.0, |sum, (j, &x)| sum + (2.0 * j as f64 - size - 1.0) * x as f64);
    Ok(sum / (size * all as f64))
}

/// How many users see each item.
fn counts(run: &Run, k: usize, catalog: usize) -> Result<BTreeMap<&str, usize>> {
    let mut counts = BTreeMap::new();
    for item in shown(run, k)?.into_iter().flat_map(|(_, items)| items) {
        *counts.entry(item).or_default() += 1;
    }
    if catalog == 0 || counts.len() > catalog {
        return Err(Error::CatalogTooSmall { catalog, shown: counts.len() });
    }
    Ok(counts)
}
