//! How much two rankings agree: of documents, by their ids, or of anything that has values, such as systems.

mod kendall;
mod overlap;
mod rbo;
mod spearman;
mod tau_ap;

use std::hash::Hash;

use rustc_hash::FxHashMap;

pub use kendall::{Tau, kendall_tau, kendall_tau_of_lists};
pub use overlap::overlap;
pub use rbo::{RankBiasedOverlap, rank_biased_overlap};
pub use spearman::spearman_rho;
pub use tau_ap::tau_ap;

use crate::{Error, Result};

/// Pairs of finite values, at least two.
fn check(a: &[f64], b: &[f64]) -> Result<()> {
    if a.len() != b.len() {
        return Err(Error::UnpairedSamples { expected: a.len(), got: b.len() });
    }
    if a.len() < 2 {
        return Err(Error::TooFewSamples { least: 2, got: a.len() });
    }
    for (argument, values) in [("a", a), ("b", b)] {
        if let Some(position) = values.iter().position(|value| !value.is_finite()) {
            return Err(Error::NotFinite { argument, position, value: values[position] });
        }
    }
    Ok(())
}

/// The position of each id, which is there once.
fn positions<'a, I: Eq + Hash>(argument: &'static str, ids: &'a [I]) -> Result<FxHashMap<&'a I, usize>> {
    let mut positions = FxHashMap::default();
    for (position, id) in ids.iter().enumerate() {
        if let Some(first) = positions.insert(id, position) {
            return Err(Error::DuplicateId { argument, position, first });
        }
    }
    Ok(positions)
}
