//! What ends a command early.

use std::ffi::OsStr;
use std::fmt;
use std::io;

use crate::Error;

/// The command line is wrong, or `validate` found something.
pub(crate) const USAGE: u8 = 1;
/// A file cannot be read, written or understood.
pub(crate) const INPUT: u8 = 2;
/// Nothing to evaluate: no query is both judged and ranked.
pub(crate) const NO_QUERY: u8 = 7;
/// The reader of the output went away: what a shell reports for a program that SIGPIPE ended.
pub(crate) const BROKEN_PIPE: u8 = 141;

/// An exit code, and what is said on the error output.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: u8,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { code: USAGE, message: message.into() }
    }

    fn broken_pipe() -> Self {
        Self { code: BROKEN_PIPE, message: String::new() }
    }

    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self { code: INPUT, message: message.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if let Error::File { action: "write", source, .. } = &error
            && source.kind() == io::ErrorKind::BrokenPipe
        {
            return Self::broken_pipe();
        }
        let code = match error {
            Error::NoCommonQuery { .. } | Error::NoCommonQueryOf { .. } | Error::NoQueryOfAllRuns => NO_QUERY,
            Error::UnknownMeasure { .. }
            | Error::InvalidCutoff { .. }
            | Error::InvalidParameter { .. }
            | Error::NoExpectedValue { .. }
            | Error::ExpectedAtDepth { .. }
            | Error::NeedsSubtopics { .. }
            | Error::NeedsPreferences { .. }
            | Error::NotOfPreferences { .. }
            | Error::TooFewRuns { .. }
            | Error::DuplicateRun { .. }
            | Error::UnknownBaseline { .. }
            | Error::CorrectedAlready { .. }
            | Error::NoPermutations
            | Error::NotAProbability { .. } => USAGE,
            _ => INPUT,
        };
        Self { code, message: error.to_string() }
    }
}

impl Failure {
    /// Of the run of a file.
    pub(crate) fn of_run(error: Error, path: &OsStr) -> Self {
        let of_file = matches!(error, Error::NoCommonQuery { .. });
        let failure = Self::from(error);
        match failure.message.strip_prefix("run: ").filter(|_| of_file) {
            Some(rest) => Self { message: format!("{}: {rest}", path.to_string_lossy()), ..failure },
            None => failure,
        }
    }
}

/// Of writing to the standard output; files are written by the library.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::broken_pipe();
        }
        Self::input(format!("standard output: expected to be written, got the error \"{error}\"; check where it goes"))
    }
}

pub(crate) type Outcome<T> = Result<T, Failure>;
