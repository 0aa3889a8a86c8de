//! Numbers of things, read by name.

use crate::errors::PACKAGE;

rank_pyo3::numbers!(
    PACKAGE;
    bits: usize,
    candidates: usize,
    centroids: Option<usize>,
    dim: usize,
    expected_tokens: Option<usize>,
    final_dim: Option<usize>,
    head_dims: usize,
    height: usize,
    iterations: usize,
    k: usize,
    nprobe: usize,
    per_side: usize,
    projection_dim: Option<usize>,
    protected: Option<usize>,
    repetitions: usize,
    rescored: usize,
    seed: u64,
    simhash_bits: usize,
    threads: usize,
    tokens_per_centroid: usize,
    width: usize,
);
