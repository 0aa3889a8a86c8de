//! Kendall's rank correlation.

use std::hash::Hash;

use super::{check, positions};
use crate::Result;

/// How ties count in Kendall's tau.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Tau {
    /// The divisor has all pairs, so that ties bring the value towards 0.
    A,
    /// The divisor is the geometric mean of the pairs that are not tied in either.
    #[default]
    B,
}

/// Kendall's tau of two samples of paired values, such as the means of the same systems by two measures.
///
/// ```text
/// tau_a = (concordant - discordant) / (n (n - 1) / 2)
/// tau_b = (concordant - discordant) / sqrt(pairs not tied in a x pairs not tied in b)
/// ```
///
/// The value is in `[-1, 1]`; NaN for `tau_b` if all values of a sample are equal.
///
/// # Errors
///
/// [`Error::UnpairedSamples`](crate::Error::UnpairedSamples), [`Error::TooFewSamples`](crate::Error::TooFewSamples) below two
/// pairs, [`Error::NotFinite`](crate::Error::NotFinite).
///
/// # Source
///
/// Kendall: A new measure of rank correlation (Biometrika 1938); Kendall: The treatment of ties in ranking problems (Biometrika
/// 1945).
///
/// # Example
///
/// ```
/// use rank_eval::{Tau, kendall_tau};
///
/// // Of three pairs, one is in another order.
/// assert_eq!(kendall_tau(&[0.1, 0.2, 0.3], &[0.1, 0.3, 0.2], Tau::A)?, 1.0 / 3.0);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn kendall_tau(a: &[f64], b: &[f64], variant: Tau) -> Result<f64> {
    check(a, b)?;
    Ok(tau(a, b, variant))
}

fn tau(a: &[f64], b: &[f64], variant: Tau) -> f64 {
    let (mut balance, mut open_a, mut open_b) = (0_i64, 0_u64, 0_u64);
    for (place, (first_a, first_b)) in a.iter().zip(b).enumerate() {
        for (second_a, second_b) in a[place + 1..].iter().zip(&b[place + 1..]) {
            let order = |first: &f64, second: &f64| i64::from(first > second) - i64::from(first < second);
            let (in_a, in_b) = (order(first_a, second_a), order(first_b, second_b));
            balance += in_a * in_b;
            open_a += u64::from(in_a != 0);
            open_b += u64::from(in_b != 0);
        }
    }
    let all = a.len() as f64 * (a.len() as f64 - 1.0) / 2.0;
    match variant {
        Tau::A => balance as f64 / all,
        Tau::B => balance as f64 / (open_a as f64 * open_b as f64).sqrt(),
    }
}

/// Kendall's `tau_b` of two rankings of ids, best first, over all ids of both: those that a list lacks are tied behind its end.
///
/// The value is in `[-1, 1]`: 1 for equal lists, -1 for one the reverse of the other, and below 0 without a common id.
/// NaN if there are fewer than two ids, or a list has none.
///
/// # Errors
///
/// [`Error::DuplicateId`](crate::Error::DuplicateId).
///
/// # Source
///
/// Fagin, Kumar, Sivakumar: Comparing top k lists (2003), for ids that a list lacks; Breuer et al.: How to measure the
/// reproducibility of system-oriented IR experiments (SIGIR 2020), for tau on the union.
///
/// # Example
///
/// ```
/// use rank_eval::kendall_tau_of_lists;
///
/// assert_eq!(kendall_tau_of_lists(&["a", "b", "c"], &["a", "c", "b"])?, 1.0 / 3.0);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn kendall_tau_of_lists<I: Eq + Hash>(a: &[I], b: &[I]) -> Result<f64> {
    let (in_a, in_b) = (positions("a", a)?, positions("b", b)?);
    let union: Vec<&I> = a.iter().chain(b.iter().filter(|id| !in_a.contains_key(*id))).collect();
    let ranks_a: Vec<f64> = union.iter().map(|id| in_a.get(id).map_or(a.len(), |&place| place) as f64).collect();
    let ranks_b: Vec<f64> = union.iter().map(|id| in_b.get(id).map_or(b.len(), |&place| place) as f64).collect();
    Ok(tau(&ranks_a, &ranks_b, Tau::B))
}
