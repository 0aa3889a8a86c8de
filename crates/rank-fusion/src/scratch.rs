//! Memory that is used again from query to query.

use crate::methods::Said;

/// Memory that [`Fusion::totals`](crate::Fusion::totals) uses again from query to query: after the longest query,
/// nothing more is allocated. One per thread.
#[derive(Debug, Default)]
pub struct Scratch {
    /// A value per entry of the lists.
    pub(crate) values: Vec<f64>,
    /// A value per position of the longest list.
    pub(crate) terms: Vec<f64>,
    /// Per list: the value of a missing document, or NaN.
    pub(crate) fills: Vec<f64>,
    /// Per list: its weight.
    pub(crate) weights: Vec<f64>,
    /// The lists in the order in which they are added up.
    pub(crate) order: Vec<u32>,
    pub(crate) work: Work,
}

impl Scratch {
    /// No memory yet.
    pub fn new() -> Self {
        Self::default()
    }
}

/// What methods compute with.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// Per document: in how many lists it is.
    pub(crate) counts: Vec<u32>,
    /// Per document: the weight of the lists that say something of it.
    pub(crate) present: Vec<f64>,
    /// A list's values, one per document, or those of all lists one after the other.
    pub(crate) columns: Vec<f64>,
    /// Scores of a list, sorted.
    pub(crate) gathered: Vec<f64>,
    /// What the lists say of a document.
    pub(crate) said: Vec<Said>,
    /// Per document and list: its position, or `u32::MAX`.
    pub(crate) positions: Vec<u32>,
    /// The weights of the lists, as positions are ordered.
    pub(crate) ballots: Vec<f64>,
    /// Per document: pairs won less pairs lost, and by how much weight.
    pub(crate) wins: Vec<(i64, f64)>,
    /// Documents in some order.
    pub(crate) order: Vec<u32>,
}
