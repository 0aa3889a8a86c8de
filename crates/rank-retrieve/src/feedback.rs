//! Queries made of documents, weighted queries, and why a document has its score.

mod expansion;
mod explanation;
mod weighted;

pub use expansion::Feedback;
pub use explanation::{Explanation, FieldShare, TermShare};
