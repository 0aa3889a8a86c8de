//! Interpolated precision at eleven levels of recall.

use std::fmt::Write as _;

use super::svg::{Drawing, Scale, WIDTH, color, label};
use crate::compare::{escape_html, letters};
use crate::{Comparison, Measure, Result};

/// `IPrec@0.0` to `IPrec@1.0`.
pub(super) fn levels() -> Result<Vec<Measure>> {
    (0..=10).map(|tenth| format!("IPrec@{:.1}", f64::from(tenth) / 10.0).parse()).collect()
}

/// A line for each run; `curves` holds the means at each level.
pub(super) fn chart(comparison: &Comparison, curves: &[Vec<f64>]) -> String {
    const HEIGHT: f64 = 420.0;
    const LEGEND: f64 = 250.0;
    let rows = comparison.runs().len() as f64;
    let height = HEIGHT.max(20.0 * rows + 30.0);
    let x = Scale { low: 0.0, high: 1.0, start: 60.0, end: WIDTH - LEGEND };
    let y = Scale { low: 0.0, high: 1.0, start: HEIGHT - 44.0, end: 10.0 };
    let mut drawing = Drawing::new(height, "Interpolated precision by recall");
    for tick in x.ticks(10.0) {
        let (across, up) = (x.place(tick), y.place(tick));
        drawing.line("axis", [across, y.end, across, y.start]);
        drawing.line("axis", [x.start, up, x.end, up]);
        drawing.text("", "middle", across, y.start + 18.0, &label(tick, false));
        drawing.text("", "end", x.start - 8.0, up + 4.0, &label(tick, false));
    }
    drawing.text("", "middle", f64::midpoint(x.start, x.end), y.start + 38.0, "recall");
    drawing.raw(&format!(
        "<text x=\"16\" y=\"{0:.1}\" text-anchor=\"middle\" transform=\"rotate(-90 16 {0:.1})\">precision, \
         interpolated</text>",
        f64::midpoint(y.start, y.end)
    ));
    // In the legend in the order in which the lines begin.
    let mut order: Vec<usize> = (0..curves.len()).collect();
    order.sort_by(|&a, &b| curves[b].iter().sum::<f64>().total_cmp(&curves[a].iter().sum()));
    for (place, &run) in order.iter().enumerate() {
        let mut path = String::new();
        for (tenth, &precision) in curves[run].iter().enumerate() {
            let command = if tenth == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{command}{:.1} {:.1}", x.place(tenth as f64 / 10.0), y.place(precision));
        }
        let name = escape_html(&comparison.runs()[run]);
        drawing.raw(&format!(
            "<path style=\"{}\" stroke-width=\"2\" fill=\"none\" d=\"{path}\"><title>{name}</title></path>",
            color(run)
        ));
        let level = 20.0 + 20.0 * place as f64;
        drawing.raw(&format!(
            "<path style=\"{}\" stroke-width=\"2.5\" d=\"M{:.1} {level:.1}h26\"/>",
            color(run),
            x.end + 16.0
        ));
        let mut short: String = comparison.runs()[run].chars().take(26).collect();
        if short.len() < comparison.runs()[run].len() {
            short.push('…');
        }
        drawing.text("", "start", x.end + 50.0, level + 4.0, &format!("{} {}", letters(run), escape_html(&short)));
    }
    let note = "The highest precision at this recall or beyond, averaged over queries; runs by the area below.";
    format!("{}<p class=\"note\">{note}</p>\n", drawing.finish())
}
