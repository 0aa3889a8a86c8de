//! Making the scores of unlike lists comparable, list by list within a query.

use std::fmt;
use std::str::FromStr;

use crate::lists::Lists;
use crate::names::Call;
use crate::opensearch::{self, OpenSearchBound};
use crate::{Error, Result};

/// How the scores `s` of a list become comparable with those of other lists. Every list of every query is normalized by
/// itself: `min`, `max`, the mean `μ` and the deviation `σ` are those of the list, L is its length.
///
/// The default is [`MinMax`](Self::MinMax). A list whose scores are all equal, one document alone included, has no
/// range to be mapped to: see each normalization, and [`Constant`] to choose.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Normalization {
    /// `s` itself.
    Identity,
    /// `(s - min) / (max - min)`. Equal scores: 1, as the best of a list is always 1.
    #[default]
    MinMax,
    /// `(max - s) / (max - min)`, for distances, where less is better. Equal scores: 1. Such lists ascend: fuse them
    /// with [`Order::Given`](crate::Order::Given).
    MinMaxInverted,
    /// [`MinMax`](Self::MinMax) as OpenSearch computes it: 0.001 where it is 0, and with what it calls `lower_bounds` and
    /// `upper_bounds`: a pair for each list, one for all, or none. By name `min_max_opensearch(apply 0.5, ignore)`. Equal
    /// scores: 1.
    MinMaxOpenSearch(Vec<[OpenSearchBound; 2]>),
    /// `(s - low) / (high - low)` with bounds that are known, so that a score means the same however long the list is; a
    /// bound that is not known is the list's. A score beyond a bound counts as the bound. One pair for all lists, or one
    /// per list; by name `bounds(0, 1)`, or `bounds(0, _, -1, 1)` for two lists, the highest score of the first unknown. Source: Bruch, Gai, Ingber: An Analysis of Fusion Functions for Hybrid Retrieval (2023), as TMM.
    Bounds(Vec<Bounds>),
    /// `s / |max|`, so that the order stays if the maximum is negative; `s / |min|` if the maximum is 0.
    Max,
    /// `(s - min) / Σ(s - min)`. Equal scores: 1 / L.
    Sum,
    /// `(s - min) / |Σs - min|`, undivided where the sum is the minimum: the min-sum of polyfuse, whose order stays also if
    /// the divisor is negative. Equal scores: 1 / L.
    MinSum,
    /// `s / Σ|s|`; a list of zeros is left as it is.
    AbsoluteSum,
    /// `(s - μ) / σ`, with the deviation of the population. Equal scores: 0. A document below its list's mean is then
    /// worse than one that is missing, unless [`Missing`](crate::Missing) says otherwise.
    ZScore,
    /// [`ZScore`](Self::ZScore) with the deviation of the sample, `σ` by L - 1. Equal scores: 0.
    ZScoreSample,
    /// [`ZScoreSample`](Self::ZScoreSample) as OpenSearch computes it, in `f32`: what is 0 or less becomes 0.001, and a score
    /// that is the mean of its list the greatest score of the list as it is, which may put it above all others. Equal
    /// scores are the mean, and stay.
    ZScoreOpenSearch,
    /// [`ZScore`](Self::ZScore), cut off at both ends.
    ClippedZScore {
        /// The least value; -3 is usual.
        low: f64,
        /// The greatest value; 3 is usual.
        high: f64,
    },
    /// `(s - (μ - 3σ)) / 6σ`, not cut off: 0.5 is the mean. Equal scores: 0.5. Source: Mazzeschi: Distribution-based
    /// score fusion (2023).
    ThreeSigma {
        /// Whether `σ` divides by L - 1, as Qdrant does, or by L, as others do.
        sample: bool,
    },
    /// `s / √Σs²`; a list of zeros is left as it is.
    L2,
    /// `1 - r / L` for position r from 0: 1 for the best, 1 / L for the last. Scores are not looked at.
    Rank,
    /// `1 - r / N` for position r from 0 among N documents of all lists; a missing document has `1/2 - (L - 1) / 2N`.
    Borda,
    /// `1 / (1 + e^-s)`.
    Sigmoid,
    /// `1/2 + arctan(s) / π`.
    Arctan,
    /// The share of the list's other documents that are not better: 1 for the best, 0 for the last; equal scores share
    /// the middle of their places. One document alone: 0.5.
    Quantile,
    /// `(s - p) / (q - p)` between two percentiles of the list, cut off at 0 and 1. Equal percentiles: 0.5.
    Percentile {
        /// The percentile that becomes 0; 1 is usual.
        low: f64,
        /// The percentile that becomes 1; 99 is usual.
        high: f64,
    },
}

/// Bounds of the scores of a list; `None` is what the list itself has.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    /// The least score there can be.
    pub low: Option<f64>,
    /// The greatest score there can be.
    pub high: Option<f64>,
}

/// What the documents of a list are worth whose scores are all equal.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Constant {
    /// What the normalization's documentation says.
    #[default]
    Usual,
    /// This value.
    Value(f64),
    /// 1 if the score is above 0, else 0.
    Sign,
    /// The score as it is.
    Raw,
}

impl fmt::Display for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usual => f.write_str("usual"),
            Self::Value(value) => value.fmt(f),
            Self::Sign => f.write_str("sign"),
            Self::Raw => f.write_str("raw"),
        }
    }
}

impl FromStr for Constant {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.trim() {
            "usual" => Ok(Self::Usual),
            "sign" => Ok(Self::Sign),
            "raw" => Ok(Self::Raw),
            number => number.parse().ok().filter(|value: &f64| value.is_finite()).map(Self::Value).ok_or_else(|| {
                Error::UnknownName {
                    argument: "constant",
                    got: text.to_owned(),
                    known: "usual, sign, raw, or a finite number".to_owned(),
                }
            }),
        }
    }
}

/// What [`Normalization::apply`] is told besides the lists.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    pub(crate) constant: Constant,
    /// What a value of 0 or less becomes.
    pub(crate) floor: Option<f64>,
}

const KNOWN: &str = "identity, min_max, min_max_inverted, min_max_opensearch, min_max_opensearch(apply 0, clip 1), bounds(0, 1), max, sum, min_sum, absolute_sum, z_score, z_score_sample, z_score_opensearch, z_score(-3, 3), three_sigma, \
                     three_sigma_sample, l2, rank, borda, sigmoid, arctan, quantile, percentile(1, 99)";

impl fmt::Display for Normalization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClippedZScore { low, high } => write!(f, "z_score({low}, {high})"),
            Self::Percentile { low, high } => write!(f, "percentile({low}, {high})"),
            Self::Bounds(bounds) => {
                let written = |bound: Option<f64>| bound.map_or_else(|| "_".to_owned(), |bound| bound.to_string());
                let pairs: Vec<String> =
                    bounds.iter().map(|bounds| format!("{}, {}", written(bounds.low), written(bounds.high))).collect();
                write!(f, "bounds({})", pairs.join(", "))
            }
            Self::MinMaxOpenSearch(bounds) if !bounds.is_empty() => {
                let pairs: Vec<String> = bounds.iter().map(|[low, high]| format!("{low}, {high}")).collect();
                write!(f, "min_max_opensearch({})", pairs.join(", "))
            }
            other => f.write_str(match other {
                Self::Identity => "identity",
                Self::MinMax => "min_max",
                Self::MinMaxInverted => "min_max_inverted",
                Self::MinMaxOpenSearch(_) => "min_max_opensearch",
                Self::Max => "max",
                Self::Sum => "sum",
                Self::MinSum => "min_sum",
                Self::AbsoluteSum => "absolute_sum",
                Self::ZScore => "z_score",
                Self::ZScoreSample => "z_score_sample",
                Self::ZScoreOpenSearch => "z_score_opensearch",
                Self::ThreeSigma { sample: false } => "three_sigma",
                Self::ThreeSigma { sample: true } => "three_sigma_sample",
                Self::L2 => "l2",
                Self::Rank => "rank",
                Self::Borda => "borda",
                Self::Sigmoid => "sigmoid",
                Self::Arctan => "arctan",
                _ => "quantile",
            }),
        }
    }
}

impl FromStr for Normalization {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let unknown =
            || Error::UnknownName { argument: "normalization", got: text.to_owned(), known: KNOWN.to_owned() };
        if let Some(bounds) = text.trim().strip_prefix("min_max_opensearch(").and_then(|rest| rest.strip_suffix(')')) {
            let bounds: Vec<OpenSearchBound> = bounds.split(',').map(str::parse).collect::<Result<_>>()?;
            let (pairs, []) = bounds.as_chunks() else { return Err(unknown()) };
            let normalization = Self::MinMaxOpenSearch(pairs.to_vec());
            normalization.check(None)?;
            return Ok(normalization);
        }
        let call = Call::parse(text).ok_or_else(unknown)?;
        let normalization = match (call.name, call.numbers.as_slice()) {
            ("identity", []) => Self::Identity,
            ("min_max", []) => Self::MinMax,
            ("min_max_inverted", []) => Self::MinMaxInverted,
            ("min_max_opensearch", []) => Self::MinMaxOpenSearch(Vec::new()),
            ("max", []) => Self::Max,
            ("sum", []) => Self::Sum,
            ("min_sum", []) => Self::MinSum,
            ("absolute_sum", []) => Self::AbsoluteSum,
            ("z_score", []) => Self::ZScore,
            ("z_score_sample", []) => Self::ZScoreSample,
            ("z_score_opensearch", []) => Self::ZScoreOpenSearch,
            ("z_score", [low, high]) => Self::ClippedZScore { low: *low, high: *high },
            ("three_sigma", []) => Self::ThreeSigma { sample: false },
            ("three_sigma_sample", []) => Self::ThreeSigma { sample: true },
            ("l2", []) => Self::L2,
            ("rank", []) => Self::Rank,
            ("borda", []) => Self::Borda,
            ("sigmoid", []) => Self::Sigmoid,
            ("arctan", []) => Self::Arctan,
            ("quantile", []) => Self::Quantile,
            ("bounds", pairs) if !pairs.is_empty() && pairs.len() % 2 == 0 => {
                let known = |bound: f64| Some(bound).filter(|bound| !bound.is_nan());
                let pairs = pairs.chunks(2).map(|pair| Bounds { low: known(pair[0]), high: known(pair[1]) });
                Self::Bounds(pairs.collect())
            }
            ("percentile", []) => Self::Percentile { low: 1.0, high: 99.0 },
            ("percentile", [low, high]) => Self::Percentile { low: *low, high: *high },
            _ => return Err(unknown()),
        };
        normalization.check(None)?;
        Ok(normalization)
    }
}

impl Normalization {
    /// Whether the parameters are usable, for that many lists if they are known.
    pub(crate) fn check(&self, lists: Option<usize>) -> Result<()> {
        let ascending = |low: f64, high: f64, name| {
            if low < high && low.is_finite() && high.is_finite() {
                return Ok(());
            }
            Err(Error::InvalidParameter {
                name,
                expected: "finite numbers, the lower one first",
                value: low,
                usual: "swap or correct the two",
            })
        };
        let count = |pairs: usize, none: bool| match lists {
            Some(lists) if !none && pairs != 1 && pairs != lists => Err(Error::CountMismatch {
                argument: "bounds",
                lists,
                got: pairs,
                advice: "pass one pair per list, or one for all",
            }),
            _ => Ok(()),
        };
        match self {
            Self::ClippedZScore { low, high } => ascending(*low, *high, "normalization z_score"),
            Self::Percentile { low, high } => {
                if *low < 0.0 || *high > 100.0 {
                    return ascending(f64::NAN, *high, "normalization percentile");
                }
                ascending(*low, *high, "normalization percentile")
            }
            Self::MinMaxOpenSearch(bounds) => {
                count(bounds.len(), bounds.is_empty())?;
                let wrong = bounds.iter().flatten().filter_map(|bound| bound.score()).find(|score| !score.is_finite());
                wrong.map_or(Ok(()), |value| {
                    let (expected, usual) = ("finite numbers", "pass ignore for a bound that is not known");
                    Err(Error::InvalidParameter { name: "bounds", expected, value, usual })
                })
            }
            Self::Bounds(bounds) => {
                count(bounds.len(), false)?;
                for bounds in bounds {
                    ascending(bounds.low.unwrap_or(f64::MIN), bounds.high.unwrap_or(f64::MAX), "bounds")?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The value of a document that list `list` lacks, if the normalization says one.
    pub(crate) fn missing(&self, lists: &Lists<'_>, list: usize) -> Option<f64> {
        // The mean of the places that are left: (1 - L/N .. 1/N) has the middle 1/2 - (L - 1) / 2N.
        (*self == Self::Borda).then(|| 0.5 - (lists.length(list) as f64 - 1.0) / (2.0 * lists.documents() as f64))
    }

    /// Writes the normalized scores of list `list` to `out`. `sorted` is memory to use.
    pub(crate) fn apply(
        &self,
        lists: &Lists<'_>,
        list: usize,
        options: Options,
        out: &mut [f64],
        sorted: &mut Vec<f64>,
    ) -> Result<()> {
        let scores = lists.scores(list);
        if scores.is_empty() {
            return Ok(());
        }
        let [min, max] = ends(scores);
        if !(min.is_finite() && max.is_finite()) {
            let position = scores.iter().position(|score| !score.is_finite()).unwrap_or(0);
            return Err(Error::InfiniteScore { list, position, score: scores[position] });
        }
        let constant = |usual: f64| match options.constant {
            Constant::Usual => usual,
            Constant::Value(value) => value,
            Constant::Sign => f64::from(u8::from(max > 0.0)),
            Constant::Raw => max,
        };
        let length = scores.len() as f64;
        if min == max
            && let Some(usual) = self.of_equals(length)
        {
            out.fill(constant(usual));
            options.raise(out);
            return Ok(());
        }
        match self {
            Self::Identity => out.copy_from_slice(scores),
            Self::MinMax => {
                // Dividing each score is exact at both ends, which multiplying by an inverse is not.
                let range = max - min;
                for (out, score) in out.iter_mut().zip(scores) {
                    *out = (score - min) / range;
                }
            }
            Self::MinMaxInverted => map(scores, out, |score| (max - score) / (max - min)),
            Self::MinMaxOpenSearch(bounds) => {
                let bounds = bounds.get(if bounds.len() == 1 { 0 } else { list }).copied().unwrap_or_default();
                opensearch::min_max(scores, [min, max], bounds, out);
            }
            Self::Bounds(bounds) => {
                let bounds = bounds[if bounds.len() == 1 { 0 } else { list }];
                let (low, high) = (bounds.low.unwrap_or(min), bounds.high.unwrap_or(max));
                if low < high {
                    map(scores, out, |score| (score.clamp(low, high) - low) / (high - low));
                } else {
                    out.fill(constant(1.0));
                }
            }
            Self::Max => {
                let by = [max, min].into_iter().find(|bound| *bound != 0.0).map_or(1.0, f64::abs);
                map(scores, out, |score| score / by);
            }
            Self::Sum => {
                let sum: f64 = scores.iter().map(|score| score - min).sum();
                map(scores, out, |score| (score - min) / sum);
            }
            Self::MinSum => divide(scores, min, (scores.iter().sum::<f64>() - min).abs(), out),
            Self::AbsoluteSum => divide(scores, 0.0, scores.iter().map(|score| score.abs()).sum(), out),
            Self::ZScore | Self::ZScoreSample => {
                let (mean, deviation) = moments(scores, *self == Self::ZScoreSample);
                map(scores, out, |score| (score - mean) / deviation);
            }
            Self::ZScoreOpenSearch => opensearch::z_score(scores, out),
            Self::ClippedZScore { low, high } => {
                let (mean, deviation) = moments(scores, false);
                map(scores, out, |score| ((score - mean) / deviation).clamp(*low, *high));
            }
            Self::ThreeSigma { sample } => {
                let (mean, deviation) = moments(scores, *sample);
                map(scores, out, |score| (score - (mean - 3.0 * deviation)) / (6.0 * deviation));
            }
            Self::L2 => divide(scores, 0.0, scores.iter().map(|score| score * score).sum::<f64>().sqrt(), out),
            Self::Rank => by_place(out, length),
            Self::Borda => by_place(out, lists.documents() as f64),
            Self::Sigmoid => map(scores, out, |score| 1.0 / (1.0 + (-score).exp())),
            Self::Arctan => map(scores, out, |score| 0.5 + score.atan() / std::f64::consts::PI),
            Self::Quantile => {
                sort(scores, sorted);
                map(scores, out, |score| {
                    let below = sorted.partition_point(|other| *other < score);
                    let last = sorted.partition_point(|other| *other <= score) - 1;
                    (below + last) as f64 / (2.0 * (length - 1.0))
                });
            }
            Self::Percentile { low, high } => {
                sort(scores, sorted);
                let (low, high) = (percentile(sorted, *low), percentile(sorted, *high));
                if low < high {
                    map(scores, out, |score| ((score - low) / (high - low)).clamp(0.0, 1.0));
                } else {
                    out.fill(constant(0.5));
                }
            }
        }
        options.raise(out);
        Ok(())
    }

    /// What documents of equal scores are usually worth, if the formula does not say it.
    fn of_equals(&self, length: f64) -> Option<f64> {
        match self {
            Self::MinMax | Self::MinMaxInverted | Self::MinMaxOpenSearch(_) => Some(1.0),
            Self::Sum | Self::MinSum => Some(1.0 / length),
            Self::ZScore | Self::ZScoreSample | Self::ClippedZScore { .. } => Some(0.0),
            Self::ThreeSigma { .. } | Self::Percentile { .. } => Some(0.5),
            Self::Quantile if length == 1.0 => Some(0.5),
            _ => None,
        }
    }
}

impl Options {
    /// Raises what is 0 or less to the floor.
    fn raise(self, values: &mut [f64]) {
        if let Some(floor) = self.floor {
            for value in values.iter_mut().filter(|value| **value <= 0.0) {
                *value = floor;
            }
        }
    }
}

/// The least and the greatest of scores that are numbers; eight at a time, none of which waits for the others.
fn ends(scores: &[f64]) -> [f64; 2] {
    let less = |a: f64, b: f64| if b < a { b } else { a };
    let greater = |a: f64, b: f64| if b > a { b } else { a };
    let (mut least, mut greatest) = ([f64::INFINITY; 8], [f64::NEG_INFINITY; 8]);
    let (blocks, rest) = scores.as_chunks::<8>();
    for block in blocks {
        for ((least, greatest), &score) in least.iter_mut().zip(&mut greatest).zip(block) {
            (*least, *greatest) = (less(*least, score), greater(*greatest, score));
        }
    }
    let least = least.iter().chain(rest).copied().fold(f64::INFINITY, less);
    [least, greatest.iter().chain(rest).copied().fold(f64::NEG_INFINITY, greater)]
}

fn map(scores: &[f64], out: &mut [f64], value: impl Fn(f64) -> f64) {
    for (out, &score) in out.iter_mut().zip(scores) {
        *out = value(score);
    }
}

/// Divides what is above a number, by 1 if by nothing else.
fn divide(scores: &[f64], above: f64, by: f64, out: &mut [f64]) {
    let by = if by == 0.0 { 1.0 } else { by };
    map(scores, out, |score| (score - above) / by);
}

fn by_place(out: &mut [f64], of: f64) {
    for (position, out) in out.iter_mut().enumerate() {
        *out = 1.0 - position as f64 / of;
    }
}

/// The mean and the deviation of at least two scores that differ.
fn moments(scores: &[f64], sample: bool) -> (f64, f64) {
    let length = scores.len() as f64;
    let mean = scores.iter().sum::<f64>() / length;
    let squares: f64 = scores.iter().map(|score| (score - mean) * (score - mean)).sum();
    (mean, (squares / if sample { length - 1.0 } else { length }).sqrt())
}

fn sort(scores: &[f64], sorted: &mut Vec<f64>) {
    sorted.clear();
    sorted.extend_from_slice(scores);
    sorted.sort_unstable_by(f64::total_cmp);
}

/// Between the two nearest of the sorted scores, as numpy's default.
fn percentile(sorted: &[f64], percent: f64) -> f64 {
    let place = percent / 100.0 * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}
