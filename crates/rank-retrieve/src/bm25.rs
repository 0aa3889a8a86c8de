//! BM25 over an inverted index.

mod params;

use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::top_k::top_k;
use crate::{Analyzer, Error, Result};

pub use params::Bm25Params;

/// A term's occurrence in a document.
#[derive(Debug, Clone, Copy)]
struct Posting {
    document: u32,
    frequency: u32,
}

/// An inverted index that ranks by BM25.
///
/// For N documents, of which df hold the term t, a document d of |d| terms that holds t tf times, and the mean length
/// avgdl, the score is the sum over the terms of the query of
///
/// `ln(1 + (N - df + 0.5) / (df + 0.5)) · tf / (tf + k1 · (1 - b + b · |d| / avgdl))`
///
/// the form of Lucene since version 8. Some systems multiply by k1 + 1: that changes every score by the same factor, no
/// ranking, and the weight of the scores in a weighted sum. Lengths are exact.
///
/// A term that the query repeats counts each time. Documents without a query term are never returned, so the list may be
/// shorter than `k`. Scores are positive; sums are made in `f64` over the terms in alphabetical order, so that neither
/// the order of the query's words nor that of adding changes a bit.
///
/// Ids are of any type that is `Clone + Eq + Hash + Ord`. The index can be searched from many threads at once.
///
/// # Source
///
/// Robertson, Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond (2009); the variant: Kamphuis, de Vries,
/// Boytsov, Lin: Which BM25 Do You Mean? (ECIR 2020).
///
/// # Example
///
/// ```
/// use rank_retrieve::Bm25Index;
///
/// let mut bm25 = Bm25Index::new();
/// bm25.add_document("d1", &["red", "fox"])?;
/// bm25.add_document("d2", &["red", "red"])?;
///
/// let query_terms = vec!["fox"];
/// let hits = bm25.retrieve(&query_terms, 100, Default::default())?;
///
/// // N = 2, df = 1, tf = 1, |d| = avgdl: ln(1 + 1.5 / 1.5) · 1 / (1 + 1.5)
/// assert_eq!(hits, [("d1", (2.0_f64.ln() / 2.5) as f32)]);
/// # Ok::<(), rank_retrieve::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Bm25Index<I> {
    analyzer: Analyzer,
    vocabulary: FxHashMap<String, u32>,
    /// By term number; documents ascend.
    postings: Vec<Vec<Posting>>,
    /// By document number.
    ids: Vec<I>,
    lengths: Vec<u32>,
    total_length: u64,
    numbers: FxHashMap<I, u32>,
}

impl<I: Clone + Eq + Hash + Ord> Default for Bm25Index<I> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I: Clone + Eq + Hash + Ord> Bm25Index<I> {
    /// An empty index with the default [`Analyzer`].
    pub fn new() -> Self {
        Self::with_analyzer(Analyzer::default())
    }

    /// An empty index whose texts and queries go through `analyzer`.
    pub fn with_analyzer(analyzer: Analyzer) -> Self {
        Self {
            analyzer,
            vocabulary: FxHashMap::default(),
            postings: Vec::new(),
            ids: Vec::new(),
            lengths: Vec::new(),
            total_length: 0,
            numbers: FxHashMap::default(),
        }
    }

    /// The analyzer of [`add_text`](Self::add_text) and [`search`](Self::search).
    pub fn analyzer(&self) -> &Analyzer {
        &self.analyzer
    }

    /// The number of documents.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no document.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether the index holds a document of this id.
    pub fn contains(&self, id: &I) -> bool {
        self.numbers.contains_key(id)
    }

    /// Adds a document that is terms already; the analyzer does not see them. A document may have none.
    ///
    /// O(n log n) for n terms, whatever the size of the index.
    ///
    /// # Errors
    ///
    /// [`Error::DuplicateDocument`], [`Error::TooLarge`]. The index is then as it was.
    pub fn add_document<S: AsRef<str>>(&mut self, id: I, terms: &[S]) -> Result<()> {
        if let Some(&document) = self.numbers.get(&id) {
            return Err(Error::DuplicateDocument { document: document as usize });
        }
        let document = number(self.ids.len())?;
        let length = number(terms.len())?;
        let mut terms: Vec<u32> = terms.iter().map(|term| self.intern(term.as_ref())).collect();
        terms.sort_unstable();
        for run in terms.chunk_by(|a, b| a == b) {
            self.postings[run[0] as usize].push(Posting { document, frequency: run.len() as u32 });
        }
        self.lengths.push(length);
        self.total_length += u64::from(length);
        self.numbers.insert(id.clone(), document);
        self.ids.push(id);
        Ok(())
    }

    /// Adds a text, through the analyzer.
    ///
    /// # Errors
    ///
    /// As [`add_document`](Self::add_document).
    pub fn add_text(&mut self, id: I, text: &str) -> Result<()> {
        let terms = self.analyzer.analyze(text)?;
        self.add_document(id, &terms)
    }

    /// The `k` documents of the highest scores for terms that are taken as they are.
    ///
    /// Returns `(id, score)` by score descending, then by id ascending: all that hold a term if they are fewer than
    /// `k`, none for no terms or unknown ones.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidK1`], [`Error::InvalidB`].
    pub fn retrieve<S: AsRef<str>>(&self, terms: &[S], k: usize, params: Bm25Params) -> Result<Vec<(I, f32)>> {
        params.check()?;
        Ok(self.ranked(terms, k, params, &mut Accumulator::new(self.len())))
    }

    /// The `k` documents of the highest scores for a text, which goes through the analyzer. Any text is a query.
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve).
    pub fn search(&self, text: &str, k: usize, params: Bm25Params) -> Result<Vec<(I, f32)>> {
        self.retrieve(&self.analyzer.analyze(text)?, k, params)
    }

    /// [`retrieve`](Self::retrieve) for many queries, whose answers come in the same order.
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve).
    pub fn retrieve_batch<Q: AsRef<[S]>, S: AsRef<str>>(
        &self,
        queries: &[Q],
        k: usize,
        params: Bm25Params,
    ) -> Result<Vec<Vec<(I, f32)>>> {
        params.check()?;
        let mut scores = Accumulator::new(self.len());
        Ok(queries.iter().map(|terms| self.ranked(terms.as_ref(), k, params, &mut scores)).collect())
    }

    /// [`search`](Self::search) for many texts, whose answers come in the same order.
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve).
    pub fn search_batch<S: AsRef<str>>(&self, texts: &[S], k: usize, params: Bm25Params) -> Result<Vec<Vec<(I, f32)>>> {
        let queries: Vec<Vec<String>> =
            texts.iter().map(|text| self.analyzer.analyze(text.as_ref())).collect::<Result<_>>()?;
        self.retrieve_batch(&queries, k, params)
    }

    fn intern(&mut self, term: &str) -> u32 {
        if let Some(&known) = self.vocabulary.get(term) {
            return known;
        }
        // Of new terms, the documents hold fewer than fit in memory, and four times fewer than u32 counts.
        let new = self.postings.len() as u32;
        self.vocabulary.insert(term.to_owned(), new);
        self.postings.push(Vec::new());
        new
    }

    fn ranked<S: AsRef<str>>(
        &self,
        terms: &[S],
        k: usize,
        params: Bm25Params,
        scores: &mut Accumulator,
    ) -> Vec<(I, f32)> {
        let mut terms: Vec<&str> = terms.iter().map(AsRef::as_ref).collect();
        terms.sort_unstable();
        let documents = self.len() as f64;
        let mean_length = self.total_length as f64 / documents;
        for run in terms.chunk_by(|a, b| a == b) {
            let Some(&term) = self.vocabulary.get(run[0]) else { continue };
            let postings = &self.postings[term as usize];
            let holding = postings.len() as f64;
            let weight = run.len() as f64 * (1.0 + (documents - holding + 0.5) / (holding + 0.5)).ln();
            for posting in postings {
                let frequency = f64::from(posting.frequency);
                let length = f64::from(self.lengths[posting.document as usize]);
                let norm = params.k1 * (1.0 - params.b + params.b * length / mean_length);
                scores.add(posting.document, weight * frequency / (frequency + norm));
            }
        }
        top_k(&self.ids, scores.drain(), k)
    }
}

/// A count as the 32 bits that documents and lengths are kept in.
fn number(count: usize) -> Result<u32> {
    u32::try_from(count).ok().filter(|&number| number < u32::MAX).ok_or(Error::TooLarge)
}

/// A score per document, and which documents have one, so that only those are read and reset.
struct Accumulator {
    scores: Vec<f64>,
    touched: Vec<u32>,
}

impl Accumulator {
    fn new(documents: usize) -> Self {
        Self { scores: vec![0.0; documents], touched: Vec::new() }
    }

    /// Adds a part, which is at least 0.
    fn add(&mut self, document: u32, part: f64) {
        let score = &mut self.scores[document as usize];
        if *score == 0.0 {
            self.touched.push(document);
        }
        *score += part;
    }

    /// The positive scores as `f32`; all are zero afterwards.
    fn drain(&mut self) -> Vec<(u32, f32)> {
        let Self { scores, touched } = self;
        let hits = touched.drain(..).filter_map(|document| {
            let score = std::mem::take(&mut scores[document as usize]) as f32;
            (score > 0.0).then_some((document, score))
        });
        hits.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_with_32_bits() {
        assert_eq!(number(4_294_967_294).unwrap(), 4_294_967_294);
        let error = number(4_294_967_295).unwrap_err();
        assert!(matches!(error, Error::TooLarge));
        assert!(error.to_string().starts_with("documents: expected fewer than 4294967295 documents"), "{error}");
    }
}
