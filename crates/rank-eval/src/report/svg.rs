//! What the charts share.

use std::fmt::Write as _;

use crate::compare::signed;

/// The width of all charts, in their own units.
pub(super) const WIDTH: f64 = 1000.0;

/// Values along an axis, from `low` to `high`, at the places `start` to `end`.
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) start: f64,
    pub(super) end: f64,
}

impl Scale {
    pub(super) fn place(&self, value: f64) -> f64 {
        self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)
    }

    /// Round values within the axis, about `count` of them.
    pub(super) fn ticks(&self, count: f64) -> Vec<f64> {
        let rough = (self.high - self.low) / count;
        let magnitude = 10.0_f64.powf(rough.log10().floor());
        let step =
            [1.0, 2.0, 5.0, 10.0].map(|factor| factor * magnitude).into_iter().find(|step| *step >= rough * 0.999);
        let step = step.unwrap_or(rough);
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).map(|number| number as f64 * step).collect()
    }
}

/// A color of the style sheet for a run, and a dash pattern where the colors are used again.
pub(super) fn color(run: usize) -> String {
    let dash = ["", "7 4", "2 3", "9 3 2 3"][(run / 8) % 4];
    let dash = if dash.is_empty() { String::new() } else { format!(";stroke-dasharray:{dash}") };
    format!("stroke:var(--c{}){dash}", run % 8)
}

/// A number as a label of an axis.
pub(super) fn label(value: f64, with_sign: bool) -> String {
    let digits = if value.abs() >= 100.0 { 0 } else { 2 };
    let text = if with_sign { signed(value, digits) } else { format!("{value:.digits$}").replace('-', "\u{2212}") };
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// An SVG drawing of a height.
pub(super) struct Drawing {
    text: String,
}

impl Drawing {
    pub(super) fn new(height: f64, description: &str) -> Self {
        Self { text: format!("<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{description}\">\n") }
    }

    pub(super) fn line(&mut self, class: &str, [x1, y1, x2, y2]: [f64; 4]) {
        let _ = writeln!(self.text, "<path class=\"{class}\" d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\"/>");
    }

    /// Text at a place; `anchor` is `start`, `middle` or `end`.
    pub(super) fn text(&mut self, class: &str, anchor: &str, x: f64, y: f64, text: &str) {
        let _ = writeln!(
            self.text,
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>"
        );
    }

    pub(super) fn raw(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    pub(super) fn finish(mut self) -> String {
        self.text.push_str("</svg>\n");
        self.text
    }
}
