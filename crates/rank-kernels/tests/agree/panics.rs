//! What is refused.

use rank_kernels::{PackedInt8, PackedQuery, TopScores, kernels};

#[test]
#[should_panic(expected = "best scores of each query, or of none")]
fn best_scores_of_another_number_of_queries_are_refused() {
    let mut top = [TopScores::new(1), TopScores::new(1)];
    kernels().maxsim_top(&[&PackedQuery::new(&[1.0], 1)], &[1.0], &[0, 1], &mut top, &mut [0.0]);
}

#[test]
#[should_panic(expected = "tokens of whole bytes")]
fn sign_bits_of_partial_bytes_are_refused() {
    kernels().maxsim_binary(&[&PackedInt8::new(&[1.0; 9], 9)], &[0; 2], &[0, 1], &mut [0.0]);
}

#[test]
#[should_panic(expected = "a dot product of vectors of different lengths")]
fn dot_refuses_different_lengths() {
    let _ = kernels().dot(&[1.0], &[1.0, 2.0]);
}

#[test]
#[should_panic(expected = "offsets stay within the values")]
fn maxsim_refuses_offsets_beyond_the_values() {
    kernels().maxsim(&[&PackedQuery::new(&[1.0, 2.0], 2)], &[1.0, 1.0, 1.0], &[0, 2], &mut [0.0]);
}

#[test]
#[should_panic(expected = "queries are of one dimension")]
fn maxsim_refuses_queries_of_different_dimensions() {
    let (one, two) = (PackedQuery::new(&[1.0, 2.0], 1), PackedQuery::new(&[1.0, 2.0], 2));
    kernels().maxsim(&[&one, &two], &[1.0, 1.0], &[0, 1], &mut [0.0; 2]);
}

#[test]
#[should_panic(expected = "a score for each query and document")]
fn maxsim_refuses_too_few_scores() {
    kernels().maxsim(&[&PackedQuery::new(&[1.0], 1)], &[1.0, 1.0], &[0, 1, 2], &mut [0.0]);
}

#[test]
#[should_panic(expected = "a scale for each token")]
fn maxsim_refuses_too_few_scales() {
    kernels().maxsim_int8(&[&PackedInt8::new(&[1.0], 1)], &[1, 1], &[1.0], &[0, 2], &mut [0.0]);
}

#[test]
#[should_panic(expected = "offsets ascend")]
fn maxsim_refuses_offsets_that_descend() {
    kernels().maxsim(&[&PackedQuery::new(&[1.0], 1)], &[1.0, 1.0], &[2, 1], &mut [0.0]);
}

#[test]
#[should_panic(expected = "is not made of tokens of 2")]
fn a_query_of_partial_tokens_is_refused() {
    let _ = PackedQuery::new(&[1.0; 3], 2);
}
