//! How near two vectors are.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

/// The similarity of two vectors; more is nearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Metric {
    /// The cosine of the angle between them, from -1 to 1; lengths do not count. Zero vectors have no angle.
    #[default]
    Cosine,
    /// The inner product.
    Dot,
}

impl Metric {
    /// `"cosine"` or `"dot"`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cosine => "cosine",
            Self::Dot => "dot",
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Metric {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        [Self::Cosine, Self::Dot]
            .into_iter()
            .find(|metric| metric.name() == name)
            .ok_or_else(|| Error::UnknownMetric { name: name.to_owned() })
    }
}
