//! The queries whose value depends on a tie.

use crate::watch::{Watch, unwatched};
use crate::{Measure, Options, Order, Qrels, Result, Run, evaluate_watched};

/// A query whose value of a measure depends on the order of documents of equal score.
#[derive(Debug, Clone, PartialEq)]
pub struct Tie {
    /// Which query.
    pub query: String,
    /// Which measure.
    pub measure: Measure,
    /// The value in the order that was asked for.
    pub value: f64,
    /// The least value.
    pub least: f64,
    /// The greatest value.
    pub greatest: f64,
}

/// The queries whose value depends on the order of documents of equal score, in order of measure, then of query.
///
/// The value is computed in the order of `options`, and in the four orders [`Order::Best`], [`Order::Worst`],
/// [`Order::DocidDesc`] and [`Order::DocidAsc`]; where orders differ, the query is there, with the least and the greatest
/// value of them. For measures that gain by each relevant document that moves up, these are the bounds of all orders.
///
/// # Errors
///
/// Those of [`evaluate_with`](crate::evaluate_with).
///
/// # Example
///
/// ```
/// use rank_eval::{Measure, Options, Qrels, Run, ties};
///
/// let qrels = Qrels::from_nested([("q1", [("a", 1)]), ("q2", [("a", 1)])])?;
/// let run = Run::from_nested([("q1", [("a", 0.5), ("b", 0.5)]), ("q2", [("a", 0.5), ("b", 0.4)])])?;
/// let measures: [Measure; 1] = ["RR".parse()?];
/// let ties = ties(&qrels, &run, &measures, Options::default())?;
/// assert_eq!(ties.len(), 1);
/// assert_eq!((ties[0].query.as_str(), ties[0].value, ties[0].least, ties[0].greatest), ("q1", 0.5, 0.5, 1.0));
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn ties(qrels: &Qrels, run: &Run, measures: &[Measure], options: Options) -> Result<Vec<Tie>> {
    ties_watched(qrels, run, measures, options, &unwatched)
}

/// [`ties`], watched: a step is a judged query in one order, of which there are five, or six with [`Order::Stable`].
///
/// # Errors
///
/// As [`ties`], and [`Error::Interrupted`](crate::Error::Interrupted).
pub fn ties_watched(
    qrels: &Qrels,
    run: &Run,
    measures: &[Measure],
    options: Options,
    watch: &Watch<'_>,
) -> Result<Vec<Tie>> {
    let own = evaluate_watched(qrels, run, measures, options, watch)?;
    // The mean over orders is none of them.
    let concrete = (options.order == Order::Stable).then_some(Order::Stable);
    let orders = [Order::Best, Order::Worst, Order::DocidDesc, Order::DocidAsc]
        .into_iter()
        .chain(concrete)
        .map(|order| evaluate_watched(qrels, run, measures, options.order(order), watch))
        .collect::<Result<Vec<_>>>()?;
    let mut ties = Vec::new();
    for measure in own.measures() {
        for (place, query) in own.queries().iter().enumerate() {
            let value_in = |evaluation: &crate::Evaluation| evaluation.values(measure).map(|values| values[place]);
            let Some(value) = value_in(&own) else { continue };
            let (least, greatest) = orders
                .iter()
                .filter_map(value_in)
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, greatest), other| {
                    (least.min(other), greatest.max(other))
                });
            if least < greatest {
                ties.push(Tie { query: query.clone(), measure: measure.clone(), value, least, greatest });
            }
        }
    }
    Ok(ties)
}
