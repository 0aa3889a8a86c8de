//! `rank-eval validate`: everything that is wrong with a run or with judgments, by line.

mod qrels;
mod run;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::Write;

use self::qrels::QrelsCheck;
use self::run::RunCheck;
use crate::cli::failure::{Failure, Outcome, USAGE};
use crate::cli::getopt::{Flag, Item, parse};
use crate::cli::input::Input;

const HELP: &str = "\
rank-eval validate FILE [FILE ...]

Reads runs and judgments to their end and prints every finding with its line: lines that are not of the format, scores
and grades that are no numbers, documents that are there twice, ranks that contradict the scores. Of a run and judgments
together, also the queries that only one of them has. What a file is shows in its first line: six columns or more are a
run, four are judgments, as are three below the header of BEIR. \"-\" is the standard input.

Lines that begin with \"note:\" say what is unusual and not wrong: scores that are equal, or are as float32.

Exit codes: 0 no finding, 1 findings or a wrong command line, 2 a file that cannot be read.
";

/// What is wrong, and what is worth knowing.
#[derive(Debug, Default)]
struct Findings {
    /// By line.
    wrong: BTreeMap<usize, Vec<String>>,
    notes: Vec<String>,
}

impl Findings {
    fn add(&mut self, line: usize, text: String) {
        self.wrong.entry(line).or_default().push(text);
    }

    fn count(&self) -> usize {
        self.wrong.values().map(Vec::len).sum()
    }
}

enum Check {
    Run(RunCheck),
    Qrels(QrelsCheck),
}

impl Check {
    /// For a file that begins with this line.
    fn of(line: &str) -> Self {
        let columns = line.split_ascii_whitespace().count();
        if columns <= 4 { Self::Qrels(QrelsCheck::new(line)) } else { Self::Run(RunCheck::default()) }
    }

    fn line(&mut self, number: usize, line: &str, findings: &mut Findings) {
        match self {
            Self::Run(check) => check.line(number, line, findings),
            Self::Qrels(check) => check.line(number, line, findings),
        }
    }

    /// What was read, after the findings that need all of it.
    fn finish(&self, findings: &mut Findings) -> String {
        match self {
            Self::Run(check) => check.finish(findings),
            Self::Qrels(check) => check.finish(findings),
        }
    }
}

pub(crate) fn run(arguments: &[OsString], input: &mut Input, out: &mut dyn Write) -> Outcome<()> {
    let mut files = Vec::new();
    for item in parse(&[Flag::new('h', "help", None)], arguments)? {
        match item {
            Item::Option(..) => return Ok(out.write_all(HELP.as_bytes())?),
            Item::Operand(file) => files.push(file),
        }
    }
    if files.is_empty() {
        return Err(Failure::usage("expected a file to validate, got none; see rank-eval validate -h"));
    }
    let mut count = 0;
    let mut runs = Vec::new();
    let mut judged: Option<(String, BTreeSet<String>)> = None;
    for file in &files {
        let name = file.to_string_lossy().into_owned();
        let mut findings = Findings::default();
        let (mut check, mut is_json) = (None, false);
        input.for_each_line(file, |number, line, is_utf8| {
            is_json |= check.is_none() && line.trim_ascii_start().starts_with('{');
            let check = check.get_or_insert_with(|| Check::of(line));
            if is_utf8 {
                check.line(number, line, &mut findings);
            } else {
                findings.add(number, "expected UTF-8, got other bytes; convert the file to UTF-8".to_owned());
            }
        })?;
        if is_json {
            return Err(Failure::input(format!(
                "{name}: expected lines of TREC or BEIR, got JSON; run rank-eval convert first, which checks it"
            )));
        }
        let summary = if let Some(check) = &check {
            check.finish(&mut findings)
        } else {
            findings.add(1, "expected lines, got none; check the file".to_owned());
            "nothing".to_owned()
        };
        for (line, texts) in &findings.wrong {
            for text in texts {
                writeln!(out, "{name}:{line}: {text}")?;
            }
        }
        for note in &findings.notes {
            writeln!(out, "note: {name}: {note}")?;
        }
        writeln!(out, "{name}: {summary}, {}", plural(findings.count(), "finding"))?;
        count += findings.count();
        match check {
            Some(Check::Run(check)) => runs.push((name, check.into_queries())),
            Some(Check::Qrels(check)) => {
                judged.get_or_insert_with(|| (name, BTreeSet::new())).1.extend(check.into_queries());
            }
            None => {}
        }
    }
    if let Some((qrels, judged)) = judged {
        for (name, queries) in runs {
            count += compare_queries(&name, &queries, &qrels, &judged, out)?;
        }
    }
    match count {
        0 => Ok(()),
        // Everything is said by now.
        _ => Err(Failure { code: USAGE, message: String::new() }),
    }
}

/// The queries that only the run or only the judgments have.
fn compare_queries(
    run: &str,
    queries: &BTreeSet<String>,
    qrels: &str,
    judged: &BTreeSet<String>,
    out: &mut dyn Write,
) -> Outcome<usize> {
    for query in judged.difference(queries) {
        writeln!(
            out,
            "{run}: expected query {query:?}, which {qrels} judges, got no line of it; it counts 0, or not at all"
        )?;
    }
    for query in queries.difference(judged) {
        writeln!(out, "{run}: expected judged queries, got {query:?}, which {qrels} does not judge; it never counts")?;
    }
    Ok(judged.symmetric_difference(queries).count())
}

fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
