//! What can be wrong with a request to Qdrant, with the server, and with its answer.

use qdrant_client::QdrantError;

/// Why a call was refused. Positions count from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address cannot be read.
    #[error("url: expected an address such as http://localhost:6334, got {url:?} ({reason}); correct it")]
    InvalidUrl {
        /// The address that was passed.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No gRPC server answers at the address.
    #[error(
        "url: expected a Qdrant server at {url}, got no answer ({reason}); start one, for example with \
         `docker run -p 6333:6333 -p 6334:6334 qdrant/qdrant`, and pass its gRPC port, 6334 by default: 6333 is REST"
    )]
    Unreachable {
        /// The address of the server.
        url: String,
        /// What the connection says.
        reason: String,
    },
    /// The server refused the request.
    #[error("collection {collection:?}: expected an answer to {call}, got {code} ({reason}); {remedy}")]
    Refused {
        /// The collection.
        collection: String,
        /// What was asked of it.
        call: &'static str,
        /// The name of the gRPC status.
        code: String,
        /// The server's own words.
        reason: String,
        /// What to do.
        remedy: &'static str,
    },
    /// Something has no entries where at least one is needed.
    #[error("{argument}: expected at least one {what}, got none; pass one")]
    Empty {
        /// The argument.
        argument: String,
        /// What it should hold.
        what: &'static str,
    },
    /// A component is NaN or infinite.
    #[error("{argument}: expected a finite number, got {value}; repair or drop the vector")]
    NotFinite {
        /// The argument and the place in it.
        argument: String,
        /// What is there.
        value: f32,
    },
    /// Two things of different length that belong together.
    #[error("{argument}: expected {expected} {what}, got {got}; pass as many")]
    Length {
        /// The argument.
        argument: String,
        /// How many are needed.
        expected: usize,
        /// What is counted.
        what: &'static str,
        /// How many there are.
        got: usize,
    },
    /// An index of a sparse vector is there twice.
    #[error("{argument}: expected each index once, got {index} again; add the values of equal indices")]
    DuplicateIndex {
        /// The argument and the place in it.
        argument: String,
        /// The index.
        index: u32,
    },
    /// A document is to be written twice.
    #[error("ids[{position}]: expected each document once, got that of position {first} again; drop one of the two")]
    DuplicateId {
        /// Where the id is met again.
        position: usize,
        /// Where it was met first.
        first: usize,
    },
    /// A payload uses the key that holds the id.
    #[error("documents[{position}]: expected a payload without the key \"rank_id\", got one; rename the key")]
    ReservedKey {
        /// Which document.
        position: usize,
    },
    /// The server gave a score that is not a number.
    #[error("points[{position}]: expected a score, got NaN; look for damaged vectors in the collection")]
    NanScore {
        /// Where in the answer.
        position: usize,
    },
    /// The server's scores ascend.
    #[error(
        "points[{position}]: expected scores in descending order, got {score} after {previous}; use a collection of \
         the metric cosine or dot: the others are distances"
    )]
    NotSorted {
        /// Where in the answer.
        position: usize,
        /// The score that is too high for its place.
        score: f32,
        /// The score before it.
        previous: f32,
    },
    /// A point whose id is not of the type that was asked for.
    #[error("points[{position}]: expected an id of type {wanted}, got {got}; {remedy}")]
    IdType {
        /// Where in the answer.
        position: usize,
        /// The type that was asked for.
        wanted: &'static str,
        /// What is there.
        got: String,
        /// What to do.
        remedy: &'static str,
    },
    /// Two points are the same document.
    #[error(
        "points[{position}]: expected each document once, got that of position {first} again; \
         use a payload key that tells the points apart"
    )]
    DuplicateDocument {
        /// Where the document is met again.
        position: usize,
        /// Where it was met first.
        first: usize,
    },
}

/// The result of a call.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What the client's error means to a caller of `call` on `collection` at `url`.
    pub(super) fn of_client(error: QdrantError, url: &str, collection: &str, call: &'static str) -> Self {
        let (status, remedy) = match error {
            QdrantError::InvalidUri(reason) => {
                return Self::InvalidUrl { url: url.to_owned(), reason: reason.to_string() };
            }
            QdrantError::ResponseError { status } => {
                (status, "compare the collection's vectors with what was passed, and create it if it is missing")
            }
            QdrantError::ResourceExhaustedError { status, .. } => (status, "wait and try again"),
            // The rest does not come from a server.
            other => return Self::Unreachable { url: url.to_owned(), reason: other.to_string() },
        };
        let code = format!("{:?}", status.code());
        // A status made from a broken connection has the cause with it; one that a server sent has none.
        let cause = std::error::Error::source(&status);
        if code == "Unavailable" || cause.is_some() || status.message().starts_with("Failed to connect") {
            let mut reason = status.message().to_owned();
            let mut next = cause;
            while let Some(cause) = next {
                reason = format!("{reason}: {cause}");
                next = cause.source();
            }
            return Self::Unreachable { url: url.to_owned(), reason };
        }
        Self::Refused { collection: collection.to_owned(), call, code, reason: status.message().to_owned(), remedy }
    }
}
