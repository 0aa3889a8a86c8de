//! Documents in streams, analyzed on several threads.

use std::hash::Hash;
use std::path::Path;

use crate::analysis::{Analyzed, in_pieces};
use crate::engine::Entry;
use crate::ids::count;
use crate::json_lines::{self, Lines};
use crate::{Analyzer, Bm25Builder, Bm25Index, Error, IdCodec, JsonFields, Result, StoredFields, TextField};

/// Texts that are analyzed together.
const TEXTS: usize = 4096;
/// No further text is taken behind so many bytes.
const BYTES: usize = 8 << 20;

/// What documents are added to.
pub(crate) trait Growing<I> {
    /// Refuses what cannot be added.
    fn accepts(&self, id: &I, stored: &StoredFields) -> Result<()>;
    /// The number of a term.
    fn intern(&mut self, term: &str) -> u32;
    /// The fields of each document; none for one text without a name.
    fn named(&self) -> &[TextField];
    /// Adds a document: entries by term and field, the length of each field, and what is stored with it.
    fn push(&mut self, id: I, entries: &[Entry], lengths: &[u32], stored: &StoredFields) -> Result<()>;

    /// Adds documents whose terms are analyzed, up to the first that cannot be: which, and why.
    fn grow(
        &mut self,
        documents: impl IntoIterator<Item = (I, StoredFields)>,
        pieces: Vec<Analyzed>,
    ) -> std::result::Result<(), (usize, Error)> {
        let mut documents = documents.into_iter();
        let width = self.named().len().max(1);
        let (mut terms, mut lengths): (Vec<u64>, Vec<u32>) = (Vec::new(), Vec::new());
        let mut row = 0;
        for piece in pieces {
            let mut numbers: Vec<Option<u32>> = vec![None; piece.words.len()];
            for texts in 0..piece.ends.len() / width {
                let Some((id, stored)) = documents.next() else { return Ok(()) };
                self.accepts(&id, &stored).map_err(|error| (row, error))?;
                terms.clear();
                lengths.clear();
                for field in 0..width {
                    let text = piece.text(texts * width + field);
                    lengths.push(count(text.len()).map_err(|error| (row, error))?);
                    terms.extend(text.iter().map(|&word| {
                        let known = &mut numbers[word as usize];
                        let word = || self.intern(&String::from_utf8_lossy(piece.words.bytes(word)));
                        u64::from(*known.get_or_insert_with(word)) << 16 | field as u64
                    }));
                }
                self.push(id, &counted(&mut terms), &lengths, &stored).map_err(|error| (row, error))?;
                row += 1;
            }
            if let Some(error) = piece.failed {
                return Err((row, error));
            }
        }
        Ok(())
    }
}

/// How often each term is in each field, of terms in the upper bits and fields in the lower sixteen, in any order.
pub(crate) fn counted(terms: &mut [u64]) -> Vec<Entry> {
    terms.sort_unstable();
    let entry = |run: &[u64]| Entry { term: (run[0] >> 16) as u32, field: run[0] as u16, value: run.len() as u32 };
    terms.chunk_by(|a, b| a == b).map(entry).collect()
}

/// Adds texts, for each document those of all fields; which document cannot be added, and why.
fn add_texts<I: Clone, T: AsRef<str> + Sync>(
    to: &mut impl Growing<I>,
    analyzer: &Analyzer,
    ids: &[I],
    texts: &[T],
    stored: &[StoredFields],
    threads: usize,
) -> Result<()> {
    let width = to.named().len().max(1);
    for (argument, expected, got) in [("texts", width * ids.len(), texts.len()), ("stored", ids.len(), stored.len())] {
        if expected != got && !(argument == "stored" && got == 0) {
            let (expected, got) = (format!("{width} for each of {} documents", ids.len()), got.to_string());
            return Err(Error::InvalidTokens { argument, expected, got });
        }
    }
    let stored = stored.iter().cloned().chain(std::iter::repeat_with(StoredFields::new));
    let documents = ids.iter().cloned().zip(stored);
    let at = |(row, source)| Error::Row { row, source: Box::new(source) };
    if threads < 2 {
        // Words are numbered at once, not in pieces first.
        let mut session = analyzer.session();
        let (mut terms, mut lengths): (Vec<u64>, Vec<u32>) = (Vec::new(), Vec::new());
        for (row, ((id, stored), texts)) in documents.zip(texts.chunks_exact(width)).enumerate() {
            let mut add = || {
                to.accepts(&id, &stored)?;
                terms.clear();
                lengths.clear();
                for (field, text) in (0_u64..).zip(texts) {
                    let before = terms.len();
                    session.analyze(text.as_ref(), |term| terms.push(u64::from(to.intern(term)) << 16 | field))?;
                    lengths.push(count(terms.len() - before)?);
                }
                to.push(id.clone(), &counted(&mut terms), &lengths, &stored)
            };
            add().map_err(|error| at((row, error)))?;
        }
        return Ok(());
    }
    let mut sessions: Vec<_> = (0..threads).map(|_| analyzer.session()).collect();
    let pieces = in_pieces(&mut sessions, ids.len(), |session, range| {
        let mut piece = Analyzed::default();
        let _ = texts[range.start * width..range.end * width].iter().all(|text| piece.push(session, text.as_ref()));
        piece
    });
    to.grow(documents, pieces).map_err(at)
}

fn add_json_lines<I: Clone + Send + IdCodec>(
    to: &mut impl Growing<I>,
    analyzer: &Analyzer,
    path: &Path,
    fields: &JsonFields,
    threads: usize,
    mut go_on: impl FnMut(usize) -> bool,
) -> Result<usize> {
    let named: Vec<String> = to.named().iter().map(|field| field.name.clone()).collect();
    let mut lines = Lines::open(path)?;
    let mut sessions: Vec<_> = (0..threads.max(1)).map(|_| analyzer.session()).collect();
    let mut added = 0;
    while let count @ 1.. = lines.read()? {
        let batch = lines.batch();
        let pieces = in_pieces(&mut sessions, count, |session, range| {
            let (mut documents, mut piece) = (Vec::new(), Analyzed::default());
            for at in range {
                let document = json_lines::object(batch.line(at)).and_then(|object| {
                    let texts = fields.texts(&object, &named)?;
                    Ok((json_lines::id::<I>(&object, &fields.id)?, texts, fields.stored(&object)?))
                });
                match document {
                    Ok((id, texts, stored)) => {
                        documents.push((id, stored));
                        if !texts.iter().all(|text| piece.push(session, text)) {
                            break;
                        }
                    }
                    Err(error) => {
                        piece.failed = Some(error);
                        break;
                    }
                }
            }
            (documents, piece)
        });
        // Documents of a piece that ends early may be one more than its texts; nothing after it is looked at.
        let (documents, pieces): (Vec<_>, Vec<_>) = pieces.into_iter().unzip();
        to.grow(documents.into_iter().flatten(), pieces).map_err(|(row, error)| lines.at(row, error))?;
        added += count;
        if !go_on(count) {
            return Err(Error::Stopped);
        }
    }
    Ok(added)
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync> Growing<I> for Bm25Index<I> {
    fn accepts(&self, id: &I, stored: &StoredFields) -> Result<()> {
        self.columns.check(stored)?;
        self.ids.check(id)
    }

    fn intern(&mut self, term: &str) -> u32 {
        self.dictionary.intern(term)
    }

    fn named(&self) -> &[TextField] {
        &self.text_fields
    }

    fn push(&mut self, id: I, entries: &[Entry], lengths: &[u32], stored: &StoredFields) -> Result<()> {
        count(self.dictionary.len())?;
        let number = self.engine.add(entries, lengths);
        self.ids.push(id);
        self.columns.set(number, stored)
    }
}

macro_rules! growing {
    ($index:ident $(, $stored:ident)?) => {
        impl<I: Clone + Eq + Hash + Ord + Send + Sync $(+ $stored)?> $index<I> {
            /// Adds many texts, analyzed on `threads` threads, which change no bit. An index with text fields takes, one
            /// after the other, as many texts of each document as it has fields, in their order; a text may be empty.
            ///
            /// # Errors
            ///
            /// [`Row`](crate::Error::Row) with what [`add_text`](Self::add_text) returns: the texts before it stay.
            /// [`InvalidTokens`](crate::Error::InvalidTokens) for texts that are not as many as the ids ask for.
            pub fn add_texts<T: AsRef<str> + Sync>(&mut self, ids: &[I], texts: &[T], threads: usize) -> Result<()> {
                self.add_texts_with(ids, texts, &[], threads)
            }

            /// [`add_texts`](Self::add_texts) with values to be stored with each document.
            ///
            /// # Errors
            ///
            /// As [`add_texts`](Self::add_texts), and [`FieldType`](crate::Error::FieldType) in a
            /// [`Row`](crate::Error::Row).
            ///
            /// # Example
            ///
            /// ```
            /// use rank_retrieve::{Bm25Index, StoredFields, field};
            ///
            /// let mut bm25 = Bm25Index::new();
            /// let stored = [2020, 2021].map(|year| StoredFields::new().with("year", year));
            /// bm25.add_texts_with(&["d1", "d2"], &["A red fox", "A fox cub"], &stored, 1)?;
            /// let late = bm25.filtered(&field("year").at_least(2021))?.search("fox", 10, Default::default())?;
            /// assert_eq!((late.len(), late[0].0), (1, "d2"));
            /// # Ok::<(), rank_retrieve::Error>(())
            /// ```
            pub fn add_texts_with<T: AsRef<str> + Sync>(
                &mut self,
                ids: &[I],
                texts: &[T],
                stored: &[StoredFields],
                threads: usize,
            ) -> Result<()> {
                self.verify()?;
                let analyzer = self.analyzer().clone();
                add_texts(self, &analyzer, ids, texts, stored, threads)
            }

            /// Adds texts as they come, some thousand at a time: how many. They are analyzed on `threads` threads, which
            /// change no bit. `go_on` hears how many more were added, and says whether to go on.
            ///
            /// # Errors
            ///
            /// As [`add_texts`](Self::add_texts), [`Stopped`](crate::Error::Stopped), and what `texts` give. All that came
            /// before stays.
            ///
            /// # Example
            ///
            /// ```
            /// use rank_retrieve::{Bm25Index, Error};
            ///
            /// let mut bm25 = Bm25Index::new();
            /// let texts = (0..10_000_i64).map(|id| Ok::<_, Error>((id, format!("fox {}", id % 7))));
            /// assert_eq!(bm25.extend_texts(texts, 2, |_| true)?, 10_000);
            /// # Ok::<(), rank_retrieve::Error>(())
            /// ```
            pub fn extend_texts<T: AsRef<str> + Sync, E: From<Error>>(
                &mut self,
                texts: impl IntoIterator<Item = std::result::Result<(I, T), E>>,
                threads: usize,
                go_on: impl FnMut(usize) -> bool,
            ) -> std::result::Result<usize, E> {
                let documents = texts.into_iter().map(|row| row.map(|(id, text)| (id, [text], StoredFields::new())));
                self.extend_texts_with(documents, threads, go_on)
            }

            /// [`extend_texts`](Self::extend_texts) with values to be stored, and for an index with text fields: each
            /// document has as many texts as there are fields, in their order.
            ///
            /// # Errors
            ///
            /// As [`extend_texts`](Self::extend_texts), and [`FieldType`](crate::Error::FieldType) in a
            /// [`Row`](crate::Error::Row).
            ///
            /// # Example
            ///
            /// ```
            /// use rank_retrieve::{Bm25Index, Error, StoredFields, TextField};
            ///
            /// let fields = [TextField::new("title"), TextField::new("body")];
            /// let mut bm25 = Bm25Index::with_text_fields(Default::default(), fields)?;
            /// let documents = [(1, ["Foxes", "Red ones"], 2020), (2, ["Hens", "Red ones too"], 2021)];
            /// let rows = documents.map(|(id, texts, year)| Ok::<_, Error>((id, texts, StoredFields::new().with("year", year))));
            /// assert_eq!(bm25.extend_texts_with(rows, 1, |_| true)?, 2);
            /// assert_eq!(bm25.fields(&2)?, Some(StoredFields::new().with("year", 2021)));
            /// # Ok::<(), rank_retrieve::Error>(())
            /// ```
            pub fn extend_texts_with<P: IntoIterator<Item = T>, T: AsRef<str> + Sync, E: From<Error>>(
                &mut self,
                documents: impl IntoIterator<Item = std::result::Result<(I, P, StoredFields), E>>,
                threads: usize,
                mut go_on: impl FnMut(usize) -> bool,
            ) -> std::result::Result<usize, E> {
                let mut rows = documents.into_iter();
                let width = self.text_fields().len().max(1);
                let at = |row, source| Error::Row { row, source };
                let mut added = 0;
                loop {
                    let (mut ids, mut stored, mut texts, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), 0);
                    let mut failed = None;
                    while ids.len() < TEXTS && bytes < BYTES && failed.is_none() {
                        match rows.next() {
                            Some(Ok((id, parts, fields))) => {
                                let first = texts.len();
                                texts.extend(parts);
                                let got = texts.len() - first;
                                if got == width {
                                    bytes += texts[first..].iter().map(|text: &T| text.as_ref().len()).sum::<usize>();
                                    ids.push(id);
                                    stored.push(fields);
                                    continue;
                                }
                                texts.truncate(first);
                                let (expected, got) = (format!("{width} of each document"), got.to_string());
                                let source = Error::InvalidTokens { argument: "texts", expected, got };
                                failed = Some(at(added + ids.len(), Box::new(source)).into());
                            }
                            Some(Err(error)) => failed = Some(error),
                            None => break,
                        }
                    }
                    let count = ids.len();
                    self.add_texts_with(&ids, &texts, &stored, threads).map_err(|error| match error {
                        Error::Row { row, source } => at(row + added, source),
                        error => error,
                    })?;
                    added += count;
                    if let Some(error) = failed {
                        return Err(error);
                    }
                    if count == 0 {
                        return Ok(added);
                    }
                    if !go_on(count) {
                        return Err(Error::Stopped.into());
                    }
                }
            }
        }

        impl<I: Clone + Eq + Hash + Ord + Send + Sync + IdCodec> $index<I> {
            /// Adds the documents of a file in JSON, one to a line, plain or compressed by gzip or zstd: how many. Blank
            /// lines are passed over. Threads and `go_on` are those of [`extend_texts`](Self::extend_texts).
            ///
            /// # Errors
            ///
            /// [`Io`](crate::Error::Io); [`Line`](crate::Error::Line) with what is wrong with the document of a line;
            /// [`Stopped`](crate::Error::Stopped). The lines before stay.
            ///
            /// # Example
            ///
            /// See [`JsonFields`].
            pub fn add_json_lines(
                &mut self,
                path: impl AsRef<Path>,
                fields: &JsonFields,
                threads: usize,
                go_on: impl FnMut(usize) -> bool,
            ) -> Result<usize> {
                self.verify()?;
                let analyzer = self.analyzer().clone();
                add_json_lines(self, &analyzer, path.as_ref(), fields, threads, go_on)
            }
        }
    };
}

growing! { Bm25Index }
growing! { Bm25Builder, IdCodec }
