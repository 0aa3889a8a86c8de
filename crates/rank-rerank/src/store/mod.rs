//! Token vectors of a collection under the ids of its documents: in memory, in a file, or in a mapped file.

mod dtype;
mod file;
mod id_codec;
mod map;
mod part;
mod rank;
mod token_store;

pub use dtype::TokenDtype;
pub(crate) use dtype::widen;
pub use id_codec::{IdCodec, StoredId};
pub(crate) use map::Map;
pub use token_store::TokenStore;
