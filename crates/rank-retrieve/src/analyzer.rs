//! From text to index terms.

use rust_stemmers::Stemmer;
use rustc_hash::FxHashSet;
use unicode_segmentation::UnicodeSegmentation;

use crate::{ENGLISH_STOP_WORDS, Language};

/// What becomes of a text before it is indexed or searched: Unicode words, lower case, stop words, Snowball stems.
///
/// Words are those of Unicode Standard Annex 29, so punctuation is dropped, `can't` and `3.14` are one word, and each
/// Chinese character is one. Stop words are compared before stemming. The default is English with
/// [`ENGLISH_STOP_WORDS`].
///
/// An index and its queries need the same analyzer; an index keeps the one it was made with.
///
/// # Source
///
/// Porter: Snowball, a language for stemming algorithms (2001).
///
/// # Example
///
/// ```
/// use rank_retrieve::{Analyzer, Language};
///
/// let english = Analyzer::default();
/// assert_eq!(english.analyze("The flows of the Gases"), ["flow", "gase"]);
///
/// let german = Analyzer::new(Language::German).stop_words(["der", "die", "das"]);
/// assert_eq!(german.analyze("Die Häuser"), ["haus"]);
///
/// let plain = Analyzer::default().stop_words([""; 0]).stemmer(None);
/// assert_eq!(plain.analyze("The flows"), ["the", "flows"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analyzer {
    stop_words: FxHashSet<String>,
    stemmer: Option<Language>,
}

impl Default for Analyzer {
    fn default() -> Self {
        Self::new(Language::English)
    }
}

impl Analyzer {
    /// The analyzer of a language: its stemmer, and for English [`ENGLISH_STOP_WORDS`]. Other languages begin without
    /// stop words.
    pub fn new(language: Language) -> Self {
        let analyzer = Self { stop_words: FxHashSet::default(), stemmer: Some(language) };
        match language {
            Language::English => analyzer.stop_words(ENGLISH_STOP_WORDS),
            _ => analyzer,
        }
    }

    /// Replaces the stop words. Their case does not count.
    #[must_use]
    pub fn stop_words(mut self, words: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.stop_words = words.into_iter().map(|word| word.as_ref().to_lowercase()).collect();
        self
    }

    /// Replaces the stemmer; `None` leaves words as they are.
    #[must_use]
    pub fn stemmer(mut self, language: impl Into<Option<Language>>) -> Self {
        self.stemmer = language.into();
        self
    }

    /// The terms of a text, in its order, repeated words repeated.
    pub fn analyze(&self, text: &str) -> Vec<String> {
        let stemmer = self.stemmer.map(|language| Stemmer::create(language.algorithm()));
        let mut terms = Vec::new();
        for word in text.unicode_words() {
            // The stemmers know the typewriter's apostrophe only.
            let word = word.to_lowercase().replace('\u{2019}', "'");
            if self.stop_words.contains(&word) {
                continue;
            }
            let term = match &stemmer {
                Some(stemmer) => stemmer.stem(&word).into_owned(),
                None => word,
            };
            if !term.is_empty() {
                terms.push(term);
            }
        }
        terms
    }
}
