//! Files of preferences, in the two formats of `trec_eval`.

use std::io::Read;
use std::path::Path;

use super::Preferences;
use crate::formats::{for_each_row, open};
use crate::{Error, Result};

/// The format of a file of preferences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PreferenceFormat {
    /// `query group list document level`: `trec_eval -R prefs`.
    #[default]
    Prefs,
    /// `query group document level`, with one list for each group: `trec_eval -R qrels_prefs`.
    QrelsPrefs,
}

impl Preferences {
    /// Reads a file, plain, gzip or zstd. Columns are separated by white space; empty lines, and lines that begin with `#`, are
    /// passed over. A level is a number from 0, of which 0 is not relevant.
    ///
    /// # Errors
    ///
    /// [`Error::File`], [`Error::Malformed`] with the number of the line, [`Error::ContradictoryPreferences`].
    pub fn read(path: impl AsRef<Path>, format: PreferenceFormat) -> Result<Self> {
        Self::read_from(open(path.as_ref())?, path.as_ref(), format)
    }

    /// Reads preferences as [`read`](Self::read) does, out of anything that can be read. Errors call it `name`.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_eval::{PreferenceFormat, Preferences};
    ///
    /// let lines = "q ann d1 2\nq ann d2 0\n";
    /// let preferences = Preferences::from_reader(lines.as_bytes(), "prefs", PreferenceFormat::QrelsPrefs)?;
    /// assert_eq!(preferences.groups("q").unwrap().collect::<Vec<_>>(), ["ann"]);
    /// # Ok::<(), rank_eval::Error>(())
    /// ```
    pub fn from_reader(reader: impl Read + Send, name: &str, format: PreferenceFormat) -> Result<Self> {
        Self::read_from(Box::new(reader), Path::new(name), format)
    }

    fn read_from<'a>(reader: Box<dyn Read + Send + 'a>, path: &Path, format: PreferenceFormat) -> Result<Self> {
        let expected = match format {
            PreferenceFormat::Prefs => "\"query group list document level\", the level from 0",
            PreferenceFormat::QrelsPrefs => "\"query group document level\", the level from 0",
        };
        let mut rows: Vec<(String, String, String, String, f64)> = Vec::new();
        for_each_row(reader, path, |line, text, columns| {
            let words = match (format, columns) {
                (PreferenceFormat::Prefs, &[query, group, list, document, level]) => {
                    Some(([query, group, list, document], level))
                }
                (PreferenceFormat::QrelsPrefs, &[query, group, document, level]) => {
                    Some(([query, group, "", document], level))
                }
                _ => None,
            };
            let level = |level: &str| level.parse().ok().filter(|level: &f64| *level >= 0.0 && level.is_finite());
            let row = words.and_then(|(words, text)| Some((words.map(str::to_owned), level(text)?)));
            let ([query, group, list, document], level) = row.ok_or_else(|| Error::Malformed {
                path: path.to_owned(),
                line,
                expected,
                got: format!("{text:?}"),
                advice: "repair it",
            })?;
            rows.push((query, group, list, document, level));
            Ok(())
        })?;
        Self::from_rows(rows)
    }
}
