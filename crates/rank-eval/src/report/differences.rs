//! The differences of two runs, query by query, from the largest gain to the largest loss.

use std::fmt::Write as _;

use super::svg::{Drawing, Scale, WIDTH, label};
use crate::Comparison;
use crate::compare::{escape_html, signed};

/// Above this many queries a chart is two shapes, without a bar for each query.
const BARS: usize = 400;

/// The places of queries and their differences, the largest gain first.
pub(super) fn sorted(comparison: &Comparison, measure: usize, run: usize, baseline: usize) -> Vec<(usize, f64)> {
    let (a, b) = (comparison.values(measure, run), comparison.values(measure, baseline));
    let mut differences: Vec<(usize, f64)> = a.iter().zip(b).map(|(a, b)| a - b).enumerate().collect();
    differences.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    differences
}

pub(super) fn chart(comparison: &Comparison, measure: usize, run: usize, baseline: usize) -> String {
    const HEIGHT: f64 = 250.0;
    let differences = sorted(comparison, measure, run, baseline);
    let tolerance = comparison.options().tolerance;
    let (low, high) =
        differences.iter().fold((0.0, 0.0), |(low, high): (f64, f64), (_, d)| (low.min(*d), high.max(*d)));
    let count = |holds: &dyn Fn(f64) -> bool| differences.iter().filter(|(_, difference)| holds(*difference)).count();
    let (wins, losses) = (count(&|d| d > tolerance), count(&|d| d < -tolerance));
    let equal = differences.len() - wins - losses;
    if wins + losses == 0 {
        return format!("<p class=\"note\">No query has another value: {equal} ties.</p>\n");
    }
    let margin = 0.04 * (high - low);
    let x = Scale { low: 0.0, high: differences.len() as f64, start: 60.0, end: WIDTH - 10.0 };
    let y = Scale { low: low - margin, high: high + margin, start: HEIGHT - 26.0, end: 8.0 };
    let mut drawing = Drawing::new(HEIGHT, "Differences by query, the largest gain first");
    for tick in y.ticks(5.0) {
        let place = y.place(tick);
        drawing.line(if tick == 0.0 { "zero" } else { "axis" }, [x.start, place, x.end, place]);
        drawing.text("", "end", x.start - 8.0, place + 4.0, &label(tick, true));
    }
    let zero = y.place(0.0);
    let width = (x.end - x.start) / differences.len() as f64;
    if differences.len() <= BARS {
        let bar = if width > 3.0 { width - 1.0 } else { width };
        for (place, &(query, difference)) in differences.iter().enumerate() {
            if difference.abs() <= tolerance {
                continue;
            }
            let top = y.place(difference).min(zero);
            let (class, height) = (if difference > 0.0 { "up" } else { "down" }, (y.place(difference) - zero).abs());
            drawing.raw(&format!(
                "<rect class=\"{class}\" x=\"{:.1}\" y=\"{top:.1}\" width=\"{bar:.1}\" height=\"{height:.1}\"><title>{} \
                 {}</title></rect>",
                x.place(place as f64),
                escape_html(&comparison.queries()[query]),
                signed(difference, 4)
            ));
        }
    } else {
        for (class, range) in [("up", 0..wins), ("down", differences.len() - losses..differences.len())] {
            let mut path = format!("M{:.1} {zero:.1}", x.place(range.start as f64));
            for place in range.clone() {
                let _ = write!(path, "V{:.1}H{:.1}", y.place(differences[place].1), x.place(place as f64 + 1.0));
            }
            drawing.raw(&format!("<path class=\"{class}\" d=\"{path}V{zero:.1}Z\"/>"));
        }
    }
    let summary = format!("{wins} better, {equal} equal, {losses} worse");
    drawing.text("", "middle", f64::midpoint(x.start, x.end), HEIGHT - 8.0, &summary);
    drawing.finish()
}
