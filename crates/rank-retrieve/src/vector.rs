//! What every dense index asks of a vector.

use std::borrow::Cow;

use crate::{Error, Metric, Result};

/// Accepts the vectors of one index, and scales them for its metric.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VectorCheck {
    pub(crate) dim: usize,
    pub(crate) metric: Metric,
    /// The greatest magnitude of a component under [`Metric::Dot`].
    pub(crate) limit: f32,
}

impl VectorCheck {
    pub(crate) fn new(dim: usize, metric: Metric) -> Result<Self> {
        if dim == 0 {
            return Err(Error::ZeroDim);
        }
        // The sum of dim products then stays below f32::MAX, 3.4e38.
        Ok(Self { dim, metric, limit: (1e38 / dim as f64).sqrt() as f32 })
    }

    /// The vector itself under [`Metric::Dot`]; under [`Metric::Cosine`] scaled to length 1, so that the inner product
    /// of two is their cosine and nothing overflows.
    pub(crate) fn accept<'a>(&self, vector: &'a [f32]) -> Result<Cow<'a, [f32]>> {
        if vector.len() != self.dim {
            return Err(Error::Dimension { expected: self.dim, got: vector.len() });
        }
        if let Some(position) = vector.iter().position(|value| !value.is_finite()) {
            return Err(Error::NotFinite { position, value: vector[position] });
        }
        match self.metric {
            Metric::Cosine => {
                let length = vector.iter().map(|&value| f64::from(value) * f64::from(value)).sum::<f64>().sqrt();
                if length == 0.0 {
                    return Err(Error::ZeroVector);
                }
                Ok(vector.iter().map(|&value| (f64::from(value) / length) as f32).collect())
            }
            Metric::Dot => match vector.iter().position(|value| value.abs() > self.limit) {
                Some(position) => {
                    Err(Error::ComponentTooLarge { position, value: vector[position], limit: self.limit })
                }
                None => Ok(Cow::Borrowed(vector)),
            },
        }
    }
}
