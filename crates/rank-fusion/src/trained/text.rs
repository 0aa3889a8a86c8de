//! A trained method as text: a header of names, then a line of numbers per list. Numbers are written so that reading
//! them gives the same bits.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::{Rule, Trained};
use crate::{Error, Result};

const TITLE: &str = "rank-fusion trained method, version 1";

impl fmt::Display for Trained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TITLE}")?;
        write!(f, "{}", self.name())?;
        match &self.rule {
            Rule::Map | Rule::Pos => {}
            Rule::Bayes { cuts } | Rule::Seg { cuts } => cuts.iter().try_for_each(|cut| write!(f, " {cut}"))?,
            Rule::Prob { segments: number } | Rule::Slide { window: number } => write!(f, " {number}")?,
        }
        writeln!(f)?;
        for table in &self.tables {
            let numbers: Vec<String> = table.iter().map(f64::to_string).collect();
            writeln!(f, "{}", numbers.join(" "))?;
        }
        Ok(())
    }
}

impl FromStr for Trained {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        parse(text).map_err(|got| Error::BadModel { argument: "text".to_owned(), got })
    }
}

impl Trained {
    /// Writes what was learned to a text file, under a temporary name that is then changed.
    ///
    /// # Errors
    ///
    /// [`Error::Io`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{}.tmp", std::process::id()));
        let temporary = path.with_file_name(name);
        std::fs::write(&temporary, self.to_string()).and_then(|()| std::fs::rename(&temporary, path)).map_err(|error| {
            let _ = std::fs::remove_file(&temporary);
            io(path, "written", &error)
        })
    }

    /// Reads what [`Trained::save`] wrote; the same bits.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::BadModel`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|error| io(path, "read", &error))?;
        parse(&text).map_err(|got| Error::BadModel { argument: path.display().to_string(), got })
    }
}

fn io(path: &Path, action: &'static str, error: &std::io::Error) -> Error {
    Error::Io { path: path.display().to_string(), action, reason: error.to_string(), kind: error.kind() }
}

/// The trained method, or what is wrong with the text.
fn parse(text: &str) -> std::result::Result<Trained, String> {
    let mut lines = text.lines();
    match lines.next() {
        Some(TITLE) => {}
        other => return Err(format!("the title {:?}", other.unwrap_or_default())),
    }
    let mut header = lines.next().unwrap_or_default().split_whitespace();
    let name = header.next().unwrap_or_default();
    let numbers = header
        .map(|word| word.parse().map_err(|_| format!("the parameter {word:?}")))
        .collect::<std::result::Result<Vec<usize>, String>>()?;
    let rising = numbers.len() > 1 && numbers[0] == 0 && numbers.windows(2).all(|pair| pair[0] < pair[1]);
    let (rule, length) = match (name, numbers.as_slice()) {
        ("bayesfuse", cuts) if rising => (Rule::Bayes { cuts: cuts.to_vec() }, Some(cuts.len() - 1)),
        ("segfuse", cuts) if rising => (Rule::Seg { cuts: cuts.to_vec() }, Some(cuts.len() - 1)),
        ("mapfuse", []) => (Rule::Map, Some(1)),
        ("posfuse", []) => (Rule::Pos, None),
        ("probfuse", [segments]) if *segments > 0 => (Rule::Prob { segments: *segments }, Some(*segments)),
        ("slidefuse", [window]) => (Rule::Slide { window: *window }, None),
        _ => return Err(format!("the method {name:?} with the parameters {numbers:?}")),
    };
    let mut tables = Vec::new();
    for (list, line) in lines.enumerate() {
        let table = line
            .split_whitespace()
            .map(|word| match word.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(number),
                _ => Err(format!("the number {word:?} of list {list}")),
            })
            .collect::<std::result::Result<Vec<f64>, String>>()?;
        if length.is_some_and(|length| length != table.len()) {
            return Err(format!("{} numbers of list {list}", table.len()));
        }
        tables.push(table);
    }
    if tables.is_empty() {
        return Err("no list".to_owned());
    }
    Ok(Trained { rule, tables })
}
