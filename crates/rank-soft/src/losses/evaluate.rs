//! The loss of many rows, and its gradient.

use rank_kernels::vectorized_work;

use super::softmax::{DirectSoftmax, Form};
use super::{Loss, LossKind, Reduction, kendall, listwise, matrix, metrics, pairwise, pointwise, spearman};
use crate::float::{check_finite, check_length, finite};
use crate::gumbel::noise;
use crate::input::thread_count;
use crate::threads::in_threads;
use crate::watch::Watch;
use crate::{Float, Input, Result, Rows};

/// A loss and its gradient.
#[derive(Debug, Clone, PartialEq)]
pub struct LossGradient<T> {
    /// One number; without reduction one for each row.
    pub values: Vec<f64>,
    /// The gradient to the scores; without reduction that of each row's own loss.
    pub gradient: Vec<T>,
}

/// One row: what counts of it.
pub(super) struct Row<'a> {
    pub(super) scores: &'a [f64],
    pub(super) labels: &'a [f64],
    pub(super) weights: Option<&'a [f64]>,
    /// With what is masked.
    pub(super) padded: usize,
}

impl Row<'_> {
    pub(super) fn weight(&self, i: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[i])
    }
}

/// The numbers of the rows at hand; kept from row to row.
#[derive(Default)]
struct Workspace {
    scores: Vec<f64>,
    labels: Vec<f64>,
    weights: Vec<f64>,
    slopes: Vec<f64>,
    noisy: Vec<f64>,
    sums: Vec<f64>,
}

/// The sum of a row's losses, and of how many.
type Part = (f64, f64);

impl Loss {
    /// The loss of the scores in `input` for `labels`, and its gradient to the scores.
    ///
    /// A row without a pair, without a relevant item, or without any item has loss 0 and gradient 0. The strengths of the
    /// input are not used.
    ///
    /// # Errors
    ///
    /// [`Error::NotFinite`](crate::Error::NotFinite), [`Error::LengthMismatch`](crate::Error::LengthMismatch),
    /// [`Error::OutOfRange`](crate::Error::OutOfRange), [`Error::UnknownOption`](crate::Error::UnknownOption),
    /// [`Error::Shape`](crate::Error::Shape), [`Error::Offsets`](crate::Error::Offsets),
    /// [`Error::Stopped`](crate::Error::Stopped).
    ///
    /// # Example
    ///
    /// See [`Loss`].
    pub fn evaluate<T: Float>(
        &self,
        input: &Input<'_, T>,
        labels: &[T],
        reduction: Reduction,
    ) -> Result<LossGradient<T>> {
        self.check()?;
        let rows = input.rows()?;
        input.check(&rows)?;
        check_length("labels", labels.len(), "scores", rows.total())?;
        let mut gradient = vec![T::default(); rows.total()];
        let mut parts = vec![(0.0, 0.0); rows.count()];
        // What a slope is divided by, where that is known before all is done; otherwise slopes are kept as they are.
        let divisor = match reduction {
            Reduction::Sum => Some(1.0),
            Reduction::Mean if self.counts_rows() => Some(filled(&rows, input.mask)),
            Reduction::Mean | Reduction::None => None,
        };
        let whole = reduction == Reduction::Mean && divisor.is_none();
        let bare = input.mask.is_none() && input.weights.is_none();
        let direct = Form::of(self).filter(|_| bare);
        let mut kept = vec![0.0; if whole { rows.total() } else { 0 }];
        let mut pieces = Vec::new();
        let (mut rest, mut rest_kept, mut rest_parts) =
            (gradient.as_mut_slice(), kept.as_mut_slice(), parts.as_mut_slice());
        for share in rows.shares_of(thread_count(input.threads), 512) {
            let numbers = share.clone().map(|row| rows.range(row).len()).sum();
            let (own, next) = rest.split_at_mut(numbers);
            let (own_kept, next_kept) = rest_kept.split_at_mut(if whole { numbers } else { 0 });
            let (own_parts, next_parts) = rest_parts.split_at_mut(share.len());
            (rest, rest_kept, rest_parts) = (next, next_kept, next_parts);
            pieces.push((share, own, own_kept, own_parts));
        }
        in_threads(pieces, |(share, mut gradient, mut kept, parts)| {
            let mut work = Workspace::default();
            for (row, part) in share.zip(parts) {
                let range = rows.range(row);
                let (own, rest) = gradient.split_at_mut(range.len());
                gradient = rest;
                let (own_kept, rest_kept) = kept.split_at_mut(if whole { range.len() } else { 0 });
                kept = rest_kept;
                let start = range.start;
                if let Some(form) = direct {
                    if own.is_empty() {
                        continue;
                    }
                    let found = vectorized_work(DirectSoftmax {
                        scores: &input.values[range.clone()],
                        labels: &labels[range.clone()],
                        form,
                        share: 1.0 / divisor.unwrap_or(1.0),
                        wide: [&mut work.scores, &mut work.labels],
                        gradient: &mut *own,
                    });
                    if let Some(value) = found {
                        *part = (value, 1.0);
                        input.watch.advance(own.len())?;
                        continue;
                    }
                }
                *part = self.gathered(input, labels, range, &mut work)?;
                let counted = |i: &usize| input.mask.is_none_or(|mask| mask[start + i]);
                let places = (0..own.len()).filter(counted).zip(&work.slopes);
                if whole {
                    places.for_each(|(i, &slope)| own_kept[i] = slope);
                } else {
                    let divisor = divisor.unwrap_or(part.1);
                    places.for_each(|(i, &slope)| own[i] = T::from_f64(over(slope, divisor)));
                }
            }
            Ok(())
        })?;
        let count: f64 = parts.iter().map(|part| part.1).sum();
        let sum: f64 = parts.iter().map(|part| part.0).sum();
        for (out, &slope) in gradient.iter_mut().zip(&kept) {
            *out = T::from_f64(over(slope, count));
        }
        let values = match reduction {
            Reduction::Mean => vec![over(sum, count)],
            Reduction::Sum => vec![sum],
            Reduction::None => parts.iter().map(|&(sum, count)| over(sum, count)).collect(),
        };
        Ok(LossGradient { values, gradient })
    }

    /// About how many operations a loss of these rows takes: the numbers, where it looks at each by itself or once they are
    /// sorted, otherwise all their pairs.
    pub fn effort(&self, rows: &Rows) -> usize {
        let pairs = !matches!(
            self.kind,
            LossKind::Softmax
                | LossKind::Poly1Softmax
                | LossKind::UniqueSoftmax
                | LossKind::ListMle
                | LossKind::PositionListMle
                | LossKind::KlDistillation
                | LossKind::PointwiseMse
                | LossKind::PointwiseSigmoid
        );
        let length = |row: usize| rows.range(row).len();
        let one = (0..rows.count()).map(|row| if pairs { length(row).saturating_pow(2) } else { length(row) });
        one.fold(0, usize::saturating_add).saturating_mul(self.samples.max(1))
    }

    /// Whether a row that has an item counts once, whatever is in it.
    fn counts_rows(&self) -> bool {
        match self.kind {
            LossKind::Softmax
            | LossKind::Poly1Softmax
            | LossKind::UniqueSoftmax
            | LossKind::ListMle
            | LossKind::PositionListMle
            | LossKind::KlDistillation
            | LossKind::Spearman
            | LossKind::LogRank
            | LossKind::Mrr => true,
            LossKind::Dcg | LossKind::Ndcg | LossKind::Ap | LossKind::Precision | LossKind::Recall => {
                !self.ranks.is_matrix()
            }
            _ => false,
        }
    }

    /// The loss of what counts of a row; its gradient is left in the workspace.
    fn gathered<T: Float>(
        &self,
        input: &Input<'_, T>,
        labels: &[T],
        range: std::ops::Range<usize>,
        work: &mut Workspace,
    ) -> Result<Part> {
        let padded = range.len();
        gather(&input.values[range.clone()], input.mask.map(|mask| &mask[range.clone()]), &mut work.scores);
        gather(&labels[range.clone()], input.mask.map(|mask| &mask[range.clone()]), &mut work.labels);
        if let Some(weights) = input.weights {
            gather(&weights[range.clone()], input.mask.map(|mask| &mask[range.clone()]), &mut work.weights);
        }
        if !finite(&work.scores) || !finite(&work.labels) {
            // Says where.
            check_finite("scores", input.values)?;
            check_finite("labels", labels)?;
        }
        work.slopes.clear();
        work.slopes.resize(work.scores.len(), 0.0);
        let weights = input.weights.map(|_| work.weights.as_slice());
        let row = Row { scores: &work.scores, labels: &work.labels, weights, padded };
        let part = if self.samples == 0 {
            self.row(&row, input.watch, &mut work.slopes)?
        } else {
            let mut all = (0.0, 0.0);
            work.sums.clear();
            work.sums.resize(row.scores.len(), 0.0);
            let positions = || range.clone().filter(|&i| input.mask.is_none_or(|mask| mask[i]));
            for sample in 0..self.samples {
                input.watch.poll()?;
                work.noisy.clear();
                work.noisy.extend(
                    row.scores
                        .iter()
                        .zip(positions())
                        .map(|(score, i)| score + self.noise * noise(self.seed, sample as u64, i as u64)),
                );
                work.slopes.fill(0.0);
                let noisy = Row { scores: &work.noisy, ..row };
                let part = self.row(&noisy, input.watch, &mut work.slopes)?;
                all = (all.0 + part.0, all.1 + part.1);
                work.sums.iter_mut().zip(&work.slopes).for_each(|(sum, slope)| *sum += slope);
            }
            let share = 1.0 / self.samples as f64;
            work.slopes.iter_mut().zip(&work.sums).for_each(|(slope, sum)| *slope = sum * share);
            (all.0 * share, all.1 * share)
        };
        input.watch.advance(padded)?;
        Ok(part)
    }

    /// The loss of a row and of how many things it is the sum; its gradient is added to `gradient`, which is 0.
    fn row(&self, row: &Row<'_>, watch: Watch<'_>, gradient: &mut [f64]) -> Result<Part> {
        if row.scores.is_empty() {
            return Ok((0.0, if self.counts_rows() { 0.0 } else { self.count(row, 0.0) }));
        }
        if self.tf_ranking
            && self.counts_rows()
            && !matches!(self.kind, LossKind::Softmax | LossKind::Poly1Softmax)
            && let Some(weights) = row.weights
        {
            let all: f64 = row.labels.iter().sum();
            let weighted: f64 = row.labels.iter().zip(weights).map(|(label, weight)| label * weight).sum();
            let share = if all == 0.0 { 0.0 } else { weighted / all };
            let row = Row { scores: row.scores, labels: row.labels, weights: None, padded: row.padded };
            let (value, count) = self.row(&row, watch, gradient)?;
            for slope in gradient.iter_mut() {
                *slope *= share;
            }
            return Ok((share * value, count));
        }
        let direct = row.weights.is_none() && Form::of(self).is_some();
        if self.temperature != 1.0 && self.divides_scores() && !direct {
            let inverse = 1.0 / self.temperature;
            let scores: Vec<f64> = row.scores.iter().map(|score| score * inverse).collect();
            let part = self.temperature(1.0).row(&Row { scores: &scores, ..*row }, watch, gradient)?;
            for slope in gradient.iter_mut() {
                *slope *= inverse;
            }
            return Ok(part);
        }
        match self.kind {
            LossKind::PointwiseMse | LossKind::PointwiseSigmoid => Ok(pointwise::row(self, row, gradient)),
            LossKind::Softmax
            | LossKind::Poly1Softmax
            | LossKind::UniqueSoftmax
            | LossKind::ListMle
            | LossKind::PositionListMle
            | LossKind::KlDistillation => Ok((listwise::row(self, row, gradient), 1.0)),
            LossKind::Dcg
            | LossKind::Ndcg
            | LossKind::Mrr
            | LossKind::Ap
            | LossKind::Precision
            | LossKind::Recall
            | LossKind::LogRank
            | LossKind::PiRank => {
                if self.ranks.is_matrix() {
                    matrix::row(self, row, watch, gradient)
                } else {
                    Ok((metrics::row(self, row, watch, gradient)?, 1.0))
                }
            }
            LossKind::Spearman => Ok((spearman::row(self, row, watch, gradient)?, 1.0)),
            LossKind::KendallB => kendall::row(self, row, watch, gradient),
            _ => {
                let (sum, count) = pairwise::row(self, row, watch, gradient)?;
                Ok((sum, if self.kind == LossKind::Kendall { count } else { self.count(row, count) }))
            }
        }
    }

    /// Over how many a pointwise or pairwise loss is meant that is the sum of `count` terms.
    pub(super) fn count(&self, row: &Row<'_>, count: f64) -> f64 {
        if self.tf_ranking { row.padded as f64 } else { count }
    }
}

fn over(sum: f64, count: f64) -> f64 {
    if count > 0.0 { sum / count } else { 0.0 }
}

/// How many rows have an item that counts.
fn filled(rows: &Rows, mask: Option<&[bool]>) -> f64 {
    let has = |row: &usize| {
        let range = rows.range(*row);
        mask.map_or(!range.is_empty(), |mask| mask[range].contains(&true))
    };
    (0..rows.count()).filter(has).count() as f64
}

/// The numbers that count, widened.
fn gather<T: Float>(values: &[T], mask: Option<&[bool]>, out: &mut Vec<f64>) {
    out.clear();
    match mask {
        None => out.extend(values.iter().map(|&value| value.into())),
        Some(mask) => {
            out.extend(values.iter().zip(mask).filter(|(_, counted)| **counted).map(|(&value, _)| value.into()));
        }
    }
}
