//! `rank-eval convert`: runs and judgments from one format to another.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;

use crate::cli::failure::{Failure, Outcome};
use crate::cli::getopt::{Flag, Item, parse, text};
use crate::cli::input::{Input, failed, first_line, run_and_tag};
use crate::{Qrels, Run};

const HELP: &str = "\
rank-eval convert [options] IN OUT

Reads a run or judgments and writes them in another format: TREC, BEIR (judgments, tab-separated) or lines of JSON. What
IN is shows in its content; \"-\" is the standard input. What OUT becomes shows in its name: .jsonl is JSON, .tsv is BEIR,
anything else is TREC, and .gz or .zst behind it compresses; \"-\" is the standard output, in TREC. Rows are written in
the order of evaluation, so that ranks are right.

      --qrels      IN holds judgments; needed for lines of JSON only
      --tag TAG    the tag of a run in TREC form; that of IN by default, or else \"rank-eval\"
  -h, --help       this text

Exit codes: 0 done, 1 wrong command line, 2 a file that cannot be read, understood or written.
";

const FLAGS: [Flag; 3] =
    [Flag::new('h', "help", None), Flag::long("qrels", None), Flag::long("tag", Some("the name of the run"))];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Trec,
    Beir,
    Json,
}

impl Format {
    fn of(path: &Path) -> Self {
        let compressed = path.extension().is_some_and(|extension| extension == "gz" || extension == "zst");
        let inner = if compressed { path.with_extension("") } else { path.to_owned() };
        match inner.extension().and_then(OsStr::to_str) {
            Some("jsonl") => Self::Json,
            Some("tsv") => Self::Beir,
            _ => Self::Trec,
        }
    }
}

pub(crate) fn run(arguments: &[OsString], input: &mut Input, out: &mut dyn Write) -> Outcome<()> {
    let mut is_qrels = false;
    let mut tag = None;
    let mut files = Vec::new();
    for item in parse(&FLAGS, arguments)? {
        match item {
            Item::Operand(file) => files.push(file),
            Item::Option("help", _) => return Ok(out.write_all(HELP.as_bytes())?),
            Item::Option("qrels", _) => is_qrels = true,
            Item::Option(_, value) => tag = Some(text("--tag", &value)?.to_owned()),
        }
    }
    let [from, to] = &files[..] else {
        let count = files.len();
        return Err(Failure::usage(format!("expected two files, from and to, got {count}; see rank-eval convert -h")));
    };
    if let Some(ending) = unknown_ending(Path::new(to)) {
        return Err(Failure::usage(format!(
            "{}: expected a name that ends in .jsonl, .tsv or as a file of TREC, got .{ending}; no such file is written",
            to.to_string_lossy()
        )));
    }
    let (first, reader) = first_line(input.open(from)?).map_err(failed(from))?;
    let name = from.to_string_lossy();
    if is_qrels || first.is_some_and(|line| is_judgment(&line)) {
        if tag.is_some() {
            return Err(Failure::usage(
                "--tag: expected with a run, got it with judgments, which have none; leave it out",
            ));
        }
        write_qrels(&Qrels::from_reader(reader, &name)?, to, out)
    } else {
        let (run, found) = run_and_tag(reader, &name)?;
        let found = if found.is_empty() { "rank-eval".to_owned() } else { found };
        write_run(&run, to, &tag.unwrap_or(found), out)
    }
}

/// The ending of a name that promises what is not written.
fn unknown_ending(path: &Path) -> Option<&str> {
    const OTHERS: [&str; 12] =
        ["json", "csv", "parquet", "arrow", "feather", "lz4", "bz2", "xz", "zip", "pkl", "html", "xlsx"];
    path.extension().and_then(OsStr::to_str).filter(|ending| OTHERS.contains(ending))
}

/// Whether a line is of judgments, in TREC or BEIR form.
fn is_judgment(line: &str) -> bool {
    !line.trim_ascii_start().starts_with('{') && line.split_ascii_whitespace().count() <= 4
}

fn write_qrels(qrels: &Qrels, to: &OsStr, out: &mut dyn Write) -> Outcome<()> {
    let path = Path::new(to);
    match Format::of(path) {
        _ if to == "-" => qrels.write_trec_to(out, "standard output")?,
        Format::Trec => qrels.write_trec(path)?,
        Format::Beir => qrels.write_beir(path)?,
        Format::Json => qrels.write_jsonl(path)?,
    }
    Ok(())
}

fn write_run(run: &Run, to: &OsStr, tag: &str, out: &mut dyn Write) -> Outcome<()> {
    let path = Path::new(to);
    match Format::of(path) {
        _ if to == "-" => run.write_trec_to(out, "standard output", tag)?,
        Format::Trec => run.write_trec(path, tag)?,
        Format::Json => run.write_jsonl(path)?,
        Format::Beir => {
            let name = path.display();
            return Err(Failure::usage(format!(
                "{name}: expected a name for TREC or JSON, got one for BEIR, which has no form of runs; call it .jsonl"
            )));
        }
    }
    Ok(())
}
