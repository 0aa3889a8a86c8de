//! Diverse selections against selections that compute everything anew in each step.

use proptest::prelude::*;
use rank_rerank::diversity::{
    Cosine, DppConfig, MmrConfig, Similarity, SimilarityMatrix, dpp, facility_location, max_sum, mmr, mmr_adaptive,
    mmr_curve,
};
use rank_rerank::{Error, TokenMatrix};

type Selected = Vec<(usize, f64)>;

/// The first of the candidates with the largest gain, until `k` are selected or no gain is finite.
fn greedy(n: usize, k: usize, gain: impl Fn(&[usize], usize) -> f64) -> Selected {
    let mut selected: Selected = Vec::new();
    while selected.len() < k.min(n) {
        let chosen: Vec<usize> = selected.iter().map(|&(position, _)| position).collect();
        let open = (0..n).filter(|position| !chosen.contains(position));
        let gains: Vec<(usize, f64)> = open.map(|position| (position, gain(&chosen, position))).collect();
        let best = gains.iter().fold(f64::NEG_INFINITY, |best, &(_, gain)| best.max(gain));
        let Some(&next) = gains.iter().find(|(_, gain)| *gain == best).filter(|_| best.is_finite()) else { break };
        selected.push(next);
    }
    selected
}

fn mmr_gain(relevance: &[f64], similarity: &impl Similarity, lambda: f64, chosen: &[usize], candidate: usize) -> f64 {
    let nearest = chosen.iter().map(|&other| similarity.similarity(candidate, other)).reduce(f64::max);
    lambda * relevance[candidate] - nearest.map_or(0.0, |nearest| (1.0 - lambda) * nearest)
}

/// The logarithm of the determinant of the kernel of the chosen, by elimination.
fn log_determinant(relevance: &[f64], similarity: &impl Similarity, alpha: f64, chosen: &[usize]) -> f64 {
    let mut rows: Vec<Vec<f64>> = chosen
        .iter()
        .map(|&a| chosen.iter().map(|&b| if a == b { 1.0 } else { similarity.similarity(a, b) }).collect())
        .collect();
    let mut sum = chosen.iter().map(|&position| 2.0 * alpha * relevance[position]).sum();
    for pivot in 0..rows.len() {
        for row in pivot + 1..rows.len() {
            let factor = rows[row][pivot] / rows[pivot][pivot];
            let above = rows[pivot].clone();
            for (entry, above) in rows[row].iter_mut().zip(above).skip(pivot) {
                *entry -= factor * above;
            }
        }
        sum += rows[pivot][pivot].ln();
    }
    sum
}

/// Candidates, with relevance and embeddings of few values, so that ties and repetitions are common.
fn candidates() -> impl Strategy<Value = (Vec<(usize, f64)>, TokenMatrix)> {
    (1_usize..12, 1_usize..6).prop_flat_map(|(n, dim)| {
        let relevance = prop::collection::vec((0_u8..5).prop_map(|grade| f64::from(grade) / 4.0), n);
        let values = prop::collection::vec((-2_i8..3).prop_map(f32::from), n * dim);
        (relevance, values).prop_map(move |(relevance, values)| {
            (relevance.into_iter().enumerate().collect(), TokenMatrix::new(values, dim).unwrap())
        })
    })
}

fn weight() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(0.5), Just(1.0), 0.0..1.0]
}

fn relevance(candidates: &[(usize, f64)]) -> Vec<f64> {
    candidates.iter().map(|&(_, relevance)| relevance).collect()
}

proptest! {
    #[test]
    fn mmr_is_the_selection_that_compares_everything((list, matrix) in candidates(), lambda in weight(), k in 0_usize..14) {
        let cosine = Cosine::new(matrix.view()).unwrap();
        let relevance = relevance(&list);
        // The first is the most relevant, also where relevance has no weight.
        let first = |candidate: usize| relevance.iter().all(|other| relevance[candidate] >= *other);
        let expected = greedy(list.len(), k, |chosen, candidate| {
            if chosen.is_empty() && !first(candidate) {
                f64::NEG_INFINITY
            } else {
                mmr_gain(&relevance, &cosine, lambda, chosen, candidate)
            }
        });
        prop_assert_eq!(mmr(&list, &cosine, MmrConfig { lambda_mult: lambda, k }).unwrap(), expected);
    }

    /// So many that most similarities are left out, and that signs say which are computed first.
    #[test]
    fn mmr_of_many_is_the_selection_that_compares_everything(
        n in 20_usize..60, dim in 1_usize..300, topics in 1_usize..12, levels in 1_u64..100, lambda in weight(),
        end in weight(), start in any::<u64>(),
    ) {
        let mut state = start;
        let mut below = |end: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % end
        };
        // Few levels make ties and repetitions.
        let centers: Vec<u64> = (0..topics * dim).map(|_| below(levels)).collect();
        let mut values = Vec::new();
        for _ in 0..n {
            let topic = below(topics as u64) as usize;
            values.extend((0..dim).map(|at| (centers[topic * dim + at] + below(levels)) as f32 - levels as f32 + 1.0));
        }
        let list: Vec<(usize, f64)> = (0..n).map(|id| (id, below(levels) as f64 / levels as f64)).collect();
        let matrix = TokenMatrix::new(values, dim).unwrap();
        let cosine = Cosine::new(matrix.view()).unwrap();
        let all: Vec<Vec<f64>> = (0..n).map(|a| (0..n).map(|b| cosine.similarity(a, b)).collect()).collect();
        let relevance = relevance(&list);
        let k = n - 5;
        let expected = |weight: &dyn Fn(usize) -> f64| {
            let mut maxima = vec![f64::NEG_INFINITY; n];
            let mut left: Vec<usize> = (0..n).collect();
            let mut selected: Selected = Vec::new();
            while selected.len() < k {
                let lambda = weight(selected.len());
                let gain = |candidate: usize| match selected.len() {
                    0 => relevance[candidate],
                    _ => lambda * relevance[candidate] - (1.0 - lambda) * maxima[candidate],
                };
                let best = left.iter().copied().reduce(|best, next| if gain(next) > gain(best) { next } else { best });
                let best = best.unwrap();
                selected.push((best, if selected.is_empty() { lambda * relevance[best] } else { gain(best) }));
                left.retain(|&candidate| candidate != best);
                for &other in &left {
                    maxima[other] = maxima[other].max(all[other][best]);
                }
            }
            selected
        };
        prop_assert_eq!(mmr(&list, &cosine, MmrConfig { lambda_mult: lambda, k }).unwrap(), expected(&|_| lambda));
        let weight = |selected: usize| lambda + (end - lambda) * (selected as f64 / (k - 1) as f64);
        prop_assert_eq!(mmr_adaptive(&list, &cosine, lambda, end, k).unwrap(), expected(&weight));
    }

    #[test]
    fn adaptive_mmr_is_the_selection_that_compares_everything(
        (list, matrix) in candidates(), start in weight(), end in weight(), k in 0_usize..14,
    ) {
        let cosine = Cosine::new(matrix.view()).unwrap();
        let relevance = relevance(&list);
        let first = |candidate: usize| relevance.iter().all(|other| relevance[candidate] >= *other);
        let expected = greedy(list.len(), k, |chosen, candidate| {
            if chosen.is_empty() {
                return if first(candidate) { start * relevance[candidate] } else { f64::NEG_INFINITY };
            }
            let lambda = start + (end - start) * (chosen.len() as f64 / (k - 1) as f64);
            mmr_gain(&relevance, &cosine, lambda, chosen, candidate)
        });
        prop_assert_eq!(mmr_adaptive(&list, &cosine, start, end, k).unwrap(), expected);
        // A lambda that does not move is plain MMR.
        prop_assert_eq!(
            mmr_adaptive(&list, &cosine, start, start, k).unwrap(),
            mmr(&list, &cosine, MmrConfig { lambda_mult: start, k }).unwrap()
        );
    }

    #[test]
    fn the_gains_of_dpp_add_up_to_the_determinant((list, matrix) in candidates(), alpha in 0.0..2.0, k in 0_usize..14) {
        let cosine = Cosine::new(matrix.view()).unwrap();
        let relevance = relevance(&list);
        let selected = dpp(&list, &cosine, DppConfig { alpha, k }).unwrap();
        let chosen: Vec<usize> = selected.iter().map(|&(id, _)| id).collect();
        let mut total = 0.0;
        for (count, &(_, gain)) in selected.iter().enumerate() {
            total += gain;
            let determinant = log_determinant(&relevance, &cosine, alpha, &chosen[..=count]);
            prop_assert!((total - determinant).abs() < 1e-4 * (1.0 + determinant.abs()), "{total} {determinant}");
            // No other candidate makes it larger.
            for other in (0..list.len()).filter(|other| !chosen[..count].contains(other)) {
                let mut others = chosen[..count].to_vec();
                others.push(other);
                let rival = log_determinant(&relevance, &cosine, alpha, &others);
                // A vector in the span of the chosen has a determinant of 0, or what rounding makes of it.
                let residual = rival - (total - gain) - 2.0 * alpha * relevance[other];
                if residual > 1e-4_f64.ln() {
                    prop_assert!(rival <= determinant + 1e-4, "{rival} {determinant}");
                }
            }
        }
        // It ends early only where nothing independent is left: there are no more than the vectors' dimensions.
        prop_assert!(selected.len() <= k.min(list.len()));
    }

    #[test]
    fn max_sum_is_the_selection_that_adds_everything((list, matrix) in candidates(), lambda in weight(), k in 0_usize..14) {
        let cosine = Cosine::new(matrix.view()).unwrap();
        let relevance = relevance(&list);
        let weight = (1.0 - lambda) * 2.0 / (k.min(list.len()).max(2) - 1) as f64;
        let expected = greedy(list.len(), k, |chosen, candidate| {
            chosen.iter().fold(lambda * relevance[candidate] / 2.0, |sum, &other| {
                sum + weight * (1.0 - cosine.similarity(candidate, other))
            })
        });
        prop_assert_eq!(max_sum(&list, &cosine, lambda, k).unwrap(), expected);
    }

    #[test]
    fn facility_location_gains_what_the_coverage_gains((list, matrix) in candidates(), lambda in weight(), k in 0_usize..14) {
        let cosine = Cosine::new(matrix.view()).unwrap();
        let relevance = relevance(&list);
        let value = |chosen: &[usize]| -> f64 {
            let own: f64 = chosen.iter().map(|&position| relevance[position]).sum();
            let covered = |candidate: usize| {
                chosen.iter().map(|&other| cosine.similarity(candidate, other)).fold(0.0, f64::max)
            };
            lambda * own + (1.0 - lambda) * (0..list.len()).map(covered).sum::<f64>()
        };
        let selected = facility_location(&list, &cosine, lambda, k).unwrap();
        prop_assert_eq!(selected.len(), k.min(list.len()));
        let mut chosen = Vec::new();
        for &(id, gain) in &selected {
            let before = value(&chosen);
            for other in (0..list.len()).filter(|other| !chosen.contains(other)) {
                let mut others = chosen.clone();
                others.push(other);
                prop_assert!(value(&others) <= before + gain + 1e-5);
            }
            chosen.push(id);
            prop_assert!((value(&chosen) - before - gain).abs() < 1e-5);
        }
    }

    #[test]
    fn a_matrix_of_cosines_selects_as_the_cosines_do((list, matrix) in candidates(), lambda in weight()) {
        let cosine = Cosine::new(matrix.view()).unwrap();
        let n = list.len();
        let values: Vec<f32> =
            (0..n).flat_map(|a| (0..n).map(|b| cosine.similarity(a, b) as f32).collect::<Vec<_>>()).collect();
        let known = SimilarityMatrix::new(&values, n).unwrap();
        let lambdas = [lambda, 1.0];
        let from_matrix = mmr_curve(&list, &known, &lambdas, n).unwrap();
        let from_cosine = mmr_curve(&list, &cosine, &lambdas, n).unwrap();
        for (a, b) in from_matrix.iter().zip(&from_cosine) {
            // All are selected, in whatever order.
            prop_assert!((a.relevance - b.relevance).abs() < 1e-12 && (a.diversity - b.diversity).abs() < 1e-6);
        }
    }
}

#[test]
fn nothing_to_select_from() {
    let none = SimilarityMatrix::new(&[], 0).unwrap();
    let list: [(u32, f32); 0] = [];
    assert!(mmr(&list, &none, MmrConfig::default()).unwrap().is_empty());
    assert!(mmr_adaptive(&list, &none, 1.0, 0.0, 5).unwrap().is_empty());
    assert!(dpp(&list, &none, DppConfig::default()).unwrap().is_empty());
    assert!(max_sum(&list, &none, 0.5, 5).unwrap().is_empty());
    assert!(facility_location(&list, &none, 0.5, 5).unwrap().is_empty());
    assert_eq!(mmr_curve(&list, &none, &[0.5], 5).unwrap()[0].relevance, 0.0);
}

#[test]
fn dpp_ends_where_nothing_independent_is_left() {
    let matrix = TokenMatrix::new(vec![1.0, 0.0, 0.0, 1.0, 0.6, 0.8, 0.0, 0.0], 2).unwrap();
    let list = [("x", 0.3), ("y", 0.2), ("between", 0.1), ("nothing", 0.9)];
    let selected = dpp(&list, &Cosine::new(matrix.view()).unwrap(), DppConfig { alpha: 1.0, k: 4 }).unwrap();
    let ids: Vec<_> = selected.iter().map(|&(id, _)| id).collect();
    // A vector of zeros is like nothing, not even itself, hence independent of all.
    assert_eq!(ids, ["nothing", "x", "y"]);
}

#[test]
fn every_error_says_what_to_do() {
    let known = [1.0, 0.0, 0.0, 1.0];
    let similarity = SimilarityMatrix::new(&known, 2).unwrap();
    let message = |result: Result<Vec<(&str, f64)>, Error>| result.unwrap_err().to_string();
    let list = [("a", 1.0), ("b", 0.5)];
    assert_eq!(
        message(mmr(&list, &similarity, MmrConfig { lambda_mult: 1.5, k: 1 })),
        "lambda_mult: expected a weight from 0 (diversity alone) to 1 (relevance alone), got 1.5; 0.5 is usual"
    );
    assert!(message(mmr_adaptive(&list, &similarity, f64::NAN, 0.0, 1)).starts_with("lambda_start: "));
    assert!(message(mmr_adaptive(&list, &similarity, 0.0, -0.1, 1)).starts_with("lambda_end: "));
    assert_eq!(
        message(dpp(&list, &similarity, DppConfig { alpha: -1.0, k: 1 })),
        "alpha: expected a finite weight of at least 0, got -1; 1 is usual"
    );
    assert_eq!(
        message(max_sum(&list[..1], &similarity, 0.5, 1)),
        "similarity: expected 1 candidates, got 2; pass a row for each candidate, in their order"
    );
    assert_eq!(
        message(facility_location(&[("a", 1.0), ("b", f64::NAN)], &similarity, 0.5, 1)),
        "candidates[1]: expected a finite score, got NaN; drop the candidate or repair its score"
    );
    assert_eq!(
        message(max_sum(&[("a", 1.0), ("a", 0.5)], &similarity, 0.5, 1)),
        "candidates[1]: expected each id once, got that of candidate 0 again; drop one of the two"
    );
    assert!(mmr_curve(&list, &similarity, &[2.0], 1).unwrap_err().to_string().starts_with("lambdas: "));
    assert_eq!(
        SimilarityMatrix::new(&known, 3).unwrap_err().to_string(),
        "similarity: expected 3 x 3 values, got 4; pass the similarity of each candidate to each"
    );
    assert!(SimilarityMatrix::new(&[f32::NAN], 1).unwrap_err().to_string().starts_with("similarity: "));
    let broken = TokenMatrix::new(vec![1.0, f32::INFINITY], 1).unwrap();
    assert!(Cosine::new(broken.view()).unwrap_err().to_string().starts_with("embeddings: "));
}
