//! Tables for terminals, Markdown, LaTeX and HTML.

use std::fmt::Write as _;

use super::grid::{Field, Grid};

/// Letters as superscripts of Unicode.
fn superscript(marks: &str) -> String {
    let raised = |letter| match letter {
        'a'..='z' => "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖ\u{107a5}ʳˢᵗᵘᵛʷˣʸᶻ".chars().nth(letter as usize - 'a' as usize).unwrap_or(letter),
        ',' => '˒',
        other => other,
    };
    marks.chars().map(raised).collect()
}

pub(super) fn text(grid: &Grid) -> String {
    let cell = |field: &Field| format!("{}{}", field.text, superscript(&field.marks));
    let lines: Vec<Vec<String>> =
        std::iter::once(&grid.head).chain(&grid.rows).map(|row| row.iter().map(cell).collect()).collect();
    let widths: Vec<usize> = (0..grid.head.len())
        .map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0))
        .collect();
    // Numbers are aligned at the point: the superscripts hang over to the right.
    let hanging = hanging(grid);
    let mut out = String::new();
    for (number, line) in lines.iter().enumerate() {
        let mut text = String::new();
        for (column, cell) in line.iter().enumerate() {
            let own = if number == 0 { 0 } else { grid.rows[number - 1][column].marks.chars().count() };
            let width = widths[column].max(hanging[column] + widths_of_numbers(grid, column));
            let trail = if number == 0 || column < grid.names { 0 } else { hanging[column] - own };
            let lead = width.saturating_sub(cell.chars().count() + trail);
            if column < grid.names {
                let _ = write!(text, "{cell}{}  ", " ".repeat(lead));
            } else {
                let _ = write!(text, "{}{cell}{}  ", " ".repeat(lead), " ".repeat(trail));
            }
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
    for note in &grid.notes {
        let _ = writeln!(out, "\n{note}");
    }
    out
}

/// The most marks in each column.
fn hanging(grid: &Grid) -> Vec<usize> {
    let most = |column: usize| grid.rows.iter().map(|row| row[column].marks.chars().count()).max().unwrap_or(0);
    (0..grid.head.len()).map(most).collect()
}

fn widths_of_numbers(grid: &Grid, column: usize) -> usize {
    grid.rows.iter().map(|row| row[column].text.chars().count()).max().unwrap_or(0)
}

pub(super) fn markdown(grid: &Grid) -> String {
    let escape = |text: &str| text.replace('\\', "\\\\").replace('|', "\\|").replace('*', "\\*").replace('<', "&lt;");
    let cell = |field: &Field| {
        let text = escape(&field.text);
        let text = if field.best { format!("**{text}**") } else { text };
        if field.marks.is_empty() { text } else { format!("{text}<sup>{}</sup>", field.marks) }
    };
    let line = |row: &[Field]| format!("| {} |\n", row.iter().map(cell).collect::<Vec<_>>().join(" | "));
    let rule: Vec<&str> = (0..grid.head.len()).map(|column| if column < grid.names { "---" } else { "---:" }).collect();
    let mut out = format!("{}| {} |\n", line(&grid.head), rule.join(" | "));
    out.extend(grid.rows.iter().map(|row| line(row)));
    for note in &grid.notes {
        let _ = writeln!(out, "\n{}", escape(note));
    }
    out
}

pub(super) fn latex(grid: &Grid) -> String {
    let cell = |field: &Field| {
        let text = escape_latex(&field.text);
        let text = if field.best { format!("\\textbf{{{text}}}") } else { text };
        if field.marks.is_empty() { text } else { format!("{text}$^{{\\mathrm{{{}}}}}$", field.marks) }
    };
    let line = |row: &[Field]| format!("{} \\\\\n", row.iter().map(cell).collect::<Vec<_>>().join(" & "));
    let columns = "l".repeat(grid.head.len());
    let mut out = format!("\\begin{{tabular}}{{{columns}}}\n\\toprule\n{}\\midrule\n", line(&grid.head));
    out.extend(grid.rows.iter().map(|row| line(row)));
    out.push_str("\\bottomrule\n\\end{tabular}\n");
    for note in &grid.notes {
        let _ = writeln!(out, "% {note}");
    }
    out
}

fn escape_latex(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                out.push('\\');
                out.push(character);
            }
            '\\' => out.push_str("\\textbackslash{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '\u{2212}' => out.push_str("$-$"),
            '<' => out.push_str("$<$"),
            '>' => out.push_str("$>$"),
            other => out.push(other),
        }
    }
    out
}

pub(crate) fn html(grid: &Grid) -> String {
    let hanging = hanging(grid);
    let cell = |tag: &str, column: usize, field: &Field| {
        let text = escape_html(&field.text);
        let text = if field.best { format!("<b>{text}</b>") } else { text };
        // Of one width in a column, so that numbers stay below each other.
        let marks = match hanging[column] {
            0 => String::new(),
            width => {
                format!("<sup style=\"display:inline-block;min-width:{width}ch;text-align:left\">{}</sup>", field.marks)
            }
        };
        let class = if column < grid.names { "name" } else { "number" };
        format!("<{tag} class=\"{class}\">{text}{marks}</{tag}>")
    };
    let line = |tag: &str, row: &[Field]| {
        let cells: String = row.iter().enumerate().map(|(column, field)| cell(tag, column, field)).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let rows: String = grid.rows.iter().map(|row| line("td", row)).collect();
    let head = line("th", &grid.head);
    let note = |note: &String| format!("<p class=\"note\">{}</p>\n", escape_html(note));
    let notes: Vec<String> = grid.notes.iter().map(note).collect();
    let notes = notes.concat();
    format!("<table>\n<thead>\n{head}</thead>\n<tbody>\n{rows}</tbody>\n</table>\n{notes}")
}

pub(crate) fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
