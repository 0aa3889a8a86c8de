//! How a run is evaluated.

pub use crate::order::Order;

/// What becomes of a judged query that the run lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MissingQueries {
    /// It counts as an empty ranking, with value 0 in every measure that is averaged: `trec_eval -c`, `ir_measures`. The
    /// default, so that a run cannot gain by leaving out its hard queries.
    #[default]
    Zero,
    /// It does not count, and means are over the other queries: `trec_eval` without `-c`, `pytrec_eval`.
    Skip,
}

/// A version of `trec_eval` to agree with in all respects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrecEval {
    /// Version 9, and `pytrec_eval`: scores are rounded to `f32` before they are compared, and a share of the relevant
    /// documents is `int(share + 0.9)`.
    V9,
    /// Version 10: scores are compared as `f64`, and a share of the relevant documents is rounded to the nearest number.
    V10,
}

/// How [`evaluate_with`](crate::evaluate_with) treats a run. The flags are those of `trec_eval`.
///
/// ```
/// use rank_eval::{Measure, Options, Order, Qrels, Run, evaluate_with};
///
/// let qrels = Qrels::from_nested([("q1", [("a", 1)])])?;
/// let run = Run::from_nested([("q1", [("a", 0.5), ("b", 0.5)])])?;
/// let rr: Measure = "RR".parse()?;
/// let value = |order| evaluate_with(&qrels, &run, std::slice::from_ref(&rr), Options::default().order(order));
/// assert_eq!(value(Order::DocidDesc)?.mean(&rr), Some(0.5));
/// assert_eq!(value(Order::DocidAsc)?.mean(&rr), Some(1.0));
/// # Ok::<(), rank_eval::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// What becomes of a judged query that the run lacks: `-c`.
    pub missing_queries: MissingQueries,
    /// The order of documents of equal score.
    pub order: Order,
    /// Whether documents that are not judged are taken out of the rankings first: `-J`.
    pub judged_only: bool,
    /// The least grade that is relevant: `-l`. Measures of graded gains do not look at it.
    pub level: i64,
    /// The number of documents of a ranking that count: `-M`.
    pub depth: Option<usize>,
    /// The number of documents in the collection: `-N`.
    pub collection: Option<u64>,
    /// The version of `trec_eval` to agree with. Without one, scores are compared as the `f64` that they are, and formulas
    /// are those of version 9.
    pub compat: Option<TrecEval>,
    /// The number of threads, 0 for as many as the machine has. No value depends on it.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            missing_queries: MissingQueries::default(),
            order: Order::default(),
            judged_only: false,
            level: 1,
            depth: None,
            collection: None,
            compat: None,
            threads: 0,
        }
    }
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $kind:ty;)*) => {
        impl Options {$(
            $(#[$doc])*
            #[must_use]
            pub fn $name(mut self, $name: $kind) -> Self {
                self.$name = $name;
                self
            }
        )*}
    };
}
setters! {
    /// The same options with another policy for judged queries that the run lacks.
    missing_queries: MissingQueries;
    /// The same options with another order of documents of equal score.
    order: Order;
    /// The same options with documents that are not judged taken out, or not.
    judged_only: bool;
    /// The same options with another least grade that is relevant.
    level: i64;
    /// The same options with another number of documents that count.
    depth: Option<usize>;
    /// The same options with another size of the collection.
    collection: Option<u64>;
    /// The same options with another version of `trec_eval` to agree with.
    compat: Option<TrecEval>;
    /// The same options with another number of threads.
    threads: usize;
}
