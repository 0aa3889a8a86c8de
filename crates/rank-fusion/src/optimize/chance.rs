//! Random numbers that are the same on every machine, and what chance alone could do.

/// `SplitMix64`. Source: Steele, Lea, Flood: Fast splittable pseudorandom number generators (OOPSLA 2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `n`, all equally likely but for one part in 2^64 / n.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }
}

const RESAMPLES: usize = 10_000;

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |sum, value| sum + value) / values.len().max(1) as f64
}

/// How likely a mean difference at least as large, in either direction, is if each query's sign were chance.
/// Source: Fisher: The design of experiments (1935).
pub(crate) fn randomization_p_value(differences: &[f64], seed: u64) -> f64 {
    let seen = differences.iter().sum::<f64>().abs();
    let mut random = Random(seed);
    let at_least = (0..RESAMPLES)
        .filter(|_| {
            let mut signs = 0;
            let sum: f64 = differences
                .iter()
                .enumerate()
                .map(|(i, difference)| {
                    if i % 64 == 0 {
                        signs = random.next();
                    }
                    let kept = signs >> (i % 64) & 1 == 0;
                    if kept { *difference } else { -difference }
                })
                .sum();
            // Sums of the same numbers in other signs differ in their last bits.
            sum.abs() >= seen - 1e-12
        })
        .count();
    (at_least + 1) as f64 / (RESAMPLES + 1) as f64
}

/// The bounds between which 95 % of the means of resampled queries lie.
/// Source: Efron: Bootstrap methods: another look at the jackknife (1979).
pub(crate) fn bootstrap_interval(values: &[f64], seed: u64) -> (f64, f64) {
    if values.is_empty() {
        return (0.0, 0.0);
    }
    let mut random = Random(seed);
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| (0..values.len()).map(|_| values[random.below(values.len())]).sum::<f64>() / values.len() as f64)
        .collect();
    means.sort_unstable_by(f64::total_cmp);
    (means[RESAMPLES / 40], means[RESAMPLES - 1 - RESAMPLES / 40])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_told_from_gain() {
        assert!(randomization_p_value(&[0.1; 20], 1) < 0.001);
        assert!(randomization_p_value(&[0.1, -0.1, 0.2, -0.2, 0.05, -0.04], 1) > 0.5);
        assert_eq!(randomization_p_value(&[0.0; 5], 1), 1.0);
        // Four equal signs of 2^4 possible ones, in both directions.
        assert!((randomization_p_value(&[1.0; 4], 1) - 0.125).abs() < 0.02);
    }

    #[test]
    fn the_interval_holds_the_mean() {
        let values: Vec<f64> = (0..100).map(|i| f64::from(i) / 100.0).collect();
        let (low, high) = bootstrap_interval(&values, 1);
        // The standard error is 0.029.
        assert!((low - (0.495 - 1.96 * 0.0289)).abs() < 0.005 && (high - (0.495 + 1.96 * 0.0289)).abs() < 0.005);
        assert_eq!(bootstrap_interval(&[0.5; 3], 1), (0.5, 0.5));
    }

    #[test]
    fn every_order_is_as_likely() {
        let mut random = Random(3);
        let mut counts = [0; 3];
        for _ in 0..3000 {
            let mut items = [0, 1, 2];
            random.shuffle(&mut items);
            counts[items[0]] += 1;
        }
        assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
    }
}
