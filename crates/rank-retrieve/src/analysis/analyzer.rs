//! The steps from a text to its terms.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};
use snowball_stemmers_rs::Stemmer;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::fold::fold;
use super::{CustomTokenizer, Language, Tokenizer};
use crate::Result;

/// What becomes of a text before it is indexed or searched: words, lower case, accents, stop words, Snowball stems.
///
/// By default words are those of Unicode Standard Annex 29 with pairs of characters for Chinese, Japanese and Korean
/// ([`Tokenizer::Words`]), in English with [`ENGLISH_STOP_WORDS`](crate::ENGLISH_STOP_WORDS), accents kept. Texts that
/// Unicode holds to be the same (composed and decomposed letters) have the same terms. Stop words are compared after
/// accents and before stemming.
///
/// An index and its queries need the same analyzer; an index keeps the one it was made with, and saves it.
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
/// assert_eq!(english.analyze("The flows of the Gases")?, ["flow", "gase"]);
///
/// let german = Analyzer::new(Language::German);
/// assert_eq!(german.analyze("Die Häuser")?, ["haus"]);
///
/// let plain = Analyzer::default().stop_words([""; 0]).stemmer(None).fold_accents(true);
/// assert_eq!(plain.analyze("The Café")?, ["the", "cafe"]);
/// # Ok::<(), rank_retrieve::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analyzer {
    pub(super) tokenizer: Tokenizer,
    pub(super) language: Language,
    pub(super) lowercase: bool,
    pub(super) fold_accents: bool,
    pub(super) stop_words: BTreeSet<String>,
    pub(super) stemmer: Option<Language>,
    /// The stop words in the form that they are compared in.
    leveled: FxHashSet<String>,
}

impl Default for Analyzer {
    fn default() -> Self {
        Self::new(Language::English)
    }
}

impl Analyzer {
    /// The analyzer of a language: its stop words and its stemmer, as far as there are such.
    pub fn new(language: Language) -> Self {
        let plain = Self {
            tokenizer: Tokenizer::Words,
            language,
            lowercase: true,
            fold_accents: false,
            stop_words: BTreeSet::new(),
            stemmer: Some(language).filter(|language| language.has_stemmer()),
            leveled: FxHashSet::default(),
        };
        plain.stop_words(language.stop_words())
    }

    /// Replaces the tokenizer.
    #[must_use]
    pub fn tokenizer(mut self, tokenizer: Tokenizer) -> Self {
        self.tokenizer = tokenizer;
        self
    }

    /// Whether case is leveled, which it is by default. Stemmers know lower case only.
    #[must_use]
    pub fn lowercase(mut self, lowercase: bool) -> Self {
        self.lowercase = lowercase;
        self.level_stop_words()
    }

    /// Whether accents are dropped, so that `cafe` finds `café`; by default they are kept. In some languages accents
    /// tell words apart, and their stemmers use them.
    #[must_use]
    pub fn fold_accents(mut self, fold_accents: bool) -> Self {
        self.fold_accents = fold_accents;
        self.level_stop_words()
    }

    /// Replaces the stop words. Their case does not count.
    #[must_use]
    pub fn stop_words(mut self, words: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.stop_words =
            words.into_iter().map(|word| word.as_ref().trim().nfc().collect::<String>().to_lowercase()).collect();
        self.level_stop_words()
    }

    /// Replaces the stemmer; `None`, or a language without one, leaves words as they are.
    #[must_use]
    pub fn stemmer(mut self, language: impl Into<Option<Language>>) -> Self {
        self.stemmer = language.into().filter(|language| language.has_stemmer());
        self
    }

    /// The function of the caller that it has.
    pub(crate) fn custom(&self) -> Option<CustomTokenizer> {
        match &self.tokenizer {
            Tokenizer::Custom(custom) => Some(custom.clone()),
            _ => None,
        }
    }

    /// The terms of a text, in its order, repeated words repeated.
    ///
    /// # Errors
    ///
    /// [`Error::Tokenizer`](crate::Error::Tokenizer) from a [`CustomTokenizer`](crate::CustomTokenizer) that fails,
    /// [`Error::InvalidNgrams`](crate::Error::InvalidNgrams) from [`Tokenizer::Ngrams`] out of bounds.
    pub fn analyze(&self, text: &str) -> Result<Vec<String>> {
        let mut terms = Vec::new();
        self.session().analyze(text, |term| terms.push(term.to_owned()))?;
        Ok(terms)
    }

    /// For many texts: a session remembers what became of a word.
    ///
    /// # Example
    ///
    /// ```
    /// let analyzer = rank_retrieve::Analyzer::default();
    /// let mut session = analyzer.session();
    /// let mut terms = 0;
    /// for text in ["The red foxes", "Red hens"] {
    ///     session.analyze(text, |_term| terms += 1)?;
    /// }
    /// assert_eq!(terms, 4);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn session(&self) -> AnalyzerSession<'_> {
        AnalyzerSession {
            analyzer: self,
            stemmer: self.stemmer.and_then(Language::algorithm).map(Stemmer::create),
            terms: FxHashMap::default(),
            word: String::new(),
        }
    }

    fn level_stop_words(mut self) -> Self {
        let mut level = String::new();
        self.leveled = self
            .stop_words
            .iter()
            .map(|word| {
                self.level(word, &mut level);
                level.clone()
            })
            .collect();
        self
    }

    /// Gives a word the form that stop words are compared in.
    fn level(&self, word: &str, level: &mut String) {
        level.clear();
        let turkic = matches!(self.language, Language::Turkish | Language::Azerbaijani);
        if word.is_ascii() && !turkic {
            level.push_str(word);
            if self.lowercase {
                level.make_ascii_lowercase();
            }
            return;
        }
        level.extend(word.chars().map(|c| match c {
            // The stemmers and stop lists know the typewriter's apostrophe only.
            '\u{2019}' => '\'',
            // Elsewhere its lower case is an i with a mark, which nobody types.
            'İ' if self.lowercase => 'i',
            'I' if self.lowercase && turkic => 'ı',
            _ => c,
        }));
        if self.lowercase {
            *level = level.to_lowercase();
        }
        if self.fold_accents {
            *level = fold(level);
        }
    }
}

/// The words of a session are forgotten no sooner than the session, so only so many are remembered.
const REMEMBERED: usize = 1 << 16;

/// One analyzer at work on many texts, see [`Analyzer::session`].
pub struct AnalyzerSession<'a> {
    analyzer: &'a Analyzer,
    stemmer: Option<Stemmer>,
    /// The term of each leveled word met so far; empty for a stop word.
    terms: FxHashMap<Box<str>, Box<str>>,
    word: String,
}

impl AnalyzerSession<'_> {
    /// Hands each term of a text to `visit`, in its order, repeated words repeated.
    ///
    /// # Errors
    ///
    /// As [`Analyzer::analyze`]; the terms before the failure were visited.
    pub fn analyze(&mut self, text: &str, mut visit: impl FnMut(&str)) -> Result<()> {
        let composed: String;
        let text = if text.is_ascii() || is_nfc(text) {
            text
        } else {
            composed = text.nfc().collect();
            &composed
        };
        let Self { analyzer, stemmer, terms, word } = self;
        analyzer.tokenizer.cut(text, |raw| {
            analyzer.level(raw, word);
            if stemmer.is_none() {
                // Nothing that would be worth remembering.
                if !word.is_empty() && !analyzer.leveled.contains(word) {
                    visit(word);
                }
                return;
            }
            let term = match terms.get(word.as_str()) {
                Some(term) => term,
                None if word.is_empty() => return,
                None => {
                    let term = match stemmer {
                        _ if analyzer.leveled.contains(word) => "".into(),
                        Some(stemmer) => stemmer.stem(word),
                        None => word.as_str().into(),
                    };
                    if terms.len() >= REMEMBERED {
                        if !term.is_empty() {
                            visit(&term);
                        }
                        return;
                    }
                    terms.entry(word.as_str().into()).or_insert(term.into())
                }
            };
            if !term.is_empty() {
                visit(term);
            }
        })
    }
}
