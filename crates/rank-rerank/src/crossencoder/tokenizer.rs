//! From two texts to what a model reads.

use std::path::Path;

use tokenizers::utils::truncation::{TruncationParams, truncate_encodings};
use tokenizers::{Encoding, PostProcessor, Tokenizer};

use crate::{Error, Result};

/// Below this nothing is left of two texts beside the special tokens.
const SHORTEST: usize = 8;

/// A model's own tokenizer, made to join a query and a document into one sequence of at most `max_length` tokens.
///
/// Special tokens and token types are those that the tokenizer's template puts in: `[CLS] query [SEP] document [SEP]`
/// for BERT. Pairs that are too long are cut as `truncation=True` cuts them in `transformers`: the longer text loses
/// its end first, so a query of less than half the room stays whole.
#[derive(Debug)]
pub struct PairTokenizer {
    tokenizer: Tokenizer,
    truncation: TruncationParams,
    max_length: usize,
    pad_id: u32,
}

/// A tokenized query, to be paired with documents.
#[derive(Debug, Clone)]
pub struct Query(Encoding);

/// A tokenized query and document, without padding: every token counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The numbers of the tokens in the vocabulary.
    pub ids: Vec<u32>,
    /// For each token, the text it is of: 0 for the query, 1 for the document, as the tokenizer's template has it.
    pub type_ids: Vec<u32>,
}

impl PairTokenizer {
    /// Reads a `tokenizer.json`. What it says about truncation and padding is replaced.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`], [`Error::InvalidTokenizer`], [`Error::NoPairTemplate`] for a tokenizer that would put
    /// nothing between the two texts, and [`Error::MaxLength`] below 8.
    pub fn from_file(path: impl AsRef<Path>, max_length: usize) -> Result<Self> {
        let path = path.as_ref();
        if max_length < SHORTEST {
            return Err(Error::MaxLength { expected: SHORTEST, got: max_length });
        }
        let text = std::fs::read(path).map_err(|source| Error::Unreadable {
            argument: "tokenizer_path",
            path: path.to_owned(),
            source,
        })?;
        let mut tokenizer = Tokenizer::from_bytes(text)
            .map_err(|reason| Error::InvalidTokenizer { path: path.to_owned(), reason: reason.to_string() })?;
        let special = tokenizer.get_post_processor().map_or(0, |template| template.added_tokens(true));
        if special == 0 || special >= max_length {
            return Err(Error::NoPairTemplate { path: path.to_owned(), special });
        }
        // Padding is masked, but some models count positions by its id.
        let pad_id = tokenizer
            .get_padding()
            .map(|padding| padding.pad_id)
            .or_else(|| ["[PAD]", "<pad>"].iter().find_map(|token| tokenizer.token_to_id(token)))
            .unwrap_or(0);
        tokenizer.with_padding(None);
        tokenizer
            .with_truncation(None)
            .map_err(|reason| Error::InvalidTokenizer { path: path.to_owned(), reason: reason.to_string() })?;
        let truncation = TruncationParams { max_length: max_length - special, ..TruncationParams::default() };
        Ok(Self { tokenizer, truncation, max_length, pad_id })
    }

    /// The most tokens of a pair, special tokens included.
    pub fn max_length(&self) -> usize {
        self.max_length
    }

    /// The id that fills up shorter pairs of a batch.
    pub fn pad_id(&self) -> u32 {
        self.pad_id
    }

    /// Tokenizes a query.
    ///
    /// # Errors
    ///
    /// [`Error::Tokenization`] when the vocabulary has no token for something and none for the unknown.
    pub fn query(&self, query: &str) -> Result<Query> {
        self.encode(query).map(Query).map_err(|reason| Error::Tokenization { argument: "query".to_owned(), reason })
    }

    /// Tokenizes a document and joins it to a query.
    ///
    /// # Errors
    ///
    /// As [`Self::query`].
    pub fn pair(&self, query: &Query, doc: &str) -> Result<Pair> {
        self.join(query, doc).map_err(|reason| Error::Tokenization { argument: "doc".to_owned(), reason })
    }

    /// Joins each of several documents to a query.
    ///
    /// # Errors
    ///
    /// As [`Self::query`], naming the document.
    pub fn pairs<S: AsRef<str>>(&self, query: &Query, docs: &[S], first: usize) -> Result<Vec<Pair>> {
        let numbered = docs.iter().enumerate();
        numbered
            .map(|(position, doc)| {
                self.join(query, doc.as_ref())
                    .map_err(|reason| Error::Tokenization { argument: format!("docs[{}]", first + position), reason })
            })
            .collect()
    }

    fn encode(&self, text: &str) -> std::result::Result<Encoding, String> {
        self.tokenizer.encode_fast(text, false).map_err(|reason| reason.to_string())
    }

    fn join(&self, query: &Query, doc: &str) -> std::result::Result<Pair, String> {
        let doc = self.encode(doc)?;
        let cut = truncate_encodings(query.0.clone(), Some(doc), &self.truncation);
        let (mut query, doc) = cut.map_err(|reason| reason.to_string())?;
        query.take_overflowing();
        let doc = doc.map(|mut doc| {
            doc.take_overflowing();
            doc
        });
        let joined = self.tokenizer.post_process(query, doc, true).map_err(|reason| reason.to_string())?;
        Ok(Pair { ids: joined.get_ids().to_vec(), type_ids: joined.get_type_ids().to_vec() })
    }
}
