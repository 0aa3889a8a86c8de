//! What a query looks at in one window.

/// A term's postings in a window.
#[derive(Debug, Clone, Copy)]
pub(super) struct List<'a> {
    pub(super) locals: &'a [u16],
    pub(super) impacts: &'a [f32],
    /// The weight of the term in the query.
    pub(super) weight: f32,
    /// The greatest impact times the weight.
    pub(super) max: f32,
    /// The impact of each document of the window, where the list is long.
    pub(super) dense: Option<&'a [f32]>,
}

impl List<'_> {
    /// What the term adds to the score of a document.
    pub(super) fn part(&self, local: u16) -> f32 {
        let impact = match self.dense {
            Some(dense) => dense[usize::from(local)],
            None => self.locals.binary_search(&local).map_or(0.0, |at| self.impacts[at]),
        };
        self.weight * impact
    }
}

/// A window with the lists of a query's terms, in the order in which their parts are added up.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) part: usize,
    /// No score in the window is above.
    pub(super) bound: f32,
    pub(super) lists: std::ops::Range<usize>,
}
