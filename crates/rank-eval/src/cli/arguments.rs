//! The command line of `trec_eval`.

use std::ffi::OsString;

use crate::cli::catalog::{Format, Version};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::getopt::{Flag, Item, number, parse, text};

const FLAGS: [Flag; 16] = [
    Flag::new('h', "help", None),
    Flag::new('v', "version", None),
    Flag::new('q', "query_eval_wanted", None),
    Flag::new('m', "measure", Some("a measure")),
    Flag::new('c', "complete_rel_info_wanted", None),
    Flag::new('l', "level_for_rel", Some("a grade")),
    Flag::new('n', "nosummary", None),
    Flag::new('D', "Debug_level", Some("a level")),
    Flag::new('J', "Judged_docs_only", None),
    Flag::new('N', "Number_docs_in_coll", Some("a number of documents")),
    Flag::new('M', "Max_retrieved_per_topic", Some("a number of documents")),
    Flag::new('R', "Rel_info_format", Some("a format")),
    Flag::new('T', "Results_format", Some("a format")),
    Flag::new('o', "Output_old_results_format", None),
    Flag::new('Z', "Zscore", Some("a file")),
    Flag::long("compat", Some("9 or 10")),
];

/// What is asked for.
#[expect(clippy::struct_excessive_bools, reason = "each is an option that is there or not")]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) help: bool,
    pub(crate) version: bool,
    /// `-q`: a line for each query.
    pub(crate) each_query: bool,
    /// `-n`: no lines for all queries.
    pub(crate) no_summary: bool,
    /// `-m`.
    pub(crate) measures: Vec<String>,
    /// `-c`: queries that the run lacks count.
    pub(crate) complete: bool,
    /// `-l`.
    pub(crate) level: Option<i64>,
    /// `-J`.
    pub(crate) judged_only: bool,
    /// `-M`.
    pub(crate) depth: Option<usize>,
    /// `-N`.
    pub(crate) collection: Option<u64>,
    /// `-Z`.
    pub(crate) z_scores: Option<OsString>,
    pub(crate) compat: Version,
    /// `-R`.
    pub(crate) format: Format,
    pub(crate) qrels: OsString,
    pub(crate) run: OsString,
}

impl Request {
    pub(crate) fn parse(arguments: &[OsString]) -> Outcome<Self> {
        let mut request = Self::default();
        let mut operands = Vec::new();
        for item in parse(&FLAGS, arguments)? {
            match item {
                Item::Operand(operand) => operands.push(operand),
                Item::Option(name, value) => request.set(name, value)?,
            }
        }
        if request.help || request.version {
            return Ok(request);
        }
        let [qrels, run] = <[OsString; 2]>::try_from(operands).map_err(|operands| {
            Failure::usage(format!(
                "expected two files, the judgments and the run, got {}; see rank-eval -h",
                operands.len()
            ))
        })?;
        if qrels == "-" && run == "-" {
            return Err(Failure::usage("expected one file from the standard input, got two; name one of them"));
        }
        Ok(Self { qrels, run, ..request })
    }

    fn set(&mut self, name: &'static str, value: OsString) -> Outcome<()> {
        let count = "a whole number from 0";
        match name {
            "help" => self.help = true,
            "version" => self.version = true,
            "query_eval_wanted" => self.each_query = true,
            "nosummary" => self.no_summary = true,
            "complete_rel_info_wanted" => self.complete = true,
            "Judged_docs_only" => self.judged_only = true,
            "measure" => self.measures.push(text("-m", &value)?.to_owned()),
            "level_for_rel" => self.level = Some(number("-l", "a whole number", &value)?),
            "Number_docs_in_coll" => self.collection = Some(number("-N", count, &value)?),
            "Max_retrieved_per_topic" => self.depth = Some(number("-M", count, &value)?),
            "Zscore" => self.z_scores = Some(value),
            "Rel_info_format" => match text("-R", &value)? {
                "qrels" => self.format = Format::Qrels,
                "qrels_jg" => self.format = Format::QrelsByGroup,
                "prefs" => self.format = Format::Preferences,
                "qrels_prefs" => self.format = Format::PreferencesByGroup,
                format => {
                    return Err(Failure::usage(format!(
                        "-R: expected qrels, qrels_jg, prefs or qrels_prefs, got {format:?}; qrels is the default"
                    )));
                }
            },
            "Results_format" => match text("-T", &value)? {
                "trec_results" => {}
                format => {
                    return Err(Failure::usage(format!("-T: expected trec_results, got {format:?}; leave it out")));
                }
            },
            "compat" => {
                self.compat = match text("--compat", &value)? {
                    "9" | "9.0.8" => Version::V9,
                    "10" | "10.0" => Version::V10,
                    other => {
                        return Err(Failure::usage(format!(
                            "--compat: expected 9 or 10, got {other:?}; 9 is the default"
                        )));
                    }
                }
            }
            "Debug_level" => {
                return Err(Failure::usage("-D: expected another option, got one that is not supported; leave it out"));
            }
            // `-o` has had no effect in trec_eval either since version 9.
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(line: &str) -> Outcome<Request> {
        let arguments: Vec<OsString> = line.split(' ').map(Into::into).collect();
        Request::parse(&arguments)
    }

    #[test]
    fn reads_every_option() {
        let expected = Request {
            each_query: true,
            no_summary: true,
            measures: vec!["map".into(), "P.5,10".into()],
            complete: true,
            level: Some(2),
            judged_only: true,
            depth: Some(100),
            collection: Some(1000),
            z_scores: Some("z".into()),
            compat: Version::V10,
            format: Format::Preferences,
            qrels: "a".into(),
            run: "-".into(),
            ..Request::default()
        };
        let short = "-qncJo -l2 -m map -mP.5,10 -N1000 -M 100 -Z z -R prefs -T trec_results --compat 10 a -";
        let long = "--query_eval_wanted --nosummary --complete_rel_info_wanted --Judged_docs_only --level_for_rel=2 \
                    --measure=map --measure P.5,10 --Number_docs_in_coll=1000 --Max_retrieved_per_topic=100 --Zscore=z \
                    --Rel_info_format=prefs --Results_format=trec_results --compat=10 a -";
        assert_eq!(request(short).unwrap(), expected);
        assert_eq!(request(&long.split_whitespace().collect::<Vec<_>>().join(" ")).unwrap(), expected);
        assert!(request("-h").unwrap().help);
        assert!(request("--version").unwrap().version);
    }

    #[test]
    fn says_what_is_wrong() {
        for (line, message) in [
            ("a", "expected two files, the judgments and the run, got 1; see rank-eval -h"),
            ("a b c", "expected two files, the judgments and the run, got 3; see rank-eval -h"),
            ("- -", "expected one file from the standard input, got two; name one of them"),
            ("-l x a b", "-l: expected a whole number, got \"x\"; write for example -l 1"),
            ("-M -1 a b", "-M: expected a whole number from 0, got \"-1\"; write for example -M 1"),
            ("-N 1.5 a b", "-N: expected a whole number from 0, got \"1.5\"; write for example -N 1"),
            ("-R x a b", "-R: expected qrels, qrels_jg, prefs or qrels_prefs, got \"x\"; qrels is the default"),
            ("-T json a b", "-T: expected trec_results, got \"json\"; leave it out"),
            ("-D 1 a b", "-D: expected another option, got one that is not supported; leave it out"),
            ("--compat 8 a b", "--compat: expected 9 or 10, got \"8\"; 9 is the default"),
        ] {
            let failure = request(line).unwrap_err();
            assert_eq!((failure.code, failure.message.as_str()), (1, message), "{line}");
        }
    }
}
