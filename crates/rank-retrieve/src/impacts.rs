//! In what an index keeps what a term adds to a score.

use crate::{Error, Result};

/// The form in which an index keeps impacts: what a term in a document adds to a score.
///
/// # Source
///
/// Impacts in a byte, in steps as wide as each other: Anh, de Kretser, Moffat: Vector-Space Ranking with Effective Early
/// Termination (SIGIR 2001); Mackenzie, Trotman, Lin: Wacky Weights in Learned Sparse Representations (2021).
///
/// # Example
///
/// ```
/// use rank_retrieve::{Bm25Index, Impacts};
///
/// let mut bm25 = Bm25Index::new().with_impacts(Impacts::U8);
/// bm25.add_document(1, &["red", "fox"])?;
/// bm25.add_document(2, &["red", "red", "fox", "den", "den"])?;
/// // N = 2, df = 2, avgdl = 3.5: the impacts of "fox" are ln(1 + 0.5 / 2.5) · 1 / (1 + 1.5 · (0.25 + 0.75 · |d| / 3.5)),
/// // 0.0904 and 0.0611: 255 steps and 173.
/// let hits = bm25.retrieve(&["fox"], 10, Default::default())?;
/// let best = 1.2_f64.ln() / (1.0 + 1.5 * (0.25 + 0.75 * 2.0 / 3.5));
/// for ((id, score), (expected, steps)) in hits.into_iter().zip([(1, 255.0), (2, 173.0)]) {
///     assert!(id == expected && (f64::from(score) - best * steps / 255.0).abs() < 1e-7, "{id} {score}");
/// }
/// assert_eq!("u8".parse::<Impacts>()?, bm25.impacts());
/// # Ok::<(), rank_retrieve::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Impacts {
    /// 32 bits each.
    #[default]
    F32,
    /// A byte each: a whole number of steps.
    U8,
}

impl Impacts {
    /// Its name, as [`str::parse`] takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::U8 => "u8",
        }
    }
}

impl std::str::FromStr for Impacts {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let known = [Self::F32, Self::U8].into_iter().find(|impacts| impacts.name() == name);
        known.ok_or_else(|| Error::UnknownImpacts { name: name.to_owned() })
    }
}
