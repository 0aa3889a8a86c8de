//! BM25, and its kin, over the sparse engine.

mod saved;
mod search;

use std::hash::Hash;
use std::sync::Arc;

use crate::columns::Columns;
use crate::engine::{Dictionary, Engine, Entry, Kind};
use crate::file::Opened;
use crate::filter::Recent;
use crate::growing::counted;
use crate::ids::{Ids, count};
use crate::text_fields::scored;
use crate::{Analyzer, Bm25Params, Error, Impacts, Result, StoredFields, TextField};

/// Documents between two looks at who waits.
pub(crate) const TOGETHER: usize = 1024;

/// Of so many documents, those since the last look.
pub(crate) fn last(documents: usize) -> usize {
    documents - documents.saturating_sub(1) / TOGETHER * TOGETHER
}

/// An inverted index that ranks by BM25, or by another [`Formula`](crate::Formula) of the same counts.
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
/// shorter than `k`. What a term adds is computed in `f64` and rounded to `f32`; sums are made in `f32`, the terms that
/// can add most first. Documents may come and go: ids and scores, to the bit, are those of a new index of the same
/// documents, whatever the order of terms and documents.
///
/// After a change, the first queries compute what they need; when they have done as much as computing it for all terms
/// would be, that is done, and kept until the next change. [`prepare`](Self::prepare) does it at once.
///
/// Ids are of any type that is `Clone + Eq + Hash + Ord + Send + Sync`. The index can be searched from many threads at once.
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
    pub(crate) dictionary: Dictionary,
    pub(crate) engine: Engine,
    pub(crate) ids: Ids<I>,
    pub(crate) columns: Columns,
    pub(crate) recent: Recent<I>,
    pub(crate) text_fields: Vec<TextField>,
    params: Bm25Params,
    /// The file that the index lies in, and whether it was found to be whole.
    opened: Option<Arc<Opened>>,
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync> Default for Bm25Index<I> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync> Bm25Index<I> {
    /// An empty index with the default [`Analyzer`].
    pub fn new() -> Self {
        Self::with_analyzer(Analyzer::default())
    }

    /// An empty index whose texts and queries go through `analyzer`.
    pub fn with_analyzer(analyzer: Analyzer) -> Self {
        Self {
            analyzer,
            dictionary: Dictionary::default(),
            engine: Engine::new(Kind::Counts(Impacts::F32), scored(&[])),
            ids: Ids::default(),
            columns: Columns::default(),
            recent: Recent::default(),
            text_fields: Vec::new(),
            params: Bm25Params::default(),
            opened: None,
        }
    }

    /// The analyzer of [`add_text`](Self::add_text) and [`search`](Self::search).
    pub fn analyzer(&self) -> &Analyzer {
        &self.analyzer
    }

    /// With impacts kept in another form. In [`Impacts::U8`] a posting takes 4 bytes in place of 7, in memory and in a
    /// file, and scores are coarser.
    ///
    /// What a term adds is then a whole number of steps, of which its best document has 255: rounded to the nearest, and
    /// at least one. A score is off by half a step of each term at most, which is less than the sum of `weight · idf / 510`
    /// (times k1 + 1 where the formula has it); by a step where a term adds less than half of one. All that an index
    /// promises holds of these scores: the best are found exactly, and their bits do not depend on how the index came to
    /// be. Counts are kept, so that any parameters can be searched with, and the form can be changed at any time; the next
    /// queries compute impacts anew.
    ///
    /// # Example
    ///
    /// See [`Impacts`].
    #[must_use]
    pub fn with_impacts(mut self, impacts: Impacts) -> Self {
        self.engine.set_impacts(impacts);
        self
    }

    /// The form in which impacts are kept.
    pub fn impacts(&self) -> Impacts {
        match self.engine.kind() {
            Kind::Counts(impacts) => impacts,
            Kind::Weights | Kind::Steps(_) => Impacts::F32,
        }
    }

    /// The number of documents.
    pub fn len(&self) -> usize {
        self.engine.len()
    }

    /// Whether there is no document.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the index holds a document of this id.
    pub fn contains(&self, id: &I) -> bool {
        self.ids.number(id).is_some()
    }

    /// Adds a document that is terms already; the analyzer does not see them. A document may have none.
    ///
    /// O(n log n) for n terms, whatever the size of the index.
    ///
    /// # Errors
    ///
    /// [`DuplicateDocument`](crate::Error::DuplicateDocument), [`TooLarge`](crate::Error::TooLarge),
    /// [`InvalidTextFields`](crate::Error::InvalidTextFields) for an index with text fields. The index is then as it
    /// was.
    pub fn add_document<S: AsRef<str>>(&mut self, id: I, terms: &[S]) -> Result<()> {
        self.check_unnamed()?;
        self.verify()?;
        self.ids.check(&id)?;
        let (entries, lengths) = self.entries([terms])?;
        self.engine.add(&entries, &lengths);
        self.ids.push(id);
        Ok(())
    }

    /// How often each term is in each field, and the lengths of these; terms that are new get numbers.
    pub(crate) fn entries<'t, S: AsRef<str> + 't>(
        &mut self,
        fields: impl IntoIterator<Item = &'t [S]>,
    ) -> Result<(Vec<Entry>, Vec<u32>)> {
        let (mut terms, mut lengths) = (Vec::new(), Vec::new());
        for (field, words) in (0_u64..).zip(fields) {
            lengths.push(count(words.len())?);
            count(self.dictionary.len() + words.len())?;
            terms.extend(words.iter().map(|word| u64::from(self.dictionary.intern(word.as_ref())) << 16 | field));
        }
        count(terms.len())?;
        Ok((counted(&mut terms), lengths))
    }

    /// The same settings without documents and terms.
    pub(crate) fn emptied(self) -> Result<Self> {
        let engine = Engine::new(self.engine.kind(), scored(&self.text_fields));
        let columns = self.columns.emptied()?;
        Ok(Self { engine, columns, text_fields: self.text_fields, ..Self::with_analyzer(self.analyzer) })
    }

    /// Adds a text, through the analyzer.
    ///
    /// # Errors
    ///
    /// As [`add_document`](Self::add_document).
    pub fn add_text(&mut self, id: I, text: &str) -> Result<()> {
        self.ids.check(&id)?;
        let terms = self.analyzer.analyze(text)?;
        self.add_document(id, &terms)
    }

    /// Adds documents whose terms are numbers in a vocabulary: the `i`-th has `tokens[offsets[i]..offsets[i + 1]]`.
    ///
    /// # Errors
    ///
    /// As [`add_document`](Self::add_document), and [`InvalidTokens`](crate::Error::InvalidTokens) if offsets do not
    /// ascend from 0 to the number of tokens, one more than ids, or a token is not in the vocabulary. Documents before
    /// the error stay.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::Bm25Index;
    ///
    /// let mut bm25 = Bm25Index::new();
    /// bm25.add_tokens(&[1, 2], &[0, 1, 1], &[0, 2, 3], &["red", "fox"])?;
    /// assert_eq!(bm25.retrieve(&["red"], 10, Default::default())?[0].0, 1);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn add_tokens<S: AsRef<str>>(
        &mut self,
        ids: &[I],
        tokens: &[i32],
        offsets: &[usize],
        vocabulary: &[S],
    ) -> Result<()> {
        self.add_tokens_while(ids, tokens, offsets, vocabulary, |_| true)
    }

    /// [`add_tokens`](Self::add_tokens), of which `go_on` hears how many more documents were added, and says whether to go
    /// on.
    ///
    /// # Errors
    ///
    /// As [`add_tokens`](Self::add_tokens), and [`Stopped`](crate::Error::Stopped). Documents before the error stay.
    pub fn add_tokens_while<S: AsRef<str>>(
        &mut self,
        ids: &[I],
        tokens: &[i32],
        offsets: &[usize],
        vocabulary: &[S],
        mut go_on: impl FnMut(usize) -> bool,
    ) -> Result<()> {
        self.check_unnamed()?;
        self.verify()?;
        check_tokens(tokens, offsets, ids.len(), vocabulary.len())?;
        count(self.dictionary.len() + vocabulary.len())?;
        let mut numbers: Vec<Option<u32>> = vec![None; vocabulary.len()];
        for (row, (id, ends)) in ids.iter().zip(offsets.windows(2)).enumerate() {
            if row % TOGETHER == 0 && row > 0 && !go_on(TOGETHER) {
                return Err(Error::Stopped);
            }
            self.ids.check(id)?;
            let tokens = &tokens[ends[0]..ends[1]];
            let length = count(tokens.len())?;
            let mut number = |token: i32| {
                let token = token as usize;
                *numbers[token].get_or_insert_with(|| self.dictionary.intern(vocabulary[token].as_ref()))
            };
            let mut terms: Vec<u64> = tokens.iter().map(|&token| u64::from(number(token)) << 16).collect();
            self.engine.add(&counted(&mut terms), &[length]);
            self.ids.push(id.clone());
        }
        go_on(last(ids.len()));
        Ok(())
    }

    /// Takes a document out. Whether it was there.
    ///
    /// When half of the documents are such that were taken out, the index is written anew without them; so a removal
    /// takes O(1) for each term of a document, on average.
    ///
    /// # Errors
    ///
    /// [`DamagedFile`](crate::Error::DamagedFile) if the index was loaded, and its file is not what was saved. So for all
    /// that follow, and for adding.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::Bm25Index;
    ///
    /// let mut bm25 = Bm25Index::new();
    /// bm25.add_document(1, &["fox"])?;
    /// assert!(bm25.remove(&1)?);
    /// assert!(!bm25.remove(&1)?);
    /// assert!(bm25.is_empty());
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn remove(&mut self, id: &I) -> Result<bool> {
        self.verify()?;
        let Some(number) = self.ids.remove(id) else { return Ok(false) };
        self.forget(number);
        if self.engine.numbered() > 2 * self.engine.len() + 1024 {
            self.merge()?;
        }
        Ok(true)
    }

    /// Puts terms in the place of the document of this id, or adds them if there is none. Whether there was one. What is
    /// stored with it stays.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](crate::Error::TooLarge), and
    /// [`InvalidTextFields`](crate::Error::InvalidTextFields) for an index with text fields. The index is then as it was.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::Bm25Index;
    ///
    /// let mut bm25 = Bm25Index::new();
    /// bm25.add_document(1, &["fox"])?;
    /// assert!(bm25.update_document(1, &["hen"])?);
    /// assert_eq!(bm25.retrieve(&["fox"], 10, Default::default())?, []);
    /// assert_eq!(bm25.retrieve(&["hen"], 10, Default::default())?[0].0, 1);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn update_document<S: AsRef<str>>(&mut self, id: I, terms: &[S]) -> Result<bool> {
        self.update_document_with(id, terms, &StoredFields::new())
    }

    /// Puts a text, through the analyzer, in the place of the document of this id. Whether there was one.
    ///
    /// # Errors
    ///
    /// As [`update_document`](Self::update_document).
    pub fn update_text(&mut self, id: I, text: &str) -> Result<bool> {
        let terms = self.analyzer.analyze(text)?;
        self.update_document(id, &terms)
    }

    /// Writes the index anew without what was taken out. Nothing that is found changes.
    ///
    /// # Errors
    ///
    /// As [`remove`](Self::remove).
    pub fn merge(&mut self) -> Result<()> {
        self.merge_while(|_| true)
    }

    /// [`merge`](Self::merge), of which `go_on` hears how many more documents are done, those that were taken out among
    /// them, and says whether to go on.
    ///
    /// # Errors
    ///
    /// As [`remove`](Self::remove); [`Stopped`](crate::Error::Stopped): the index is then as it was.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::Bm25Index;
    ///
    /// let mut bm25 = Bm25Index::new();
    /// bm25.add_document(1, &["fox"])?;
    /// assert!(bm25.merge_while(|_| false).is_err());
    /// bm25.merge_while(|_| true)?;
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn merge_while(&mut self, mut go_on: impl FnMut(usize) -> bool) -> Result<()> {
        self.verify()?;
        let numbers = self.engine.merge(&mut go_on).ok_or(Error::Stopped)?;
        self.renumber(&numbers);
        Ok(())
    }

    /// The terms of a document and how often it has each, in alphabetical order. O(terms of its window).
    ///
    /// # Errors
    ///
    /// As [`remove`](Self::remove).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::Bm25Index;
    ///
    /// let mut bm25 = Bm25Index::new();
    /// bm25.add_document(1, &["red", "fox", "red"])?;
    /// assert_eq!(bm25.terms(&1)?, Some(vec![("fox".to_owned(), 1), ("red".to_owned(), 2)]));
    /// assert_eq!(bm25.terms(&2)?, None);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn terms(&self, id: &I) -> Result<Option<Vec<(String, u32)>>> {
        self.verify()?;
        let Some(number) = self.ids.number(id) else { return Ok(None) };
        let text = |term| String::from_utf8_lossy(self.dictionary.bytes(term)).into_owned();
        let terms = self.engine.document(number).into_iter();
        let mut terms: Vec<(String, u32)> = terms.map(|(term, counts)| (text(term), counts.iter().sum())).collect();
        terms.sort();
        Ok(Some(terms))
    }

    /// The parameters that the index was saved with, or the defaults.
    pub fn params(&self) -> Bm25Params {
        self.params
    }

    /// Looks the whole file of a loaded index through, once.
    pub(crate) fn verify(&self) -> Result<()> {
        let Some(opened) = &self.opened else { return Ok(()) };
        opened.verify(|| self.engine.is_sound() && self.columns.is_sound())
    }

    /// Whether these parameters can be searched with.
    pub(crate) fn check(&self, params: Bm25Params) -> Result<()> {
        self.check_params(params)?;
        rank_kernels::try_kernels()?;
        self.verify()
    }
}

fn check_tokens(tokens: &[i32], offsets: &[usize], ids: usize, vocabulary: usize) -> Result<()> {
    let ends = offsets.first() == Some(&0) && offsets.last() == Some(&tokens.len()) && offsets.is_sorted();
    if !ends || offsets.len() != ids + 1 {
        return Err(Error::InvalidTokens {
            argument: "offsets",
            expected: format!("{} ascending numbers from 0 to {}", ids + 1, tokens.len()),
            got: format!("{} from {:?} to {:?}", offsets.len(), offsets.first(), offsets.last()),
        });
    }
    match tokens.iter().position(|&token| usize::try_from(token).map_or(true, |token| token >= vocabulary)) {
        None => Ok(()),
        Some(at) => Err(Error::InvalidTokens {
            argument: "tokens",
            expected: format!("numbers of 0 to {vocabulary}, exclusive"),
            got: format!("{} at {at}", tokens[at]),
        }),
    }
}
