//! Finding the weights, the method and the normalization that serve a set of queries best.

mod chance;
mod measure;
mod problem;
mod search;
mod simplex;
mod validation;

pub use measure::Measure;
pub use problem::Problem;
pub use search::{Optimized, Search, Space, Trial};
pub use validation::{Fold, Validation};
