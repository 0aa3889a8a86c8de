//! Options and files.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::Error;

/// Why the command ends before it is done.
#[derive(Debug)]
pub(super) enum Failure {
    /// The command line is wrong.
    Usage(String),
    /// Something else is.
    Fusion(Error),
    /// Standard output cannot be written.
    Output(std::io::Error),
}

impl Failure {
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    pub(super) fn code(&self) -> u8 {
        match self {
            Self::Fusion(Error::Io { .. } | Error::BadLine { .. } | Error::InQuery { .. }) | Self::Output(_) => 2,
            Self::Usage(_) | Self::Fusion(_) => 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) => f.write_str(message),
            Self::Fusion(error) => error.fmt(f),
            Self::Output(error) => write!(f, "output: expected to write, got an error: {error}; check where it goes"),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Fusion(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error)
    }
}

/// `--name value`, `--name=value`, `-o value`, and files.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    options: BTreeMap<String, String>,
    pub(super) files: Vec<String>,
}

impl Arguments {
    pub(super) fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let mut parsed = Self::default();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let option = match argument.as_str() {
                "--" => {
                    parsed.files.extend(rest.by_ref().cloned());
                    break;
                }
                "-o" => "output",
                other => match other.strip_prefix("--") {
                    Some(name) => name,
                    None if other.len() > 1 && other.starts_with('-') => {
                        return Err(Failure::usage(format!("{other}: expected a known option, got this; see --help")));
                    }
                    None => {
                        parsed.files.push(other.to_owned());
                        continue;
                    }
                },
            };
            let (name, value) = match option.split_once('=') {
                Some((name, value)) => (name, value.to_owned()),
                None => match rest.next() {
                    Some(value) => (option, value.clone()),
                    None => {
                        return Err(Failure::usage(format!("--{option}: expected a value, got none; see --help")));
                    }
                },
            };
            if parsed.options.insert(name.to_owned(), value).is_some() {
                return Err(Failure::usage(format!("--{name}: expected once, got it twice; leave one out")));
            }
        }
        Ok(parsed)
    }

    /// Refuses options that the command does not have.
    pub(super) fn only(&self, known: &[&[&str]]) -> Result<(), Failure> {
        let known = known.concat();
        match self.options.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => {
                Err(Failure::usage(format!("--{name}: expected one of --{}, got this; see --help", known.join(", --"))))
            }
            None => Ok(()),
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.options.get(name).map(String::as_str)
    }

    pub(super) fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, Failure> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let number =
            text.parse().map_err(|_| Failure::usage(format!("{name}: expected a number, got {text}; see --help")));
        number.map(Some)
    }

    /// What is between commas, but for those in parentheses.
    pub(super) fn list(&self, name: &str) -> Option<Vec<String>> {
        let mut depth = 0;
        let mut parts = vec![String::new()];
        for letter in self.text(name)?.chars() {
            match letter {
                ',' if depth == 0 => {
                    parts.push(String::new());
                    continue;
                }
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            parts.last_mut()?.push(letter);
        }
        Some(parts)
    }
}
