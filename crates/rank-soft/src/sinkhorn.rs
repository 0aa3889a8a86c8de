//! Sorting as optimal transport with entropy, by Sinkhorn's iteration.
//!
//! Cuturi, Teboul, Vert: Differentiable ranking and sorting using optimal transport (NeurIPS 2019). The values are
//! standardized and squashed into (0, 1), z, and transported onto the grid 0, 1 / (n - 1), …, 1 at the cost of squares:
//! `P = exp((fᵢ + gⱼ - (zᵢ - yⱼ)²) / ε)`, in the log domain, with a fixed number of rounds, through which the gradient is
//! taken exactly. Sorted values are the columns' means of the values, ranks the rows' sums of the places. O(n²) a round.
//! As the values are standardized, the strength has no unit.

use rank_kernels::{exp, vectorized};

const ROUNDS: usize = 50;

struct Plan {
    z: Vec<f64>,
    grid: Vec<f64>,
    strength: f64,
    /// The potentials after each round, f and g.
    potentials: Vec<[Vec<f64>; 2]>,
}

impl Plan {
    fn new(x: &[f64], strength: f64) -> Self {
        let n = x.len();
        let (_, z) = squash(x);
        let grid: Vec<f64> = (0..n).map(|j| if n > 1 { j as f64 / (n - 1) as f64 } else { 0.5 }).collect();
        let mut plan = Self { z, grid, strength, potentials: Vec::with_capacity(ROUNDS) };
        let mut g = vec![0.0; n];
        let share = strength * (n as f64).ln();
        let mut terms = vec![0.0; n];
        for _ in 0..ROUNDS {
            let f: Vec<f64> = (0..n)
                .map(|i| {
                    for j in 0..n {
                        terms[j] = (g[j] - plan.cost(i, j)) / strength;
                    }
                    -strength * log_sum_exp(&mut terms) - share
                })
                .collect();
            g = (0..n)
                .map(|j| {
                    for i in 0..n {
                        terms[i] = (f[i] - plan.cost(i, j)) / strength;
                    }
                    -strength * log_sum_exp(&mut terms) - share
                })
                .collect();
            plan.potentials.push([f, g.clone()]);
        }
        plan
    }

    fn cost(&self, i: usize, j: usize) -> f64 {
        let gap = self.z[i] - self.grid[j];
        gap * gap
    }

    /// n times row i of the plan with these potentials.
    fn row(&self, i: usize, f: &[f64], g: &[f64], row: &mut [f64]) {
        let (own, f, inverse, n) = (self.z[i], f[i], 1.0 / self.strength, f.len() as f64);
        vectorized(|| {
            for ((p, g), y) in row.iter_mut().zip(g).zip(&self.grid) {
                *p = n * exp((f + g - (own - y) * (own - y)) * inverse);
            }
        });
    }
}

fn log_sum_exp(terms: &mut [f64]) -> f64 {
    let most = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    vectorized(|| terms.iter_mut().for_each(|term| *term = exp(*term - most)));
    most + terms.iter().sum::<f64>().ln()
}

/// The slope of the logistic function whose deviation is 1.
const SLOPE: f64 = std::f64::consts::PI / 1.732_050_807_568_877_2;

/// The standard deviation, and the values standardized and squashed.
fn squash(x: &[f64]) -> (f64, Vec<f64>) {
    let n = x.len() as f64;
    let first = x.first().copied().unwrap_or(0.0);
    let mean = first + x.iter().map(|x| x - first).sum::<f64>() / n;
    let deviation = (x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n).sqrt();
    if deviation == 0.0 || !deviation.is_finite() {
        return (0.0, vec![0.5; x.len()]);
    }
    (deviation, x.iter().map(|x| 1.0 / (1.0 + (-SLOPE * (x - mean) / deviation).exp())).collect())
}

/// For each value, the sum over places of `weights` (ascending), or the sorted values, ascending.
pub(crate) fn forward(x: &[f64], weights: Option<&[f64]>, strength: f64, out: &mut [f64]) {
    let plan = Plan::new(x, strength);
    let [f, g] = &plan.potentials[ROUNDS - 1];
    let mut row = vec![0.0; x.len()];
    out.fill(0.0);
    for i in 0..x.len() {
        plan.row(i, f, g, &mut row);
        match weights {
            Some(weights) => out[i] = row.iter().zip(weights).map(|(p, w)| p * w).sum(),
            None => out.iter_mut().zip(&row).for_each(|(out, p)| *out += p * x[i]),
        }
    }
}

pub(crate) fn vjp(x: &[f64], weights: Option<&[f64]>, strength: f64, u: &[f64], out: &mut [f64]) {
    let plan = Plan::new(x, strength);
    let n = x.len();
    let (mut to_f, mut to_g) = (vec![0.0; n], vec![0.0; n]);
    // The gradient to z, of which each cost's share is -2 (z - y) times what it is multiplied with.
    let mut to_z = vec![0.0; n];
    let mut row = vec![0.0; n];
    out.fill(0.0);
    for i in 0..n {
        let [f, g] = &plan.potentials[ROUNDS - 1];
        plan.row(i, f, g, &mut row);
        for j in 0..n {
            let slope = if let Some(weights) = weights {
                u[i] * weights[j]
            } else {
                out[i] += u[j] * row[j];
                u[j] * x[i]
            };
            let t = row[j] * slope / strength;
            to_f[i] += t;
            to_g[j] += t;
            to_z[i] -= t * 2.0 * (plan.z[i] - plan.grid[j]);
        }
    }
    for round in (0..ROUNDS).rev() {
        let [f, g] = &plan.potentials[round];
        for i in 0..n {
            plan.row(i, f, g, &mut row);
            for j in 0..n {
                let t = to_g[j] * row[j];
                to_f[i] -= t;
                to_z[i] += t * 2.0 * (plan.z[i] - plan.grid[j]);
            }
        }
        to_g.fill(0.0);
        let zero = vec![0.0; n];
        let before = if round > 0 { &plan.potentials[round - 1][1] } else { &zero };
        for i in 0..n {
            plan.row(i, f, before, &mut row);
            for j in 0..n {
                let t = to_f[i] * row[j];
                to_g[j] -= t;
                to_z[i] += t * 2.0 * (plan.z[i] - plan.grid[j]);
            }
        }
        to_f.fill(0.0);
    }
    let (deviation, _) = squash(x);
    if deviation > 0.0 {
        // Through the squashing, then through the standardization.
        let slopes: Vec<f64> = to_z.iter().zip(&plan.z).map(|(t, z)| t * SLOPE * z * (1.0 - z)).collect();
        let first = x[0];
        let center = first + x.iter().map(|x| x - first).sum::<f64>() / n as f64;
        let standard: Vec<f64> = x.iter().map(|x| (x - center) / deviation).collect();
        let mean = slopes.iter().sum::<f64>() / n as f64;
        let along = slopes.iter().zip(&standard).map(|(s, z)| s * z).sum::<f64>() / n as f64;
        for ((out, slope), z) in out.iter_mut().zip(&slopes).zip(&standard) {
            *out += (slope - mean - z * along) / deviation;
        }
    }
}
