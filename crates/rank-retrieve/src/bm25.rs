//! BM25, and its kin, over the sparse engine.

use std::hash::Hash;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::columns::Columns;
use crate::engine::{Dictionary, Engine, Entry, Kind, Request};
use crate::file::{Opened, Reader, Writer};
use crate::filter::Recent;
use crate::folder::Commit;
use crate::growing::counted;
use crate::ids::{Ids, count};
use crate::text_fields::scored;
use crate::{Analyzer, Bm25Params, CustomTokenizer, Error, Filter, IdCodec, Impacts, Result, StoredFields, TextField};

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
        self.check_unnamed()?;
        self.verify()?;
        check_tokens(tokens, offsets, ids.len(), vocabulary.len())?;
        count(self.dictionary.len() + vocabulary.len())?;
        let mut numbers: Vec<Option<u32>> = vec![None; vocabulary.len()];
        for (id, ends) in ids.iter().zip(offsets.windows(2)) {
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
        self.verify()?;
        let numbers = self.engine.merge();
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

    /// Computes at once what the first queries with these parameters would: O(postings).
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve).
    pub fn prepare(&self, params: Bm25Params) -> Result<()> {
        self.check_params(params)?;
        self.verify()?;
        self.engine.warm(Some(params));
        Ok(())
    }

    /// The `k` documents of the highest scores for terms that are taken as they are.
    ///
    /// Returns `(id, score)` by score descending, then by id ascending: all that hold a term if they are fewer than
    /// `k`, none for no terms or unknown ones.
    ///
    /// # Errors
    ///
    /// [`InvalidK1`](crate::Error::InvalidK1), [`InvalidB`](crate::Error::InvalidB),
    /// [`InvalidScoring`](crate::Error::InvalidScoring); [`Isa`](crate::Error::Isa) if the environment asks for
    /// instructions that this machine lacks.
    pub fn retrieve<S: AsRef<str>>(&self, terms: &[S], k: usize, params: Bm25Params) -> Result<Vec<(I, f32)>> {
        self.check_params(params)?;
        rank_kernels::try_kernels()?;
        self.verify()?;
        let terms = self.known(terms);
        let request = Request { terms: &terms, k, allowed: None, scoring: Some(params) };
        Ok(self.named(self.engine.search(&request, &self.ids)))
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
        self.retrieve_batch_on(queries, k, params, 1, |_| true)
    }

    /// [`retrieve_batch`](Self::retrieve_batch) on at most `threads` threads, which change no bit.
    ///
    /// `go_on` hears how many more queries are done, and says whether to go on; after a no, the result is of no use.
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::Bm25Index;
    ///
    /// let mut bm25 = Bm25Index::new();
    /// bm25.add_document(1, &["fox"])?;
    /// let lists = bm25.retrieve_batch_on(&[["fox"], ["hen"]], 10, Default::default(), 2, |_| true)?;
    /// assert_eq!((lists[0].len(), lists[1].len()), (1, 0));
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn retrieve_batch_on<Q: AsRef<[S]>, S: AsRef<str>>(
        &self,
        queries: &[Q],
        k: usize,
        params: Bm25Params,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<Vec<(I, f32)>>> {
        let lists = self.numbers_batch(queries, k, params, threads, go_on)?;
        Ok(lists.into_iter().map(|list| self.named(list)).collect())
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

    /// [`retrieve_batch_on`](Self::retrieve_batch_on) with document numbers, which [`id`](Self::id) turns into ids.
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve).
    pub fn numbers_batch<Q: AsRef<[S]>, S: AsRef<str>>(
        &self,
        queries: &[Q],
        k: usize,
        params: Bm25Params,
        threads: usize,
        go_on: impl Fn(usize) -> bool + Sync,
    ) -> Result<Vec<Vec<(u32, f32)>>> {
        self.filtered(&Filter::All)?.numbers_batch(queries, k, params, threads, go_on)
    }

    /// How many document numbers there are, those of removed documents among them.
    pub fn numbered(&self) -> usize {
        self.engine.numbered()
    }

    /// The id of a document number, which is valid until the index changes.
    ///
    /// # Panics
    ///
    /// If there never was a document of this number.
    pub fn id(&self, number: u32) -> &I {
        self.ids.id(number)
    }

    /// The terms that the index knows, in alphabetical order, with how often the query has them.
    pub(crate) fn known<S: AsRef<str>>(&self, terms: &[S]) -> Vec<(u32, f32)> {
        let mut numbers: Vec<u32> = terms.iter().filter_map(|term| self.dictionary.number(term.as_ref())).collect();
        numbers.sort_unstable_by(|&a, &b| self.dictionary.bytes(a).cmp(self.dictionary.bytes(b)));
        numbers.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as f32)).collect()
    }

    pub(crate) fn named(&self, list: Vec<(u32, f32)>) -> Vec<(I, f32)> {
        list.into_iter().map(|(number, score)| (self.ids.id(number).clone(), score)).collect()
    }
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync + IdCodec> Bm25Index<I> {
    /// Writes the index to one file, with its analyzer and what `params` need ready.
    ///
    /// The file is written beside and renamed when it is on the disk: whatever happens meanwhile, `path` is the old file
    /// or the whole new one. Whoever has the old one loaded goes on with it.
    ///
    /// # Errors
    ///
    /// [`Io`](crate::Error::Io), and as [`retrieve`](Self::retrieve).
    pub fn save(&self, path: impl AsRef<Path>, params: Bm25Params) -> Result<()> {
        self.check_params(params)?;
        self.verify()?;
        let mut writer = Writer::new(path.as_ref())?;
        let says = self.write(&mut writer, params, true)?;
        writer.finish(&says)
    }

    fn write(&self, writer: &mut Writer, params: Bm25Params, ready: bool) -> Result<Value> {
        let engine = self.engine.save(writer, Some(params), ready)?;
        self.dictionary.save(writer)?;
        self.ids.save(writer)?;
        let fields = self.columns.save(writer)?;
        Ok(self.says(params, &engine, &fields))
    }

    /// What a file says of an index beside its rows.
    pub(crate) fn says(&self, params: Bm25Params, engine: &Value, fields: &Value) -> Value {
        json!({
            "analyzer": self.analyzer.to_json(),
            "params": params.to_json(),
            "engine": engine,
            "fields": fields,
            "text fields": self.text_fields.iter().map(|field| &field.name).collect::<Vec<_>>(),
        })
    }

    /// Writes what changed since the last time into a folder, which [`load`](Self::load) opens as it opens a file.
    ///
    /// What the folder has already is not written again: full windows of 2^14 documents, and whatever else is the same.
    /// What the first searches need ready is not written either. The folder is the index before or after, whatever
    /// happens meanwhile; whoever has the old one loaded goes on with it. One writer at a time.
    ///
    /// # Errors
    ///
    /// As [`save`](Self::save); [`Locked`](crate::Error::Locked) if another writer is at work,
    /// [`DamagedFile`](crate::Error::DamagedFile) if what the folder has is none of this library's.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::Bm25Index;
    ///
    /// let folder = tempfile::tempdir().unwrap();
    /// let path = folder.path().join("index");
    /// let mut bm25 = Bm25Index::<i64>::new();
    /// bm25.add_text(1, "A red fox")?;
    /// bm25.commit(&path, Default::default())?;
    /// bm25.add_text(2, "Red hens")?;
    /// bm25.commit(&path, Default::default())?;
    /// assert_eq!(Bm25Index::<i64>::load(&path)?.len(), 2);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn commit(&self, folder: impl AsRef<Path>, params: Bm25Params) -> Result<()> {
        self.check_params(params)?;
        self.verify()?;
        let mut commit = Commit::begin(folder.as_ref())?;
        let says = self.write(&mut commit.writer, params, false)?;
        commit.finish(&says)
    }

    /// Opens a saved index in place: nothing of the size of the postings is read before the first search, which looks
    /// the whole file through for damage. The file may be replaced meanwhile, not changed.
    ///
    /// # Errors
    ///
    /// [`Io`](crate::Error::Io); [`DamagedFile`](crate::Error::DamagedFile) for a damaged or foreign file;
    /// [`IdType`](crate::Error::IdType) for ids of another type; [`SavedAnalyzer`](crate::Error::SavedAnalyzer) for an
    /// analyzer with a custom tokenizer, which [`load_with`](Self::load_with) takes.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::Bm25Index;
    ///
    /// let folder = tempfile::tempdir().unwrap();
    /// let mut bm25 = Bm25Index::<i64>::new();
    /// bm25.add_text(1, "A red fox")?;
    /// bm25.save(folder.path().join("index"), Default::default())?;
    ///
    /// let loaded = Bm25Index::<i64>::load(folder.path().join("index"))?;
    /// assert_eq!(loaded.search("foxes", 10, Default::default())?[0].0, 1);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::load_with(path, None)
    }

    /// [`load`](Self::load) of an index whose analyzer has a custom tokenizer.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    pub fn load_with(path: impl AsRef<Path>, tokenizer: Option<CustomTokenizer>) -> Result<Self> {
        let reader = Reader::open(path.as_ref())?;
        let says = &reader.says;
        let text = says["analyzer"].as_str().ok_or_else(|| reader.broken())?;
        let analyzer = Analyzer::from_json(text, tokenizer)?;
        let params = Bm25Params::from_json(&says["params"]).ok_or_else(|| reader.broken())?;
        let dictionary = Dictionary::open(&reader)?;
        let engine = Engine::open(&reader, &says["engine"])?;
        if engine.terms() > dictionary.len() || !matches!(engine.kind(), Kind::Counts(_)) {
            return Err(reader.broken());
        }
        let ids = Ids::open(&reader, engine.numbered(), engine.gone().collect())?;
        let text_fields = match says["text fields"].as_array() {
            Some(names) if !names.is_empty() => engine.named_fields(names).ok_or_else(|| reader.broken())?,
            _ => Vec::new(),
        };
        let columns = Columns::open(&reader, &says["fields"], engine.numbered())?;
        let opened = Some(Arc::new(Opened::new(reader)));
        let recent = Recent::default();
        Ok(Self { analyzer, dictionary, engine, ids, columns, recent, text_fields, params, opened })
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
