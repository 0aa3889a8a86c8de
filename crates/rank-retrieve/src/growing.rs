//! Documents in streams, analyzed on several threads.

use std::hash::Hash;
use std::path::Path;

use crate::analysis::{Analyzed, in_pieces};
use crate::ids::count;
use crate::json_lines::{self, Lines};
use crate::{Analyzer, Bm25Builder, Bm25Index, Error, IdCodec, JsonFields, Result};

/// Texts that are analyzed together.
const TEXTS: usize = 4096;
/// No further text is taken behind so many bytes.
const BYTES: usize = 8 << 20;

/// What documents are added to.
pub(crate) trait Growing<I> {
    /// Refuses an id that cannot be added.
    fn accepts(&self, id: &I) -> Result<()>;
    /// The number of a term.
    fn intern(&mut self, term: &str) -> u32;
    /// Adds a document, whose terms may be brought in another order.
    fn push(&mut self, id: I, terms: &mut [u32]) -> Result<()>;

    /// Adds documents whose terms are analyzed, up to the first that cannot be: which, and why.
    fn grow(
        &mut self,
        ids: impl IntoIterator<Item = I>,
        pieces: Vec<Analyzed>,
    ) -> std::result::Result<(), (usize, Error)> {
        let mut ids = ids.into_iter();
        let mut row = 0;
        for piece in pieces {
            let mut numbers: Vec<Option<u32>> = vec![None; piece.words.len()];
            for at in 0..piece.ends.len() {
                let Some(id) = ids.next() else { return Ok(()) };
                self.accepts(&id).map_err(|error| (row, error))?;
                let number = |&word: &u32| {
                    let known = &mut numbers[word as usize];
                    *known.get_or_insert_with(|| self.intern(&String::from_utf8_lossy(piece.words.bytes(word))))
                };
                let mut terms: Vec<u32> = piece.text(at).iter().map(number).collect();
                self.push(id, &mut terms).map_err(|error| (row, error))?;
                row += 1;
            }
            if let Some(error) = piece.failed {
                return Err((row, error));
            }
        }
        Ok(())
    }
}

/// Adds texts; which cannot be added, and why.
fn add_texts<I: Clone, T: AsRef<str> + Sync>(
    to: &mut impl Growing<I>,
    analyzer: &Analyzer,
    ids: &[I],
    texts: &[T],
    threads: usize,
) -> std::result::Result<(), (usize, Error)> {
    let mut sessions: Vec<_> = (0..threads.max(1)).map(|_| analyzer.session()).collect();
    let pieces = in_pieces(&mut sessions, texts.len(), |session, range| {
        let mut piece = Analyzed::default();
        let _ = texts[range].iter().all(|text| piece.push(session, text.as_ref()));
        piece
    });
    to.grow(ids.iter().cloned(), pieces)
}

fn add_json_lines<I: Clone + Send + IdCodec>(
    to: &mut impl Growing<I>,
    analyzer: &Analyzer,
    path: &Path,
    fields: &JsonFields,
    threads: usize,
    mut go_on: impl FnMut(usize) -> bool,
) -> Result<usize> {
    let mut lines = Lines::open(path)?;
    let mut sessions: Vec<_> = (0..threads.max(1)).map(|_| analyzer.session()).collect();
    let mut added = 0;
    while let count @ 1.. = lines.read()? {
        let batch = lines.batch();
        let pieces = in_pieces(&mut sessions, count, |session, range| {
            let (mut ids, mut piece) = (Vec::new(), Analyzed::default());
            for at in range {
                let document = json_lines::object(batch.line(at))
                    .and_then(|object| Ok((json_lines::id::<I>(&object, &fields.id)?, fields.text(&object)?)));
                match document {
                    Ok((id, text)) => {
                        ids.push(id);
                        if !piece.push(session, &text) {
                            break;
                        }
                    }
                    Err(error) => {
                        piece.failed = Some(error);
                        break;
                    }
                }
            }
            (ids, piece)
        });
        // Ids of a piece that ends early may be one more than its texts; nothing after it is looked at.
        let (ids, pieces): (Vec<_>, Vec<_>) = pieces.into_iter().unzip();
        to.grow(ids.into_iter().flatten(), pieces).map_err(|(row, error)| lines.at(row, error))?;
        added += count;
        if !go_on(count) {
            return Err(Error::Stopped);
        }
    }
    Ok(added)
}

impl<I: Clone + Eq + Hash + Ord + Send + Sync> Growing<I> for Bm25Index<I> {
    fn accepts(&self, id: &I) -> Result<()> {
        self.check_unnamed()?;
        self.ids.check(id)
    }

    fn intern(&mut self, term: &str) -> u32 {
        self.dictionary.intern(term)
    }

    fn push(&mut self, id: I, terms: &mut [u32]) -> Result<()> {
        let length = count(terms.len())?;
        count(self.dictionary.len())?;
        self.add_terms(id, terms, length);
        Ok(())
    }
}

macro_rules! growing {
    ($index:ident $(, $stored:ident)?) => {
        impl<I: Clone + Eq + Hash + Ord + Send + Sync $(+ $stored)?> $index<I> {
            /// Adds many texts, analyzed on `threads` threads, which change no bit.
            ///
            /// # Errors
            ///
            /// [`Row`](crate::Error::Row) with what [`add_text`](Self::add_text) returns. The texts before it stay.
            ///
            /// # Panics
            ///
            /// If ids are not as many as texts.
            pub fn add_texts<T: AsRef<str> + Sync>(&mut self, ids: &[I], texts: &[T], threads: usize) -> Result<()> {
                assert_eq!(ids.len(), texts.len(), "an id for each text");
                self.verify()?;
                let analyzer = self.analyzer().clone();
                let added = add_texts(self, &analyzer, ids, texts, threads);
                added.map_err(|(row, source)| Error::Row { row, source: Box::new(source) })
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
                mut go_on: impl FnMut(usize) -> bool,
            ) -> std::result::Result<usize, E> {
                let mut rows = texts.into_iter();
                let mut added = 0;
                loop {
                    let (mut ids, mut texts, mut bytes) = (Vec::new(), Vec::new(), 0);
                    let mut failed = None;
                    while ids.len() < TEXTS && bytes < BYTES && failed.is_none() {
                        match rows.next() {
                            Some(Ok((id, text))) => {
                                bytes += text.as_ref().len();
                                ids.push(id);
                                texts.push(text);
                            }
                            Some(Err(error)) => failed = Some(error),
                            None => break,
                        }
                    }
                    let count = ids.len();
                    self.add_texts(&ids, &texts, threads).map_err(|error| match error {
                        Error::Row { row, source } => Error::Row { row: row + added, source },
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
