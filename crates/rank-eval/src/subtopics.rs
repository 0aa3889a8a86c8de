//! Judgments of subtopics: which aspects of a query a document is relevant to.

#![allow(dead_code)]

/// One query as a measure of diversity sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SubtopicView<'a> {
    /// The number of documents ranked.
    pub(crate) ranked: usize,
    /// The position, from 0, and number of each judged document among those ranked, best rank first.
    pub(crate) found: &'a [(u32, u32)],
    /// The subtopics of each judged document, with its grade for them.
    pub(crate) documents: &'a [Vec<(u32, i64)>],
    /// The number of subtopics for which a document has the level.
    pub(crate) subtopics: usize,
    /// The least grade that is relevant.
    pub(crate) level: i64,
}
