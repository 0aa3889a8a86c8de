//! LapSum: sums of Laplace distribution functions, whose inverse is known.
//!
//! Struski, Bednarczyk, Podolak, Tabor: LapSum (2025). With F the distribution function of Laplace's law and α the
//! strength: the rank of a value is `1 + Σ F((xᵢ - xⱼ) / α)` over the others; the sorted values solve
//! `Σ F((b - xⱼ) / α) = i - ½`; the mask of the `k` largest is `F((xⱼ - b) / α)` with the `b` that makes the sum `k`.
//! The paper counts ranks from 0. All in O(n) after sorting, gradients too: sums over all pairs are carried from neighbor
//! to neighbor, decaying by `e^(-gap / α)`.
//!
//! By hand: the ranks of 0 and 1 at α = 1 are `1 + e⁻¹ / 2` and `2 - e⁻¹ / 2`.

/// The values in ascending order, with what is carried from either side.
struct Carried {
    order: Vec<usize>,
    x: Vec<f64>,
    /// `e^(-gap / α)` to the value before.
    decay: Vec<f64>,
    /// `Σ e^(-(x - other) / α)` over this and the ones before.
    left: Vec<f64>,
    /// The same over this and the ones behind.
    right: Vec<f64>,
}

impl Carried {
    fn new(values: &[f64], scale: f64) -> Self {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
        let x: Vec<f64> = order.iter().map(|&i| values[i]).collect();
        let decay: Vec<f64> =
            (0..x.len()).map(|k| if k == 0 { 0.0 } else { ((x[k - 1] - x[k]) / scale).exp() }).collect();
        let (mut left, mut right) = (vec![1.0; x.len()], vec![1.0; x.len()]);
        for k in 1..x.len() {
            left[k] += decay[k] * left[k - 1];
        }
        for k in (1..x.len()).rev() {
            right[k - 1] += decay[k] * right[k];
        }
        Self { order, x, decay, left, right }
    }

    /// The `b` with `Σ F((b - xⱼ) / α) = t`, for `0 < t < n`, and how many values are at most `b`.
    fn solve(&self, t: f64, scale: f64, from: usize) -> (f64, usize) {
        let n = self.x.len();
        // The sum at a value.
        let at = |k: usize| (k + 1) as f64 - self.left[k] / 2.0 + (self.right[k] - 1.0) / 2.0;
        let mut m = from;
        while m < n && at(m) <= t {
            m += 1;
        }
        if m == 0 {
            return (self.x[0] + scale * (2.0 * t / self.right[0]).ln(), 0);
        }
        let before = self.x[m - 1];
        if m == n {
            return (before - scale * (2.0 * (n as f64 - t) / self.left[n - 1]).ln(), n);
        }
        let (l, r, ahead) = (self.left[m - 1], self.right[m], m as f64 - t);
        let behind = self.x[m];
        let root = (ahead * ahead + l * r * self.decay[m]).sqrt();
        // Of the quadratic equation in e^(b / α), that side which cancels no digits.
        let b = if ahead > 0.0 {
            before + scale * (l / (ahead + root)).ln()
        } else if ahead < 0.0 {
            behind + scale * ((root - ahead) / r).ln()
        } else {
            f64::midpoint(before, behind) + scale / 2.0 * (l / r).ln()
        };
        (b.clamp(before, behind), m)
    }
}

/// Ascending, from 1.
pub(crate) fn rank(x: &[f64], scale: f64, out: &mut [f64]) {
    let carried = Carried::new(x, scale);
    for (k, &i) in carried.order.iter().enumerate() {
        out[i] = 1.0 + k as f64 - (carried.left[k] - 1.0) / 2.0 + (carried.right[k] - 1.0) / 2.0;
    }
}

pub(crate) fn rank_vjp(x: &[f64], scale: f64, u: &[f64], out: &mut [f64]) {
    let carried = Carried::new(x, scale);
    let n = x.len();
    let u: Vec<f64> = carried.order.iter().map(|&i| u[i]).collect();
    let (mut left, mut right) = (vec![0.0; n], vec![0.0; n]);
    for k in 1..n {
        left[k] = carried.decay[k] * (left[k - 1] + u[k - 1]);
    }
    for k in (1..n).rev() {
        right[k - 1] = carried.decay[k] * (right[k] + u[k]);
    }
    for (k, &i) in carried.order.iter().enumerate() {
        let all = carried.left[k] + carried.right[k] - 2.0;
        out[i] = (u[k] * all - left[k] - right[k]) / (2.0 * scale);
    }
}

/// Descending.
pub(crate) fn sort(x: &[f64], scale: f64, out: &mut [f64]) {
    let carried = Carried::new(x, scale);
    let mut from = 0;
    for i in 0..x.len() {
        let (b, m) = carried.solve(i as f64 + 0.5, scale, from);
        from = m;
        out[x.len() - 1 - i] = b;
    }
}

pub(crate) fn sort_vjp(x: &[f64], scale: f64, u: &[f64], out: &mut [f64]) {
    let carried = Carried::new(x, scale);
    let n = x.len();
    // What each sorted value sends to its neighbors among the values, from which it is carried on.
    let (mut up, mut down) = (vec![0.0; n], vec![0.0; n]);
    let mut from = 0;
    for i in 0..n {
        let (b, m) = carried.solve(i as f64 + 0.5, scale, from);
        from = m;
        let distance = [
            if m > 0 { b - carried.x[m - 1] } else { f64::INFINITY },
            if m < n { carried.x[m] - b } else { f64::INFINITY },
        ];
        let near = distance[0].min(distance[1]);
        // Relative to the nearest value, so that no sum vanishes.
        let reach = distance.map(|distance| if distance.is_finite() { ((near - distance) / scale).exp() } else { 0.0 });
        let total = reach[0] * if m > 0 { carried.left[m - 1] } else { 0.0 }
            + reach[1] * if m < n { carried.right[m] } else { 0.0 };
        let share = u[n - 1 - i] / total;
        if m > 0 {
            down[m - 1] += share * reach[0];
        }
        if m < n {
            up[m] += share * reach[1];
        }
    }
    for k in 1..n {
        up[k] += carried.decay[k] * up[k - 1];
    }
    for k in (1..n).rev() {
        down[k - 1] += carried.decay[k] * down[k];
    }
    for (k, &i) in carried.order.iter().enumerate() {
        out[i] = up[k] + down[k];
    }
}

/// The mask of the `k` largest.
pub(crate) fn mask(x: &[f64], k: usize, scale: f64, out: &mut [f64]) {
    if k == 0 || k >= x.len() {
        out.fill(if k == 0 { 0.0 } else { 1.0 });
        return;
    }
    let (b, _) = Carried::new(x, scale).solve((x.len() - k) as f64, scale, 0);
    for (out, &x) in out.iter_mut().zip(x) {
        let t = (x - b) / scale;
        *out = if t <= 0.0 { t.exp() / 2.0 } else { 1.0 - (-t).exp() / 2.0 };
    }
}

pub(crate) fn mask_vjp(x: &[f64], k: usize, scale: f64, u: &[f64], out: &mut [f64]) {
    if k == 0 || k >= x.len() {
        out.fill(0.0);
        return;
    }
    let (b, _) = Carried::new(x, scale).solve((x.len() - k) as f64, scale, 0);
    let near = x.iter().map(|x| (x - b).abs()).fold(f64::INFINITY, f64::min);
    let weights: Vec<f64> = x.iter().map(|x| ((near - (x - b).abs()) / scale).exp()).collect();
    let total: f64 = weights.iter().sum();
    let mean = weights.iter().zip(u).map(|(weight, u)| weight * u).sum::<f64>() / total;
    let slope = (-near / scale).exp() / (2.0 * scale);
    for ((out, weight), u) in out.iter_mut().zip(&weights).zip(u) {
        *out = slope * weight * (u - mean);
    }
}
