//! The extension module of the `rank_soft` package: checks, releases the GIL, calls, converts.
#![expect(clippy::doc_markdown, reason = "the documentation is for Python")]

mod arrays;
mod boosting;
mod errors;
mod functions;
mod input;
mod letor;
mod losses;
mod operators;
mod rows;
mod sampling;
mod spearman;

use pyo3::prelude::*;

/// Differentiable sorting and ranking with exact gradients.
#[pymodule]
mod _rank_soft {
    #[pymodule_export]
    use crate::boosting::{lambda_gradients, mean_ndcg};
    #[pymodule_export]
    use crate::functions::{
        soft_max, soft_median, soft_min, soft_quantile, soft_rank, soft_rank_vjp, soft_sort, soft_sort_vjp, soft_top_k,
        soft_top_k_mask,
    };
    #[pymodule_export]
    use crate::letor::{read_letor, write_letor};
    #[pymodule_export]
    use crate::losses::{Loss, ordinal_loss};
    #[pymodule_export]
    use crate::operators::{Diagnosis, Operator, State};
    #[pymodule_export]
    use crate::sampling::{gumbel_noise, gumbel_top_k};
    #[pymodule_export]
    use crate::spearman::{spearman_loss, spearman_loss_grad};
}
