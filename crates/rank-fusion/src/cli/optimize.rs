//! `rank-fusion optimize`.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

use super::arguments::{Arguments, Failure};
use super::{FUSION, RUNS, policies, runs, values, write_fused};
use crate::{
    Error, Fusion, Measure, Method, Normalization, Optimized, Order, Problem, Search, Space, TrecRun, in_pool,
    read_qrels,
};

/// What is said of the search alone.
const OPTIMIZING: &[&str] =
    &["qrels", "measure", "methods", "norms", "step", "search", "trials", "folds", "seed", "table"];

pub(super) fn run(arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    arguments.only(&[OPTIMIZING, FUSION, RUNS])?;
    let base = arguments.text("compat").map_or_else(|| Ok(Fusion::new(Method::CombSum)), Fusion::preset)?;
    let base = policies(values(base, arguments)?, arguments)?.order(Order::Sorted);
    let methods = arguments.list("methods").map(|names| names.iter().map(|name| name.parse()).collect());
    let norms = arguments.list("norms").map(|names| names.iter().map(|name| name.parse()).collect());
    let space = Space {
        methods: methods.unwrap_or_else(|| Ok(vec![base.method().clone()]))?,
        normalizations: norms.unwrap_or_else(|| Ok::<Vec<Normalization>, Error>(Vec::new()))?,
        parts: parts(arguments.number("step")?.unwrap_or(0.1))?,
    };
    let seed = arguments.number("seed")?.unwrap_or(0);
    let search = match arguments.text("search").unwrap_or("grid") {
        "grid" => Search::Grid,
        "coordinate" => Search::Coordinate,
        "random" => Search::Random { trials: arguments.number("trials")?.unwrap_or(1000), seed },
        other => {
            return Err(Failure::usage(format!(
                "search: expected one of grid, coordinate, random, got {other}; check the spelling"
            )));
        }
    };
    let measure: Measure = arguments.text("measure").unwrap_or("nDCG@10").parse()?;
    let Some(qrels) = arguments.text("qrels") else {
        return Err(Failure::usage("qrels: expected a file of judgments, got none; pass --qrels"));
    };
    let qrels = read_qrels(qrels)?;
    let judged: HashMap<&str, HashMap<&str, i64>> = qrels
        .iter()
        .map(|(query, grades)| (query.as_str(), grades.iter().map(|(id, grade)| (id.as_str(), *grade)).collect()))
        .collect();
    let runs = runs(arguments)?;
    let by_reference: Vec<&TrecRun> = runs.iter().collect();
    let folds = arguments.number("folds")?.unwrap_or(5);
    let found = in_pool(arguments.number("threads")?, || {
        Problem::new(&by_reference, &base, measure, &judged)?.search(&space, search, folds, seed, |_| true)
    })??;
    report(&found, measure, out)?;
    if let Some(path) = arguments.text("table") {
        let mut table = Vec::new();
        trials(&found, measure, &mut table)?;
        crate::trec::replace(Path::new(path), |file| file.write_all(&table))?;
    }
    if arguments.text("output").is_some() {
        write_fused(&runs, found.fusion(), arguments, out)?;
    }
    Ok(())
}

/// How many steps make 1; none for a step of 0.
fn parts(step: f64) -> Result<Option<usize>, Failure> {
    if step == 0.0 {
        return Ok(None);
    }
    let parts = (1.0 / step).round();
    if step > 0.0 && step <= 1.0 && (1.0 / step - parts).abs() < 1e-9 * parts {
        return Ok(Some(parts as usize));
    }
    Err(Failure::usage(format!("step: expected a number of which some make 1, or 0, got {step}; 0.1 is usual")))
}

fn report(found: &Optimized, measure: Measure, out: &mut dyn Write) -> Result<(), Failure> {
    let (best, baseline) = (&found.trials[found.best], found.baseline());
    writeln!(out, "trials\t{}", found.trials.len())?;
    writeln!(out, "method\t{}", best.fusion.method())?;
    if best.fusion.method().uses_scores() {
        writeln!(out, "norm\t{}", best.fusion.normalization_used())?;
    }
    writeln!(out, "weights\t{}", joined(&best.weights))?;
    writeln!(out, "{measure}\t{:.4}", best.mean)?;
    writeln!(out, "{measure} of the baseline\t{:.4}", baseline.mean)?;
    if let Some(validation) = &found.validation {
        let (low, high) = validation.interval;
        writeln!(out, "{measure} on held-out queries\t{:.4} ({low:.4} to {high:.4})", validation.mean)?;
    }
    writeln!(out, "p\t{:.4}", found.p_value)?;
    if let Some(warning) = found.warning() {
        writeln!(out, "warning\t{warning}")?;
    }
    Ok(())
}

fn trials(found: &Optimized, measure: Measure, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "method\tnorm\tweights\t{measure}")?;
    for trial in &found.trials {
        let norm = if trial.fusion.method().uses_scores() {
            trial.fusion.normalization_used().to_string()
        } else {
            "-".to_owned()
        };
        writeln!(out, "{}\t{norm}\t{}\t{}", trial.fusion.method(), joined(&trial.weights), trial.mean)?;
    }
    Ok(())
}

fn joined(weights: &[f64]) -> String {
    weights.iter().map(f64::to_string).collect::<Vec<_>>().join(",")
}
