//! The languages that have a stemmer or a stop list.

use std::fmt;
use std::str::FromStr;

use snowball_stemmers_rs::Algorithm;

use super::stop_words::ENGLISH_STOP_WORDS;
use crate::{Error, Result};

/// A language with a Snowball stemmer, a stop list, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names say it")]
pub enum Language {
    Afrikaans,
    Albanian,
    Arabic,
    Armenian,
    Azerbaijani,
    Basque,
    Belarusian,
    Bengali,
    Breton,
    Bulgarian,
    Catalan,
    Chinese,
    Croatian,
    Czech,
    Danish,
    Dutch,
    English,
    Esperanto,
    Estonian,
    Finnish,
    French,
    Galician,
    German,
    Greek,
    Gujarati,
    Hausa,
    Hebrew,
    Hindi,
    Hungarian,
    Indonesian,
    Irish,
    Italian,
    Japanese,
    Kazakh,
    Korean,
    Kurdish,
    Latin,
    Latvian,
    Lithuanian,
    Malay,
    Marathi,
    Nepali,
    Norwegian,
    Persian,
    Polish,
    Portuguese,
    Romanian,
    Russian,
    Serbian,
    Sesotho,
    Slovak,
    Slovenian,
    Somali,
    Spanish,
    Swahili,
    Swedish,
    Tagalog,
    Tajik,
    Tamil,
    Thai,
    Turkish,
    Ukrainian,
    Urdu,
    Uzbek,
    Vietnamese,
    Yiddish,
    Yoruba,
    Zulu,
}

/// One row per language: its value, its English name, its code of ISO 639-1, its stemmer.
#[rustfmt::skip]
const LANGUAGES: [(Language, &str, &str, Option<Algorithm>); 68] = [
    (Language::Afrikaans, "afrikaans", "af", None),
    (Language::Albanian, "albanian", "sq", None),
    (Language::Arabic, "arabic", "ar", Some(Algorithm::Arabic)),
    (Language::Armenian, "armenian", "hy", Some(Algorithm::Armenian)),
    (Language::Azerbaijani, "azerbaijani", "az", None),
    (Language::Basque, "basque", "eu", Some(Algorithm::Basque)),
    (Language::Belarusian, "belarusian", "be", None),
    (Language::Bengali, "bengali", "bn", None),
    (Language::Breton, "breton", "br", None),
    (Language::Bulgarian, "bulgarian", "bg", None),
    (Language::Catalan, "catalan", "ca", Some(Algorithm::Catalan)),
    (Language::Chinese, "chinese", "zh", None),
    (Language::Croatian, "croatian", "hr", None),
    (Language::Czech, "czech", "cs", Some(Algorithm::Czech)),
    (Language::Danish, "danish", "da", Some(Algorithm::Danish)),
    (Language::Dutch, "dutch", "nl", Some(Algorithm::Dutch)),
    (Language::English, "english", "en", Some(Algorithm::English)),
    (Language::Esperanto, "esperanto", "eo", Some(Algorithm::Esperanto)),
    (Language::Estonian, "estonian", "et", Some(Algorithm::Estonian)),
    (Language::Finnish, "finnish", "fi", Some(Algorithm::Finnish)),
    (Language::French, "french", "fr", Some(Algorithm::French)),
    (Language::Galician, "galician", "gl", None),
    (Language::German, "german", "de", Some(Algorithm::German)),
    (Language::Greek, "greek", "el", Some(Algorithm::Greek)),
    (Language::Gujarati, "gujarati", "gu", None),
    (Language::Hausa, "hausa", "ha", None),
    (Language::Hebrew, "hebrew", "he", None),
    (Language::Hindi, "hindi", "hi", Some(Algorithm::Hindi)),
    (Language::Hungarian, "hungarian", "hu", Some(Algorithm::Hungarian)),
    (Language::Indonesian, "indonesian", "id", Some(Algorithm::Indonesian)),
    (Language::Irish, "irish", "ga", Some(Algorithm::Irish)),
    (Language::Italian, "italian", "it", Some(Algorithm::Italian)),
    (Language::Japanese, "japanese", "ja", None),
    (Language::Kazakh, "kazakh", "kk", None),
    (Language::Korean, "korean", "ko", None),
    (Language::Kurdish, "kurdish", "ku", None),
    (Language::Latin, "latin", "la", None),
    (Language::Latvian, "latvian", "lv", None),
    (Language::Lithuanian, "lithuanian", "lt", Some(Algorithm::Lithuanian)),
    (Language::Malay, "malay", "ms", None),
    (Language::Marathi, "marathi", "mr", None),
    (Language::Nepali, "nepali", "ne", Some(Algorithm::Nepali)),
    (Language::Norwegian, "norwegian", "no", Some(Algorithm::Norwegian)),
    (Language::Persian, "persian", "fa", Some(Algorithm::Persian)),
    (Language::Polish, "polish", "pl", Some(Algorithm::Polish)),
    (Language::Portuguese, "portuguese", "pt", Some(Algorithm::Portuguese)),
    (Language::Romanian, "romanian", "ro", Some(Algorithm::Romanian)),
    (Language::Russian, "russian", "ru", Some(Algorithm::Russian)),
    (Language::Serbian, "serbian", "sr", Some(Algorithm::Serbian)),
    (Language::Sesotho, "sesotho", "st", Some(Algorithm::Sesotho)),
    (Language::Slovak, "slovak", "sk", None),
    (Language::Slovenian, "slovenian", "sl", None),
    (Language::Somali, "somali", "so", None),
    (Language::Spanish, "spanish", "es", Some(Algorithm::Spanish)),
    (Language::Swahili, "swahili", "sw", None),
    (Language::Swedish, "swedish", "sv", Some(Algorithm::Swedish)),
    (Language::Tagalog, "tagalog", "tl", None),
    (Language::Tajik, "tajik", "tg", None),
    (Language::Tamil, "tamil", "ta", Some(Algorithm::Tamil)),
    (Language::Thai, "thai", "th", None),
    (Language::Turkish, "turkish", "tr", Some(Algorithm::Turkish)),
    (Language::Ukrainian, "ukrainian", "uk", Some(Algorithm::Ukrainian)),
    (Language::Urdu, "urdu", "ur", None),
    (Language::Uzbek, "uzbek", "uz", None),
    (Language::Vietnamese, "vietnamese", "vi", None),
    (Language::Yiddish, "yiddish", "yi", Some(Algorithm::Yiddish)),
    (Language::Yoruba, "yoruba", "yo", None),
    (Language::Zulu, "zulu", "zu", None),
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

    /// Whether Snowball has a stemmer for it.
    pub fn has_stemmer(self) -> bool {
        self.algorithm().is_some()
    }

    /// Its function words, empty for a language without a list.
    ///
    /// English has [`ENGLISH_STOP_WORDS`]; other languages have NLTK's list, or else that of the collection
    /// stopwords-iso, which tends to be longer. Read a list before using it: all of them hold words that negate.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::Language;
    ///
    /// assert!(Language::German.stop_words().contains(&"nicht"));
    /// assert!(Language::Serbian.stop_words().is_empty());
    /// ```
    pub fn stop_words(self) -> &'static [&'static str] {
        match self {
            Self::English => &ENGLISH_STOP_WORDS,
            _ => stop_words::lookup(LANGUAGES[self as usize].2).unwrap_or_default(),
        }
    }

    pub(super) fn algorithm(self) -> Option<Algorithm> {
        LANGUAGES[self as usize].3
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
        for (row, (language, name, _, algorithm)) in LANGUAGES.into_iter().enumerate() {
            assert_eq!(language as usize, row);
            assert_eq!(name.parse::<Language>().unwrap(), language);
            assert_eq!(format!("{language:?}").to_lowercase(), language.to_string());
            if let Some(algorithm) = algorithm {
                assert_eq!(format!("{algorithm:?}"), format!("{language:?}"));
            }
            assert!(language.has_stemmer() || !language.stop_words().is_empty(), "{language}");
        }
    }
}
