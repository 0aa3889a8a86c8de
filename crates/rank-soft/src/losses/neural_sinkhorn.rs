//! NeuralSort's matrix, made doubly stochastic by Sinkhorn's iteration: the matrix of NeuralNDCG.
//!
//! Pobrotyn, Białobrzeski: NeuralNDCG (2021), with allRank's rule: columns, then rows are divided by their sums, 50 times,
//! fewer where all sums are 1 to 1e-6, no sum counting as less than 1e-10. The matrix is `diag(a) K diag(b)`, so that
//! only a and b change; the gradient goes back through every round, in logarithms of a, b and K, which stay within
//! bounds. Time O(n²) a round; K is kept for rows of at most 2,048, and made again for longer ones.

use crate::Result;
use crate::permutation::{Matrix, Rows};
use crate::watch::Watch;

const ROUNDS: usize = 50;
const TOLERANCE: f64 = 1e-6;
const LEAST: f64 = 1e-10;
const KEPT: usize = 2_048;

/// The factors of rows and columns after a round, and whether each was the inverse of a sum.
struct Round {
    a: Vec<f64>,
    b: Vec<f64>,
    free_a: Vec<bool>,
    free_b: Vec<bool>,
}

pub(super) struct Scaled<'a> {
    rows: Rows<'a>,
    kept: Vec<f64>,
    rounds: Vec<Round>,
    watch: Watch<'a>,
}

/// A factor whose sum is `sum` before: afterwards 1, unless that is too little.
fn divided(factor: f64, sum: f64) -> (f64, bool) {
    if factor * sum > LEAST {
        (1.0 / sum, true)
    } else if sum > 0.0 && factor < 1e290 {
        (factor / LEAST, false)
    } else {
        (factor, false)
    }
}

impl<'a> Scaled<'a> {
    pub(super) fn new(scores: &'a [f64], temperature: f64, watch: Watch<'a>) -> Result<Self> {
        let n = scores.len();
        let rows = Rows::new(Matrix::NeuralSort, scores, temperature);
        let mut scaled = Self { rows, kept: Vec::new(), rounds: Vec::new(), watch };
        if n <= KEPT {
            scaled.kept = vec![0.0; n * n];
            for (i, row) in scaled.kept.chunks_mut(n.max(1)).enumerate() {
                scaled.rows.row(i, row);
            }
        }
        let (mut a, mut b) = (vec![1.0; n], vec![1.0; n]);
        let mut columns = vec![0.0; n];
        scaled.each(|i, row| add(&mut columns, row, a[i]))?;
        for _ in 0..ROUNDS {
            let (next_b, free_b): (Vec<f64>, Vec<bool>) =
                b.iter().zip(&columns).map(|(&factor, &sum)| divided(factor, sum)).unzip();
            b = next_b;
            let (mut next_a, mut free_a) = (a.clone(), vec![false; n]);
            columns.fill(0.0);
            let mut off = 0.0_f64;
            scaled.each(|i, row| {
                let sum = inner(row, &b);
                (next_a[i], free_a[i]) = divided(a[i], sum);
                off = off.max((next_a[i] * sum - 1.0).abs());
                add(&mut columns, row, next_a[i]);
            })?;
            a = next_a;
            scaled.rounds.push(Round { a: a.clone(), b: b.clone(), free_a, free_b });
            let off = columns.iter().zip(&b).map(|(sum, b)| (sum * b - 1.0).abs()).fold(off, f64::max);
            if off < TOLERANCE {
                break;
            }
        }
        Ok(scaled)
    }

    /// Calls `work` with each row of K.
    fn each(&self, mut work: impl FnMut(usize, &[f64])) -> Result<()> {
        let n = self.rows.len();
        if !self.kept.is_empty() {
            self.watch.poll()?;
            self.kept.chunks(n).enumerate().for_each(|(i, row)| work(i, row));
            return Ok(());
        }
        let mut row = vec![0.0; n];
        for i in 0..n {
            self.watch.poll()?;
            self.rows.row(i, &mut row);
            work(i, &row);
        }
        Ok(())
    }

    /// What each place gains.
    pub(super) fn places(&self, gains: &[f64], places: &mut [f64]) -> Result<()> {
        let Some(Round { a, b, .. }) = self.rounds.last() else { return Ok(()) };
        self.each(|i, row| {
            places[i] = a[i] * row.iter().zip(b).zip(gains).map(|((k, b), gain)| k * b * gain).sum::<f64>();
        })
    }

    /// The gradient to the scores for `slopes` of what each place gains.
    pub(super) fn vjp(&self, gains: &[f64], slopes: &[f64], gradient: &mut [f64]) -> Result<()> {
        let n = self.rows.len();
        let Some(Round { a, b, .. }) = self.rounds.last() else { return Ok(()) };
        // To the logarithms of a and b.
        let (mut to_a, mut to_b) = (vec![0.0; n], vec![0.0; n]);
        self.each(|i, row| {
            for j in 0..n {
                let t = row[j] * b[j] * a[i] * slopes[i] * gains[j];
                to_a[i] += t;
                to_b[j] += t;
            }
        })?;
        let ones = vec![1.0; n];
        // Of each round, what rows and columns were divided for.
        let (mut sums_a, mut sums_b) = (Vec::new(), Vec::new());
        for (number, round) in self.rounds.iter().enumerate().rev() {
            let before = number.checked_sub(1).map_or(&ones, |number| &self.rounds[number].a);
            let sum_a: Vec<f64> =
                to_a.iter().zip(&round.free_a).map(|(&t, &free)| if free { t } else { 0.0 }).collect();
            self.each(|i, row| {
                let t = sum_a[i] * round.a[i];
                for j in 0..n {
                    to_b[j] -= row[j] * round.b[j] * t;
                }
            })?;
            let sum_b: Vec<f64> =
                to_b.iter().zip(&round.free_b).map(|(&t, &free)| if free { t } else { 0.0 }).collect();
            for (to, &free) in to_b.iter_mut().zip(&round.free_b) {
                *to = if free { 0.0 } else { *to };
            }
            self.each(|i, row| {
                let kept = if round.free_a[i] { 0.0 } else { to_a[i] };
                let sum: f64 = (0..n).map(|j| row[j] * round.b[j] * sum_b[j]).sum();
                to_a[i] = kept - before[i] * sum;
            })?;
            sums_a.push(sum_a);
            sums_b.push(sum_b);
        }
        let mut pull = self.rows.pull();
        let mut to_row = vec![0.0; n];
        self.each(|i, row| {
            for j in 0..n {
                to_row[j] = row[j] * b[j] * a[i] * slopes[i] * gains[j];
            }
            for ((number, round), (sum_a, sum_b)) in
                self.rounds.iter().enumerate().rev().zip(sums_a.iter().zip(&sums_b))
            {
                let before = number.checked_sub(1).map_or(1.0, |number| self.rounds[number].a[i]);
                let own = sum_a[i] * round.a[i];
                for j in 0..n {
                    to_row[j] -= row[j] * round.b[j] * (own + sum_b[j] * before);
                }
            }
            let total: f64 = to_row.iter().sum();
            for (to, k) in to_row.iter_mut().zip(row) {
                *to -= k * total;
            }
            pull.add(i, &to_row, gradient);
        })?;
        pull.finish(gradient);
        Ok(())
    }
}

fn add(sums: &mut [f64], row: &[f64], factor: f64) {
    sums.iter_mut().zip(row).for_each(|(sum, k)| *sum += k * factor);
}

fn inner(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
