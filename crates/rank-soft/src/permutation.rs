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

use crate::Result;
use crate::sigmoid::add_to_lanes;
use crate::watch::Watch;

/// What is done with the rows of the matrix.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Task<'a> {
    /// Their sum, each times a weight.
    Weights(&'a [f64]),
    /// Their means of the values.
    Sort,
    /// Their means of other numbers, which are constants.
    Means(&'a [f64]),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Matrix {
    SoftSort,
    NeuralSort,
}

/// The rows of the matrix.
pub(crate) struct Rows<'a> {
    matrix: Matrix,
    x: &'a [f64],
    temperature: f64,
    /// Descending.
    order: Vec<usize>,
    /// `Σₖ |xⱼ - xₖ|`.
    distances: Vec<f64>,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(matrix: Matrix, x: &'a [f64], temperature: f64) -> Self {
        let mut order: Vec<usize> = (0..x.len()).collect();
        order.sort_by(|&a, &b| x[b].total_cmp(&x[a]));
        let mut distances = Vec::new();
        if matrix == Matrix::NeuralSort {
            // From either end, sums of what lies beyond, which only grow.
            distances = vec![0.0; x.len()];
            for backwards in [false, true] {
                let (mut sum, mut last) = (0.0, None);
                for place in 0..x.len() {
                    let i = order[if backwards { x.len() - 1 - place } else { place }];
                    sum += last.map_or(0.0, |last: f64| place as f64 * (last - x[i]).abs());
                    last = Some(x[i]);
                    distances[i] += sum;
                }
            }
        }
        Self { matrix, x, temperature, order, distances }
    }

    pub(crate) fn len(&self) -> usize {
        self.x.len()
    }

    /// The factor of the values in row `i`.
    fn factor(&self, i: usize) -> f64 {
        self.x.len() as f64 - 1.0 - 2.0 * i as f64
    }

    /// Row `i`, into `row`.
    pub(crate) fn row(&self, i: usize, row: &mut [f64]) {
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

    /// The way back to the values.
    pub(crate) fn pull(&self) -> Pull<'_> {
        let distances = vec![0.0; if self.matrix == Matrix::NeuralSort { self.x.len() } else { 0 }];
        Pull { rows: self, distances }
    }
}

/// From gradients to what the softmaxes are of, to those of the values.
pub(crate) struct Pull<'a> {
    rows: &'a Rows<'a>,
    /// The gradients to the sums of distances.
    distances: Vec<f64>,
}

impl Pull<'_> {
    /// Takes the gradient to the logarithms of row `i`, before they are normalized.
    pub(crate) fn add(&mut self, i: usize, slopes: &[f64], out: &mut [f64]) {
        let Rows { x, order, .. } = self.rows;
        let inverse = 1.0 / self.rows.temperature;
        match self.rows.matrix {
            Matrix::SoftSort => {
                let pivot = order[i];
                let mut moved = 0.0;
                for (j, slope) in slopes.iter().enumerate() {
                    let slope = slope * inverse * sign(x[pivot] - x[j]);
                    out[j] += slope;
                    moved += slope;
                }
                out[pivot] -= moved;
            }
            Matrix::NeuralSort => {
                let factor = self.rows.factor(i);
                for ((out, distance), slope) in out.iter_mut().zip(&mut self.distances).zip(slopes) {
                    let slope = slope * inverse;
                    *out += factor * slope;
                    *distance -= slope;
                }
            }
        }
    }

    /// Adds what the distances give: each pair of different values moves with both.
    pub(crate) fn finish(self, out: &mut [f64]) {
        let Rows { x, order, .. } = self.rows;
        if self.distances.is_empty() {
            return;
        }
        let total: f64 = self.distances.iter().sum();
        let (mut above, mut start) = (0.0, 0);
        while start < order.len() {
            let mut end = start + 1;
            while end < order.len() && x[order[end]] == x[order[start]] {
                end += 1;
            }
            let own: f64 = order[start..end].iter().map(|&i| self.distances[i]).sum();
            let below = total - above - own;
            // How many values lie below, less how many lie above.
            let sign = (order.len() - end) as f64 - start as f64;
            for &i in &order[start..end] {
                out[i] += self.distances[i] * sign + (below - above);
            }
            above += own;
            start = end;
        }
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
        let (blocks, rest) = self.0.as_chunks::<8>();
        let mut lanes = [f64::NEG_INFINITY; 8];
        for block in blocks {
            for lane in 0..8 {
                lanes[lane] = if block[lane] > lanes[lane] { block[lane] } else { lanes[lane] };
            }
        }
        let most = lanes.iter().chain(rest.iter()).copied().fold(f64::NEG_INFINITY, f64::max);
        // Loops of one thing each are vectorized.
        for value in self.0.iter_mut() {
            *value = exp(*value - most);
        }
        let mut sums = [0.0; 8];
        add_to_lanes(&mut sums, self.0);
        let sum = sums.iter().sum::<f64>();
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

pub(crate) fn forward(
    matrix: Matrix,
    task: Task<'_>,
    x: &[f64],
    temperature: f64,
    watch: Watch<'_>,
    out: &mut [f64],
) -> Result<()> {
    let rows = Rows::new(matrix, x, temperature);
    let mut row = vec![0.0; x.len()];
    out.fill(0.0);
    for i in 0..x.len() {
        watch.advance(1)?;
        match task {
            Task::Weights(weights) if weights[i] == 0.0 => {}
            Task::Weights(weights) => {
                rows.row(i, &mut row);
                out.iter_mut().zip(&row).for_each(|(out, p)| *out += weights[i] * p);
            }
            Task::Sort | Task::Means(_) => {
                rows.row(i, &mut row);
                let along = if let Task::Means(numbers) = task { numbers } else { x };
                out[i] = row.iter().zip(along).map(|(p, x)| p * x).sum();
            }
        }
    }
    Ok(())
}

pub(crate) fn vjp(
    matrix: Matrix,
    task: Task<'_>,
    x: &[f64],
    temperature: f64,
    u: &[f64],
    watch: Watch<'_>,
    out: &mut [f64],
) -> Result<()> {
    let rows = Rows::new(matrix, x, temperature);
    let mut pull = rows.pull();
    let mut row = vec![0.0; x.len()];
    out.fill(0.0);
    for i in 0..x.len() {
        watch.advance(1)?;
        // The gradient to entry j of the row is scale · along[j].
        let (scale, along) = match task {
            Task::Weights(weights) => (weights[i], u),
            Task::Sort => (u[i], x),
            Task::Means(numbers) => (u[i], numbers),
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
            *p *= scale * (a - mean);
        }
        pull.add(i, &row, out);
    }
    pull.finish(out);
    Ok(())
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
