//! A page about runs: what [`compare`](crate::compare) finds, and charts of the queries behind it.

mod changed;
mod curve;
mod differences;
mod distribution;
mod style;
mod svg;
mod tied;

use std::fmt::Write as _;
use std::path::Path;

use crate::compare::{Grid, coverage_grid, escape_html, html, letters, means, pairs};
use crate::formats::write_file;
use crate::watch::{Watch, unwatched};
use crate::{CompareOptions, Comparison, Measure, Qrels, Result, Run, compare_watched, evaluate_watched, ties_watched};

/// How [`report`] is made.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ReportOptions {
    /// How the runs are compared. Charts compare each run with the baseline, or with the first run if none is named.
    pub compare: CompareOptions,
    /// The headline.
    pub title: String,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self { compare: CompareOptions::default(), title: "Comparison of runs".to_owned() }
    }
}

impl ReportOptions {
    /// The same options with other options of comparison.
    #[must_use]
    pub fn compare(mut self, compare: CompareOptions) -> Self {
        self.compare = compare;
        self
    }

    /// The same options with another headline.
    #[must_use]
    pub fn title(mut self, title: String) -> Self {
        self.title = title;
        self
    }
}

/// Compares runs and writes a page about them: one HTML file that needs nothing else, for light and dark screens.
///
/// It holds the means with letters of significance, all pairs, for each run its differences to the baseline query by query
/// and the queries that changed most, the distribution of values, the interpolated precision at eleven levels of recall,
/// how far the judgments reach, and the queries whose value depends on the order of tied documents. The same runs give the same page. The file appears
/// under its name only when it is complete; gzip if the name ends in `.gz`.
///
/// # Errors
///
/// As [`compare`](crate::compare), and [`Error::File`](crate::Error::File) if the file cannot be written.
///
/// # Example
///
/// ```no_run
/// use rank_eval::{Measure, Qrels, ReportOptions, Run, report};
///
/// let qrels = Qrels::read("qrels.txt")?;
/// let (bm25, dense) = (Run::read("bm25.run")?, Run::read("dense.run")?);
/// let measures: Vec<Measure> = vec!["nDCG@10".parse()?, "AP".parse()?];
/// let comparison =
///     report("report.html", &qrels, &[("bm25", &bm25), ("dense", &dense)], &measures, ReportOptions::default())?;
/// print!("{}", comparison.to_text(Default::default()));
/// # Ok::<(), rank_eval::Error>(())
/// ```
pub fn report<N: AsRef<str>>(
    path: impl AsRef<Path>,
    qrels: &Qrels,
    runs: &[(N, &Run)],
    measures: &[Measure],
    options: ReportOptions,
) -> Result<Comparison> {
    report_watched(path, qrels, runs, measures, options, &unwatched)
}

/// [`report`], watched: a step is a pair of runs in one measure; 0 steps are reported in between.
///
/// # Errors
///
/// As [`report`], and [`Error::Interrupted`](crate::Error::Interrupted).
pub fn report_watched<N: AsRef<str>>(
    path: impl AsRef<Path>,
    qrels: &Qrels,
    runs: &[(N, &Run)],
    measures: &[Measure],
    options: ReportOptions,
    watch: &Watch<'_>,
) -> Result<Comparison> {
    let ReportOptions { compare, title } = options;
    let comparison = compare_watched(qrels, runs, measures, compare, watch)?;
    let mut curves = Vec::with_capacity(runs.len());
    let mut tied = Vec::with_capacity(runs.len());
    let levels = curve::levels()?;
    for (_, run) in runs {
        let evaluation = evaluate_watched(qrels, run, &levels, comparison.options().evaluation, &|_| watch(0))?;
        curves.push(levels.iter().map(|level| evaluation.mean(level).unwrap_or(0.0)).collect::<Vec<f64>>());
        tied.push(ties_watched(qrels, run, measures, comparison.options().evaluation, &|_| watch(0))?);
    }
    let page = page(&title, &comparison, &curves, &tied);
    write_file(path.as_ref(), &|out| out.write_all(page.as_bytes()))?;
    Ok(comparison)
}

fn page(title: &str, comparison: &Comparison, curves: &[Vec<f64>], tied: &[Vec<crate::Tie>]) -> String {
    let title = escape_html(title);
    let mut body = format!("<header><h1>{title}</h1>\n<p>{}</p></header>\n", facts(comparison));
    section(&mut body, "Means", &table(&means(comparison, 4)));
    let mut tested = String::new();
    for measure in 0..comparison.measures().len() {
        let name = escape_html(&comparison.measures()[measure].to_string());
        folded(&mut tested, &name, &table(&pairs(comparison, measure, 4)), measure == 0);
    }
    section(&mut body, "Differences and tests", &tested);
    let baseline = baseline(comparison);
    for measure in 0..comparison.measures().len() {
        let mut inner = String::new();
        let others = (0..comparison.runs().len()).filter(|&run| run != baseline);
        for (place, run) in others.enumerate() {
            let content = format!(
                "{}\n{}",
                differences::chart(comparison, measure, run, baseline),
                changed::tables(comparison, measure, run, baseline)
            );
            let summary = format!("{} against {}", run_name(comparison, run), run_name(comparison, baseline));
            folded(&mut inner, &summary, &content, measure == 0 && place < 3);
        }
        let name = escape_html(&comparison.measures()[measure].to_string());
        section(&mut body, &format!("Query by query: {name}"), &inner);
    }
    let mut spread = String::new();
    for measure in 0..comparison.measures().len() {
        let name = escape_html(&comparison.measures()[measure].to_string());
        folded(&mut spread, &name, &distribution::chart(comparison, measure), measure == 0);
    }
    section(&mut body, "Distribution of values", &spread);
    section(&mut body, "Precision and recall", &curve::chart(comparison, curves));
    section(&mut body, "How far the judgments reach", &table(&coverage_grid(comparison, 4)));
    section(&mut body, "Ties that matter", &tied::table(comparison, tied));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light \
         dark\">\n<title>{title}</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        style::STYLE
    )
}

/// The run that charts compare with.
fn baseline(comparison: &Comparison) -> usize {
    let named = comparison.options().baseline.as_ref();
    named.and_then(|name| comparison.runs().iter().position(|run| run == name)).unwrap_or(0)
}

/// A run's letter and name.
fn run_name(comparison: &Comparison, run: usize) -> String {
    format!("<span class=\"letter\">{}</span> {}", letters(run), escape_html(&comparison.runs()[run]))
}

fn facts(comparison: &Comparison) -> String {
    let count =
        |number: usize, one: &str, many: &str| format!("<b>{number}</b> {}", if number == 1 { one } else { many });
    let options = comparison.options();
    [
        count(comparison.runs().len(), "run", "runs"),
        count(comparison.queries().len(), "query", "queries"),
        count(comparison.measures().len(), "measure", "measures"),
        escape_html(options.test.name()),
        format!("correction: {}", options.applied_correction().name()),
        format!("significant at p &le; {}", options.alpha),
    ]
    .join(" &middot; ")
}

fn table(grid: &Grid) -> String {
    // Wide tables scroll alone, not the page.
    html(grid).replacen("<table>", "<div class=\"wide\"><table>", 1).replacen("</table>", "</table></div>", 1)
}

fn section(body: &mut String, title: &str, content: &str) {
    let _ = write!(body, "<section>\n<h2>{title}</h2>\n{content}</section>\n");
}

fn folded(body: &mut String, summary: &str, content: &str, open: bool) {
    let open = if open { " open" } else { "" };
    let _ = write!(body, "<details{open}>\n<summary>{summary}</summary>\n{content}</details>\n");
}
