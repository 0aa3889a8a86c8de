//! `rank-eval compare` and `rank-eval report`: several runs beside each other.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;

use crate::cli::failure::{Failure, Outcome};
use crate::cli::getopt::{Flag, Item, number, parse, text};
use crate::cli::input::Input;
use crate::formats::write_file;
use crate::{
    CompareOptions, Comparison, Correction, Error, Measure, MissingQueries, Options, Order, Qrels, ReportOptions, Run,
    TableOptions, Test, TrecEval, compare, report,
};

const HELP: &str = "\
rank-eval compare [options] QRELS RUN RUN [RUN ...]
rank-eval report [options] --output PAGE.html QRELS RUN RUN [RUN ...]

Compares runs in each measure: their means, and whether the differences are more than luck. `compare` prints a table in
which the letters behind a mean name the runs that it beats significantly; `report` writes a page with the table, the
differences query by query, distributions, precision and recall, and the ties that matter. Runs are called by the names of
their files, without folders and endings.

  -m, --measure NAMES       measures, separated by spaces, in the names of ir_measures, trec_eval or ranx; may come again;
                            nDCG@10, AP and RR by default
      --baseline RUN        compares the others with this run; all pairs are compared without it
      --test TEST           paired_t (the default), randomization, wilcoxon, sign, tukey_hsd, randomized_tukey_hsd
      --correction NAME     for the number of pairs: holm (the default), benjamini-hochberg, bonferroni, none
      --alpha A             the corrected p-value up to which a difference is significant; 0.05
      --permutations N      of randomized tests; 10000
      --seed N              of randomized tests; 0
      --missing POLICY      judged queries that a run lacks: zero (the default), or skip, which leaves them out of all runs
      --order ORDER         of equal scores: docid_desc (the default), docid_asc, stable, expected, best, worst
  -l, -J, -M, -N, --compat  as of rank-eval
  -o, --output FILE         where to write; the standard output by default
  -h, --help                this text

of compare:
      --format FORMAT       text (the default), markdown, latex, html, json or csv
      --digits N            behind the point; 3
      --coverage            how far the judgments reach as well: condensed lists, residuals, the share of judged documents
      --pairs               pairs with intervals, p-values, effect sizes, wins and losses as well
of report:
      --title TITLE         the headline

Exit codes: 0 done, 1 wrong command line, 2 a file that cannot be read, understood or written, 7 no query in common.
";

const FLAGS: [Flag; 21] = [
    Flag::new('h', "help", None),
    Flag::new('m', "measure", Some("a measure")),
    Flag::new('l', "level_for_rel", Some("a grade")),
    Flag::new('J', "Judged_docs_only", None),
    Flag::new('M', "Max_retrieved_per_topic", Some("a number of documents")),
    Flag::new('N', "Number_docs_in_coll", Some("a number of documents")),
    Flag::long("compat", Some("9 or 10")),
    Flag::long("missing", Some("a policy")),
    Flag::long("order", Some("an order")),
    Flag::long("baseline", Some("the name of a run")),
    Flag::long("test", Some("a test")),
    Flag::long("correction", Some("a correction")),
    Flag::long("alpha", Some("a probability")),
    Flag::long("permutations", Some("a number")),
    Flag::long("seed", Some("a number")),
    Flag::new('o', "output", Some("a file")),
    Flag::long("format", Some("a format")),
    Flag::long("digits", Some("a number")),
    Flag::long("pairs", None),
    Flag::long("coverage", None),
    Flag::long("title", Some("a headline")),
];

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Compare,
    Report,
}

type Printer = fn(&Comparison, TableOptions) -> String;

const FORMATS: [(&str, Printer); 6] = [
    ("text", Comparison::to_text),
    ("markdown", Comparison::to_markdown),
    ("latex", Comparison::to_latex),
    ("html", Comparison::to_html),
    ("json", |comparison, _| comparison.to_json()),
    ("csv", |comparison, _| comparison.to_csv()),
];
const TESTS: [(&str, Test); 6] = [
    ("paired_t", Test::PairedT),
    ("randomization", Test::Randomization),
    ("wilcoxon", Test::Wilcoxon),
    ("sign", Test::Sign),
    ("tukey_hsd", Test::TukeyHsd),
    ("randomized_tukey_hsd", Test::RandomizedTukeyHsd),
];
const CORRECTIONS: [(&str, Correction); 4] = [
    ("holm", Correction::Holm),
    ("benjamini-hochberg", Correction::BenjaminiHochberg),
    ("bonferroni", Correction::Bonferroni),
    ("none", Correction::None),
];
const ORDERS: [(&str, Order); 6] = [
    ("docid_desc", Order::DocidDesc),
    ("docid_asc", Order::DocidAsc),
    ("stable", Order::Stable),
    ("expected", Order::Expected),
    ("best", Order::Best),
    ("worst", Order::Worst),
];
const POLICIES: [(&str, MissingQueries); 2] = [("zero", MissingQueries::Zero), ("skip", MissingQueries::Skip)];
const VERSIONS: [(&str, TrecEval); 2] = [("9", TrecEval::V9), ("10", TrecEval::V10)];

struct Request {
    help: bool,
    measures: Vec<Measure>,
    evaluation: Options,
    compare: CompareOptions,
    table: TableOptions,
    printer: Printer,
    output: Option<OsString>,
    title: Option<String>,
    files: Vec<OsString>,
}

pub(crate) fn run(command: Command, arguments: &[OsString], input: &mut Input, out: &mut dyn Write) -> Outcome<()> {
    let request = Request::parse(command, arguments)?;
    if request.help {
        return Ok(out.write_all(HELP.as_bytes())?);
    }
    let [qrels, files @ ..] = &request.files[..] else {
        return Err(Failure::usage(
            "expected the judgments and two runs or more, got no file; see rank-eval compare -h",
        ));
    };
    if request.files.iter().filter(|&file| file == "-").count() > 1 {
        return Err(Failure::usage("expected one file from the standard input, got more; name the others"));
    }
    let names = names(files);
    if names.len() < 2 {
        return Err(Error::TooFewRuns { got: names.len() }.into());
    }
    let qrels = input.qrels(qrels)?;
    let mut runs = Vec::with_capacity(files.len());
    for file in files {
        runs.push(input.run(file)?.0);
    }
    let runs: Vec<(&str, &Run)> = names.iter().map(String::as_str).zip(&runs).collect();
    match command {
        Command::Compare => request.compare(&qrels, &runs, out),
        Command::Report => request.report(&qrels, &runs),
    }
}

impl Request {
    fn parse(command: Command, arguments: &[OsString]) -> Outcome<Self> {
        let mut request = Self {
            help: false,
            measures: Vec::new(),
            evaluation: Options::default(),
            compare: CompareOptions::default(),
            table: TableOptions::default(),
            printer: Comparison::to_text,
            output: None,
            title: None,
            files: Vec::new(),
        };
        for item in parse(&FLAGS, arguments)? {
            match (item, command) {
                (Item::Operand(file), _) => request.files.push(file),
                (Item::Option(name @ ("format" | "digits" | "pairs" | "coverage"), _), Command::Report)
                | (Item::Option(name @ "title", _), Command::Compare) => {
                    return Err(Failure::usage(format!(
                        "--{name}: expected with the other of compare and report, got it here; leave it out"
                    )));
                }
                (Item::Option(name, value), _) => request.set(name, value)?,
            }
        }
        if request.measures.is_empty() {
            request.measures = Measure::parse_many("nDCG@10 AP RR")?;
        }
        request.compare.evaluation = request.evaluation;
        Ok(request)
    }

    fn set(&mut self, name: &'static str, value: OsString) -> Outcome<()> {
        let (compare, evaluation) = (&mut self.compare, &mut self.evaluation);
        match name {
            "help" => self.help = true,
            "measure" => self.measures.extend(Measure::parse_many(text("-m", &value)?)?),
            "level_for_rel" => evaluation.level = number("-l", "a whole number", &value)?,
            "Judged_docs_only" => evaluation.judged_only = true,
            "Max_retrieved_per_topic" => evaluation.depth = Some(number("-M", "a whole number from 0", &value)?),
            "Number_docs_in_coll" => evaluation.collection = Some(number("-N", "a whole number from 0", &value)?),
            "compat" => evaluation.compat = Some(choice("--compat", &VERSIONS, &value)?),
            "missing" => evaluation.missing_queries = choice("--missing", &POLICIES, &value)?,
            "order" => evaluation.order = choice("--order", &ORDERS, &value)?,
            "baseline" => compare.baseline = Some(text("--baseline", &value)?.to_owned()),
            "test" => compare.test = choice("--test", &TESTS, &value)?,
            "correction" => compare.correction = Some(choice("--correction", &CORRECTIONS, &value)?),
            "alpha" => compare.alpha = number("--alpha", "a number", &value)?,
            "permutations" => compare.permutations = number("--permutations", "a whole number", &value)?,
            "seed" => compare.seed = number("--seed", "a whole number from 0", &value)?,
            "format" => self.printer = choice("--format", &FORMATS, &value)?,
            "digits" => self.table.digits = number("--digits", "a whole number", &value)?,
            "pairs" => self.table.pairs = true,
            "coverage" => self.table.coverage = true,
            "title" => self.title = Some(text("--title", &value)?.to_owned()),
            _ => self.output = Some(value),
        }
        Ok(())
    }

    fn compare(self, qrels: &Qrels, runs: &[(&str, &Run)], out: &mut dyn Write) -> Outcome<()> {
        let comparison = compare(qrels, runs, &self.measures, self.compare)?;
        let mut table = (self.printer)(&comparison, self.table);
        if !table.ends_with('\n') {
            table.push('\n');
        }
        match self.output {
            Some(path) if path != "-" => write_file(path.as_ref(), &|out| out.write_all(table.as_bytes()))?,
            _ => out.write_all(table.as_bytes())?,
        }
        Ok(())
    }

    fn report(self, qrels: &Qrels, runs: &[(&str, &Run)]) -> Outcome<()> {
        let Some(path) = self.output.filter(|path| path != "-") else {
            return Err(Failure::usage("--output: expected the name of the page, got none; add --output report.html"));
        };
        let mut options = ReportOptions::default().compare(self.compare);
        if let Some(title) = self.title {
            options = options.title(title);
        }
        report(path, qrels, runs, &self.measures, options)?;
        Ok(())
    }
}

fn choice<T: Copy>(option: &str, known: &[(&str, T)], value: &OsStr) -> Outcome<T> {
    let text = text(option, value)?;
    let found = known.iter().find(|(name, _)| *name == text).map(|&(_, choice)| choice);
    found.ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|&(name, _)| name).collect();
        let (all, first) = (names.join(", "), names[0]);
        Failure::usage(format!("{option}: expected one of {all}, got {text:?}; write for example {option} {first}"))
    })
}

/// The names of runs: of their files, or their paths where files have the same name.
fn names(files: &[OsString]) -> Vec<String> {
    let short: Vec<String> = files.iter().map(|file| name(Path::new(file))).collect();
    let is_twice = |name: &String| short.iter().filter(|other| *other == name).count() > 1;
    if short.iter().any(is_twice) {
        files.iter().map(|file| file.to_string_lossy().into_owned()).collect()
    } else {
        short
    }
}

fn name(path: &Path) -> String {
    let mut name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    for endings in [&[".gz", ".zst"][..], &[".run", ".txt", ".trec", ".res", ".jsonl"]] {
        for ending in endings {
            if let Some(rest) = name.strip_suffix(ending).filter(|rest| !rest.is_empty()) {
                name = rest.to_owned();
                break;
            }
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_called_by_their_files_where_these_differ() {
        let files = |files: &[&str]| names(&files.iter().map(Into::into).collect::<Vec<_>>());
        assert_eq!(files(&["runs/p_bm25.gz", "b.run.zst", "c.v2", ".gz", "-"]), ["p_bm25", "b", "c.v2", ".gz", "-"]);
        assert_eq!(files(&["x/a.run", "y/a.txt"]), ["x/a.run", "y/a.txt"]);
    }
}
