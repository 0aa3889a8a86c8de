//! BM25.

mod queries;

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use rank_pyo3::{At, Id, ProgressBar, items, watched};
use rank_retrieve::{Bm25Builder, Formula, Scoring};

use crate::adding::{self, Batch};
use crate::analyzer::Analyzer;
use crate::arguments::{K, MemoryLimit, NewTerms, TermCount, Threads};
use crate::errors::{PACKAGE, to_python};
use crate::feedback::{self, Explanation};
use crate::fields::{self, Parts, borrowed};
use crate::filter;
use crate::hits;
use crate::hnsw::Key;
use crate::long;
use crate::noted::{Noted, methods};
use crate::source::{self, Reading, Target};
use crate::tokens::Tokens;

type Index = rank_retrieve::Bm25Index<Key>;

/// Ids and scores of a batch.
type Arrays<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

#[doc = rank_pyo3::stub!("Bm25Index")]
#[pyclass(module = "rank_retrieve", frozen)]
pub(crate) struct Bm25Index {
    pub(crate) index: Noted<Index>,
    scoring: Scoring,
}

impl Bm25Index {
    fn opened(index: Index) -> Self {
        Self { scoring: index.params(), index: Noted::new(index) }
    }
}

methods! { Bm25Index, "Bm25Index", {
    #[new]
    #[pyo3(
        signature = (
            k1 = None, b = 0.75, analyzer = None, *, formula = None, delta = 0.5, mu = 1000.0, smoothing = 0.1,
            score_compat = None, fields = None, text_fields = None, field_b = None, impacts = "f32"
        ),
        text_signature = "(k1=None, b=0.75, analyzer=None, *, formula=None, delta=0.5, mu=1000.0, smoothing=0.1, score_compat=None, fields=None, text_fields=None, field_b=None, impacts='f32')"
    )]
    #[expect(clippy::too_many_arguments, reason = "all but three are keywords")]
    fn new(
        #[pyo3(from_py_with = crate::arguments::k1_or_none)] k1: Option<f64>,
        #[pyo3(from_py_with = crate::arguments::b)] b: f64,
        #[pyo3(from_py_with = crate::arguments::analyzer)] analyzer: Option<&Bound<'_, Analyzer>>,
        #[pyo3(from_py_with = crate::arguments::formula_or_none)] formula: Option<&str>,
        #[pyo3(from_py_with = crate::arguments::delta)] delta: f64,
        #[pyo3(from_py_with = crate::arguments::mu)] mu: f64,
        #[pyo3(from_py_with = crate::arguments::smoothing)] smoothing: f64,
        #[pyo3(from_py_with = crate::arguments::score_compat)] score_compat: Option<&str>,
        fields: Option<&Bound<'_, PyAny>>,
        text_fields: Option<&Bound<'_, PyAny>>,
        field_b: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = crate::arguments::impacts)] impacts: &str,
    ) -> PyResult<Self> {
        let formula = formula.map_or(Ok(Formula::default()), str::parse).map_err(to_python)?;
        let mut scoring = match score_compat {
            Some(system) => Scoring::compatible_by(system, formula).map_err(to_python)?,
            None => Scoring::new(formula),
        };
        scoring = scoring.k1(k1.unwrap_or(scoring.k1)).b(b).delta(delta).mu(mu).smoothing(smoothing);
        scoring.check().map_err(to_python)?;
        let analyzer = analyzer.map(|analyzer| analyzer.get().analyzer.clone()).unwrap_or_default();
        let mut index = match text_fields {
            Some(weights) => {
                Index::with_text_fields(analyzer, fields::text_fields(weights, field_b)?).map_err(to_python)?
            }
            None if field_b.is_some() => {
                return Err(PACKAGE.invalid("field_b: expected text_fields beside it, got none; name them too"));
            }
            None => Index::with_analyzer(analyzer),
        };
        index = index.with_impacts(impacts.parse().map_err(to_python)?);
        fields::declare(&mut index, fields)?;
        Ok(Self { index: Noted::new(index), scoring })
    }

    #[doc = rank_pyo3::stub!("Bm25Index.add_document")]
    #[pyo3(signature = (id, terms, fields = None))]
    fn add_document(
        &self,
        py: Python<'_>,
        id: &Bound<'_, PyAny>,
        terms: &Bound<'_, PyAny>,
        fields: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let id = self.index.id(id)?;
        let terms = Parts::read(terms, "terms", |terms, at| rank_pyo3::strings(PACKAGE, terms, at))?;
        let fields = fields::stored(fields)?;
        py.detach(|| {
            let mut index = self.index.write_new(&id)?;
            match &terms {
                Parts::One(terms) => index.add_document_with(Key(id), terms, &fields),
                Parts::Fields(terms) => index.add_document_fields(Key(id), &borrowed(terms), &fields),
            }
            .map_err(to_python)
        })
    }

    #[doc = rank_pyo3::stub!("Bm25Index.add_text")]
    #[pyo3(signature = (id, text, fields = None))]
    fn add_text(
        &self,
        py: Python<'_>,
        id: &Bound<'_, PyAny>,
        text: &Bound<'_, PyAny>,
        fields: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let id = self.index.id(id)?;
        let text = Parts::read(text, "text", fields::text)?;
        let fields = fields::stored(fields)?;
        py.detach(|| {
            let mut index = self.index.write_new(&id)?;
            match &text {
                Parts::One(text) => index.add_text_with(Key(id), text, &fields),
                Parts::Fields(texts) => index.add_text_fields(Key(id), &borrowed(texts), &fields),
            }
            .map_err(to_python)
        })
    }

    #[doc = rank_pyo3::stub!("Bm25Index.add_documents")]
    #[pyo3(signature = (ids, documents, progress = false, *, fields = None))]
    fn add_documents(
        &self,
        py: Python<'_>,
        ids: &Bound<'_, PyAny>,
        documents: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
        fields: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let batch = Batch { content: documents, what: "documents", fields, threads: 1, progress };
        adding::batch(py, self, &self.index.ids(ids)?, &batch)
    }

    #[doc = rank_pyo3::stub!("Bm25Index.add_tokens")]
    #[pyo3(signature = (ids, tokens, offsets, vocabulary, progress = false))]
    fn add_tokens(
        &self,
        py: Python<'_>,
        ids: &Bound<'_, PyAny>,
        tokens: &Bound<'_, PyAny>,
        offsets: &Bound<'_, PyAny>,
        vocabulary: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
    ) -> PyResult<()> {
        let ids = self.index.ids(ids)?;
        let tokens = rank_pyo3::vector::<i32>(PACKAGE, tokens, "tokens", "(tokens,)")?;
        let tokens = tokens.as_slice()?;
        let offsets = rank_pyo3::token_offsets(PACKAGE, offsets, tokens.len())?;
        let vocabulary = rank_pyo3::strings(PACKAGE, vocabulary, "vocabulary")?;
        long::added(py, ids.len(), progress, |go_on| {
            let mut index = self.index.write_all_new(&ids, offsets.len() - 1, "documents")?;
            let keys: Vec<Key> = ids.into_iter().map(Key).collect();
            index.add_tokens_while(&keys, tokens, &offsets, &vocabulary, go_on).map_err(to_python)
        })
    }

    #[doc = rank_pyo3::stub!("Bm25Index.add_texts")]
    #[pyo3(
        signature = (ids, texts, progress = false, *, fields = None, threads = Threads(1)),
        text_signature = "($self, ids, texts, progress=False, *, fields=None, threads=1)"
    )]
    fn add_texts(
        &self,
        py: Python<'_>,
        ids: &Bound<'_, PyAny>,
        texts: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
        fields: Option<&Bound<'_, PyAny>>,
        threads: Threads,
    ) -> PyResult<()> {
        let batch = Batch { content: texts, what: "texts", fields, threads: threads.0, progress };
        adding::batch(py, self, &self.index.ids(ids)?, &batch)
    }

    #[doc = rank_pyo3::stub!("Bm25Index.extend")]
    #[pyo3(
        signature = (
            documents, *, id = "_id", text = None, fields = None, threads = Threads(1), progress = false
        ),
        text_signature = "($self, documents, *, id='_id', text=None, fields=None, threads=1, progress=False)"
    )]
    #[expect(clippy::too_many_arguments, reason = "all but one are keywords")]
    fn extend(
        &self,
        py: Python<'_>,
        documents: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = crate::arguments::name_of_id)] id: &str,
        text: Option<&Bound<'_, PyAny>>,
        fields: Option<&Bound<'_, PyAny>>,
        threads: Threads,
        #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
    ) -> PyResult<usize> {
        let mut target = self;
        let named = py.detach(|| target.named());
        let reading = Reading::new(named, id.to_owned(), text, fields, threads.0, progress)?;
        source::fill(py, &mut target, documents, &reading)
    }

    #[doc = rank_pyo3::stub!("Bm25Index.build")]
    #[pyo3(
        signature = (
            path, documents, *, memory_limit = MemoryLimit(256 << 20), id = "_id", text = None,
            fields = None, threads = Threads(1), progress = false
        ),
        text_signature = "($self, path, documents, *, memory_limit=268435456, id='_id', text=None, fields=None, \
                          threads=1, progress=False)"
    )]
    #[expect(clippy::too_many_arguments, reason = "all but two are keywords")]
    fn build(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = crate::arguments::path)] path: PathBuf,
        documents: &Bound<'_, PyAny>,
        memory_limit: MemoryLimit,
        #[pyo3(from_py_with = crate::arguments::name_of_id)] id: &str,
        text: Option<&Bound<'_, PyAny>>,
        fields: Option<&Bound<'_, PyAny>>,
        threads: Threads,
        #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
    ) -> PyResult<Self> {
        let mut builder =
            py.detach(|| Bm25Builder::of(self.index.read().clone(), path, self.scoring, memory_limit.0).map_err(to_python))?;
        let reading = Reading::new(builder.named(), id.to_owned(), text, fields, threads.0, progress)?;
        source::fill(py, &mut builder, documents, &reading)?;
        let bar = ProgressBar::named(PACKAGE, py, Some("impacts"), Some(builder.len()), Some("documents"), progress)?;
        let index = watched(py, &bar, |watch| builder.finish(|steps| watch.advance(steps)).map_err(to_python))?;
        Ok(Self::opened(index))
    }

    #[doc = rank_pyo3::stub!("Bm25Index.update_document")]
    #[pyo3(signature = (id, terms, fields = None))]
    fn update_document(
        &self,
        py: Python<'_>,
        id: &Bound<'_, PyAny>,
        terms: &Bound<'_, PyAny>,
        fields: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<bool> {
        let id = self.index.id(id)?;
        let terms = Parts::read(terms, "terms", |terms, at| rank_pyo3::strings(PACKAGE, terms, at))?;
        let fields = fields::stored(fields)?;
        py.detach(|| {
            let mut index = self.index.write();
            match &terms {
                Parts::One(terms) => index.update_document_with(Key(id), terms, &fields),
                Parts::Fields(terms) => index.update_document_fields(Key(id), &borrowed(terms), &fields),
            }
        })
        .map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Bm25Index.update_text")]
    #[pyo3(signature = (id, text, fields = None))]
    fn update_text(
        &self,
        py: Python<'_>,
        id: &Bound<'_, PyAny>,
        text: &Bound<'_, PyAny>,
        fields: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<bool> {
        let id = self.index.id(id)?;
        let text = Parts::read(text, "text", fields::text)?;
        let fields = fields::stored(fields)?;
        py.detach(|| {
            let mut index = self.index.write();
            match &text {
                Parts::One(text) => {
                    let terms = index.analyzer().analyze(text)?;
                    index.update_document_with(Key(id), &terms, &fields)
                }
                Parts::Fields(texts) => index.update_text_fields(Key(id), &borrowed(texts), &fields),
            }
        })
        .map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Bm25Index.terms")]
    fn terms(&self, py: Python<'_>, id: &Bound<'_, PyAny>) -> PyResult<Option<Vec<(String, u32)>>> {
        let id = Id::extract(PACKAGE, id, "id")?;
        py.detach(|| self.index.read().terms(&Key(id))).map_err(to_python)
    }

    #[doc = rank_pyo3::stub!("Bm25Index.save")]
    #[pyo3(signature = (path, progress = false))]
    fn save(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = crate::arguments::path)] path: PathBuf,
        #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
    ) -> PyResult<()> {
        let total = py.detach(|| self.index.read().numbered());
        long::work(py, "impacts", total, progress, |go_on| self.index.read().prepare_while(self.scoring, go_on))?;
        long::work(py, "save", total, progress, |go_on| self.index.read().save_while(path, self.scoring, go_on))
    }

    #[doc = rank_pyo3::stub!("Bm25Index.commit")]
    #[pyo3(signature = (folder, progress = false))]
    fn commit(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = crate::arguments::folder)] folder: PathBuf,
        #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
    ) -> PyResult<()> {
        let total = py.detach(|| self.index.read().numbered());
        long::work(py, "commit", total, progress, |go_on| self.index.read().commit_while(folder, self.scoring, go_on))
    }

    #[doc = rank_pyo3::stub!("Bm25Index.load")]
    #[staticmethod]
    #[pyo3(signature = (path, tokenizer = None))]
    fn load(
        py: Python<'_>,
        #[pyo3(from_py_with = crate::arguments::path)] path: PathBuf,
        tokenizer: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let tokenizer = tokenizer.map(crate::analyzer::custom).transpose()?;
        let index = py.detach(|| Index::load_with(path, tokenizer)).map_err(to_python)?;
        Ok(Self::opened(index))
    }

    #[doc = rank_pyo3::stub!("Bm25Index.prepare")]
    #[pyo3(signature = (scoring = None, progress = false))]
    fn prepare(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = crate::arguments::scoring)] scoring: Option<&Bound<'_, crate::scoring::Scoring>>,
        #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
    ) -> PyResult<()> {
        let scoring = self.given(scoring);
        let total = py.detach(|| self.index.read().numbered());
        long::work(py, "impacts", total, progress, |go_on| self.index.read().prepare_while(scoring, go_on))
    }

    #[doc = rank_pyo3::stub!("Bm25Index.scoring")]
    #[getter(scoring)]
    fn own_scoring(&self) -> crate::scoring::Scoring {
        crate::scoring::Scoring(self.scoring)
    }

    #[doc = rank_pyo3::stub!("Bm25Index.retrieve")]
    #[pyo3(
        signature = (terms, k = K(100), *, k1 = None, b = None, filter = None, field_weights = None, scoring = None),
        text_signature = "($self, terms, k=100, *, k1=None, b=None, filter=None, field_weights=None, scoring=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "all but two are keywords")]
    fn retrieve<'py>(
        &self,
        py: Python<'py>,
        terms: &Bound<'py, PyAny>,
        k: K,
        #[pyo3(from_py_with = crate::arguments::k1_or_none)] k1: Option<f64>,
        #[pyo3(from_py_with = crate::arguments::b_or_none)] b: Option<f64>,
        filter: Option<&Bound<'_, PyAny>>,
        field_weights: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = crate::arguments::scoring)] scoring: Option<&Bound<'_, crate::scoring::Scoring>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let terms = rank_pyo3::strings(PACKAGE, terms, "terms")?;
        let scoring = self.scoring(py, k1, b, field_weights, scoring)?;
        let filter = filter::read(filter)?;
        let hits = py.detach(|| self.index.read().filtered(&filter)?.retrieve(&terms, k.0, scoring)).map_err(to_python)?;
        hits::ranked(py, hits)
    }

    #[doc = rank_pyo3::stub!("Bm25Index.search")]
    #[pyo3(
        signature = (text, k = K(100), *, k1 = None, b = None, filter = None, field_weights = None, scoring = None),
        text_signature = "($self, text, k=100, *, k1=None, b=None, filter=None, field_weights=None, scoring=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "all but two are keywords")]
    fn search<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = crate::arguments::text)] text: &str,
        k: K,
        #[pyo3(from_py_with = crate::arguments::k1_or_none)] k1: Option<f64>,
        #[pyo3(from_py_with = crate::arguments::b_or_none)] b: Option<f64>,
        filter: Option<&Bound<'_, PyAny>>,
        field_weights: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = crate::arguments::scoring)] scoring: Option<&Bound<'_, crate::scoring::Scoring>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let scoring = self.scoring(py, k1, b, field_weights, scoring)?;
        let filter = filter::read(filter)?;
        let hits = py.detach(|| self.index.read().filtered(&filter)?.search(text, k.0, scoring)).map_err(to_python)?;
        hits::ranked(py, hits)
    }

    #[doc = rank_pyo3::stub!("Bm25Index.search_batch")]
    #[pyo3(
        signature = (queries, k = K(100), progress = false, *, threads = Threads(1), k1 = None, b = None, filter = None, field_weights = None, scoring = None),
        text_signature = "($self, queries, k=100, progress=False, *, threads=1, k1=None, b=None, filter=None, field_weights=None, scoring=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "all but three are keywords")]
    fn search_batch<'py>(
        &self,
        py: Python<'py>,
        queries: &Bound<'py, PyAny>,
        k: K,
        #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
        threads: Threads,
        #[pyo3(from_py_with = crate::arguments::k1_or_none)] k1: Option<f64>,
        #[pyo3(from_py_with = crate::arguments::b_or_none)] b: Option<f64>,
        filter: Option<&Bound<'_, PyAny>>,
        field_weights: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = crate::arguments::scoring)] scoring: Option<&Bound<'_, crate::scoring::Scoring>>,
    ) -> PyResult<Arrays<'py>> {
        let scoring = self.scoring(py, k1, b, field_weights, scoring)?;
        let filter = filter::read(filter)?;
        let mut tokens = Tokens::default();
        let mut analyzer = None;
        for (position, query) in items(PACKAGE, queries, "queries", "a list of texts or of lists of str")?.enumerate() {
            let query = query?;
            if query.is_instance_of::<PyString>() {
                let analyzer = analyzer.get_or_insert_with(|| py.detach(|| self.index.read().analyzer().clone()));
                let text = rank_pyo3::text(PACKAGE, &query, At { argument: "queries", position })?;
                tokens.extend(&analyzer.analyze(text).map_err(to_python)?);
            } else {
                tokens.push(&query, "queries", position)?;
            }
        }
        self.batch(py, &tokens, k.0, progress, threads.0.max(1), scoring, &filter)
    }

    #[doc = rank_pyo3::stub!("Bm25Index.retrieve_batch")]
    #[pyo3(
        signature = (queries, k = K(100), progress = false, *, threads = Threads(1), k1 = None, b = None, filter = None, field_weights = None, scoring = None),
        text_signature = "($self, queries, k=100, progress=False, *, threads=1, k1=None, b=None, filter=None, field_weights=None, scoring=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "all but three are keywords")]
    fn retrieve_batch<'py>(
        &self,
        py: Python<'py>,
        queries: &Bound<'py, PyAny>,
        k: K,
        #[pyo3(from_py_with = crate::arguments::progress)] progress: bool,
        threads: Threads,
        #[pyo3(from_py_with = crate::arguments::k1_or_none)] k1: Option<f64>,
        #[pyo3(from_py_with = crate::arguments::b_or_none)] b: Option<f64>,
        filter: Option<&Bound<'_, PyAny>>,
        field_weights: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = crate::arguments::scoring)] scoring: Option<&Bound<'_, crate::scoring::Scoring>>,
    ) -> PyResult<Arrays<'py>> {
        let scoring = self.scoring(py, k1, b, field_weights, scoring)?;
        let filter = filter::read(filter)?;
        let tokens = Tokens::all(queries, "queries")?;
        self.batch(py, &tokens, k.0, progress, threads.0.max(1), scoring, &filter)
    }

    #[doc = rank_pyo3::stub!("Bm25Index.retrieve_weighted")]
    #[pyo3(
        signature = (terms, k = K(100), *, k1 = None, b = None, filter = None, field_weights = None, scoring = None),
        text_signature = "($self, terms, k=100, *, k1=None, b=None, filter=None, field_weights=None, scoring=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "all but two are keywords")]
    fn retrieve_weighted<'py>(
        &self,
        py: Python<'py>,
        terms: &Bound<'py, PyAny>,
        k: K,
        #[pyo3(from_py_with = crate::arguments::k1_or_none)] k1: Option<f64>,
        #[pyo3(from_py_with = crate::arguments::b_or_none)] b: Option<f64>,
        filter: Option<&Bound<'_, PyAny>>,
        field_weights: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = crate::arguments::scoring)] scoring: Option<&Bound<'_, crate::scoring::Scoring>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let terms = feedback::weighted(terms)?;
        let scoring = self.scoring(py, k1, b, field_weights, scoring)?;
        let filter = filter::read(filter)?;
        let hits =
            py.detach(|| self.index.read().filtered(&filter)?.retrieve_weighted(&terms, k.0, scoring)).map_err(to_python)?;
        hits::ranked(py, hits)
    }

    #[doc = rank_pyo3::stub!("Bm25Index.explain")]
    #[pyo3(signature = (id, terms, *, k1 = None, b = None, field_weights = None, scoring = None))]
    #[expect(clippy::too_many_arguments, reason = "all but two are keywords")]
    fn explain(
        &self,
        py: Python<'_>,
        id: &Bound<'_, PyAny>,
        terms: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = crate::arguments::k1_or_none)] k1: Option<f64>,
        #[pyo3(from_py_with = crate::arguments::b_or_none)] b: Option<f64>,
        field_weights: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = crate::arguments::scoring)] scoring: Option<&Bound<'_, crate::scoring::Scoring>>,
    ) -> PyResult<Explanation> {
        let id = Id::extract(PACKAGE, id, "id")?;
        let terms = feedback::terms(terms)?;
        let scoring = self.scoring(py, k1, b, field_weights, scoring)?;
        let why = py.detach(|| self.index.read().explain(&Key(id.clone()), &terms, scoring)).map_err(to_python)?;
        Explanation::new(py, why.ok_or_else(|| feedback::unknown(&id))?)
    }

    #[doc = rank_pyo3::stub!("Bm25Index.expand")]
    #[pyo3(
        signature = (terms, relevant, method = "rm3", *, new_terms = NewTerms(10), original = None, beta = 0.75, scoring = None),
        text_signature = "($self, terms, relevant, method='rm3', *, new_terms=10, original=None, beta=0.75, scoring=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "all but three are keywords")]
    fn expand(
        &self,
        py: Python<'_>,
        terms: &Bound<'_, PyAny>,
        relevant: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = crate::arguments::method)] method: &str,
        new_terms: NewTerms,
        #[pyo3(from_py_with = crate::arguments::original)] original: Option<f64>,
        #[pyo3(from_py_with = crate::arguments::beta)] beta: f64,
        #[pyo3(from_py_with = crate::arguments::scoring)] scoring: Option<&Bound<'_, crate::scoring::Scoring>>,
    ) -> PyResult<Vec<(String, f32)>> {
        let scoring = self.given(scoring);
        let terms = rank_pyo3::strings(PACKAGE, terms, "terms")?;
        let relevant = feedback::relevant(relevant)?;
        let method = feedback::feedback(method, new_terms.0, original, beta)?;
        let keys: Vec<(Key, f32)> = relevant.iter().map(|(id, score)| (Key(id.clone()), *score)).collect();
        py.detach(|| self.index.read().expand(&terms, &keys, method, scoring)).map_err(feedback::about(&relevant))
    }

    #[doc = rank_pyo3::stub!("Bm25Index.key_terms")]
    #[pyo3(signature = (id, terms = TermCount(25)), text_signature = "($self, id, terms=25)")]
    fn key_terms(&self, py: Python<'_>, id: &Bound<'_, PyAny>, terms: TermCount) -> PyResult<Vec<(String, f32)>> {
        let id = Id::extract(PACKAGE, id, "id")?;
        let found = py.detach(|| self.index.read().key_terms(&Key(id.clone()), terms.0)).map_err(to_python)?;
        found.ok_or_else(|| feedback::unknown(&id))
    }

    #[doc = rank_pyo3::stub!("Bm25Index.more_like_this")]
    #[pyo3(
        signature = (id, k = K(100), terms = TermCount(25), *, filter = None, scoring = None),
        text_signature = "($self, id, k=100, terms=25, *, filter=None, scoring=None)"
    )]
    fn more_like_this<'py>(
        &self,
        py: Python<'py>,
        id: &Bound<'py, PyAny>,
        k: K,
        terms: TermCount,
        filter: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = crate::arguments::scoring)] scoring: Option<&Bound<'_, crate::scoring::Scoring>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let id = Id::extract(PACKAGE, id, "id")?;
        let filter = filter::read(filter)?;
        let scoring = self.given(scoring);
        let like = || self.index.read().filtered(&filter)?.more_like_this(&Key(id.clone()), k.0, terms.0, scoring);
        let hits = py.detach(like).map_err(to_python)?;
        let hits = hits.ok_or_else(|| feedback::unknown(&id))?;
        hits::ranked(py, hits)
    }
} }
