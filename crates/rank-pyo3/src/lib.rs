//! What the Python bindings of rank-rank share: one way to read an id, a number, a ranked list and an array, and one
//! wording for what is wrong with them.
//!
//! Not published: each binding crate links it in. Nothing here computes.

mod array;
#[cfg(feature = "arrow")]
pub mod arrow;
#[cfg(feature = "arrow")]
pub mod frames;
mod id;
mod interrupt;
mod list;
mod number;
mod package;
mod progress;
mod text;

pub use array::{array, flat_tokens, matrix, token_offsets, vector};
pub use id::Id;
pub use interrupt::in_chunks;
pub use list::{At, all_entries, entries, for_each_entry, ids, items, pair, ranked_list, ranked_lists, score, strings};
pub use number::{Number, number};
pub use package::{Package, describe};
pub use progress::{ProgressBar, Watch, watched};
pub use text::text;

/// The documentation of a function, class or method (`Class.method`), as the binding's stub holds it and its build
/// script wrote it out.
#[macro_export]
macro_rules! stub {
    ($($name:tt)+) => {
        include_str!(concat!(env!("OUT_DIR"), "/docs/", $($name)+))
    };
}
