//! What a term in a document is worth.

mod lengths;
mod model;

use crate::{Error, Result};

pub(crate) use model::{Collection, Field, Model};

/// Text fields of an index at most.
pub(crate) const MAX_FIELDS: usize = 8;

/// The family of a score.
///
/// N documents, df with the term, tf times in this one of length |d|, mean length avgdl, `B = 1 - b + b·|d|/avgdl`.
///
/// # Example
///
/// Of three documents, one holds the term, twice, and is half as long again as the mean: `B = 0.25 + 0.75 · 3 / 2`.
///
/// ```
/// use rank_retrieve::{Bm25Index, Formula, Scoring};
///
/// let mut index = Bm25Index::new();
/// index.add_document("d1", &["fox", "fox", "den"])?;
/// index.add_document("d2", &["hen"])?;
/// index.add_document("d3", &["owl", "cub"])?;
///
/// let part = 2.0 / (2.0 + 1.5 * 1.375);
/// let c: f64 = 2.0 / 1.375;
/// for (formula, by_hand) in [
///     (Formula::Lucene, f64::ln(1.0 + 2.5 / 1.5) * part),
///     (Formula::Robertson, f64::ln(2.5 / 1.5) * part),
///     (Formula::Atire, f64::ln(3.0 / 1.0) * 2.5 * part),
///     (Formula::Bm25L, f64::ln(4.0 / 1.5) * 2.5 * (c + 0.5) / (1.5 + c + 0.5)),
///     (Formula::Bm25Plus, f64::ln(4.0 / 1.0) * (2.5 * part + 0.5)),
///     (Formula::TfIdf, (1.0 + f64::ln(2.0)) * f64::ln(3.0 / 1.0)),
///     (Formula::Dirichlet, f64::ln(1.0 + 2.0 / (1000.0 * 2.0 / 6.0)) + f64::ln(1000.0 / (3.0 + 1000.0))),
///     (Formula::JelinekMercer, f64::ln(1.0 + 0.9 * 2.0 / (0.1 * 3.0 * 2.0 / 6.0))),
///     (Formula::LuceneTfIdf, f64::sqrt(2.0) * (1.0 + f64::ln(4.0 / 2.0)) / f64::sqrt(3.0)),
///     (Formula::LuceneDirichlet, f64::ln(1.0 + 2.0 / (1000.0 * 3.0 / 7.0)) + f64::ln(1000.0 / (3.0 + 1000.0))),
///     (Formula::LuceneJelinekMercer, f64::ln(1.0 + 0.9 * 2.0 / (0.1 * 3.0 * 3.0 / 7.0))),
/// ] {
///     let (id, score) = index.retrieve(&["fox"], 10, Scoring::new(formula))?[0];
///     assert!(id == "d1" && (f64::from(score) - by_hand).abs() < 1e-6, "{formula:?} {score} {by_hand}");
/// }
/// # Ok::<(), rank_retrieve::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Formula {
    /// `ln(1 + (N - df + 0.5) / (df + 0.5)) · tf / (tf + k1·B)`, as Lucene since version 8.
    #[default]
    Lucene,
    /// `ln((N - df + 0.5) / (df + 0.5)) · tf / (tf + k1·B)`; a term of more than half of the documents counts nothing.
    Robertson,
    /// `ln(N / df) · (k1 + 1)·tf / (tf + k1·B)` (Trotman, Puurula, Burgess 2014).
    Atire,
    /// `ln((N + 1) / (df + 0.5)) · (k1 + 1)(c + δ) / (k1 + c + δ)`, `c = tf/B` (Lv, Zhai: When Documents Are Very Long,
    /// BM25 Fails! 2011). Terms that a document lacks count `δ` too.
    Bm25L,
    /// `ln((N + 1) / df) · ((k1 + 1)·tf / (tf + k1·B) + δ)` (Lv, Zhai: Lower-Bounding Term Frequency Normalization 2011).
    /// Terms that a document lacks count `δ` too.
    Bm25Plus,
    /// `(1 + ln tf) · ln(N / df)`: SMART's `ltn` (Salton, Buckley 1988). A term of all documents counts nothing.
    TfIdf,
    /// The query's likelihood under the document's language, smoothed after Dirichlet, over that under the collection's:
    /// `Σ ln(1 + tf / (μ·p)) + |q|·ln(μ / (|d| + μ))`, p the share of the term among all (Zhai, Lafferty 2004). It may
    /// be negative.
    Dirichlet,
    /// The same, smoothed after Jelinek and Mercer: `Σ ln(1 + (1 - λ)·tf / (λ·|d|·p))` (Zhai, Lafferty 2004).
    JelinekMercer,
    /// `√tf · (1 + ln((N + 1) / (df + 1))) / √|d|`, as Lucene's `ClassicSimilarity` since version 8.
    LuceneTfIdf,
    /// `Σ max(0, ln(1 + tf / (μ·q)) + ln(μ / (|d| + μ)))` over the terms that the document holds, `q = (f + 1) / (c + 1)`
    /// for a term that is f times among the c of the collection: Lucene's `LMDirichletSimilarity`.
    LuceneDirichlet,
    /// `Σ ln(1 + (1 - λ)·tf / (λ·|d|·q))`, the same q: Lucene's `LMJelinekMercerSimilarity`.
    LuceneJelinekMercer,
}

const FORMULAS: [(Formula, &str); 11] = [
    (Formula::Lucene, "lucene"),
    (Formula::Robertson, "robertson"),
    (Formula::Atire, "atire"),
    (Formula::Bm25L, "bm25l"),
    (Formula::Bm25Plus, "bm25+"),
    (Formula::TfIdf, "tfidf"),
    (Formula::Dirichlet, "dirichlet"),
    (Formula::JelinekMercer, "jelinek-mercer"),
    (Formula::LuceneTfIdf, "lucene-tfidf"),
    (Formula::LuceneDirichlet, "lucene-dirichlet"),
    (Formula::LuceneJelinekMercer, "lucene-jelinek-mercer"),
];

impl Formula {
    /// Its name, as [`str::parse`] takes it.
    pub fn name(self) -> &'static str {
        FORMULAS[self as usize].1
    }

    /// Whether scores are logarithms of likelihoods.
    pub(crate) fn is_likelihood(self) -> bool {
        matches!(self, Self::Dirichlet | Self::JelinekMercer | Self::LuceneDirichlet | Self::LuceneJelinekMercer)
    }

    /// Whether the frequency of a term saturates, so that text fields can share it.
    pub(crate) fn saturates(self) -> bool {
        !(self.is_likelihood() || matches!(self, Self::TfIdf | Self::LuceneTfIdf))
    }

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        FORMULAS.get(usize::from(code)).map(|row| row.0)
    }
}

impl std::str::FromStr for Formula {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        FORMULAS
            .iter()
            .find(|row| row.1 == name)
            .map(|row| row.0)
            .ok_or_else(|| Error::UnknownFormula { name: name.to_owned(), known: FORMULAS.map(|row| row.1).join(", ") })
    }
}

/// How documents are scored: `Scoring::default().k1(1.2)`, `Scoring::new(Formula::Bm25Plus)`.
///
/// Parameters that a formula does not have are left alone.
///
/// # Example
///
/// ```
/// use rank_retrieve::{Bm25Index, Formula, Scoring};
///
/// let mut index = Bm25Index::new();
/// index.add_document(1, &["fox"])?;
/// index.add_document(2, &["hen"])?;
///
/// // N = 2, df = 1, tf = 1, |d| = avgdl: ln(2 / 1) · (1.2 + 1) · 1 / (1 + 1.2)
/// let hits = index.retrieve(&["fox"], 10, Scoring::new(Formula::Atire).k1(1.2))?;
/// assert_eq!(hits, [(1, 2.0_f32.ln())]);
/// # Ok::<(), rank_retrieve::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Scoring {
    /// The formula; [`Formula::Lucene`] is the default.
    pub formula: Formula,
    /// How slowly a repeated term saturates: at least 0; 0 counts presence only. The default is 1.5.
    pub k1: f64,
    /// How much long documents are held back: from 0, not at all, to 1, in full. The default is 0.75.
    pub b: f64,
    /// The δ of BM25L and BM25+: at least 0. The default is 0.5.
    pub delta: f64,
    /// The μ of Dirichlet's smoothing: above 0. The default is 1000.
    pub mu: f64,
    /// The λ of Jelinek's and Mercer's smoothing, the weight of the collection: above 0, to 1. The default is 0.1.
    pub smoothing: f64,
    /// Whether Lucene's and Robertson's forms are multiplied by `k1 + 1`, as older systems do.
    pub numerator: bool,
    /// Whether lengths are rounded to the 256 that Lucene and tantivy keep in a byte.
    pub byte_lengths: bool,
    /// Weights of text fields in their order, in place of those of the index.
    pub(crate) field_weights: Option<[f64; MAX_FIELDS]>,
}

/// The parameters of BM25: `Bm25Params::default().k1(1.2)`.
pub type Bm25Params = Scoring;

impl Default for Scoring {
    fn default() -> Self {
        Self {
            formula: Formula::Lucene,
            k1: 1.5,
            b: 0.75,
            delta: 0.5,
            mu: 1000.0,
            smoothing: 0.1,
            numerator: false,
            byte_lengths: false,
            field_weights: None,
        }
    }
}

/// A setter for each parameter.
macro_rules! with {
    ($($name:ident: $type:ty)*) => {$(
        #[doc = concat!("With another `", stringify!($name), "`.")]
        #[must_use]
        pub fn $name(mut self, $name: $type) -> Self {
            self.$name = $name;
            self
        }
    )*};
}

impl Scoring {
    /// The defaults of a formula.
    pub fn new(formula: Formula) -> Self {
        Self { formula, ..Self::default() }
    }

    /// The scores of another system, to 5 digits: `"lucene"`, `"tantivy"` (both with k1 1.2, lengths in a byte; tantivy
    /// multiplies by k1 + 1) or `"bm25s"` (its defaults, k1 1.5 and exact lengths). Documents without terms count here, as
    /// they do in tantivy and bm25s; Lucene knows nothing of them.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownSystem`] for another name.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::Scoring;
    ///
    /// let tantivy = Scoring::compatible("tantivy")?;
    /// assert!(tantivy.numerator && tantivy.byte_lengths && tantivy.k1 == 1.2);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn compatible(system: &str) -> Result<Self> {
        Self::compatible_by(system, Formula::Lucene)
    }

    /// [`compatible`](Self::compatible) for another formula that the system has: of Lucene also its forms of
    /// [`Formula::TfIdf`], [`Formula::Dirichlet`] and [`Formula::JelinekMercer`], of bm25s all of BM25's.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownSystem`] for another name, [`Error::UnknownFormula`] for a formula that the system lacks.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{Formula, Scoring};
    ///
    /// assert_eq!(Scoring::compatible_by("lucene", Formula::TfIdf)?.formula, Formula::LuceneTfIdf);
    /// assert!(Scoring::compatible_by("tantivy", Formula::TfIdf).is_err());
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn compatible_by(system: &str, formula: Formula) -> Result<Self> {
        let byte = Self { k1: 1.2, byte_lengths: true, ..Self::default() };
        let found = match (system, formula) {
            ("lucene", Formula::Lucene) => Ok(byte),
            ("lucene", Formula::TfIdf | Formula::LuceneTfIdf) => Ok(byte.formula(Formula::LuceneTfIdf)),
            ("lucene", Formula::Dirichlet | Formula::LuceneDirichlet) => Ok(byte.formula(Formula::LuceneDirichlet)),
            ("lucene", Formula::JelinekMercer | Formula::LuceneJelinekMercer) => {
                Ok(byte.formula(Formula::LuceneJelinekMercer))
            }
            ("lucene", _) => Err("lucene, tfidf, dirichlet, jelinek-mercer"),
            ("tantivy", Formula::Lucene) => Ok(Self { numerator: true, ..byte }),
            ("tantivy", _) => Err("lucene"),
            ("bm25s", formula) if formula.saturates() => Ok(Self::new(formula)),
            ("bm25s", _) => Err("lucene, robertson, atire, bm25l, bm25+"),
            _ => return Err(Error::UnknownSystem { name: system.to_owned() }),
        };
        found.map_err(|known| Error::UnknownFormula {
            name: formula.name().to_owned(),
            known: format!("{known} for the scores of {system}"),
        })
    }

    with! { formula: Formula k1: f64 b: f64 delta: f64 mu: f64 smoothing: f64 numerator: bool byte_lengths: bool }

    /// Whether all values can be used. Every search asks.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidK1`], [`Error::InvalidB`], [`Error::InvalidScoring`].
    pub fn check(self) -> Result<()> {
        let Self { k1, b, .. } = self;
        if !(k1.is_finite() && k1 >= 0.0) {
            return Err(Error::InvalidK1 { k1 });
        }
        if !(0.0..=1.0).contains(&b) {
            return Err(Error::InvalidB { b });
        }
        let refused = |parameter, expected, got| Err(Error::InvalidScoring { parameter, expected, got });
        if !(self.delta.is_finite() && self.delta >= 0.0) {
            return refused("delta", "a finite number of at least 0", self.delta);
        }
        if !(self.mu.is_finite() && self.mu > 0.0) {
            return refused("mu", "a finite number above 0", self.mu);
        }
        if !(self.smoothing > 0.0 && self.smoothing <= 1.0) {
            return refused("smoothing", "a number above 0, at most 1", self.smoothing);
        }
        Ok(())
    }
}
