//! A ranker: standardized features, and linear layers with ReLU between them.

use candle_core::{DType, Device, Tensor, Var};
use candle_nn::{Linear, Module};

use super::RankerError;
use super::items::{finite, rows};
use crate::gumbel::uniform;

/// A linear ranker, or a small network.
///
/// Features are standardized by mean and deviation of the items that it was first trained on. What a ranker says is a
/// function of its weights alone, and these of seed and data.
///
/// # Example
///
/// ```
/// use rank_soft::ranker::Ranker;
///
/// let ranker = Ranker::mlp(3, &[16, 8], 7)?;
/// assert_eq!(ranker.score(&[0.0; 6])?.len(), 2);
/// # Ok::<(), rank_soft::ranker::RankerError>(())
/// ```
#[derive(Debug)]
pub struct Ranker {
    /// Weight and bias of each, from the first to the last; Candle shares what a clone of a variable holds.
    pub(super) layers: Vec<(Var, Var)>,
    pub(super) mean: Vec<f32>,
    pub(super) deviation: Vec<f32>,
    /// Whether mean and deviation are those of items.
    pub(super) standardized: bool,
}

impl Ranker {
    /// A linear ranker of `columns` features.
    ///
    /// # Errors
    ///
    /// [`RankerError::Columns`] for 0 columns.
    pub fn linear(columns: usize, seed: u64) -> Result<Self, RankerError> {
        Self::mlp(columns, &[], seed)
    }

    /// A network of `columns` features with hidden layers of these widths.
    ///
    /// # Errors
    ///
    /// [`RankerError::Columns`] for 0 columns, [`Error::OutOfRange`](crate::Error::OutOfRange) for a layer of 0.
    ///
    /// # Source
    ///
    /// He, Zhang, Ren, Sun: Delving deep into rectifiers (ICCV 2015), for the weights at the start.
    pub fn mlp(columns: usize, hidden: &[usize], seed: u64) -> Result<Self, RankerError> {
        if columns == 0 {
            return Err(RankerError::Columns { columns, got: 0 });
        }
        if hidden.contains(&0) {
            return Err(
                crate::Error::OutOfRange { argument: "hidden", expected: "widths of at least 1", got: 0.0 }.into()
            );
        }
        let mut layers = Vec::with_capacity(hidden.len() + 1);
        let widths: Vec<usize> = std::iter::once(columns).chain(hidden.iter().copied()).chain([1]).collect();
        for (layer, pair) in widths.windows(2).enumerate() {
            let &[from, to] = pair else { continue };
            // Behind the last layer is no ReLU that halves what comes through.
            let bound = (if to == 1 && layer == hidden.len() { 1.0 } else { 6.0_f64 } / from as f64).sqrt();
            let weight = |index| ((2.0 * uniform(seed, layer as u64, index) - 1.0) * bound) as f32;
            let weights: Vec<f32> = (0..(from * to) as u64).map(weight).collect();
            layers.push((Var::from_vec(weights, (to, from), &Device::Cpu)?, Var::zeros(to, DType::F32, &Device::Cpu)?));
        }
        Ok(Self { layers, mean: vec![0.0; columns], deviation: vec![1.0; columns], standardized: false })
    }

    /// How many features an item has.
    pub fn columns(&self) -> usize {
        self.mean.len()
    }

    /// The widths of the hidden layers.
    pub fn hidden(&self) -> Vec<usize> {
        let inner = &self.layers[..self.layers.len() - 1];
        inner.iter().map(|(_, bias)| bias.elem_count()).collect()
    }

    /// Weight, `(to, from)`, and bias, `(to)`, of each layer.
    pub fn variables(&self) -> Vec<Var> {
        self.layers.iter().flat_map(|(weight, bias)| [weight.clone(), bias.clone()]).collect()
    }

    /// Scores of features, shape `(items, columns)`, that are standardized; differentiable, shape `(items)`.
    ///
    /// # Errors
    ///
    /// What Candle reports.
    pub fn forward(&self, standardized: &Tensor) -> candle_core::Result<Tensor> {
        let mut values = standardized.clone();
        for (number, (weight, bias)) in self.layers.iter().enumerate() {
            values = Linear::new(weight.as_tensor().clone(), Some(bias.as_tensor().clone())).forward(&values)?;
            if number + 1 < self.layers.len() {
                values = values.relu()?;
            }
        }
        values.squeeze(1)
    }

    /// Scores of items, whose features lie row by row; higher is better.
    ///
    /// # Errors
    ///
    /// [`RankerError::Columns`], [`Error::NotFinite`](crate::Error::NotFinite), what Candle reports.
    pub fn score(&self, features: &[f32]) -> Result<Vec<f32>, RankerError> {
        let columns = self.columns();
        rows(features, columns)?;
        finite("features", features, columns)?;
        let mut scores = Vec::with_capacity(features.len() / columns);
        for piece in features.chunks(columns << 14) {
            let piece = Tensor::from_vec(self.standardize(piece), (piece.len() / columns, columns), &Device::Cpu)?;
            scores.extend(self.forward(&piece)?.to_vec1::<f32>()?);
        }
        Ok(scores)
    }

    /// The same scores of features that are standardized.
    pub(super) fn score_standardized(&self, features: &[f32]) -> Result<Vec<f32>, RankerError> {
        let columns = self.columns();
        let mut scores = Vec::with_capacity(features.len() / columns);
        for piece in features.chunks(columns << 14) {
            let piece = Tensor::from_slice(piece, (piece.len() / columns, columns), &Device::Cpu)?;
            scores.extend(self.forward(&piece)?.to_vec1::<f32>()?);
        }
        Ok(scores)
    }

    /// Features less their mean, over their deviation.
    pub(super) fn standardize(&self, features: &[f32]) -> Vec<f32> {
        let number = |(i, value): (usize, &f32)| {
            let column = i % self.mean.len();
            (value - self.mean[column]) / self.deviation[column]
        };
        features.iter().enumerate().map(number).collect()
    }

    /// Takes mean and deviation of the features; those of a ranker that has them stay.
    pub(super) fn learn_scale(&mut self, features: &[f32]) {
        if self.standardized || features.is_empty() {
            return;
        }
        let columns = self.columns();
        let count = (features.len() / columns) as f64;
        let mut sums = vec![0.0; columns];
        for row in features.chunks(columns) {
            sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += f64::from(value));
        }
        let means: Vec<f64> = sums.iter().map(|sum| sum / count).collect();
        let mut squares = vec![0.0; columns];
        for row in features.chunks(columns) {
            for ((square, &value), mean) in squares.iter_mut().zip(row).zip(&means) {
                *square += (f64::from(value) - mean).powi(2);
            }
        }
        self.mean = means.iter().map(|&mean| mean as f32).collect();
        // A feature that is the same everywhere says nothing, whatever it is divided by.
        let deviation = |square: f64| {
            let deviation = (square / count).sqrt() as f32;
            if deviation > 0.0 && deviation.is_finite() { deviation } else { 1.0 }
        };
        self.deviation = squares.into_iter().map(deviation).collect();
        self.standardized = true;
    }

    /// What the variables hold, apart from them.
    pub(super) fn snapshot(&self) -> candle_core::Result<Vec<Tensor>> {
        self.variables().iter().map(|variable| variable.as_tensor().detach().copy()).collect()
    }

    pub(super) fn restore(&self, snapshot: &[Tensor]) -> candle_core::Result<()> {
        self.variables().iter().zip(snapshot).try_for_each(|(variable, tensor)| variable.set(tensor))
    }
}
