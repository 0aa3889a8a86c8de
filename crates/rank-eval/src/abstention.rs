//! Whether a system knows when it does not know: abstention by confidence.

use crate::statistics::finite;
use crate::{Error, Result};

/// What is taken as the confidence of a ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Confidence {
    /// The highest score.
    #[default]
    Max,
    /// The standard deviation of the scores, with their number as the divisor.
    Deviation,
    /// The difference of the two highest scores; 0 if there is one.
    Lead,
}

/// The confidence of a ranking, from its scores in any order.
///
/// # Errors
///
/// [`Error::NoValues`], [`Error::NotFinite`].
///
/// # Source
///
/// Gisserot-Boukhlef et al.: Towards trustworthy reranking, a simple yet effective abstention mechanism (TMLR 2024); MTEB.
///
/// # Example
///
/// ```
/// use rank_eval::{Confidence, confidence};
///
/// assert_eq!(confidence(&[0.5, 3.0, 1.0], Confidence::Max)?, 3.0);
/// assert_eq!(confidence(&[0.5, 3.0, 1.0], Confidence::Lead)?, 2.0);
/// assert_eq!(confidence(&[1.0, 3.0], Confidence::Deviation)?, 1.0);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn confidence(scores: &[f64], kind: Confidence) -> Result<f64> {
    if scores.is_empty() {
        return Err(Error::NoValues { argument: "scores" });
    }
    finite("scores", scores)?;
    let best = |(first, second): (f64, f64), &score: &f64| {
        if score > first { (score, first) } else { (first, second.max(score)) }
    };
    let (first, second) = scores.iter().fold((f64::NEG_INFINITY, f64::NEG_INFINITY), best);
    Ok(match kind {
        Confidence::Max => first,
        Confidence::Lead => {
            if scores.len() == 1 {
                0.0
            } else {
                first - second
            }
        }
        Confidence::Deviation => {
            let mean = mean(scores);
            let squares = scores.iter().fold(0.0, |sum, score| sum + (score - mean) * (score - mean));
            (squares / scores.len() as f64).sqrt()
        }
    })
}

/// How well confidence says which queries to abstain from: 1 if it is as good as the values themselves, 0 if no better than
/// chance.
///
/// * `confidences`, `values`: for each query the confidence of its ranking, and the value of a measure.
/// * `rates`: the shares of queries to abstain from, ascending, at least two, in [0, 1).
///
/// ```text
/// curve(rate) = mean value of the queries that are left without the round(rate x n) least confident ones
/// flat        = the mean value of all queries; oracle = the curve with the values themselves as confidences
/// nAUC        = (area of curve - area of flat) / (area of oracle - area of flat)
/// ```
///
/// Areas are those of trapezoids; one query is always left; halves are rounded to the even number. Queries of equal
/// confidence share their mean, so that their order says nothing; MTEB takes them as they come. Below 0 if the confident
/// ones are the worse. NaN if no abstention would help, as all values are equal.
///
/// # Errors
///
/// [`Error::UnequalColumns`], [`Error::NoValues`], [`Error::NotFinite`], [`Error::InvalidRates`].
///
/// # Source
///
/// Gisserot-Boukhlef et al.: Towards trustworthy reranking, a simple yet effective abstention mechanism (TMLR 2024).
///
/// # Example
///
/// ```
/// use rank_eval::abstention_nauc;
///
/// // At rate 0 the mean is 0.5; at 0.5 the half is left that is the best, the worst, or either.
/// let values = [0.0, 0.0, 1.0, 1.0];
/// assert_eq!(abstention_nauc(&[1.0, 2.0, 3.0, 4.0], &values, &[0.0, 0.5])?, 1.0);
/// assert_eq!(abstention_nauc(&[4.0, 3.0, 2.0, 1.0], &values, &[0.0, 0.5])?, -1.0);
/// assert_eq!(abstention_nauc(&[7.0, 7.0, 7.0, 7.0], &values, &[0.0, 0.5])?, 0.0);
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn abstention_nauc(confidences: &[f64], values: &[f64], rates: &[f64]) -> Result<f64> {
    if confidences.len() != values.len() {
        return Err(Error::UnequalColumns { argument: "values", expected: confidences.len(), got: values.len() });
    }
    if values.is_empty() {
        return Err(Error::NoValues { argument: "values" });
    }
    finite("confidences", confidences)?;
    finite("values", values)?;
    let ascend = rates.windows(2).all(|pair| pair[0] < pair[1]);
    if rates.len() < 2 || !ascend || rates.iter().any(|rate| !(0.0..1.0).contains(rate)) {
        return Err(Error::InvalidRates);
    }
    let area = |curve: &[f64]| {
        let steps = rates.windows(2).zip(curve.windows(2));
        steps.fold(0.0, |sum, (rates, values)| sum + (rates[1] - rates[0]) * (values[0] + values[1]) / 2.0)
    };
    let flat = mean(values) * (rates[rates.len() - 1] - rates[0]);
    let oracle = area(&curve(values, values, rates));
    let own = area(&curve(confidences, values, rates));
    // The curve of equal values is flat but for rounding.
    let is_flat = values.iter().all(|&value| value == values[0]);
    Ok(if is_flat { f64::NAN } else { (own - flat) / (oracle - flat) })
}

/// The rates at which [`abstention_nauc`] is usually computed: 0, 0.1, ... 0.9.
pub const ABSTENTION_RATES: [f64; 10] = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/// The mean value of what is left at each rate.
fn curve(confidences: &[f64], values: &[f64], rates: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| confidences[a].total_cmp(&confidences[b]));
    // 0.0 and -0.0 are equal, and stand together.
    let groups = order.chunk_by(|&a, &b| confidences[a] == confidences[b]);
    let mut shared = Vec::with_capacity(values.len());
    for group in groups {
        let sum = group.iter().fold(0.0, |sum, &query| sum + values[query]);
        shared.extend(std::iter::repeat_n(sum / group.len() as f64, group.len()));
    }
    let left = |rate: &f64| {
        let dropped = (rate * values.len() as f64).round_ties_even() as usize;
        mean(&shared[dropped.min(values.len() - 1)..])
    };
    rates.iter().map(left).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |sum, value| sum + value) / values.len() as f64
}
