//! The languages that have a stemmer.

use std::fmt;
use std::str::FromStr;

use rust_stemmers::Algorithm;

use crate::{Error, Result};

/// A language with a Snowball stemmer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names say it")]
pub enum Language {
    Arabic,
    Danish,
    Dutch,
    English,
    Finnish,
    French,
    German,
    Greek,
    Hungarian,
    Italian,
    Norwegian,
    Portuguese,
    Romanian,
    Russian,
    Spanish,
    Swedish,
    Tamil,
    Turkish,
}

/// One row per language: its value, its English name, its stemmer.
const LANGUAGES: [(Language, &str, Algorithm); 18] = [
    (Language::Arabic, "arabic", Algorithm::Arabic),
    (Language::Danish, "danish", Algorithm::Danish),
    (Language::Dutch, "dutch", Algorithm::Dutch),
    (Language::English, "english", Algorithm::English),
    (Language::Finnish, "finnish", Algorithm::Finnish),
    (Language::French, "french", Algorithm::French),
    (Language::German, "german", Algorithm::German),
    (Language::Greek, "greek", Algorithm::Greek),
    (Language::Hungarian, "hungarian", Algorithm::Hungarian),
    (Language::Italian, "italian", Algorithm::Italian),
    (Language::Norwegian, "norwegian", Algorithm::Norwegian),
    (Language::Portuguese, "portuguese", Algorithm::Portuguese),
    (Language::Romanian, "romanian", Algorithm::Romanian),
    (Language::Russian, "russian", Algorithm::Russian),
    (Language::Spanish, "spanish", Algorithm::Spanish),
    (Language::Swedish, "swedish", Algorithm::Swedish),
    (Language::Tamil, "tamil", Algorithm::Tamil),
    (Language::Turkish, "turkish", Algorithm::Turkish),
];

impl Language {
    /// Every language there is, by name.
    pub fn all() -> impl Iterator<Item = Self> {
        LANGUAGES.iter().map(|row| row.0)
    }

    /// The English name in lower case: `"english"`.
    pub fn name(self) -> &'static str {
        LANGUAGES[self as usize].1
    }

    pub(crate) fn algorithm(self) -> Algorithm {
        LANGUAGES[self as usize].2
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Language {
    type Err = Error;

    /// Reads an English name; case does not count.
    fn from_str(name: &str) -> Result<Self> {
        LANGUAGES.iter().find(|row| row.1.eq_ignore_ascii_case(name)).map(|row| row.0).ok_or_else(|| {
            let known: Vec<&str> = LANGUAGES.iter().map(|row| row.1).collect();
            Error::UnknownLanguage { name: name.to_owned(), known: known.join(", ") }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_is_the_row_of_its_number() {
        assert_eq!(Language::all().count(), 18);
        for (row, (language, name, algorithm)) in LANGUAGES.into_iter().enumerate() {
            assert_eq!(language as usize, row);
            assert_eq!(name.parse::<Language>().unwrap(), language);
            assert_eq!(language.algorithm(), algorithm);
            assert_eq!(format!("{algorithm:?}").to_lowercase(), language.to_string());
        }
    }
}
