//! MaxSim on Candle tensors, and the same by the SIMD kernels.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use candle_core::{Device, Tensor};
use rank_rerank::candle::{maxsim_batch_candle, maxsim_candle, maxsim_cosine_candle};
use rank_rerank::simd::{maxsim, maxsim_cosine};

fn main() -> Result<(), Box<dyn Error>> {
    // `Device::new_cuda(0)?` or `Device::new_metal(0)?` for a GPU, with the feature `cuda` or `metal`.
    let device = Device::Cpu;

    // Query tokens: [num_query_tokens, embedding_dim]
    let query_tokens = Tensor::randn(0f32, 1.0, (3, 128), &device)?;
    // Document tokens: [num_doc_tokens, embedding_dim]
    let doc_tokens = Tensor::randn(0f32, 1.0, (10, 128), &device)?;

    let score = maxsim_candle(&query_tokens, &doc_tokens, &device)?;
    let score_cosine = maxsim_cosine_candle(&query_tokens, &doc_tokens, &device)?;

    let (query, document) = (query_tokens.to_vec2::<f32>()?, doc_tokens.to_vec2::<f32>()?);
    compare("maxsim", score, maxsim(&query, &document)?)?;
    compare("maxsim by cosine", score_cosine, maxsim_cosine(&query, &document)?)?;

    // Many documents at once: [num_docs, num_doc_tokens, embedding_dim], short ones padded and masked.
    let documents = Tensor::randn(0f32, 1.0, (100, 10, 128), &device)?;
    let lengths: Vec<u8> = (0..100 * 10).map(|at| u8::from(at % 10 < 4 + at / 10 % 7)).collect();
    let mask = Tensor::from_vec(lengths, (100, 10), &device)?;
    let scores = maxsim_batch_candle(&query_tokens, &documents, Some(&mask), &device)?;
    for (position, &score) in scores.iter().enumerate() {
        let tokens = documents.get(position)?.narrow(0, 0, 4 + position % 7)?.to_vec2::<f32>()?;
        check(score, maxsim(&query, &tokens)?)?;
    }
    println!("{:<18} {} documents of 4 to 10 tokens, all as by SIMD", "a padded batch", scores.len());
    Ok(())
}

fn compare(name: &str, candle: f32, simd: f32) -> Result<(), Box<dyn Error>> {
    println!("{name:<18} {candle:>10.5} by Candle, {simd:>10.5} by SIMD");
    check(candle, simd)
}

fn check(candle: f32, simd: f32) -> Result<(), Box<dyn Error>> {
    if (candle - simd).abs() <= 1e-4 * simd.abs().max(1.0) {
        Ok(())
    } else {
        Err(format!("{candle} by Candle and {simd} by SIMD are not the same score").into())
    }
}
