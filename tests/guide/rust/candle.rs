//! The part of `docs/guide.md` on Candle.

use candle_core::Result;

#[test]
fn soft_ranks() -> Result<()> {
    use candle_core::{Device, Tensor};
    use rank_soft::candle::{soft_rank_candle, spearman_loss_candle};

    let device = Device::Cpu; // or Device::new_cuda(0)? for GPU

    // Soft ranking
    let values = Tensor::new(&[5.0f32, 1.0, 2.0, 4.0, 3.0], &device)?;
    let ranks = soft_rank_candle(&values, 1.0, &device)?;

    // Spearman loss for training
    let predictions = Tensor::new(&[0.1f32, 0.9, 0.3, 0.7, 0.5], &device)?;
    let targets = Tensor::new(&[0.0f32, 1.0, 0.2, 0.8, 0.4], &device)?;
    let loss = spearman_loss_candle(&predictions, &targets, 1.0, &device)?;

    // The values are a unit apart, and a strength of 1 does not pool such.
    assert_eq!(ranks.to_vec1::<f32>()?, [5.0, 1.0, 2.0, 4.0, 3.0]);
    let loss: f32 = loss.to_scalar()?;
    assert!((0.0..0.2).contains(&loss), "{loss}");
    Ok(())
}

#[test]
fn gpu() -> Result<()> {
    use candle_core::{Device, Tensor};
    use rank_soft::candle::soft_rank_candle;

    fn block(values: &Tensor) -> Result<[Tensor; 2]> {
        // Use CUDA for NVIDIA GPUs
        let gpu_device = Device::new_cuda(0)?;
        let values_gpu = values.to_device(&gpu_device)?;
        let ranks_gpu = soft_rank_candle(&values_gpu, 1.0, &gpu_device)?;

        // Use Metal for Apple Silicon
        let metal_device = Device::new_metal(0)?;
        let values_metal = values.to_device(&metal_device)?;
        let ranks_metal = soft_rank_candle(&values_metal, 1.0, &metal_device)?;
        Ok([ranks_gpu, ranks_metal])
    }

    // No machine has both: the block compiles, and the device that is missing is an error.
    let error = block(&Tensor::new(&[2.0f32, 1.0], &Device::Cpu)?).unwrap_err().to_string();
    assert!(error.contains("cuda") || error.contains("metal"), "{error}");
    Ok(())
}

#[test]
fn maxsim() -> std::result::Result<(), Box<dyn std::error::Error>> {
    use candle_core::{Device, Tensor};
    use rank_rerank::candle::{maxsim_candle, maxsim_cosine_candle};

    let device = Device::Cpu; // or Device::new_cuda(0)? for GPU

    // Query tokens: [num_query_tokens, embedding_dim]
    let query_tokens = Tensor::randn(0f32, 1.0, (3, 128), &device)?;

    // Document tokens: [num_doc_tokens, embedding_dim]
    let doc_tokens = Tensor::randn(0f32, 1.0, (10, 128), &device)?;

    // Compute MaxSim
    let score = maxsim_candle(&query_tokens, &doc_tokens, &device)?;

    // Or with cosine similarity
    let score_cosine = maxsim_cosine_candle(&query_tokens, &doc_tokens, &device)?;

    let (query, doc) = (query_tokens.to_vec2::<f32>()?, doc_tokens.to_vec2::<f32>()?);
    let expected = rank_rerank::simd::maxsim_vecs(&query, &doc);
    assert!((score - expected).abs() <= 1e-4 * expected.abs(), "{score} is not {expected}");
    let expected = rank_rerank::simd::maxsim_cosine_vecs(&query, &doc);
    assert!((score_cosine - expected).abs() <= 1e-5, "{score_cosine} is not {expected}");
    Ok(())
}
