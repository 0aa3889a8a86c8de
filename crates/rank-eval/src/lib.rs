#![doc = include_str!("../README.md")]

pub mod cli;
mod error;
mod evaluate;
mod ids;
mod judgments;
mod measure;
mod measures;
mod qrels;
mod run;
mod statistics;
mod table;
mod topic;
mod trec;

pub use error::{Error, Result};
pub use evaluate::{Evaluation, MissingQueries, Options, evaluate, evaluate_with};
pub use judgments::{Grade, Judgments};
pub use measure::Measure;
pub use measures::{
    average_precision_at_k, ndcg_at_k, precision_at_k, recall_at_k, reciprocal_rank_at_k, success_at_k,
};
pub use qrels::{Qrels, QrelsBuilder};
pub use run::{Run, RunBuilder};
pub use statistics::{PairedTTest, RandomizationTest, paired_t_test, randomization_test};
pub use topic::Score;
