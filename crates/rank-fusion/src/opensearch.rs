//! Normalizations as OpenSearch computes them, in every detail.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

/// What a score of 0 becomes.
const LEAST: f64 = 0.001;

/// What a lower or an upper bound of [`Normalization::MinMaxOpenSearch`](crate::Normalization::MinMaxOpenSearch) does: a
/// `mode` of OpenSearch with its score. By name `ignore`, `apply 0.5` and `clip 0.5`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum OpenSearchBound {
    /// Nothing: the bound is the list's own.
    #[default]
    Ignore,
    /// Is the bound for the scores within it; for the others it is the list's own. So a score within can become less
    /// than one beyond.
    Apply(f64),
    /// Is the bound for all scores, unless the whole list is beyond it; a score beyond counts as the bound.
    Clip(f64),
}

impl OpenSearchBound {
    /// The score, if there is one.
    pub(crate) fn score(self) -> Option<f64> {
        match self {
            Self::Ignore => None,
            Self::Apply(score) | Self::Clip(score) => Some(score),
        }
    }
}

impl fmt::Display for OpenSearchBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ignore => f.write_str("ignore"),
            Self::Apply(score) => write!(f, "apply {score}"),
            Self::Clip(score) => write!(f, "clip {score}"),
        }
    }
}

impl FromStr for OpenSearchBound {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut words = text.split_whitespace();
        let bound = match (words.next(), words.next().map(str::parse), words.next()) {
            (Some("ignore"), None, None) => Some(Self::Ignore),
            (Some("apply"), Some(Ok(score)), None) => Some(Self::Apply(score)),
            (Some("clip"), Some(Ok(score)), None) => Some(Self::Clip(score)),
            _ => None,
        };
        bound.ok_or_else(|| Error::UnknownName {
            argument: "bound",
            got: text.trim().to_owned(),
            known: "ignore, apply and a number, clip and a number".to_owned(),
        })
    }
}

/// Min-max of a list whose scores are not all equal.
pub(crate) fn min_max(scores: &[f64], [min, max]: [f64; 2], bounds: [OpenSearchBound; 2], out: &mut [f64]) {
    use OpenSearchBound::{Apply, Clip, Ignore};
    let [lower, upper] = bounds;
    for (out, &score) in out.iter_mut().zip(scores) {
        let low = match lower {
            Apply(bound) if max > bound && score > bound => bound,
            Clip(bound) if max >= bound => bound,
            Ignore | Apply(_) | Clip(_) => min,
        };
        let high = match upper {
            Apply(bound) if min < bound && score < bound => bound,
            Clip(bound) if min <= bound => bound,
            Ignore | Apply(_) | Clip(_) => max,
        };
        *out = match () {
            () if score < low => LEAST,
            () if score > high || low == high => 1.0,
            () if score == low => LEAST,
            () => (score - low) / (high - low),
        };
    }
}

/// Z-scores: statistics in `f64`, each of them rounded to `f32` before it is used.
pub(crate) fn z_score(scores: &[f64], out: &mut [f64]) {
    let rounded = || scores.iter().map(|score| *score as f32);
    let length = scores.len() as f64;
    let sum = |of: &dyn Fn(f64) -> f64| rounded().map(|score| of(f64::from(score))).sum::<f64>();
    let mean = sum(&|score| score) / length;
    let mean = mean + sum(&|score| score - mean) / length;
    let squares = sum(&|score| (score - mean) * (score - mean)) - sum(&|score| score - mean).powi(2) / length;
    let deviation = if scores.len() > 1 { (squares / (length - 1.0)).sqrt() as f32 } else { 0.0 };
    let mean = mean as f32;
    let (max, min) = rounded().fold((f32::MIN, f32::MAX), |(max, min), score| (max.max(score), min.min(score)));
    for (out, score) in out.iter_mut().zip(rounded()) {
        let value = (score - mean) / deviation;
        *out = f64::from(match () {
            () if score == mean => max,
            () if deviation == 0.0 => min,
            () if value <= 0.0 => LEAST as f32,
            () => value,
        });
    }
}
