//! How a graph index is built and searched.

use std::str::FromStr;

use crate::{Error, Result};

/// The number type that a graph index keeps vectors in. Queries and scores are `f32` in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Precision {
    /// 32 bits.
    #[default]
    F32,
    /// 16 bits: half the memory, about three decimal digits.
    F16,
}

impl Precision {
    /// `"f32"` or `"f16"`.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
        }
    }
}

impl FromStr for Precision {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        [Self::F32, Self::F16]
            .into_iter()
            .find(|precision| precision.name() == name)
            .ok_or_else(|| Error::UnknownPrecision { name: name.to_owned() })
    }
}

/// How a graph index is built and searched: `HnswOptions::default().expansion_search(200)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct HnswOptions {
    /// The edges of a document in each layer, M in the paper: 2 to 1024. The default is 16.
    pub connectivity: usize,
    /// The candidates kept while a document is added, efConstruction in the paper: 1 to 1 000 000. The default is 128.
    pub expansion_add: usize,
    /// The candidates kept while searching, ef in the paper: 1 to 1 000 000; more find more of the true neighbors, and
    /// take longer. The default is 64.
    pub expansion_search: usize,
    /// The number type of the stored vectors. The default is [`Precision::F32`].
    pub precision: Precision,
}

impl Default for HnswOptions {
    fn default() -> Self {
        Self { connectivity: 16, expansion_add: 128, expansion_search: 64, precision: Precision::F32 }
    }
}

impl HnswOptions {
    /// With another `connectivity`.
    #[must_use]
    pub fn connectivity(mut self, edges: usize) -> Self {
        self.connectivity = edges;
        self
    }

    /// With another `expansion_add`.
    #[must_use]
    pub fn expansion_add(mut self, candidates: usize) -> Self {
        self.expansion_add = candidates;
        self
    }

    /// With another `expansion_search`.
    #[must_use]
    pub fn expansion_search(mut self, candidates: usize) -> Self {
        self.expansion_search = candidates;
        self
    }

    /// With another `precision`.
    #[must_use]
    pub fn precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }

    pub(super) fn check(&self) -> Result<()> {
        let usual = Self::default();
        for (option, least, most, got, usual) in [
            ("connectivity", 2, 1024, self.connectivity, usual.connectivity),
            ("expansion_add", 1, 1_000_000, self.expansion_add, usual.expansion_add),
            ("expansion_search", 1, 1_000_000, self.expansion_search, usual.expansion_search),
        ] {
            if !(least..=most).contains(&got) {
                return Err(Error::InvalidOption { option, least, most, got, usual });
            }
        }
        Ok(())
    }
}
