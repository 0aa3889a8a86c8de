//! The distribution of the values of each run.

use super::svg::{Drawing, Scale, WIDTH, label};
use crate::Comparison;
use crate::compare::{escape_html, letters};

const BINS: usize = 20;
const ROW: f64 = 54.0;
/// Longer names are cut in the chart; tables show them whole.
const NAME: usize = 22;

/// A histogram for each run, one below the other on one scale, with the quartiles and the mean.
pub(super) fn chart(comparison: &Comparison, measure: usize) -> String {
    let runs = comparison.runs().len();
    let columns: Vec<&[f64]> = (0..runs).map(|run| comparison.values(measure, run)).collect();
    let all = || columns.iter().flat_map(|column| column.iter().copied());
    let (low, high) = (all().fold(0.0, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    // Nearly all measures end at 1.
    let high = if high > 0.5 && high <= 1.0 { 1.0 } else { high.max(low + 1e-9) };
    let height = ROW * runs as f64 + 30.0;
    let x = Scale { low, high, start: 190.0, end: WIDTH - 12.0 };
    let mut drawing = Drawing::new(height, "Histograms of the values of each run");
    for tick in x.ticks(10.0) {
        let place = x.place(tick);
        drawing.line("axis", [place, 6.0, place, height - 24.0]);
        drawing.text("", "middle", place, height - 8.0, &label(tick, false));
    }
    let counts: Vec<[usize; BINS]> = columns.iter().map(|column| histogram(column, low, high)).collect();
    let most = counts.iter().flatten().copied().max().unwrap_or(1).max(1) as f64;
    let bin = (x.end - x.start) / BINS as f64;
    for (run, (column, counts)) in columns.iter().zip(&counts).enumerate() {
        let floor = ROW * (run as f64 + 1.0) - 4.0;
        for (place, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let tall = (ROW - 14.0) * count as f64 / most;
            drawing.raw(&format!(
                "<rect style=\"fill:var(--c{})\" fill-opacity=\".55\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" \
                 height=\"{tall:.1}\"><title>{count} queries</title></rect>",
                run % 8,
                x.start + bin * place as f64 + 0.5,
                floor - tall,
                bin - 1.0
            ));
        }
        let mut sorted = column.to_vec();
        sorted.sort_by(f64::total_cmp);
        let quantile = |share: f64| sorted[(share * (sorted.len() - 1) as f64).round() as usize];
        let middle = |value: f64| x.place(value);
        drawing.line("zero", [middle(quantile(0.25)), floor, middle(quantile(0.75)), floor]);
        let mean = column.iter().sum::<f64>() / column.len() as f64;
        drawing.line("mean", [middle(mean), floor - 12.0, middle(mean), floor + 3.0]);
        let name: String = comparison.runs()[run].chars().take(NAME).collect();
        let cut = if name.len() < comparison.runs()[run].len() { "…" } else { "" };
        drawing.text(
            "strong",
            "end",
            x.start - 12.0,
            floor - 16.0,
            &format!("{} {}{cut}", letters(run), escape_html(&name)),
        );
        drawing.text("", "end", x.start - 12.0, floor, &format!("mean {mean:.3}, median {:.3}", quantile(0.5)));
    }
    let note = "Bars: queries by value. Upright line: the mean. Line below: from the first to the third quartile.";
    format!("{}<p class=\"note\">{note}</p>\n", drawing.finish())
}

fn histogram(values: &[f64], low: f64, high: f64) -> [usize; BINS] {
    let mut counts = [0; BINS];
    for value in values {
        let place = (value - low) / (high - low) * BINS as f64;
        counts[(place as usize).min(BINS - 1)] += 1;
    }
    counts
}
