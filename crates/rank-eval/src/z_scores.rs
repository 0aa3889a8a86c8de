//! Means and standard deviations of other runs, which turn a value into a z-score.

use std::io::Read;
use std::path::Path;

use rustc_hash::FxHashMap;

use crate::formats::{for_each_row, open};
use crate::{Error, Result};

/// For each query and measure the mean and the standard deviation of a set of runs: `trec_eval -Z`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ZScores(FxHashMap<(String, String), (f64, f64)>);

impl ZScores {
    /// What `trec_eval` prints for a value whose z-score is not known.
    pub const UNKNOWN: f64 = -1_000_000.0;

    /// Reads a file of lines `query measure mean deviation`, plain, gzip or zstd, in which measures have their names of
    /// `trec_eval`, as it prints them. Columns are separated by white space; empty lines, and lines that begin with `#`, are passed
    /// over. Of two lines for the same query and measure, the last one counts.
    ///
    /// # Errors
    ///
    /// [`Error::File`], [`Error::Malformed`] with the number of the line.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        Self::read_from(open(path.as_ref())?, path.as_ref())
    }

    /// Reads means and deviations as [`read`](Self::read) does, out of anything that can be read. Errors call it `name`.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_eval::ZScores;
    ///
    /// let scores = ZScores::from_reader("q1 map 0.25 0.125".as_bytes(), "z")?;
    /// assert_eq!(scores.of("q1", "map", 0.5), Some(2.0));
    /// assert_eq!(scores.of("q1", "P_5", 0.5), None);
    /// # Ok::<(), rank_eval::Error>(())
    /// ```
    pub fn from_reader(reader: impl Read + Send, name: &str) -> Result<Self> {
        Self::read_from(Box::new(reader), Path::new(name))
    }

    fn read_from<'a>(reader: Box<dyn Read + Send + 'a>, path: &Path) -> Result<Self> {
        let mut scores = FxHashMap::default();
        for_each_row(reader, path, |line, text, columns| {
            let numbers = match columns {
                [_, _, mean, deviation] => mean.parse().ok().zip(deviation.parse().ok()),
                _ => None,
            };
            let numbers = numbers.filter(|&(mean, deviation): &(f64, f64)| mean.is_finite() && deviation.is_finite());
            let numbers = numbers.ok_or_else(|| Error::Malformed {
                path: path.to_owned(),
                line,
                expected: "a query, a measure, a mean and a standard deviation",
                got: format!("{text:?}"),
                advice: "repair the line",
            })?;
            scores.insert((columns[0].to_owned(), columns[1].to_owned()), numbers);
            Ok(())
        })?;
        Ok(Self(scores))
    }

    /// How many standard deviations a value is above the mean; `None` if they are not known, or if the deviation is 0 and the
    /// value is not the mean.
    pub fn of(&self, query: &str, measure: &str, value: f64) -> Option<f64> {
        match self.0.get(&(query.to_owned(), measure.to_owned())) {
            Some(&(mean, deviation)) if deviation != 0.0 => Some((value - mean) / deviation),
            Some(&(mean, _)) if value == mean => Some(0.0),
            _ => None,
        }
    }
}
