//! Where a text is cut.

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::{identifiers, words};
use crate::{Error, Result};

/// How a text is cut into words, before case, accents, stop words and stems are seen to.
///
/// # Example
///
/// ```
/// use rank_retrieve::{Analyzer, Tokenizer};
///
/// let words = |tokenizer: Tokenizer, text: &str| {
///     Analyzer::default().stop_words([""; 0]).stemmer(None).tokenizer(tokenizer).analyze(text).unwrap()
/// };
/// assert_eq!(words(Tokenizer::Words, "np.stack(A-1) 東京都"), ["np.stack", "a", "1", "東京", "京都"]);
/// assert_eq!(words(Tokenizer::Whitespace, "np.stack(A-1) 東京都"), ["np.stack(a-1)", "東京都"]);
/// assert_eq!(words(Tokenizer::Identifiers, "np.stack(A-1)"), ["np.stack", "np", "stack", "a-1", "a", "1"]);
/// assert_eq!(words(Tokenizer::Ngrams { least: 3, most: 4 }, "a stack"), ["a", "sta", "stac", "tac", "tack", "ack"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tokenizer {
    /// Words of Unicode Standard Annex 29: punctuation is dropped, `can't` and `3.14` are one word. Chinese, Japanese
    /// and Korean writing becomes pairs of neighboring characters, a lone character itself.
    Words,
    /// What stands between white space, punctuation and all.
    Whitespace,
    /// For source code and part numbers: names as they stand (`std::fs`, `R123-78`, `C++`), and the parts of those that
    /// have parts, cut at punctuation, at changes of case (`readFile`) and between letters and digits.
    Identifiers,
    /// Runs of `least` to `most` characters of each of the words of [`Tokenizer::Words`], from left to right; a word
    /// shorter than `least` stays whole.
    Ngrams {
        /// The fewest characters, at least 1.
        least: usize,
        /// The most characters, at least `least`.
        most: usize,
    },
    /// A function of the caller.
    Custom(CustomTokenizer),
}

type Cut = dyn Fn(&str) -> std::result::Result<Vec<String>, Box<dyn StdError + Send + Sync>> + Send + Sync;

/// A text with words of many kinds.
const PROBE: &str = "The red Foxes' den, 3.14 & co.: who can't re-read naïve_cafés (v2.0-beta, readFile) at \
    x@example.org?\tA,b;c|d/e\nStraße ÉTÉ Москва 東京都 한국어 #42 https://a.b/c?d=e \u{1F98A}";

/// A function from a text to its words, the same at all times, and the name that stands for it in a saved index.
///
/// Two are the same if they have the same name and make the same of a text with words of many kinds, which they are asked
/// when they are compared or saved. A function that fails then is known by its name alone.
#[derive(Clone)]
pub struct CustomTokenizer {
    name: String,
    cut: Arc<Cut>,
    print: OnceLock<Option<u32>>,
}

impl CustomTokenizer {
    /// Names a function.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{Analyzer, CustomTokenizer, Tokenizer};
    ///
    /// let commas = CustomTokenizer::new("commas", |text| Ok(text.split(',').map(str::to_owned).collect()));
    /// let analyzer = Analyzer::default().tokenizer(Tokenizer::Custom(commas));
    /// assert_eq!(analyzer.analyze("red foxes,Hens")?, ["red fox", "hen"]);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn new(
        name: impl Into<String>,
        cut: impl Fn(&str) -> std::result::Result<Vec<String>, Box<dyn StdError + Send + Sync>> + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), cut: Arc::new(cut), print: OnceLock::new() }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it makes of the probe, in a number.
    pub(super) fn print(&self) -> Option<u32> {
        if let Some(print) = self.print.get() {
            return *print;
        }
        // Nobody waits for another here: the function may need a lock that the waiting one holds.
        let print = (self.cut)(PROBE).ok().map(|words| {
            let mut hasher = crc32fast::Hasher::new();
            for word in words {
                hasher.update(&(word.len() as u64).to_le_bytes());
                hasher.update(word.as_bytes());
            }
            hasher.finalize()
        });
        *self.print.get_or_init(|| print)
    }
}

impl PartialEq for CustomTokenizer {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.print() == other.print()
    }
}

impl Eq for CustomTokenizer {}

impl fmt::Debug for CustomTokenizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CustomTokenizer").field(&self.name).finish()
    }
}

impl Tokenizer {
    /// Checks the bounds of [`Tokenizer::Ngrams`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidNgrams`] if `least` is 0 or above `most`.
    pub fn check(&self) -> Result<()> {
        match *self {
            Self::Ngrams { least, most } if least == 0 || least > most => Err(Error::InvalidNgrams { least, most }),
            _ => Ok(()),
        }
    }

    /// Hands each word of a text to `visit`.
    pub(super) fn cut(&self, text: &str, mut visit: impl FnMut(&str)) -> Result<()> {
        match self {
            Self::Words => words::cut(text, visit),
            Self::Whitespace => text.split_whitespace().for_each(visit),
            Self::Identifiers => identifiers::cut(text, visit),
            Self::Ngrams { least, most } => {
                self.check()?;
                words::unicode(text, |word| ngrams(word, *least, *most, &mut visit));
            }
            Self::Custom(custom) => (custom.cut)(text)
                .map_err(|source| Error::Tokenizer { name: custom.name.clone(), source })?
                .iter()
                .for_each(|word| visit(word)),
        }
        Ok(())
    }
}

/// The runs of `least` to `most` characters of a word.
fn ngrams(word: &str, least: usize, most: usize, visit: &mut impl FnMut(&str)) {
    let bounds: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    let characters = bounds.len() - 1;
    if characters < least {
        return visit(word);
    }
    for start in 0..=characters - least {
        for end in start + least..=(start + most).min(characters) {
            visit(&word[bounds[start]..bounds[end]]);
        }
    }
}
