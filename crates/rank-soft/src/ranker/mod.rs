//! Linear rankers and small networks on Candle: trained by any [`Loss`](crate::Loss) over the features of judged items,
//! stopped early by a measure of rank-eval on queries that were held out, kept in safetensors files.
//!
//! # Example
//!
//! ```
//! use rank_soft::ranker::{JudgedItems, Ranker, Training};
//! use rank_soft::{Loss, LossKind};
//!
//! // Two queries of three items; the second feature says what is relevant, the first says nothing.
//! let features = [0.3, 5.0, 0.1, 1.0, 0.2, 0.0, 0.1, 2.0, 0.2, 7.0, 0.3, 1.0];
//! let items = JudgedItems::new(&features, 2, &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0], &[0, 3, 6])?;
//! let mut ranker = Ranker::linear(2, 7)?;
//! let history = Training::new(Loss::new(LossKind::Softmax)).epochs(50).rate(0.1).fit(&mut ranker, &items, None)?;
//! assert!(history.losses[49] < history.losses[0]);
//! let scores = ranker.score(&[0.2, 0.0, 0.2, 9.0])?;
//! assert!(scores[1] > scores[0]);
//! # Ok::<(), rank_soft::ranker::RankerError>(())
//! ```

mod error;
mod files;
mod items;
mod model;
mod training;

pub use candle_nn;
pub use error::RankerError;
pub use items::JudgedItems;
pub use model::Ranker;
pub use rank_eval;
pub use training::{History, Training};
