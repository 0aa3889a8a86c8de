//! The part of `docs/guide.md` on Burn.
#![cfg(feature = "burn")]

/// The crate `burn`, of which this is the part that holds tensors.
mod burn {
    pub(crate) use rank_soft::burn::burn_tensor as tensor;
}

use burn::tensor::Tensor;
use rank_soft::burn::{soft_rank_burn, spearman_loss_burn};

fn training_step(predictions: Tensor<1>, targets: Tensor<1>) -> Tensor<1> {
    // Differentiable ranking loss
    spearman_loss_burn(&predictions, &targets, 1.0)
    // Gradients automatically flow through Burn's autograd
}

#[test]
fn gradients_flow() {
    let device = burn::tensor::Device::flex().autodiff();
    let predictions = Tensor::<1>::from_floats([0.1, 0.9, 0.3, 0.7, 0.5], &device).require_grad();
    let targets = Tensor::from_floats([0.0, 1.0, 0.2, 0.8, 0.4], &device);
    let loss = training_step(predictions.clone(), targets);
    let gradients = loss.backward();
    let value: Vec<f32> = loss.try_to_vec_as().unwrap();
    assert!((value[0] - 0.008_759).abs() < 1e-6, "{value:?}");
    let gradient: Vec<f32> = predictions.grad(&gradients).unwrap().try_to_vec_as().unwrap();
    assert!(gradient.iter().any(|slope| slope.abs() > 1e-3), "{gradient:?}");
    let ranks: Vec<f32> = soft_rank_burn(&predictions, 0.05).try_to_vec_as().unwrap();
    assert_eq!(ranks, [1.0, 5.0, 2.0, 4.0, 3.0]);
}
