//! Trains a small network to order items as their hidden quality does, by the soft Spearman loss alone.
//!
//! `cargo run --release -p rank-soft --features candle --example candle_training`
//!
//! Each query has 24 items of 6 features. What is observed of an item's quality is distorted by a steep monotone
//! function, so a squared error would look at a few large targets; ranks do not mind. The network learns from 64 queries
//! and is judged on 64 others by the hard Spearman correlation.
#![allow(clippy::print_stdout)]

use rank_soft::candle::candle_core::{Device, Result, Tensor, Var};
use rank_soft::candle::spearman_loss_candle;
use rank_soft::spearman_loss;

const QUERIES: usize = 64;
const ITEMS: usize = 24;
const FEATURES: usize = 6;
const HIDDEN: usize = 16;
/// In the units of the scores. They start with a range near 1; about range / items is where neighbors begin to pool.
const STRENGTH: f64 = 0.05;

/// A generator of numbers in (-1, 1), so that every run is the same.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f32 {
        // Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 40) as f32 / 8_388_608.0 - 1.0
    }

    fn tensor(&mut self, shape: (usize, usize), device: &Device) -> Result<Tensor> {
        let numbers = (0..shape.0 * shape.1).map(|_| self.next()).collect();
        Tensor::from_vec(numbers, shape, device)
    }
}

/// Features of all items, `(queries * items, features)`, and what is observed of their quality, `(queries, items)`.
fn collection(numbers: &mut Numbers, device: &Device) -> Result<(Tensor, Tensor)> {
    let features = numbers.tensor((QUERIES * ITEMS, FEATURES), device)?;
    let column = |i: usize| features.narrow(1, i, 1);
    let quality = (column(0)? - column(1)?)?;
    let quality = (quality + (column(2)? * column(3)?)? * 1.5)?;
    let quality = (quality + column(4)?.sqr()?)?;
    let noise = (numbers.tensor((QUERIES * ITEMS, 1), device)? * 0.1)?;
    let observed = ((quality + noise)? * 2.0)?.exp()?;
    Ok((features, observed.reshape((QUERIES, ITEMS))?))
}

/// One hidden layer.
struct Scorer {
    weights: [Var; 3],
}

impl Scorer {
    fn new(numbers: &mut Numbers, device: &Device) -> Result<Self> {
        let inner = Var::from_tensor(&(numbers.tensor((FEATURES, HIDDEN), device)? * 0.5)?)?;
        let bias = Var::from_tensor(&(numbers.tensor((1, HIDDEN), device)? * 0.5)?)?;
        let outer = Var::from_tensor(&(numbers.tensor((HIDDEN, 1), device)? * 0.5)?)?;
        Ok(Self { weights: [inner, bias, outer] })
    }

    fn score(&self, features: &Tensor) -> Result<Tensor> {
        let [inner, bias, outer] = &self.weights;
        let hidden = features.matmul(inner)?.broadcast_add(bias)?.tanh()?;
        hidden.matmul(outer)?.reshape((QUERIES, ITEMS))
    }
}

/// Adam (Kingma, Ba 2015), in tensor operations.
struct Adam {
    moments: Vec<(Tensor, Tensor)>,
    step: i32,
}

impl Adam {
    fn new(weights: &[Var]) -> Result<Self> {
        let moments = weights.iter().map(|weight| Ok((weight.zeros_like()?, weight.zeros_like()?)));
        Ok(Self { moments: moments.collect::<Result<_>>()?, step: 0 })
    }

    fn step(&mut self, weights: &[Var], loss: &Tensor, rate: f64) -> Result<()> {
        let gradients = loss.backward()?;
        self.step += 1;
        let (first_decay, second_decay) = (0.9_f64, 0.999_f64);
        for (weight, (first, second)) in weights.iter().zip(&mut self.moments) {
            let Some(gradient) = gradients.get(weight) else { continue };
            let gradient = gradient.detach();
            *first = ((&*first * first_decay)? + (&gradient * (1.0 - first_decay))?)?;
            *second = ((&*second * second_decay)? + (gradient.sqr()? * (1.0 - second_decay))?)?;
            let mean = (&*first / (1.0 - first_decay.powi(self.step)))?;
            let spread = ((&*second / (1.0 - second_decay.powi(self.step)))?.sqrt()? + 1e-8)?;
            weight.set(&(weight.as_tensor() - ((mean / spread)? * rate)?)?)?;
        }
        Ok(())
    }
}

/// The hard Spearman correlation, mean over queries: at strength 0 the loss is 1 less it.
fn rank_correlation(scores: &Tensor, observed: &Tensor) -> Result<f64> {
    let (scores, observed) = (scores.to_vec2::<f32>()?, observed.to_vec2::<f32>()?);
    let losses = scores.iter().zip(&observed).map(|(row, target)| spearman_loss(row, target, 0.0));
    let total: f64 = losses.sum::<rank_soft::Result<f64>>().map_err(rank_soft::candle::candle_core::Error::wrap)?;
    Ok(1.0 - total / QUERIES as f64)
}

fn main() -> Result<()> {
    let device = Device::Cpu;
    let mut numbers = Numbers(7);
    let (features, observed) = collection(&mut numbers, &device)?;
    let (unseen, unseen_observed) = collection(&mut numbers, &device)?;
    let scorer = Scorer::new(&mut numbers, &device)?;
    let mut adam = Adam::new(&scorer.weights)?;

    println!("{:>5}  {:>8}  {:>22}  {:>22}", "epoch", "loss", "correlation, trained", "correlation, unseen");
    let mut reported = Vec::new();
    for epoch in 0..=300 {
        let scores = scorer.score(&features)?;
        let loss = spearman_loss_candle(&scores, &observed, STRENGTH, &device)?.mean_all()?;
        if epoch % 50 == 0 {
            let trained = rank_correlation(&scores, &observed)?;
            let unseen = rank_correlation(&scorer.score(&unseen)?, &unseen_observed)?;
            let value = f64::from(loss.to_scalar::<f32>()?);
            println!("{epoch:>5}  {value:>8.4}  {trained:>22.4}  {unseen:>22.4}");
            reported.push((value, unseen));
        }
        adam.step(&scorer.weights, &loss, 0.02)?;
    }

    let (first, last) = (reported[0], reported[reported.len() - 1]);
    assert!(last.0 < first.0 / 2.0, "the loss went from {} to {}", first.0, last.0);
    assert!(last.1 > first.1 + 0.2, "the correlation on unseen queries went from {} to {}", first.1, last.1);
    Ok(())
}
