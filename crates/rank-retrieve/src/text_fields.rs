//! BM25F: documents of several texts, such as title and body.

use std::hash::Hash;

use crate::engine::Engine;
use crate::ids::count;
use crate::scoring::{Field, MAX_FIELDS};
use crate::{Analyzer, Bm25Index, Bm25Params, Error, Result, StoredFields};

/// A text of a document, see [`Bm25Index::with_text_fields`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TextField {
    /// Its name.
    pub name: String,
    /// How often an occurrence counts: at least 0, 1 by default.
    pub weight: f64,
    /// How much long texts are held back in this field, from 0 to 1; by default the `b` of the search.
    pub b: Option<f64>,
}

impl TextField {
    /// A field of weight 1.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), weight: 1.0, b: None }
    }

    /// With another weight.
    #[must_use]
    pub fn weight(mut self, weight: f64) -> Self {
        self.weight = weight;
        self
    }

    /// With a `b` of its own.
    #[must_use]
    pub fn b(mut self, b: f64) -> Self {
        self.b = Some(b);
        self
    }
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync> Bm25Index<I> {
    /// An empty index of documents with several texts, at most 8, ranked by BM25F.
    ///
    /// With w the weight of a field, tf how often the document has the term there, |d| the length of the field in the
    /// document and avgdl its mean over all documents,
    ///
    /// `T = Σ over fields of w · tf / (1 - b + b · |d| / avgdl)`, and a term adds `idf · T / (k1 + T)`
    ///
    /// with the idf of the formula, and df the documents that hold the term in any field: one saturation over all
    /// fields. A document that holds a term only in fields of weight 0 does not match by it.
    /// [`Formula::Lucene`](crate::Formula::Lucene), `Robertson`, `Atire`, `Bm25L` and `Bm25Plus` go with fields.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidTextFields`] for none or more than 8, for a name twice, for a weight that is negative or not
    /// finite; [`Error::InvalidB`].
    ///
    /// # Source
    ///
    /// Robertson, Zaragoza, Taylor: Simple BM25 Extension to Multiple Weighted Fields (CIKM 2004); with a `b` for each
    /// field: Robertson, Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond (2009), section 3.6.
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{Bm25Index, StoredFields, TextField};
    ///
    /// let fields = [TextField::new("title").weight(3.0).b(0.0), TextField::new("body").b(0.0)];
    /// let mut index = Bm25Index::with_text_fields(Default::default(), fields)?;
    /// let none = StoredFields::new();
    /// index.add_text_fields("d1", &[("title", "Foxes"), ("body", "A red fox")], &none)?;
    /// index.add_text_fields("d2", &[("body", "Hens")], &none)?;
    ///
    /// // N = 2, df = 1, T = 3 · 1 + 1 · 1: ln(1 + 1.5 / 1.5) · 4 / (1.5 + 4)
    /// let hits = index.search("fox", 10, Default::default())?;
    /// assert_eq!(hits, [("d1", (2.0_f64.ln() * 4.0 / 5.5) as f32)]);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn with_text_fields(analyzer: Analyzer, fields: impl IntoIterator<Item = TextField>) -> Result<Self> {
        let fields: Vec<TextField> = fields.into_iter().collect();
        let refused = |expected: &'static str, got: String| Err(Error::InvalidTextFields { expected, got });
        if fields.is_empty() || fields.len() > MAX_FIELDS {
            return refused("1 to 8 fields", fields.len().to_string());
        }
        for (at, field) in fields.iter().enumerate() {
            if fields[..at].iter().any(|other| other.name == field.name) {
                return refused("each name once", format!("{:?} twice", field.name));
            }
            check_weight(field.weight)?;
            if let Some(b) = field.b
                && !(0.0..=1.0).contains(&b)
            {
                return Err(Error::InvalidB { b });
            }
        }
        let mut index = Self::with_analyzer(analyzer);
        index.engine = Engine::new(index.engine.kind(), scored(&fields));
        index.text_fields = fields;
        Ok(index)
    }

    /// The text fields; none for an index of one text without a name.
    pub fn text_fields(&self) -> &[TextField] {
        &self.text_fields
    }

    /// Adds texts by field, through the analyzer, and values to be stored. A field that is not named is empty.
    ///
    /// # Errors
    ///
    /// As [`add_text_with`](Self::add_text_with), and [`Error::UnknownTextField`]. The index is then as it was.
    pub fn add_text_fields<S: AsRef<str>>(&mut self, id: I, texts: &[(&str, S)], fields: &StoredFields) -> Result<()> {
        let terms = self.analyzed(texts)?;
        self.add_document_fields(id, &terms, fields)
    }

    /// Adds terms by field, and values to be stored.
    ///
    /// # Errors
    ///
    /// As [`add_text_fields`](Self::add_text_fields).
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{Bm25Index, TextField};
    ///
    /// let mut index = Bm25Index::with_text_fields(Default::default(), [TextField::new("title"), TextField::new("body")])?;
    /// index.add_document_fields(1, &[("title", vec!["fox"])], &Default::default())?;
    /// assert_eq!(index.retrieve(&["fox"], 10, Default::default())?.len(), 1);
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn add_document_fields<Q: AsRef<[S]>, S: AsRef<str>>(
        &mut self,
        id: I,
        terms: &[(&str, Q)],
        fields: &StoredFields,
    ) -> Result<()> {
        self.verify()?;
        self.columns.check(fields)?;
        self.ids.check(&id)?;
        let placed = self.placed(terms)?;
        let (entries, lengths) = self.entries(placed)?;
        let number = self.engine.add(&entries, &lengths);
        self.ids.push(id);
        self.columns.set(number, fields)
    }

    /// Puts texts by field in the place of the document of this id, or adds them if there is none. Whether there was
    /// one. Of what is stored with it, what `fields` does not name stays.
    ///
    /// # Errors
    ///
    /// As [`add_text_fields`](Self::add_text_fields).
    pub fn update_text_fields<S: AsRef<str>>(
        &mut self,
        id: I,
        texts: &[(&str, S)],
        fields: &StoredFields,
    ) -> Result<bool> {
        let terms = self.analyzed(texts)?;
        self.update_document_fields(id, &terms, fields)
    }

    /// Puts terms by field in the place of the document of this id, as
    /// [`update_text_fields`](Self::update_text_fields).
    ///
    /// # Errors
    ///
    /// As [`add_text_fields`](Self::add_text_fields).
    pub fn update_document_fields<Q: AsRef<[S]>, S: AsRef<str>>(
        &mut self,
        id: I,
        terms: &[(&str, Q)],
        fields: &StoredFields,
    ) -> Result<bool> {
        self.places(terms)?;
        self.columns.check(fields)?;
        count(self.engine.numbered() + 1)?;
        let stored = self.fields(&id)?.unwrap_or_default().updated(fields);
        let there = self.remove(&id)?;
        self.add_document_fields(id, terms, &stored)?;
        Ok(there)
    }

    /// These parameters with other weights of text fields: for searches that weigh title and body in their own way. The
    /// impacts of one choice are kept at a time.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownTextField`], [`Error::InvalidTextFields`].
    ///
    /// # Example
    ///
    /// ```
    /// use rank_retrieve::{Bm25Index, TextField};
    ///
    /// let mut index = Bm25Index::with_text_fields(Default::default(), [TextField::new("title"), TextField::new("body")])?;
    /// index.add_text_fields("d1", &[("title", "red"), ("body", "fox")], &Default::default())?;
    /// index.add_text_fields("d2", &[("title", "fox"), ("body", "red")], &Default::default())?;
    /// let titles = index.weighing(Default::default(), &[("title", 2.0)])?;
    /// assert_eq!(index.search("fox", 1, titles)?[0].0, "d2");
    /// # Ok::<(), rank_retrieve::Error>(())
    /// ```
    pub fn weighing(&self, params: Bm25Params, weights: &[(&str, f64)]) -> Result<Bm25Params> {
        let mut all = [0.0; MAX_FIELDS];
        for (place, field) in all.iter_mut().zip(&self.text_fields) {
            *place = field.weight;
        }
        for (place, &(_, weight)) in self.places(weights)?.into_iter().zip(weights) {
            check_weight(weight)?;
            all[place] = weight;
        }
        Ok(Bm25Params { field_weights: Some(all), ..params })
    }

    /// Whether documents and parameters go with the fields of this index.
    pub(crate) fn check_params(&self, params: Bm25Params) -> Result<()> {
        params.check()?;
        if !self.text_fields.is_empty() && !params.formula.saturates() {
            let expected = "a formula of BM25 for an index with text fields";
            return Err(Error::InvalidTextFields { expected, got: params.formula.name().to_owned() });
        }
        Ok(())
    }

    /// Refuses one text for documents of several.
    pub(crate) fn check_unnamed(&self) -> Result<()> {
        if self.text_fields.is_empty() {
            return Ok(());
        }
        let expected = "a text, or terms, by field";
        Err(Error::InvalidTextFields { expected, got: "one without a field".to_owned() })
    }

    fn analyzed<'a, S: AsRef<str>>(&self, texts: &[(&'a str, S)]) -> Result<Vec<(&'a str, Vec<String>)>> {
        let analyze = |(name, text): &(&'a str, S)| Ok((*name, self.analyzer().analyze(text.as_ref())?));
        texts.iter().map(analyze).collect()
    }

    /// Terms by field, in the order of the fields.
    pub(crate) fn placed<'t, Q: AsRef<[S]>, S: 't>(&self, terms: &'t [(&str, Q)]) -> Result<Vec<&'t [S]>> {
        let mut placed: Vec<&[S]> = vec![&[]; self.text_fields.len()];
        for (place, (_, terms)) in self.places(terms)?.into_iter().zip(terms) {
            placed[place] = terms.as_ref();
        }
        Ok(placed)
    }

    /// Which fields these are.
    fn places<T>(&self, named: &[(&str, T)]) -> Result<Vec<usize>> {
        let mut places = Vec::with_capacity(named.len());
        for (name, _) in named {
            let Some(place) = self.text_fields.iter().position(|field| field.name == *name) else {
                let known: Vec<String> = self.text_fields.iter().map(|field| format!("{:?}", field.name)).collect();
                return Err(Error::UnknownTextField { field: (*name).to_owned(), known: known.join(", ") });
            };
            if places.contains(&place) {
                return Err(Error::InvalidTextFields { expected: "each name once", got: format!("{name:?} twice") });
            }
            places.push(place);
        }
        Ok(places)
    }
}

/// The fields as the engine has them: one where none has a name.
pub(crate) fn scored(fields: &[TextField]) -> Vec<Field> {
    let unnamed = fields.is_empty().then_some(Field { weight: 1.0, b: None });
    unnamed.into_iter().chain(fields.iter().map(|field| Field { weight: field.weight, b: field.b })).collect()
}

fn check_weight(weight: f64) -> Result<()> {
    if weight.is_finite() && weight >= 0.0 {
        return Ok(());
    }
    Err(Error::InvalidTextFields { expected: "finite weights of at least 0", got: weight.to_string() })
}
