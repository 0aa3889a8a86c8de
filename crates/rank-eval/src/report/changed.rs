//! The queries that changed most.

use super::differences::sorted;
use crate::Comparison;
use crate::compare::{escape_html, letters, signed};

/// So many queries on either side.
const SHOWN: usize = 8;

pub(super) fn tables(comparison: &Comparison, measure: usize, run: usize, baseline: usize) -> String {
    let differences = sorted(comparison, measure, run, baseline);
    let tolerance = comparison.options().tolerance;
    let gains: Vec<_> = differences.iter().filter(|(_, d)| *d > tolerance).take(SHOWN).collect();
    let losses: Vec<_> = differences.iter().rev().filter(|(_, d)| *d < -tolerance).take(SHOWN).collect();
    let table = |title: &str, class: &str, rows: Vec<&(usize, f64)>| {
        if rows.is_empty() {
            return String::new();
        }
        let rows: Vec<String> = rows
            .into_iter()
            .map(|&(query, difference)| {
                format!(
                    "<tr><td class=\"name\">{}</td><td>{:.3}</td><td>{:.3}</td><td class=\"{class}\">{}</td></tr>\n",
                    escape_html(&comparison.queries()[query]),
                    comparison.values(measure, baseline)[query],
                    comparison.values(measure, run)[query],
                    signed(difference, 3)
                )
            })
            .collect();
        let [old, new] = [baseline, run].map(letters);
        format!(
            "<div class=\"wide\"><h3>{title}</h3>\n<table>\n<thead><tr><th \
             class=\"name\">query</th><th>{old}</th><th>{new}</th><th>difference</th></tr></thead>\n<tbody>\n{}</tbody>\n\
             </table></div>\n",
            rows.concat()
        )
    };
    let (gains, losses) = (table("Largest gains", "up", gains), table("Largest losses", "down", losses));
    format!("<div class=\"sides\">\n{gains}{losses}</div>\n")
}
