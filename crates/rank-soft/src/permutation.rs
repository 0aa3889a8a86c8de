//! SoftSort and NeuralSort: a row-stochastic matrix near the permutation that sorts, row by row of which everything is
//! computed, so that memory stays O(n).
//!
//! Row i stands for the i-th largest value. SoftSort (Prillo, Eisenschlos 2020): the softmax of `-|x₍ᵢ₎ - xⱼ| / τ`, x₍ᵢ₎
//! being the i-th largest. NeuralSort (Grover et al. 2019): the softmax of `((n + 1 - 2i) xⱼ - Σₖ |xⱼ - xₖ|) / τ`. Sorted
//! values are the rows' means of the values; ranks are `Σᵢ (n + 1 - i) Pᵢⱼ`, and the mask of the `k` largest is
//! `Σ_{i ≤ k} Pᵢⱼ`. Columns do not sum to 1. O(n²).
//!
//! By hand: of 0 and 1 at τ = 1 the matrix of SoftSort is (p, 1 - p), (1 - p, p) about p = 1 / (1 + e⁻¹).

use rank_kernels::{Work, exp, vectorized_work};

/// What is done with the rows of the matrix.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Task<'a> {
    /// Their sum, each times a weight.
    Weights(&'a [f64]),
    /// Their means of the values.
    Sort,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Matrix {
    SoftSort,
    NeuralSort,
}

struct Rows<'a> {
    matrix: Matrix,
    x: &'a [f64],
    temperature: f64,
    /// Descending.
    order: Vec<usize>,
    /// `Σₖ |xⱼ - xₖ|`.
    distances: Vec<f64>,
}

impl<'a> Rows<'a> {
    fn new(matrix: Matrix, x: &'a [f64], temperature: f64) -> Self {
        let mut order: Vec<usize> = (0..x.len()).collect();
        order.sort_by(|&a, &b| x[b].total_cmp(&x[a]));
        let distances = match matrix {
            Matrix::SoftSort => Vec::new(),
            Matrix::NeuralSort => x.iter().map(|a| x.iter().map(|b| (a - b).abs()).sum()).collect(),
        };
        Self { matrix, x, temperature, order, distances }
    }

    /// The factor of the values in row `i`.
    fn factor(&self, i: usize) -> f64 {
        self.x.len() as f64 - 1.0 - 2.0 * i as f64
    }

    /// Row `i`, into `row`.
    fn row(&self, i: usize, row: &mut [f64]) {
        match self.matrix {
            Matrix::SoftSort => {
                let pivot = self.x[self.order[i]];
                for (p, x) in row.iter_mut().zip(self.x) {
                    *p = -(pivot - x).abs() / self.temperature;
                }
            }
            Matrix::NeuralSort => {
                let factor = self.factor(i);
                for ((p, x), distance) in row.iter_mut().zip(self.x).zip(&self.distances) {
                    *p = (factor * x - distance) / self.temperature;
                }
            }
        }
        softmax(row);
    }
}

/// The exponentials of the values less the greatest, in place.
struct Exponentials<'a>(&'a mut [f64]);

impl Work for Exponentials<'_> {
    /// The greatest, and the sum.
    type Output = (f64, f64);

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled into its caller, for the caller's instruction set")]
    fn run(self) -> (f64, f64) {
        let (blocks, rest) = self.0.as_chunks_mut::<8>();
        let mut lanes = [f64::NEG_INFINITY; 8];
        for block in blocks.iter() {
            for lane in 0..8 {
                lanes[lane] = if block[lane] > lanes[lane] { block[lane] } else { lanes[lane] };
            }
        }
        let most = lanes.iter().chain(rest.iter()).copied().fold(f64::NEG_INFINITY, f64::max);
        let mut sums = [0.0; 8];
        for block in blocks.iter_mut() {
            for lane in 0..8 {
                block[lane] = exp(block[lane] - most);
                sums[lane] += block[lane];
            }
        }
        let mut sum = sums.iter().sum::<f64>();
        for value in rest {
            *value = exp(*value - most);
            sum += *value;
        }
        (most, sum)
    }
}

/// The softmax, in place; returns the log of the sum of the exponentials.
pub(crate) fn softmax(row: &mut [f64]) -> f64 {
    let (most, total) = vectorized_work(Exponentials(row));
    let inverse = 1.0 / total;
    for value in row.iter_mut() {
        *value *= inverse;
    }
    most + total.ln()
}

pub(crate) fn forward(matrix: Matrix, task: Task<'_>, x: &[f64], temperature: f64, out: &mut [f64]) {
    let rows = Rows::new(matrix, x, temperature);
    let mut row = vec![0.0; x.len()];
    out.fill(0.0);
    for i in 0..x.len() {
        match task {
            Task::Weights(weights) if weights[i] == 0.0 => {}
            Task::Weights(weights) => {
                rows.row(i, &mut row);
                out.iter_mut().zip(&row).for_each(|(out, p)| *out += weights[i] * p);
            }
            Task::Sort => {
                rows.row(i, &mut row);
                out[i] = row.iter().zip(x).map(|(p, x)| p * x).sum();
            }
        }
    }
}

pub(crate) fn vjp(matrix: Matrix, task: Task<'_>, x: &[f64], temperature: f64, u: &[f64], out: &mut [f64]) {
    let rows = Rows::new(matrix, x, temperature);
    let n = x.len();
    let (mut row, mut distances) = (vec![0.0; n], vec![0.0; n]);
    out.fill(0.0);
    for i in 0..n {
        // The gradient to entry j of the row is scale · along[j].
        let (scale, along) = match task {
            Task::Weights(weights) => (weights[i], u),
            Task::Sort => (u[i], x),
        };
        if scale == 0.0 {
            continue;
        }
        rows.row(i, &mut row);
        if let Task::Sort = task {
            out.iter_mut().zip(&row).for_each(|(out, p)| *out += scale * p);
        }
        let mean: f64 = row.iter().zip(along).map(|(p, a)| p * a).sum();
        for (p, a) in row.iter_mut().zip(along) {
            *p *= scale * (a - mean) / temperature;
        }
        match matrix {
            Matrix::SoftSort => {
                let pivot = rows.order[i];
                let mut moved = 0.0;
                for (j, slope) in row.iter().enumerate() {
                    let slope = slope * sign(x[pivot] - x[j]);
                    out[j] += slope;
                    moved += slope;
                }
                out[pivot] -= moved;
            }
            Matrix::NeuralSort => {
                let factor = rows.factor(i);
                for ((out, distance), slope) in out.iter_mut().zip(&mut distances).zip(&row) {
                    *out += factor * slope;
                    *distance -= slope;
                }
            }
        }
    }
    if matrix == Matrix::NeuralSort {
        for j in 0..n {
            let (mut own, slope) = (0.0, distances[j]);
            for (k, out) in out.iter_mut().enumerate() {
                let sign = sign(x[j] - x[k]);
                own += sign;
                *out -= slope * sign;
            }
            out[j] += slope * own;
        }
    }
}

fn sign(value: f64) -> f64 {
    if value > 0.0 {
        1.0
    } else if value < 0.0 {
        -1.0
    } else {
        0.0
    }
}
