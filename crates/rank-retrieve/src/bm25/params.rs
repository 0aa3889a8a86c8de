//! The parameters of BM25.

use crate::{Error, Result};

/// The parameters of BM25: `Bm25Params::default().k1(1.2)`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Bm25Params {
    /// How slowly a repeated term saturates: at least 0; 0 counts presence only. The default is 1.5.
    pub k1: f64,
    /// How much long documents are held back: from 0, not at all, to 1, in full. The default is 0.75.
    pub b: f64,
}

impl Default for Bm25Params {
    fn default() -> Self {
        Self { k1: 1.5, b: 0.75 }
    }
}

impl Bm25Params {
    /// With another `k1`.
    #[must_use]
    pub fn k1(mut self, k1: f64) -> Self {
        self.k1 = k1;
        self
    }

    /// With another `b`.
    #[must_use]
    pub fn b(mut self, b: f64) -> Self {
        self.b = b;
        self
    }

    /// Whether both values can be used. Every search asks.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidK1`], [`Error::InvalidB`].
    pub fn check(self) -> Result<()> {
        let Self { k1, b } = self;
        if !(k1.is_finite() && k1 >= 0.0) {
            return Err(Error::InvalidK1 { k1 });
        }
        if !(0.0..=1.0).contains(&b) {
            return Err(Error::InvalidB { b });
        }
        Ok(())
    }
}
