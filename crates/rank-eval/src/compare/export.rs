//! A comparison for programs: JSON and CSV.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::Comparison;
use crate::Estimate;

pub(super) fn json(comparison: &Comparison) -> String {
    let options = comparison.options();
    let names = comparison.runs();
    let measures: Vec<Value> = comparison
        .measures()
        .iter()
        .enumerate()
        .map(|(measure, name)| {
            let by_run = |value: &dyn Fn(usize) -> Value| -> Map<String, Value> {
                names.iter().enumerate().map(|(run, name)| (name.clone(), value(run))).collect()
            };
            let pairs: Vec<Value> = comparison
                .pairs(measure)
                .iter()
                .map(|pair| {
                    json!({
                        "first": names[pair.first],
                        "second": names[pair.second],
                        "mean_difference": estimate(pair.mean_difference),
                        "cohen_d_z": estimate(pair.cohen_d_z),
                        "p_value": pair.p_value,
                        "adjusted_p_value": pair.adjusted_p_value,
                        "wins": pair.wins,
                        "ties": pair.ties,
                        "losses": pair.losses,
                    })
                })
                .collect();
            json!({
                "measure": name.to_string(),
                "means": by_run(&|run| json!(comparison.means(measure)[run])),
                "values": by_run(&|run| json!(comparison.values(measure, run))),
                "coverage": by_run(&|run| comparison.coverage(measure, run).map_or(Value::Null, |found| json!({
                    "condensed": found.condensed,
                    "residual": found.residual,
                    "judged": found.judged,
                }))),
                "pairs": pairs,
            })
        })
        .collect();
    json!({
        "runs": names,
        "queries": comparison.queries(),
        "left_out": comparison.left_out(),
        "missing": names.iter().enumerate().map(|(run, name)| (name.clone(), json!(comparison.missing(run)))).collect::<Map<_, _>>(),
        "test": options.test.name(),
        "correction": options.applied_correction().name(),
        "baseline": options.baseline,
        "alpha": options.alpha,
        "tolerance": options.tolerance,
        "measures": measures,
    })
    .to_string()
}

fn estimate(estimate: Estimate) -> Value {
    json!({"value": estimate.value, "low": estimate.low, "high": estimate.high})
}

pub(super) fn csv(comparison: &Comparison) -> String {
    let mut out = String::from(
        "measure,first,second,mean_first,mean_second,mean_difference,low,high,cohen_d_z,p_value,adjusted_p_value,wins,\
         ties,losses\n",
    );
    for (measure, name) in comparison.measures().iter().enumerate() {
        for pair in comparison.pairs(measure) {
            let means = comparison.means(measure);
            let (first, second) = (&comparison.runs()[pair.first], &comparison.runs()[pair.second]);
            let _ = writeln!(
                out,
                "{},{},{},{:?},{:?},{:?},{:?},{:?},{:?},{:?},{:?},{},{},{}",
                quoted(&name.to_string()),
                quoted(first),
                quoted(second),
                means[pair.first],
                means[pair.second],
                pair.mean_difference.value,
                pair.mean_difference.low,
                pair.mean_difference.high,
                pair.cohen_d_z.value,
                pair.p_value,
                pair.adjusted_p_value,
                pair.wins,
                pair.ties,
                pair.losses
            );
        }
    }
    out
}

/// A cell, in quotes if it needs them.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
