//! A file for each measure: the public function over one list, and the line of [`MEASURES`] that runs know it by.

mod average_precision;
mod ndcg;
mod precision;
mod recall;
mod reciprocal_rank;
mod success;

pub use average_precision::average_precision_at_k;
pub use ndcg::ndcg_at_k;
pub use precision::precision_at_k;
pub use recall::recall_at_k;
pub use reciprocal_rank::reciprocal_rank_at_k;
pub use success::success_at_k;

use crate::measure::Family;

/// Every measure that has a name.
pub(crate) static MEASURES: &[Family] = &[
    ndcg::FAMILY,
    precision::FAMILY,
    recall::FAMILY,
    success::FAMILY,
    reciprocal_rank::FAMILY,
    average_precision::FAMILY,
];
