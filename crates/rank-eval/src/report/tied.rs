//! The queries whose value depends on the order of tied documents.

use std::fmt::Write as _;

use super::run_name;
use crate::compare::escape_html;
use crate::{Comparison, Tie};

/// So many queries of the largest spread are listed.
const SHOWN: usize = 12;

pub(super) fn table(comparison: &Comparison, tied: &[Vec<Tie>]) -> String {
    let mut rows = String::new();
    for (run, ties) in tied.iter().enumerate() {
        for measure in comparison.measures() {
            let spreads: Vec<f64> =
                ties.iter().filter(|tie| tie.measure == *measure).map(|tie| tie.greatest - tie.least).collect();
            if spreads.is_empty() {
                continue;
            }
            let _ = writeln!(
                rows,
                "<tr><td class=\"name\">{}</td><td class=\"name\">{}</td><td>{}</td><td>{:.1} \
                 %</td><td>{:.4}</td><td>{:.4}</td></tr>",
                run_name(comparison, run),
                escape_html(&measure.to_string()),
                spreads.len(),
                100.0 * spreads.len() as f64 / comparison.queries().len() as f64,
                spreads.iter().sum::<f64>() / comparison.queries().len() as f64,
                spreads.iter().fold(0.0, |largest: f64, &spread| largest.max(spread)),
            );
        }
    }
    if rows.is_empty() {
        return "<p>No value depends on the order of documents of equal score.</p>\n".to_owned();
    }
    let mut largest: Vec<(usize, &Tie)> =
        tied.iter().enumerate().flat_map(|(run, ties)| ties.iter().map(move |tie| (run, tie))).collect();
    largest.sort_by(|(_, a), (_, b)| (b.greatest - b.least).total_cmp(&(a.greatest - a.least)));
    let mut queries = String::new();
    for (run, tie) in largest.into_iter().take(SHOWN) {
        let _ = writeln!(
            queries,
            "<tr><td class=\"name\">{}</td><td class=\"name\">{}</td><td \
             class=\"name\">{}</td><td>{:.4}</td><td>{:.4}</td><td>{:.4}</td></tr>",
            escape_html(&tie.query),
            run_name(comparison, run),
            escape_html(&tie.measure.to_string()),
            tie.value,
            tie.least,
            tie.greatest
        );
    }
    format!(
        "<p>Documents of equal score have no order of their own. So many queries would have another value in another \
         order:</p>\n<div class=\"wide\"><table>\n<thead><tr><th class=\"name\">run</th><th \
         class=\"name\">measure</th><th>queries</th><th>share</th><th>mean spread</th><th>largest \
         spread</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n<h3>The largest spreads</h3>\n<div \
         class=\"wide\"><table>\n<thead><tr><th class=\"name\">query</th><th class=\"name\">run</th><th \
         class=\"name\">measure</th><th>value</th><th>least</th><th>greatest</th></tr></thead>\n<tbody>\n{queries}</tbody>\n\
         </table></div>\n"
    )
}
