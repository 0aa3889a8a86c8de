//! Sorting as optimal transport with entropy, by Sinkhorn's iteration.
//!
//! Cuturi, Teboul, Vert: Differentiable ranking and sorting using optimal transport (NeurIPS 2019). The values are
//! standardized and squashed into (0, 1), z, and transported onto the grid 0, 1 / (n - 1), …, 1 at the cost of squares:
//! `P = exp((fᵢ + gⱼ - (zᵢ - yⱼ)²) / ε)`, in the log domain, with a fixed number of rounds, through which the gradient is
//! taken exactly. Sorted values are the columns' means of the values, ranks the rows' sums of the places. O(n²) a round.
//! As the values are standardized, the strength has no unit.

use rank_kernels::{Work, exp, vectorized_work};

use crate::Result;
use crate::sigmoid::add_to_lanes;
use crate::watch::Watch;

const ROUNDS: usize = 50;

/// How many steps the values take, and their gradient.
pub(crate) fn steps(n: usize, back: bool) -> usize {
    if back { (4 * ROUNDS + 1) * n } else { (2 * ROUNDS + 1) * n }
}

struct Plan<'a> {
    z: Vec<f64>,
    grid: Vec<f64>,
    strength: f64,
    /// The potentials after each round, f and g.
    potentials: Vec<[Vec<f64>; 2]>,
    watch: Watch<'a>,
}

impl<'a> Plan<'a> {
    fn new(x: &[f64], strength: f64, watch: Watch<'a>) -> Result<Self> {
        let n = x.len();
        let (_, z) = squash(x);
        let grid: Vec<f64> = (0..n).map(|j| if n > 1 { j as f64 / (n - 1) as f64 } else { 0.5 }).collect();
        let mut plan = Self { z, grid, strength, potentials: Vec::with_capacity(ROUNDS), watch };
        let mut g = vec![0.0; n];
        for _ in 0..ROUNDS {
            let f = plan.potential(&plan.z, &plan.grid, &g)?;
            g = plan.potential(&plan.grid, &plan.z, &f)?;
            plan.potentials.push([f, g.clone()]);
        }
        Ok(plan)
    }

    /// The potential of each `own` point for those of the `others`.
    fn potential(&self, own: &[f64], others: &[f64], potentials: &[f64]) -> Result<Vec<f64>> {
        let (strength, inverse) = (self.strength, 1.0 / self.strength);
        let share = strength * (own.len() as f64).ln();
        own.iter()
            .map(|&own| {
                self.watch.advance(1)?;
                Ok(-strength * vectorized_work(LogSumExp { own, others, potentials, inverse }) - share)
            })
            .collect()
    }

    /// n times row i of the plan with these potentials.
    fn row(&self, i: usize, f: &[f64], g: &[f64], row: &mut [f64]) -> Result<()> {
        self.watch.advance(1)?;
        let (own, f, inverse, scale) = (self.z[i], f[i], 1.0 / self.strength, f.len() as f64);
        vectorized_work(PlanRow { own, f, g, grid: &self.grid, inverse, scale, row });
        Ok(())
    }
}

struct PlanRow<'a> {
    own: f64,
    f: f64,
    g: &'a [f64],
    grid: &'a [f64],
    inverse: f64,
    scale: f64,
    row: &'a mut [f64],
}

impl Work for PlanRow<'_> {
    type Output = ();

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
    fn run(self) {
        for ((p, g), y) in self.row.iter_mut().zip(self.g).zip(self.grid) {
            let gap = self.own - y;
            *p = self.scale * exp((self.f + g - gap * gap) * self.inverse);
        }
    }
}

/// `log Σ e^((potential - (own - other)²) / ε)`.
struct LogSumExp<'a> {
    own: f64,
    others: &'a [f64],
    potentials: &'a [f64],
    inverse: f64,
}

impl Work for LogSumExp<'_> {
    type Output = f64;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
    fn run(self) -> f64 {
        let term = |potential: f64, other: f64| {
            let gap = self.own - other;
            (potential - gap * gap) * self.inverse
        };
        let (blocks, rest) = self.potentials.as_chunks::<8>();
        let (others, other_rest) = self.others.as_chunks::<8>();
        let mut lanes = [f64::NEG_INFINITY; 8];
        for (block, others) in blocks.iter().zip(others) {
            for lane in 0..8 {
                let t = term(block[lane], others[lane]);
                lanes[lane] = if t > lanes[lane] { t } else { lanes[lane] };
            }
        }
        let rest = rest.iter().zip(other_rest).map(|(&potential, &other)| term(potential, other));
        let most = rest.chain(lanes).fold(f64::NEG_INFINITY, f64::max);
        // Loops of one thing each are vectorized.
        let (mut terms, mut sums) = ([0.0; 64], [0.0; 8]);
        for (potentials, others) in self.potentials.chunks(64).zip(self.others.chunks(64)) {
            let terms = &mut terms[..potentials.len()];
            for ((t, potential), other) in terms.iter_mut().zip(potentials).zip(others) {
                let gap = self.own - other;
                *t = exp((potential - gap * gap) * self.inverse - most);
            }
            add_to_lanes(&mut sums, terms);
        }
        most + sums.iter().sum::<f64>().ln()
    }
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
pub(crate) fn forward(
    x: &[f64],
    weights: Option<&[f64]>,
    strength: f64,
    watch: Watch<'_>,
    out: &mut [f64],
) -> Result<()> {
    let plan = Plan::new(x, strength, watch)?;
    let [f, g] = &plan.potentials[ROUNDS - 1];
    let mut row = vec![0.0; x.len()];
    out.fill(0.0);
    for i in 0..x.len() {
        plan.row(i, f, g, &mut row)?;
        match weights {
            Some(weights) => out[i] = row.iter().zip(weights).map(|(p, w)| p * w).sum(),
            None => out.iter_mut().zip(&row).for_each(|(out, p)| *out += p * x[i]),
        }
    }
    Ok(())
}

pub(crate) fn vjp(
    x: &[f64],
    weights: Option<&[f64]>,
    strength: f64,
    u: &[f64],
    watch: Watch<'_>,
    out: &mut [f64],
) -> Result<()> {
    let plan = Plan::new(x, strength, watch)?;
    let n = x.len();
    let (mut to_f, mut to_g) = (vec![0.0; n], vec![0.0; n]);
    // The gradient to z, of which each cost's share is -2 (z - y) times what it is multiplied with.
    let mut to_z = vec![0.0; n];
    let mut row = vec![0.0; n];
    out.fill(0.0);
    for i in 0..n {
        let [f, g] = &plan.potentials[ROUNDS - 1];
        plan.row(i, f, g, &mut row)?;
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
            plan.row(i, f, g, &mut row)?;
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
            plan.row(i, f, before, &mut row)?;
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
    Ok(())
}
