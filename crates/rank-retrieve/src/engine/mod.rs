//! The sparse engine: postings in windows of documents, ready impacts, exact best k.
//!
//! A *window* is up to 2^14 documents. Sealed windows never change; the last one, the *tail*, grows. Frequencies and
//! lengths are the truth. Impacts, what a posting adds to a score, depend on the whole collection: they are made for the
//! terms of a query, and after enough queries for all terms at once, to be kept until a document comes or goes.

mod accumulate;
mod allowed;
mod bits;
mod builder;
mod candidates;
mod column;
mod dictionary;
mod explain;
mod found;
mod gather;
mod impacts;
mod index;
mod kept;
mod lists;
mod runs;
mod saved;
mod search;
mod tail;
mod top;
mod window;

pub(crate) use allowed::Allowed;
pub(crate) use bits::Bits;
pub(crate) use builder::Builder;
pub(crate) use column::Column;
pub(crate) use dictionary::{Dictionary, hash};
pub(crate) use explain::Share;
pub(crate) use impacts::{step, steps};
pub(crate) use index::{Engine, Entry, Kind, Request};
pub(crate) use top::Order;

/// Documents of a window, as a power of two.
pub(crate) const WINDOW_BITS: u32 = 14;
/// Documents of a window.
pub(crate) const WINDOW: usize = 1 << WINDOW_BITS;
