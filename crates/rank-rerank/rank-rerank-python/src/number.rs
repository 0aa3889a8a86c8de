//! Numbers of things, read by name.

use crate::errors::PACKAGE;

rank_pyo3::numbers!(
    PACKAGE;
    alpha: f64,
    bits: usize,
    candidates: usize,
    centroids: Option<usize>,
    dim: usize,
    expected_tokens: Option<usize>,
    factor: f64,
    final_dim: Option<usize>,
    head_dims: usize,
    height: usize,
    iterations: usize,
    k: usize,
    lambda_end: f64,
    lambda_mult: f64,
    lambda_start: f64,
    max_distance: Option<f64>,
    max_length: usize,
    min_similarity: f32,
    nprobe: usize,
    per_side: usize,
    projection_dim: Option<usize>,
    protected: Option<usize>,
    repetitions: usize,
    rescored: usize,
    seed: u64,
    share("alpha"): f32,
    simhash_bits: usize,
    threads: usize,
    tokens_per_centroid: usize,
    width: usize,
);
