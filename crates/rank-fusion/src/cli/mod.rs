//! The command line.

mod arguments;
mod optimize;

use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;

use self::arguments::{Arguments, Failure};
use crate::{Error, Fusion, Method, Order, Rows, TrecRun, fuse_runs};

/// Runs the command `rank-fusion` and returns its exit code; `arguments` are those behind the name of the program.
///
/// | code | means |
/// | --- | --- |
/// | 0 | done |
/// | 1 | the command line is wrong |
/// | 2 | a file cannot be read or written, or is not what its format asks for |
///
/// ```
/// let mut out = Vec::new();
/// let code = rank_fusion::cli::run(&["--version".to_owned()], &mut out, &mut std::io::sink());
/// assert_eq!(code, 0);
/// assert!(out.starts_with(b"rank-fusion "));
/// ```
pub fn run(arguments: &[String], stdout: &mut dyn Write, stderr: &mut dyn Write) -> u8 {
    let mut out = BufWriter::new(stdout);
    let outcome = dispatch(arguments, &mut out).and_then(|()| Ok(out.flush()?));
    match outcome {
        Ok(()) => 0,
        // Nobody reads on: no failure of ours.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => {
            let _ = out.into_parts();
            0
        }
        Err(failure) => {
            // If this fails as well, there is nowhere left to report to.
            let _ = writeln!(stderr, "rank-fusion: {failure}");
            failure.code()
        }
    }
}

fn dispatch(arguments: &[String], out: &mut dyn Write) -> Result<(), Failure> {
    let Some((command, rest)) = arguments.split_first() else {
        out.write_all(include_bytes!("help.txt"))?;
        return Ok(());
    };
    match command.as_str() {
        "help" | "--help" | "-h" => out.write_all(include_bytes!("help.txt"))?,
        "--version" => writeln!(out, "rank-fusion {}", env!("CARGO_PKG_VERSION"))?,
        "presets" => {
            for (name, formula) in Fusion::presets() {
                writeln!(out, "{name:24} {formula}")?;
            }
        }
        "optimize" => optimize::run(&Arguments::parse(rest)?, out)?,
        "explain" => explain(Arguments::parse(rest)?, out)?,
        "fuse" => fuse(None, &Arguments::parse(rest)?, out)?,
        option if option.starts_with('-') => {
            return Err(Failure::usage(format!(
                "command: expected a method, fuse, explain, optimize or presets first, got {option}; see --help"
            )));
        }
        method => fuse(Some(method), &Arguments::parse(rest)?, out)?,
    }
    Ok(())
}

/// What every command says of how lists are fused.
const FUSION: &[&str] = &["constant", "floor", "scale", "missing", "duplicates", "depth", "top-k", "compat"];
/// What the commands say of it that fuse by one method.
const METHOD: &[&str] = &["k", "norm", "weights"];
/// What the commands say of it that fuse runs.
const RUNS: &[&str] = &["output", "tag", "threads"];

/// What the options say, by a method or a preset.
fn fusion(method: Option<&str>, arguments: &Arguments) -> Result<Fusion, Failure> {
    let mut fusion = match (method, arguments.text("compat")) {
        (Some(_), Some(_)) => {
            return Err(Failure::usage("compat: expected no method beside it, got both; leave one of the two out"));
        }
        (Some(method), None) => Fusion::named(method)?,
        (None, Some(preset)) => Fusion::preset(preset)?,
        (None, None) => {
            return Err(Failure::usage("compat: expected the name of a preset, got none; see rank-fusion presets"));
        }
    };
    if let Some(k) = arguments.number("k")? {
        match &mut fusion.method {
            Method::ReciprocalRank { k: own }
            | Method::ReciprocalWeightedRank { k: own }
            | Method::InverseRootRank { k: own } => *own = k,
            other => {
                return Err(Failure::usage(format!(
                    "k: expected a method that has one (rrf, qdrant_rrf, inverse_root_rank), got {}; leave it out",
                    other.name()
                )));
            }
        }
    }
    if let Some(norm) = arguments.text("norm") {
        fusion = fusion.normalization(norm.parse()?);
    }
    fusion = values(fusion, arguments)?;
    if let Some(weights) = arguments.list("weights") {
        let number = |text: String| {
            text.parse().map_err(|_| Failure::usage(format!("weights: expected numbers, got {text}; such as 0.3,0.7")))
        };
        fusion = fusion.weights(weights.into_iter().map(number).collect::<Result<_, _>>()?);
    }
    Ok(policies(fusion, arguments)?.order(Order::Sorted))
}

/// What the options say of normalized scores.
fn values(mut fusion: Fusion, arguments: &Arguments) -> Result<Fusion, Failure> {
    if let Some(constant) = arguments.text("constant") {
        fusion = fusion.constant(constant.parse()?);
    }
    if let Some(floor) = arguments.number("floor")? {
        fusion = fusion.floor(floor);
    }
    if let Some(scale) = arguments.number("scale")? {
        fusion = fusion.scale(scale);
    }
    Ok(fusion)
}

/// What the options say of missing documents, duplicates, depth and length.
fn policies(mut fusion: Fusion, arguments: &Arguments) -> Result<Fusion, Failure> {
    if let Some(missing) = arguments.text("missing") {
        fusion = fusion.missing(missing.parse()?);
    }
    if let Some(duplicates) = arguments.text("duplicates") {
        fusion = fusion.duplicates(duplicates.parse()?);
    }
    if let Some(depth) = arguments.number("depth")? {
        fusion = fusion.depth(depth);
    }
    if let Some(limit) = arguments.number("top-k")? {
        fusion = fusion.limit(limit);
    }
    Ok(fusion)
}

fn fuse(method: Option<&str>, arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    arguments.only(&[RUNS, METHOD, FUSION])?;
    let fusion = fusion(method, arguments)?;
    let runs = runs(arguments)?;
    write_fused(&runs, &fusion, arguments, out)
}

/// Fuses and writes to where the options say.
fn write_fused(runs: &[TrecRun], fusion: &Fusion, arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    let runs: Vec<&TrecRun> = runs.iter().collect();
    let fused = fuse_runs(&runs, fusion, arguments.number("threads")?, |_, _| true)?;
    let tag = arguments.text("tag").unwrap_or("rank-fusion");
    match arguments.text("output") {
        Some(path) => fused.write(Path::new(path), tag)?,
        None => fused.write_rows(out, tag)?,
    }
    Ok(())
}

fn runs(arguments: &Arguments) -> Result<Vec<TrecRun>, Failure> {
    if arguments.files.is_empty() {
        return Err(Failure::usage("runs: expected at least one file, got none; see --help"));
    }
    Ok(arguments.files.iter().map(TrecRun::read).collect::<Result<_, Error>>()?)
}

fn explain(mut arguments: Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    arguments.only(&[METHOD, FUSION, &["query"]])?;
    let method = if arguments.text("compat").is_none() && !arguments.files.is_empty() {
        Some(arguments.files.remove(0))
    } else {
        None
    };
    let mut fusion = fusion(method.as_deref(), &arguments)?;
    if fusion.limit.is_none() {
        fusion = fusion.limit(10);
    }
    let Some(query) = arguments.text("query") else {
        return Err(Failure::usage("query: expected the id of a query, got none; pass --query"));
    };
    let runs = runs(&arguments)?;
    let lists: Vec<Vec<(&str, f64)>> = runs
        .iter()
        .map(|run| {
            (0..run.len())
                .filter(|row| run.query(*row) == query)
                .map(|row| (run.document(row), run.score(row)))
                .collect()
        })
        .collect();
    if lists.iter().all(Vec::is_empty) {
        return Err(Failure::usage(format!("query: expected a query that a run has, got {query}; check the id")));
    }
    let why = fusion.explain(&lists)?;
    writeln!(out, "rank\tdocument\tscore\trun\trank in run\tscore in run\tvalue\tweight\tcontribution\trank without")?;
    let or_dash = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    for result in &why.results {
        for ((file, part), without) in arguments.files.iter().zip(&result.parts).zip(&result.rank_without) {
            writeln!(
                out,
                "{}\t{}\t{}\t{file}\t{}\t{}\t{}\t{}\t{}\t{}",
                result.rank,
                result.id,
                result.score,
                or_dash(part.rank.map(|rank| rank.to_string())),
                or_dash(part.score.map(|score| score.to_string())),
                or_dash(part.value.map(|value| value.to_string())),
                part.weight,
                part.contribution,
                or_dash(without.map(|rank| rank.to_string())),
            )?;
        }
    }
    writeln!(out, "\nrun\tdocuments\tin no other\tin the results\tcontribution\tlost without it\tgained without it")?;
    for (file, list) in arguments.files.iter().zip(&why.lists) {
        writeln!(
            out,
            "{file}\t{}\t{}\t{}\t{}\t{}\t{}",
            list.documents,
            list.alone,
            list.in_results,
            list.contribution,
            or_dash((!list.lost_without.is_empty()).then(|| list.lost_without.join(" "))),
            or_dash((!list.gained_without.is_empty()).then(|| list.gained_without.join(" "))),
        )?;
    }
    if !why.is_sum {
        writeln!(out, "\nThe score of this method is not a sum: contributions share it out among the runs.")?;
    }
    Ok(())
}
