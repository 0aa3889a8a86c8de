//! Corrections of p-values for the number of tests made.

use crate::{Error, Result};

/// How p-values are corrected for their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Correction {
    /// Not at all.
    None,
    /// Bonferroni: each is multiplied by their number. Bounds the probability of any false finding.
    Bonferroni,
    /// Holm: as Bonferroni, and never weaker. The `i`-th smallest of `m`, from 0, is multiplied by `m - i`, and none falls
    /// below a smaller one.
    #[default]
    Holm,
    /// Benjamini and Hochberg: the `i`-th smallest of `m`, from 1, is multiplied by `m / i`, and none rises above a larger
    /// one. Bounds the expected share of false findings.
    BenjaminiHochberg,
}

impl Correction {
    /// The name that Python uses and reports print.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Bonferroni => "bonferroni",
            Self::Holm => "holm",
            Self::BenjaminiHochberg => "benjamini-hochberg",
        }
    }
}

/// The p-values, corrected for their number, in the order they came in; each at most 1. A finding is significant at
/// `alpha` if its corrected p-value is at most `alpha`.
///
/// # Errors
///
/// [`Error::NotAPValue`] for a value outside [0, 1].
///
/// # Source
///
/// Dunn: Multiple comparisons among means (JASA 1961); Holm: A simple sequentially rejective multiple test procedure
/// (Scandinavian Journal of Statistics 1979); Benjamini, Hochberg: Controlling the false discovery rate (JRSS B 1995).
///
/// # Example
///
/// ```
/// use rank_eval::{Correction, adjusted_p_values};
///
/// let p = [0.25, 0.125, 0.5];
/// assert_eq!(adjusted_p_values(&p, Correction::Bonferroni)?, [0.75, 0.375, 1.0]);
/// assert_eq!(adjusted_p_values(&p, Correction::Holm)?, [0.5, 0.375, 0.5]); // 2 of .25, 3 of .125, 1 of .5
/// assert_eq!(adjusted_p_values(&p, Correction::BenjaminiHochberg)?, [0.375, 0.375, 0.5]); // 3/2, 3/1, 3/3
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn adjusted_p_values(p_values: &[f64], correction: Correction) -> Result<Vec<f64>> {
    if let Some(position) = p_values.iter().position(|p| !(0.0..=1.0).contains(p)) {
        return Err(Error::NotAPValue { position, value: p_values[position] });
    }
    let m = p_values.len();
    let mut order: Vec<usize> = (0..m).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = p_values.to_vec();
    match correction {
        Correction::None => {}
        Correction::Bonferroni => adjusted.iter_mut().for_each(|p| *p *= m as f64),
        Correction::Holm => {
            let mut largest: f64 = 0.0;
            for (smaller, &place) in order.iter().enumerate() {
                largest = largest.max(adjusted[place] * (m - smaller) as f64);
                adjusted[place] = largest;
            }
        }
        Correction::BenjaminiHochberg => {
            let mut smallest: f64 = 1.0;
            for (smaller, &place) in order.iter().enumerate().rev() {
                smallest = smallest.min(adjusted[place] * m as f64 / (smaller + 1) as f64);
                adjusted[place] = smallest;
            }
        }
    }
    Ok(adjusted.into_iter().map(|p| p.min(1.0)).collect())
}
