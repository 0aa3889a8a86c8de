//! The cells of a comparison's tables, before they are printed in one form or another.

use super::{Comparison, TableOptions};
use crate::Correction;

/// A table: its first row is the head.
pub(crate) struct Grid {
    pub(crate) head: Vec<Field>,
    pub(crate) rows: Vec<Vec<Field>>,
    /// The number of columns of names, which are aligned to the left.
    pub(crate) names: usize,
    /// What the marks mean.
    pub(crate) notes: Vec<String>,
}

/// One cell.
#[derive(Default, Clone)]
pub(crate) struct Field {
    pub(crate) text: String,
    /// Superscripts.
    pub(crate) marks: String,
    /// Whether it is the best of its column.
    pub(crate) best: bool,
}

impl From<String> for Field {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

impl From<&str> for Field {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

/// The letters of the run at a position: a, b, ..., z, aa, ab, ... There is no q, as no superscript q is in common fonts.
pub(crate) fn letters(mut run: usize) -> String {
    const ALPHABET: &[u8; 25] = b"abcdefghijklmnoprstuvwxyz";
    let mut letters = Vec::new();
    loop {
        letters.push(ALPHABET[run % 25]);
        run /= 25;
        if run == 0 {
            break;
        }
        run -= 1;
    }
    letters.iter().rev().map(|&letter| letter as char).collect()
}

/// Small p-values are told by their bound.
fn p_value(p: f64) -> String {
    if p < 0.0005 { "<0.001".to_owned() } else { format!("{p:.3}") }
}

pub(crate) fn signed(value: f64, digits: usize) -> String {
    let text = format!("{value:+.digits$}").replace('-', "\u{2212}");
    // What is rounded to 0 has no sign.
    if text.contains(|c: char| ('1'..='9').contains(&c)) || value.is_infinite() {
        text
    } else {
        format!("{:.digits$}", 0.0)
    }
}

/// The table of means and, if asked for, a table of pairs for each measure.
pub(super) fn grids(comparison: &Comparison, options: TableOptions) -> Vec<Grid> {
    let mut grids = vec![means(comparison, options.digits)];
    if options.pairs {
        grids.extend((0..comparison.measures().len()).map(|measure| pairs(comparison, measure, options.digits)));
    }
    if options.coverage {
        grids.push(coverage(comparison, options.digits));
    }
    grids
}

pub(crate) fn means(comparison: &Comparison, digits: usize) -> Grid {
    let count = comparison.measures().len();
    let measures = comparison.measures().iter().map(|measure| Field::from(measure.to_string()));
    let head = [Field::default(), Field::from("run")].into_iter().chain(measures).collect();
    // Names of several letters would run into each other.
    let between = if comparison.runs().len() > 25 { "," } else { "" };
    let best: Vec<f64> = (0..count)
        .map(|measure| comparison.means(measure).iter().fold(f64::NEG_INFINITY, |best: f64, &mean| best.max(mean)))
        .collect();
    let row = |(run, name): (usize, &String)| {
        let mean = |measure: usize| {
            let mean = comparison.means(measure)[run];
            let marks: Vec<String> = comparison.beaten(measure, run).into_iter().map(letters).collect();
            Field { text: format!("{mean:.digits$}"), marks: marks.join(between), best: mean == best[measure] }
        };
        [Field::from(letters(run)), Field::from(name.as_str())].into_iter().chain((0..count).map(mean)).collect()
    };
    let rows = comparison.runs().iter().enumerate().map(row).collect();
    Grid { head, rows, names: 2, notes: notes(comparison) }
}

fn notes(comparison: &Comparison) -> Vec<String> {
    let options = comparison.options();
    let with = match (options.applied_correction(), options.test.corrects_itself()) {
        (_, true) => "corrected for the number of runs",
        (Correction::None, _) => "not corrected for the number of tests",
        (Correction::Bonferroni, _) => "Bonferroni's correction",
        (Correction::Holm, _) => "Holm's correction",
        (Correction::BenjaminiHochberg, _) => "Benjamini and Hochberg's correction",
    };
    let against = match &options.baseline {
        Some(baseline) => format!("against {baseline} alone"),
        None => "of all pairs".to_owned(),
    };
    let mut notes = vec![format!(
        "{}. A letter: significantly better than that run, {} {against}, {with}, p <= {}.",
        queries(comparison.queries().len()),
        options.test.name(),
        options.alpha
    )];
    let lacking: Vec<String> = comparison
        .runs()
        .iter()
        .enumerate()
        .filter(|&(run, _)| !comparison.missing(run).is_empty())
        .map(|(run, name)| format!("{name} {}", comparison.missing(run).len()))
        .collect();
    if !lacking.is_empty() {
        let became = if comparison.left_out().is_empty() {
            "count 0".to_owned()
        } else {
            format!("are left out, {} in all", comparison.left_out().len())
        };
        notes.push(format!("Judged queries that a run lacks {became}: {}.", lacking.join(", ")));
    }
    notes
}

fn queries(count: usize) -> String {
    if count == 1 { "1 query".to_owned() } else { format!("{count} queries") }
}

/// How far the judgments reach, a row for each run in each measure.
pub(crate) fn coverage(comparison: &Comparison, digits: usize) -> Grid {
    let mut rows = Vec::new();
    for (measure, name) in comparison.measures().iter().enumerate() {
        for (run, run_name) in comparison.runs().iter().enumerate() {
            let Some(found) = comparison.coverage(measure, run) else { continue };
            let number = |value: f64| Field::from(format!("{value:.digits$}"));
            rows.push(vec![
                name.to_string().into(),
                format!("{} {run_name}", letters(run)).into(),
                number(comparison.means(measure)[run]),
                number(found.condensed),
                found.residual.map_or_else(|| "\u{2013}".into(), number),
                number(found.judged),
            ]);
        }
    }
    let head = ["measure", "run", "mean", "condensed", "residual", "judged"];
    let notes = "Condensed: without the documents that are not judged. Residual: the most that these could add, if that is \
                 bounded. Judged: the share of documents, as deep as the measure looks, that are judged.";
    Grid { head: head.into_iter().map(Field::from).collect(), rows, names: 2, notes: vec![notes.to_owned()] }
}

pub(crate) fn pairs(comparison: &Comparison, measure: usize, digits: usize) -> Grid {
    let options = comparison.options();
    let level = format!("{} % interval", (100.0 * (1.0 - options.alpha) * 1e6).round() / 1e6);
    let name = comparison.measures()[measure].to_string();
    let head = [name.as_str(), "against", "difference", &level, "p", "p corrected", "effect", "wins", "ties", "losses"];
    let run = |run: usize| Field::from(format!("{} {}", letters(run), comparison.runs()[run]));
    let rows = comparison.pairs(measure).iter().map(|pair| {
        let difference = pair.mean_difference;
        vec![
            run(pair.first),
            run(pair.second),
            Field {
                text: signed(difference.value, digits),
                marks: String::new(),
                best: pair.adjusted_p_value <= options.alpha,
            },
            format!("[{}, {}]", signed(difference.low, digits), signed(difference.high, digits)).into(),
            p_value(pair.p_value).into(),
            p_value(pair.adjusted_p_value).into(),
            signed(pair.cohen_d_z.value, 2).into(),
            pair.wins.to_string().into(),
            pair.ties.to_string().into(),
            pair.losses.to_string().into(),
        ]
    });
    Grid {
        head: head.into_iter().map(Field::from).collect(),
        rows: rows.collect(),
        names: 2,
        notes: vec![format!(
            "Effect: Cohen's d of the differences. Values within {:e} are a tie. Significant differences are bold.",
            options.tolerance
        )],
    }
}
