//! Beyond relevance: what of the catalog is shown to users, and how new it is to them.
//!
//! A query is a user here, and a document is an item.

mod exposure;
mod novelty;
mod propensity;

pub use exposure::{catalog_coverage, gini_index};
pub use novelty::{novelty, serendipity};
pub use propensity::{Propensity, PropensityScored, propensity_scored};

use crate::{Error, Result, Run};

/// The items of the first `k` of each user, in ascending order of user.
fn shown(run: &Run, k: usize) -> Result<Vec<(&str, Vec<&str>)>> {
    if k == 0 {
        return Err(Error::InvalidK);
    }
    let first = |user| run.ranked(user).into_iter().flatten().take(k).map(|(item, _)| item).collect();
    Ok(run.queries().map(|user| (user, first(user))).collect())
}
