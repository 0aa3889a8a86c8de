//! An analyzer as text, for indexes that keep theirs.

use serde_json::{Value, json};

use super::{Analyzer, CustomTokenizer, Language, Tokenizer};
use crate::{Error, Result};

/// Grows when a step gives other terms for the same settings, as a new release of the stemmers may.
const VERSION: u64 = 1;

impl Analyzer {
    /// The settings as JSON: the same settings are the same text.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{Analyzer, Language};
    ///
    /// let german = Analyzer::new(Language::German).fold_accents(true);
    /// assert_eq!(Analyzer::from_json(&german.to_json(), None)?, german);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn to_json(&self) -> String {
        let tokenizer = match &self.tokenizer {
            Tokenizer::Words => json!("words"),
            Tokenizer::Whitespace => json!("whitespace"),
            Tokenizer::Identifiers => json!("identifiers"),
            Tokenizer::Ngrams { least, most } => json!({"ngrams": [least, most]}),
            Tokenizer::Custom(custom) => json!({"custom": custom.name(), "print": custom.print()}),
        };
        json!({
            "version": VERSION,
            "tokenizer": tokenizer,
            "language": self.language.name(),
            "lowercase": self.lowercase,
            "fold_accents": self.fold_accents,
            "stop_words": self.stop_words,
            "stemmer": self.stemmer.map(Language::name),
        })
        .to_string()
    }

    /// The analyzer of settings that [`to_json`](Self::to_json) gave.
    ///
    /// A custom tokenizer is a function, of which only the name is saved, and what it makes of a text: `custom` brings it
    /// back.
    ///
    /// # Errors
    ///
    /// [`Error::SavedAnalyzer`] for anything else, for settings of another version, and for a custom tokenizer that is not
    /// the saved one.
    pub fn from_json(text: &str, custom: Option<CustomTokenizer>) -> Result<Self> {
        let refuse = |what: String| Error::SavedAnalyzer { what };
        let value: Value = serde_json::from_str(text).map_err(|error| refuse(error.to_string()))?;
        let setting = |name: &str| value.get(name).ok_or_else(|| refuse(format!("no {name:?}")));
        let language = |value: &Value| -> Result<Language> {
            value.as_str().ok_or_else(|| refuse(format!("the language {value}")))?.parse()
        };
        let flag = |name: &str| -> Result<bool> {
            setting(name)?.as_bool().ok_or_else(|| refuse(format!("another {name:?} than true or false")))
        };
        match setting("version")?.as_u64() {
            Some(VERSION) => {}
            _ => return Err(refuse(format!("version {}, not {VERSION}", value["version"]))),
        }
        let stop_words: Vec<&str> = setting("stop_words")?
            .as_array()
            .and_then(|words| words.iter().map(Value::as_str).collect())
            .ok_or_else(|| refuse("stop words that are no list of words".to_owned()))?;
        let stemmer = match setting("stemmer")? {
            Value::Null => None,
            name => Some(language(name)?),
        };
        Ok(Self::new(language(setting("language")?)?)
            .tokenizer(tokenizer(setting("tokenizer")?, custom)?)
            .lowercase(flag("lowercase")?)
            .fold_accents(flag("fold_accents")?)
            .stop_words(stop_words)
            .stemmer(stemmer))
    }
}

fn tokenizer(value: &Value, custom: Option<CustomTokenizer>) -> Result<Tokenizer> {
    let refuse = |what: String| Error::SavedAnalyzer { what };
    let saved = value.get("custom").and_then(Value::as_str);
    match (saved, custom) {
        (None, None) => {}
        (Some(saved), Some(custom)) if saved == custom.name() => {
            if value["print"].as_u64() != custom.print().map(u64::from) {
                return Err(refuse(format!("the custom tokenizer {saved:?} and one of that name that cuts otherwise")));
            }
            return Ok(Tokenizer::Custom(custom));
        }
        (Some(saved), None) => return Err(refuse(format!("the custom tokenizer {saved:?} and no function for it"))),
        (Some(saved), Some(custom)) => {
            return Err(refuse(format!("the custom tokenizer {saved:?} and the function {:?}", custom.name())));
        }
        (None, Some(custom)) => {
            return Err(refuse(format!("no custom tokenizer, and the function {:?}", custom.name())));
        }
    }
    let bound = |i: usize| value["ngrams"].get(i).and_then(Value::as_u64).map(|bound| bound as usize);
    let tokenizer = match (value.as_str(), bound(0), bound(1)) {
        (Some("words"), ..) => Tokenizer::Words,
        (Some("whitespace"), ..) => Tokenizer::Whitespace,
        (Some("identifiers"), ..) => Tokenizer::Identifiers,
        (None, Some(least), Some(most)) => Tokenizer::Ngrams { least, most },
        _ => return Err(refuse(format!("the tokenizer {value}"))),
    };
    tokenizer.check().map(|()| tokenizer)
}
