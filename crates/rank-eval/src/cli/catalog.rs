//! The measures of `trec_eval` as its command line names, orders and prints them.

use crate::cli::failure::{Failure, Outcome};
use crate::measure::{Aggregate, nearest};
use crate::{Error, Measure, Result};

/// How a measure takes parameters, and how it is printed with them.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Parameters {
    None,
    /// Ranks to cut at; a line for each, ascending.
    Ranks(&'static [u64]),
    /// Recall levels, or multiples of the number of relevant documents; a line for each, ascending.
    Levels(&'static [f64]),
    /// Numbers, printed behind the name as they were given.
    Numbers,
    /// `name=number` pairs, printed behind the name as they were given.
    Pairs,
}

/// The format of judgments: `-R`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Format {
    #[default]
    Qrels,
    /// By groups of judges.
    QrelsByGroup,
    /// Preferences, in several lists of a group.
    Preferences,
    /// Preferences, in one list of a group.
    PreferencesByGroup,
}

/// Where a measure's values come from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Source {
    /// The kind alone says what to print.
    None,
    Measure(Measure),
    /// The mean of several measures.
    MeanOf(Vec<Measure>),
}

/// What is printed for a query and for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The run's tag, for all queries only.
    RunId,
    /// The number of queries, for all queries only.
    QueryCount,
    /// A text, for each query only.
    RelevanceString,
    /// A whole number; its sum.
    Count,
    /// A number; its mean.
    Mean,
    /// Nothing for each query; the geometric mean.
    GeometricMean,
}

/// What a measure is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judgments {
    Any,
    Qrels,
    /// This measure, by groups of judges.
    Groups(&'static str),
    Preferences,
}

impl Judgments {
    fn are_in(self, format: Format) -> bool {
        match self {
            Self::Any => true,
            Self::Qrels => format == Format::Qrels,
            Self::Groups(_) => format == Format::QrelsByGroup,
            Self::Preferences => matches!(format, Format::Preferences | Format::PreferencesByGroup),
        }
    }
}

struct Entry {
    name: &'static str,
    kind: Kind,
    parameters: Parameters,
    judgments: Judgments,
    /// Whether version 9 lacks it.
    since_10: bool,
}

const RANKS: Parameters = Parameters::Ranks(&[5, 10, 15, 20, 30, 100, 200, 500, 1000]);
const RECALLS: Parameters = Parameters::Levels(&[0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]);
const MULTIPLES: Parameters = Parameters::Levels(&[0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0]);

const fn entry(name: &'static str, kind: Kind, parameters: Parameters) -> Entry {
    let judgments = if matches!(kind, Kind::RunId | Kind::QueryCount) { Judgments::Any } else { Judgments::Qrels };
    Entry { name, kind, parameters, judgments, since_10: false }
}

const fn new(name: &'static str, parameters: Parameters) -> Entry {
    Entry { name, kind: Kind::Mean, parameters, judgments: Judgments::Qrels, since_10: true }
}

const fn groups(name: &'static str, measure: &'static str, parameters: Parameters) -> Entry {
    Entry { name, kind: Kind::Mean, parameters, judgments: Judgments::Groups(measure), since_10: false }
}

const fn preference(name: &'static str, kind: Kind) -> Entry {
    Entry { name, kind, parameters: Parameters::None, judgments: Judgments::Preferences, since_10: false }
}

/// In the order in which `trec_eval` prints them, whatever order they were asked for in.
static CATALOG: [Entry; 57] = [
    entry("runid", Kind::RunId, Parameters::None),
    entry("num_q", Kind::QueryCount, Parameters::None),
    entry("num_ret", Kind::Count, Parameters::None),
    entry("num_rel", Kind::Count, Parameters::None),
    entry("num_rel_ret", Kind::Count, Parameters::None),
    entry("map", Kind::Mean, Parameters::None),
    entry("gm_map", Kind::GeometricMean, Parameters::None),
    entry("Rprec", Kind::Mean, Parameters::None),
    entry("bpref", Kind::Mean, Parameters::None),
    entry("recip_rank", Kind::Mean, Parameters::None),
    entry("iprec_at_recall", Kind::Mean, RECALLS),
    entry("P", Kind::Mean, RANKS),
    entry("relstring", Kind::RelevanceString, Parameters::Numbers),
    entry("recall", Kind::Mean, RANKS),
    entry("infAP", Kind::Mean, Parameters::None),
    entry("gm_bpref", Kind::GeometricMean, Parameters::None),
    entry("Rprec_mult", Kind::Mean, MULTIPLES),
    entry("utility", Kind::Mean, Parameters::Numbers),
    entry("11pt_avg", Kind::Mean, Parameters::Numbers),
    entry("binG", Kind::Mean, Parameters::None),
    entry("G", Kind::Mean, Parameters::Pairs),
    new("dcg", Parameters::Pairs),
    new("ideal_dcg", Parameters::Pairs),
    entry("ndcg", Kind::Mean, Parameters::Pairs),
    entry("ndcg_rel", Kind::Mean, Parameters::Pairs),
    entry("Rndcg", Kind::Mean, Parameters::Pairs),
    entry("ndcg_cut", Kind::Mean, RANKS),
    entry("map_cut", Kind::Mean, RANKS),
    entry("relative_P", Kind::Mean, RANKS),
    entry("success", Kind::Mean, Parameters::Ranks(&[1, 5, 10])),
    entry("set_P", Kind::Mean, Parameters::None),
    entry("set_relative_P", Kind::Mean, Parameters::None),
    entry("set_recall", Kind::Mean, Parameters::None),
    entry("set_map", Kind::Mean, Parameters::None),
    entry("set_F", Kind::Mean, Parameters::Numbers),
    entry("num_nonrel_judged_ret", Kind::Count, Parameters::None),
    preference("prefs_num_prefs_poss", Kind::Count),
    preference("prefs_num_prefs_ful", Kind::Count),
    preference("prefs_num_prefs_ful_ret", Kind::Count),
    preference("prefs_simp", Kind::Mean),
    preference("prefs_pair", Kind::Mean),
    preference("prefs_avgjg", Kind::Mean),
    preference("prefs_avgjg_Rnonrel", Kind::Mean),
    preference("prefs_simp_ret", Kind::Mean),
    preference("prefs_pair_ret", Kind::Mean),
    preference("prefs_avgjg_ret", Kind::Mean),
    preference("prefs_avgjg_Rnonrel_ret", Kind::Mean),
    preference("prefs_simp_imp", Kind::Mean),
    preference("prefs_pair_imp", Kind::Mean),
    preference("prefs_avgjg_imp", Kind::Mean),
    groups("map_avgjg", "map", Parameters::None),
    groups("P_avgjg", "P", RANKS),
    groups("Rprec_mult_avgjg", "Rprec_mult", MULTIPLES),
    entry("yaap", Kind::Mean, Parameters::None),
    new("rbp", Parameters::Pairs),
    new("rbp_resid", Parameters::Pairs),
    new("unj", Parameters::Ranks(&[5, 10, 20])),
];

const OFFICIAL: [&str; 12] = [
    "runid",
    "num_q",
    "num_ret",
    "num_rel",
    "num_rel_ret",
    "map",
    "gm_map",
    "Rprec",
    "bpref",
    "recip_rank",
    "iprec_at_recall",
    "P",
];
const SET: [&str; 11] = [
    "runid",
    "num_q",
    "num_ret",
    "num_rel",
    "num_rel_ret",
    "utility",
    "set_P",
    "set_recall",
    "set_relative_P",
    "set_map",
    "set_F",
];
const PREFERENCES: [&str; 8] = [
    "runid",
    "num_q",
    "prefs_num_prefs_poss",
    "prefs_num_prefs_ful",
    "prefs_num_prefs_ful_ret",
    "prefs_simp",
    "prefs_pair",
    "prefs_avgjg",
];
const GROUPS: [&str; 5] = ["runid", "num_q", "map_avgjg", "P_avgjg", "Rprec_mult_avgjg"];
/// Not in `all_trec` of either version.
const APART: [&str; 3] = ["yaap", "dcg", "ideal_dcg"];

/// A version of `trec_eval`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Version {
    #[default]
    V9,
    V10,
}

/// A line to print.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// As it is printed.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) source: Source,
    /// How many documents a relevance string shows.
    pub(crate) length: usize,
}

/// The lines for the measures asked for with `-m`, each with the parameters behind its first period.
pub(crate) fn rows(wanted: &[String], version: Version, format: Format) -> Outcome<Vec<Row>> {
    let known = |entry: &&Entry| version == Version::V10 || !entry.since_10;
    let mut marked = [None::<Option<&str>>; CATALOG.len()];
    let mut others: Vec<Row> = Vec::new();
    for text in wanted {
        let (name, parameters) = match text.split_once('.') {
            Some((name, parameters)) => (name, Some(parameters)),
            None => (text.as_str(), None),
        };
        let in_set = |entry: &&Entry| match name {
            "official" => OFFICIAL.contains(&entry.name),
            "set" => SET.contains(&entry.name),
            "all_trec" => !APART.contains(&entry.name) && entry.judgments.are_in(Format::Qrels),
            "prefs" => PREFERENCES.contains(&entry.name),
            "all_prefs" => {
                entry.judgments == Judgments::Preferences || matches!(entry.kind, Kind::RunId | Kind::QueryCount)
            }
            "qrels_jg" => GROUPS.contains(&entry.name),
            _ => entry.name == name,
        };
        let is_set = matches!(name, "official" | "set" | "all_trec" | "prefs" | "all_prefs" | "qrels_jg");
        let chosen: Vec<usize> =
            (0..CATALOG.len()).filter(|&place| known(&&CATALOG[place]) && in_set(&&CATALOG[place])).collect();
        if chosen.is_empty() {
            let row = of_other_tools(text).ok_or_else(|| unknown(name, version))??;
            if others.iter().all(|other| other.name != row.name) {
                others.push(row);
            }
            continue;
        }
        if is_set && parameters.is_some() {
            return Err(no_parameters(text, name));
        }
        if let Some(&place) = chosen.iter().find(|&&place| !CATALOG[place].judgments.are_in(format)) {
            return Err(CATALOG[place].wrong_format());
        }
        for place in chosen {
            // The first parameters given for a measure hold.
            let slot = marked[place].get_or_insert(None);
            *slot = slot.or(parameters);
        }
    }
    let mut rows = Vec::new();
    for (entry, mark) in CATALOG.iter().zip(marked) {
        if let Some(parameters) = mark {
            entry.add_rows(parameters, &mut rows)?;
        }
    }
    rows.append(&mut others);
    Ok(rows)
}

/// A measure that is named as nowhere in `trec_eval`, such as `nDCG@10`; `None` if there is none of that name.
fn of_other_tools(text: &str) -> Option<Outcome<Row>> {
    if CATALOG.iter().any(|entry| entry.name == text.split('.').next().unwrap_or_default()) {
        return None;
    }
    let measure = match text.parse::<Measure>() {
        Err(Error::UnknownMeasure { .. }) => return None,
        Err(error) => return Some(Err(error.into())),
        Ok(measure) => measure,
    };
    let kind = match measure.aggregation() {
        Aggregate::Mean => Kind::Mean,
        Aggregate::Sum => Kind::Count,
        Aggregate::GeometricMean => Kind::GeometricMean,
    };
    Some(Ok(Row { name: text.to_owned(), kind, source: Source::Measure(measure), length: 0 }))
}

fn unknown(name: &str, version: Version) -> Failure {
    if CATALOG.iter().any(|entry| entry.name == name) {
        return Failure::usage(format!(
            "-m: expected a measure of version 9 of trec_eval, got {name:?}, which came with version 10; add --compat 10"
        ));
    }
    let known = CATALOG.iter().filter(|entry| version == Version::V10 || !entry.since_10).map(|entry| entry.name);
    let known = ["official", "set", "all_trec", "prefs", "all_prefs", "qrels_jg"].into_iter().chain(known).collect();
    Failure::usage(format!(
        "-m: expected one of {}, got {name:?}; write for example -m ndcg_cut.10",
        nearest(name, known).join(", ")
    ))
}

fn no_parameters(text: &str, name: &str) -> Failure {
    Failure::usage(format!("-m: expected {name} without parameters, got {text:?}; leave out what follows the period"))
}

impl Entry {
    fn wrong_format(&self) -> Failure {
        let name = self.name;
        let format = match self.judgments {
            Judgments::Any | Judgments::Qrels => "qrels",
            Judgments::Groups(_) => "qrels_jg",
            Judgments::Preferences => "prefs or -R qrels_prefs",
        };
        Failure::usage(format!(
            "-m: expected a measure of what -R says, got {name:?}; give -R {format} and such a file"
        ))
    }

    fn add_rows(&self, parameters: Option<&str>, rows: &mut Vec<Row>) -> Outcome<()> {
        let name = self.name;
        let wrong = |what: &str, given: &str| {
            Failure::usage(format!("-m: expected {what} behind \"{name}.\", got {given:?}; separate several by commas"))
        };
        let measure = |parameters: &str| -> Outcome<Source> {
            let base = match self.judgments {
                Judgments::Groups(base) => base,
                Judgments::Any | Judgments::Qrels | Judgments::Preferences => name,
            };
            let text = if parameters.is_empty() { base.to_owned() } else { format!("{base}.{parameters}") };
            let parsed: Result<Measure> = text.parse();
            Ok(Source::Measure(parsed?))
        };
        let mut add = |name: String, source: Source| rows.push(Row { name, kind: self.kind, source, length: 0 });
        match (self.kind, self.parameters, parameters) {
            (_, Parameters::None, Some(given)) => return Err(no_parameters(&format!("{name}.{given}"), name)),
            (Kind::RunId | Kind::QueryCount, ..) => add(name.to_owned(), Source::None),
            (Kind::RelevanceString, _, given) => {
                let length = given.unwrap_or("10");
                let name = given.map_or_else(|| name.to_owned(), |given| format!("{name}_{given}"));
                let length = length.parse().map_err(|_| wrong("a number of documents", length))?;
                rows.push(Row { name, kind: self.kind, source: Source::None, length });
            }
            (_, Parameters::Ranks(usual), given) => {
                let ranks = ascending(given, usual, |&rank| rank > 0)
                    .ok_or_else(|| wrong("different ranks from 1", given.unwrap_or("")))?;
                for rank in ranks {
                    add(format!("{name}_{rank}"), measure(&rank.to_string())?);
                }
            }
            (_, Parameters::Levels(usual), given) => {
                let levels = ascending(given, usual, |level| level.is_finite() && *level >= 0.0)
                    .ok_or_else(|| wrong("different numbers from 0", given.unwrap_or("")))?;
                for level in levels {
                    add(format!("{name}_{level:.2}"), measure(&level.to_string())?);
                }
            }
            (_, Parameters::None | Parameters::Numbers | Parameters::Pairs, None) => add(name.to_owned(), measure("")?),
            (_, Parameters::Numbers, Some(given)) if name == "11pt_avg" => {
                let levels = given.split(',').map(|level| Ok(format!("iprec_at_recall.{level}").parse()?));
                add(format!("{name}_{given}"), Source::MeanOf(levels.collect::<Outcome<_>>()?));
            }
            (_, Parameters::Numbers | Parameters::Pairs, Some(given)) => {
                add(format!("{name}_{given}"), measure(given)?);
            }
        }
        Ok(())
    }
}

/// Numbers separated by commas, or the usual ones; `None` if one is wrong or there twice.
fn ascending<T>(given: Option<&str>, usual: &[T], valid: impl Fn(&T) -> bool) -> Option<Vec<T>>
where
    T: Copy + PartialOrd + std::str::FromStr,
{
    let Some(given) = given else { return Some(usual.to_vec()) };
    let mut numbers: Vec<T> =
        given.split(',').map(|number| number.parse().ok().filter(&valid)).collect::<Option<_>>()?;
    numbers.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    numbers.windows(2).all(|pair| pair[0] < pair[1]).then_some(numbers)
}
