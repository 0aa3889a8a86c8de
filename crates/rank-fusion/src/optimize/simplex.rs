//! Weights that are whole shares of 1: exact, so that none is left out by rounding.

/// All ways to divide `parts` among `lists`, in lexicographic order.
pub(crate) fn compositions(parts: usize, lists: usize) -> Vec<Vec<usize>> {
    fn fill(left: usize, place: usize, shares: &mut Vec<usize>, all: &mut Vec<Vec<usize>>) {
        if place + 1 == shares.len() {
            shares[place] = left;
            all.push(shares.clone());
            return;
        }
        for share in 0..=left {
            shares[place] = share;
            fill(left - share, place + 1, shares, all);
        }
    }
    let mut all = Vec::new();
    if lists > 0 {
        fill(parts, 0, &mut vec![0; lists], &mut all);
    }
    all
}

/// How many there are, C(parts + lists - 1, lists - 1), if that is no more than fits.
pub(crate) fn count(parts: usize, lists: usize) -> Option<usize> {
    let mut count: u128 = 1;
    for i in 1..lists as u128 {
        count = count.checked_mul(parts as u128 + i)? / i;
    }
    usize::try_from(count).ok()
}

/// The shares as weights that add up to 1.
pub(crate) fn weights(shares: &[usize]) -> Vec<f64> {
    let parts: usize = shares.iter().sum();
    shares.iter().map(|&share| share as f64 / parts as f64).collect()
}

/// How far weights are from equal ones, squared.
pub(crate) fn unevenness(weights: &[f64]) -> f64 {
    let sum: f64 = weights.iter().sum();
    let even = 1.0 / weights.len() as f64;
    weights.iter().map(|weight| (weight / sum - even).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_is_missing() {
        for (parts, lists, expected) in
            [(10, 2, 11), (10, 3, 66), (10, 4, 286), (10, 5, 1001), (20, 2, 21), (20, 3, 231)]
        {
            let all = compositions(parts, lists);
            assert_eq!((all.len(), count(parts, lists)), (expected, Some(expected)));
            assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(all.iter().all(|shares| shares.iter().sum::<usize>() == parts));
        }
        assert_eq!(compositions(4, 1), [[4]]);
        assert_eq!(count(1_000_000, 40), None);
    }

    #[test]
    fn equal_weights_are_even() {
        assert_eq!(weights(&[1, 1, 2]), [0.25, 0.25, 0.5]);
        assert_eq!(unevenness(&[0.5, 0.5]), 0.0);
        assert_eq!(unevenness(&[3.0, 1.0]), 0.125);
    }
}
