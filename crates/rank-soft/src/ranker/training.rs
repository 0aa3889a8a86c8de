//! The training loop.

use candle_core::{Device, Tensor};
use candle_nn::{AdamW, Optimizer, ParamsAdamW};
use rank_eval::{Arrays, Measure, Options, evaluate_arrays};

use super::{JudgedItems, Ranker, RankerError};
use crate::gumbel::uniform;
use crate::watch::Watch;
use crate::{Error, Input, Loss, Reduction};

/// How a [`Ranker`] is trained: mini-batches of queries, AdamW, early stopping.
///
/// # Example
///
/// See [the module](super).
#[derive(Clone)]
pub struct Training<'a> {
    loss: Loss,
    measure: Option<Measure>,
    epochs: usize,
    batch: usize,
    rate: f64,
    weight_decay: f64,
    patience: usize,
    seed: u64,
    watch: Watch<'a>,
}

/// How a training went.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct History {
    /// The mean loss of the batches of each epoch.
    pub losses: Vec<f64>,
    /// The mean measure of the queries that were held out, after each epoch.
    pub values: Vec<f64>,
    /// The epoch of which the weights are, from 0: that of the best value, or the last one.
    pub best: usize,
    /// Whether it ended because the value no longer rose.
    pub stopped: bool,
}

impl<'a> Training<'a> {
    /// By this loss: at most 100 epochs of batches of 16 queries, a rate of 0.01 and no weight decay; stopped when
    /// nDCG@10 has not risen for 10 epochs.
    pub fn new(loss: Loss) -> Self {
        Self {
            loss,
            measure: None,
            epochs: 100,
            batch: 16,
            rate: 0.01,
            weight_decay: 0.0,
            patience: 10,
            seed: 0,
            watch: Watch::default(),
        }
    }

    /// With another measure of queries that are held out.
    #[must_use]
    pub fn measure(self, measure: Measure) -> Self {
        Self { measure: Some(measure), ..self }
    }

    /// With another number of epochs, at most.
    #[must_use]
    pub fn epochs(self, epochs: usize) -> Self {
        Self { epochs, ..self }
    }

    /// With another number of queries for each step.
    #[must_use]
    pub fn batch(self, queries: usize) -> Self {
        Self { batch: queries, ..self }
    }

    /// With another rate of learning.
    #[must_use]
    pub fn rate(self, rate: f64) -> Self {
        Self { rate, ..self }
    }

    /// With another decay of weights.
    #[must_use]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }

    /// Stopped after as many epochs without a better value.
    #[must_use]
    pub fn patience(self, epochs: usize) -> Self {
        Self { patience: epochs, ..self }
    }

    /// With another order of queries, which is drawn anew for each epoch.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Who watches: told of queries that are done, of `epochs` times as many as there are, it says whether to go on.
    #[must_use]
    pub fn watch(self, watch: &'a (dyn Fn(usize) -> bool + Sync)) -> Self {
        Self { watch: Watch(Some(watch)), ..self }
    }

    /// Trains the ranker on `items`, and stops by the measure of `held_out`. A ranker that was trained before goes on
    /// from there.
    ///
    /// Returns losses and values. The weights are then those of the epoch with the best value, or, with nothing held out,
    /// the last ones. On an error, and when the watch says stop, they are those that were best until then.
    ///
    /// # Errors
    ///
    /// [`RankerError::Columns`] where the ranker knows another number of features; [`RankerError::Diverged`];
    /// [`RankerError::Measure`] for labels that the measure does not take: whole numbers; in [`RankerError::Input`]
    /// [`Error::OutOfRange`], [`Error::Stopped`] and what the loss refuses.
    ///
    /// # Source
    ///
    /// Loshchilov, Hutter: Decoupled weight decay regularization (ICLR 2019), for the optimizer.
    pub fn fit(
        &self,
        ranker: &mut Ranker,
        items: &JudgedItems<'_>,
        held_out: Option<&JudgedItems<'_>>,
    ) -> Result<History, RankerError> {
        self.check(ranker, items)?;
        ranker.learn_scale(items.features);
        let held_out = match held_out {
            Some(held_out) => {
                self.check(ranker, held_out)?;
                Some(HeldOut::new(ranker, held_out, self.measure.clone())?)
            }
            None => None,
        };
        let mut best = ranker.snapshot()?;
        let mut history = History::default();
        let result = self.epochs_of(ranker, items, held_out.as_ref(), &mut history, &mut best);
        if held_out.is_some() || result.is_err() {
            ranker.restore(&best)?;
        }
        result.map(|()| history)
    }

    fn epochs_of(
        &self,
        ranker: &Ranker,
        items: &JudgedItems<'_>,
        held_out: Option<&HeldOut>,
        history: &mut History,
        best: &mut Vec<Tensor>,
    ) -> Result<(), RankerError> {
        let params = ParamsAdamW { lr: self.rate, weight_decay: self.weight_decay, ..ParamsAdamW::default() };
        let mut optimizer = AdamW::new(ranker.variables(), params)?;
        let features = ranker.standardize(items.features);
        let mut order: Vec<usize> = (0..items.queries()).collect();
        let mut batch = Batch::default();
        let mut steps = 0;
        for epoch in 0..self.epochs {
            shuffle(&mut order, self.seed, epoch);
            let (mut sum, mut count) = (0.0, 0.0);
            for queries in order.chunks(self.batch) {
                batch.gather(items, &features, queries);
                sum += batch.step(ranker, &mut optimizer, &self.loss.later(steps), epoch)?;
                count += 1.0;
                steps += 1;
                self.watch.advance(queries.len())?;
            }
            history.losses.push(if count > 0.0 { sum / count } else { 0.0 });
            let Some(held_out) = held_out else {
                *best = ranker.snapshot()?;
                history.best = epoch;
                continue;
            };
            let value = held_out.value(ranker).map_err(|error| diverged(error, epoch))?;
            history.values.push(value);
            if epoch == 0 || value > history.values[history.best] {
                history.best = epoch;
                *best = ranker.snapshot()?;
            } else if epoch - history.best >= self.patience {
                history.stopped = true;
                break;
            }
        }
        Ok(())
    }

    fn check(&self, ranker: &Ranker, items: &JudgedItems<'_>) -> Result<(), RankerError> {
        self.loss.check()?;
        if items.columns != ranker.columns() {
            return Err(RankerError::Columns { columns: ranker.columns(), got: items.columns });
        }
        let whole = [("batch", self.batch), ("patience", self.patience)];
        if let Some((argument, _)) = whole.into_iter().find(|(_, number)| *number == 0) {
            return Err(Error::OutOfRange { argument, expected: "at least 1", got: 0.0 }.into());
        }
        if !(self.rate > 0.0 && self.rate.is_finite()) {
            return Err(Error::OutOfRange { argument: "rate", expected: "a positive number", got: self.rate }.into());
        }
        if !(self.weight_decay >= 0.0 && self.weight_decay.is_finite()) {
            let (argument, expected) = ("weight_decay", "a number of at least 0");
            return Err(Error::OutOfRange { argument, expected, got: self.weight_decay }.into());
        }
        Ok(())
    }
}

impl std::fmt::Debug for Training<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Training")
            .field("loss", &self.loss)
            .field("epochs", &self.epochs)
            .field("batch", &self.batch)
            .field("rate", &self.rate)
            .finish_non_exhaustive()
    }
}

/// By Fisher and Yates.
fn shuffle(order: &mut [usize], seed: u64, epoch: usize) {
    for last in (1..order.len()).rev() {
        // Streams of the weights begin at 0.
        let at = uniform(seed, (1 << 32) + epoch as u64, last as u64) * (last + 1) as f64;
        order.swap(last, (at as usize).min(last));
    }
}

/// The items of a few queries.
#[derive(Default)]
struct Batch {
    features: Vec<f32>,
    labels: Vec<f32>,
    offsets: Vec<usize>,
}

impl Batch {
    fn gather(&mut self, items: &JudgedItems<'_>, features: &[f32], queries: &[usize]) {
        self.features.clear();
        self.labels.clear();
        self.offsets.clear();
        self.offsets.push(0);
        for &query in queries {
            let (start, end) = (items.offsets[query], items.offsets[query + 1]);
            self.features.extend_from_slice(&features[start * items.columns..end * items.columns]);
            self.labels.extend_from_slice(&items.labels[start..end]);
            self.offsets.push(self.labels.len());
        }
    }

    /// One step down the loss, whose value is returned.
    fn step(&self, ranker: &Ranker, optimizer: &mut AdamW, loss: &Loss, epoch: usize) -> Result<f64, RankerError> {
        if self.labels.is_empty() {
            return Ok(0.0);
        }
        let shape = (self.labels.len(), ranker.columns());
        let scores = ranker.forward(&Tensor::from_slice(&self.features, shape, &Device::Cpu)?)?;
        let numbers = scores.to_vec1::<f32>()?;
        let found = loss
            .evaluate(&Input::new(&numbers).offsets(&self.offsets), &self.labels, Reduction::Mean)
            .map_err(|error| diverged(error.into(), epoch))?;
        // The inner product with the gradient of the loss has that gradient.
        let slopes = Tensor::from_vec(found.gradient, self.labels.len(), &Device::Cpu)?;
        optimizer.backward_step(&(scores * slopes)?.sum_all()?)?;
        Ok(found.values[0])
    }
}

/// Scores that are not finite are the ranker's, not the caller's.
fn diverged(error: RankerError, epoch: usize) -> RankerError {
    match error {
        RankerError::Input(Error::NotFinite { argument: "scores", .. })
        | RankerError::Measure(rank_eval::Error::NanInArray { .. }) => RankerError::Diverged { epoch },
        other => other,
    }
}

/// Queries on which the ranker is measured, as rows that are filled up to the longest.
struct HeldOut {
    features: Vec<f32>,
    offsets: Vec<usize>,
    longest: usize,
    labels: Vec<f32>,
    mask: Vec<bool>,
    measure: Measure,
}

impl HeldOut {
    fn new(ranker: &Ranker, items: &JudgedItems<'_>, measure: Option<Measure>) -> Result<Self, RankerError> {
        let measure = measure.map_or_else(|| "nDCG@10".parse(), Ok)?;
        let lengths = items.offsets.windows(2).map(|pair| pair[1] - pair[0]);
        let longest = lengths.max().unwrap_or(0);
        let mut held_out = Self {
            features: ranker.standardize(items.features),
            offsets: items.offsets.to_vec(),
            longest,
            labels: vec![0.0; items.queries() * longest],
            mask: vec![false; items.queries() * longest],
            measure,
        };
        for (query, pair) in items.offsets.windows(2).enumerate() {
            let (start, length) = (query * longest, pair[1] - pair[0]);
            held_out.labels[start..start + length].copy_from_slice(&items.labels[pair[0]..pair[1]]);
            held_out.mask[start..start + length].fill(true);
        }
        Ok(held_out)
    }

    /// The mean over the queries.
    fn value(&self, ranker: &Ranker) -> Result<f64, RankerError> {
        let flat = ranker.score_standardized(&self.features)?;
        let mut scores = vec![0.0_f32; self.labels.len()];
        for (query, pair) in self.offsets.windows(2).enumerate() {
            let start = query * self.longest;
            scores[start..start + pair[1] - pair[0]].copy_from_slice(&flat[pair[0]..pair[1]]);
        }
        let arrays = Arrays::new(self.offsets.len() - 1, self.longest, &*scores, &*self.labels)?.mask(&self.mask)?;
        let evaluation = evaluate_arrays(&arrays, std::slice::from_ref(&self.measure), Options::default())?;
        Ok(evaluation.mean(&self.measure).unwrap_or(0.0))
    }
}
