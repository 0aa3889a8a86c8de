//! Documents in JSON, one to a line, plain or compressed.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use serde_json::{Map, Value};

use crate::{Error, IdCodec, Result, StoredFields, StoredId};

/// Lines that are read together.
const LINES: usize = 4096;
/// No further line is read behind so many bytes.
const BYTES: usize = 8 << 20;

/// Where the parts of a document are in its JSON object.
///
/// The default is the format of BEIR's `corpus.jsonl`: the id in `_id`, the text in `title` and `text`.
///
/// # Example
///
/// ```
/// use rank_retrieve::{Bm25Index, JsonFields};
///
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("corpus.jsonl");
/// std::fs::write(&path, r#"{"_id": "d1", "title": "Foxes", "text": "Red ones."}"#).unwrap();
///
/// let mut bm25 = Bm25Index::<String>::new();
/// assert_eq!(bm25.add_json_lines(&path, &JsonFields::default(), 1, |_| true)?, 1);
/// assert_eq!(bm25.search("red fox", 10, Default::default())?.len(), 1);
/// # Ok::<(), rank_retrieve::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonFields {
    /// The name of the id, a text or an integer.
    pub id: String,
    /// The names of the texts, which are joined by a space. Those that are missing or null are left out, but one must
    /// be there. Of an index with text fields it is the names of these that count, each for itself.
    pub text: Vec<String>,
    /// The names of what is stored with the document: integers, other numbers, texts, or lists of texts; what is missing
    /// or null is not stored.
    pub stored: Vec<String>,
}

impl Default for JsonFields {
    fn default() -> Self {
        Self { id: "_id".to_owned(), text: vec!["title".to_owned(), "text".to_owned()], stored: Vec::new() }
    }
}

/// What a field is, for messages.
fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(_) => "a text".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

fn refused(field: &str, expected: &'static str, got: String) -> Error {
    Error::Document { field: field.to_owned(), expected, got, cure: "repair the line or pass the field's name" }
}

/// The object of a line.
pub(crate) fn object(line: &[u8]) -> Result<Map<String, Value>> {
    match serde_json::from_slice(line) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(value) => Err(refused("document", "a JSON object", describe(&value))),
        Err(error) => Err(refused("document", "a JSON object", format!("the error \"{error}\""))),
    }
}

/// The id of a document.
pub(crate) fn id<I: IdCodec>(object: &Map<String, Value>, name: &str) -> Result<I> {
    let value = object.get(name).unwrap_or(&Value::Null);
    let id = match value {
        Value::String(text) => I::decode(StoredId::Str(text)),
        Value::Number(number) => {
            let number = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
            number.and_then(|number| I::decode(StoredId::Int(number)))
        }
        _ => None,
    };
    id.ok_or_else(|| refused(name, "an id of the index's type", describe(value)))
}

impl JsonFields {
    /// The texts of a document: one for each of the `named` fields, or one of all parts if there are no such fields.
    pub(crate) fn texts(&self, object: &Map<String, Value>, named: &[String]) -> Result<Vec<String>> {
        let names = if named.is_empty() { &self.text } else { named };
        let mut texts: Vec<Option<&str>> = Vec::with_capacity(names.len());
        for name in names {
            texts.push(match object.get(name) {
                None | Some(Value::Null) => None,
                Some(Value::String(part)) => Some(part),
                Some(value) => return Err(refused(name, "a text", describe(value))),
            });
        }
        if texts.iter().all(Option::is_none) {
            return Err(refused(&names.join(" or "), "a text", "none".to_owned()));
        }
        Ok(if named.is_empty() {
            vec![texts.into_iter().flatten().collect::<Vec<_>>().join(" ")]
        } else {
            texts.into_iter().map(|text| text.unwrap_or_default().to_owned()).collect()
        })
    }

    /// What is to be stored with a document.
    pub(crate) fn stored(&self, object: &Map<String, Value>) -> Result<StoredFields> {
        stored(object, &self.stored)
    }
}

/// The values of these names, to be stored.
pub(crate) fn stored(object: &Map<String, Value>, names: &[String]) -> Result<StoredFields> {
    let mut stored = StoredFields::new();
    for name in names {
        let value = object.get(name).unwrap_or(&Value::Null);
        let refused = || refused(name, "an integer of 64 bits, a number, a text or a list of texts", describe(value));
        stored = match value {
            Value::Null => stored,
            Value::String(text) => stored.with(name, text.as_str()),
            Value::Number(number) if number.is_f64() => stored.with(name, number.as_f64().ok_or_else(refused)?),
            Value::Number(number) => stored.with(name, number.as_i64().ok_or_else(refused)?),
            Value::Array(all) => {
                let texts = all.iter().map(|text| text.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
                stored.with(name, texts.ok_or_else(refused)?)
            }
            Value::Bool(_) | Value::Object(_) => return Err(refused()),
        };
    }
    Ok(stored)
}

/// The lines of a file, plain, gzip or zstd, which its first bytes tell.
pub(crate) struct Lines {
    path: PathBuf,
    file: Box<dyn BufRead + Send>,
    /// Of the last one read.
    number: usize,
    batch: Batch,
}

/// Lines that were read together.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    /// The number of each line, and where it ends.
    ends: Vec<(usize, usize)>,
}

impl Batch {
    pub(crate) fn line(&self, at: usize) -> &[u8] {
        let start = if at == 0 { 0 } else { self.ends[at - 1].1 };
        &self.bytes[start..self.ends[at].1]
    }
}

impl Lines {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let opened = || -> std::io::Result<Box<dyn BufRead + Send>> {
            let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
            let magic = file.fill_buf()?;
            if magic.starts_with(&[0x1f, 0x8b]) {
                return Ok(Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(file))));
            }
            if magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
                return Ok(Box::new(BufReader::with_capacity(1 << 16, zstd::Decoder::with_buffer(file)?)));
            }
            Ok(Box::new(file))
        };
        let file = opened().map_err(|source| Error::Io { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), file, number: 0, batch: Batch::default() })
    }

    /// Reads the next lines that are not blank. How many.
    pub(crate) fn read(&mut self) -> Result<usize> {
        let Batch { bytes, ends } = &mut self.batch;
        bytes.clear();
        ends.clear();
        while ends.len() < LINES && bytes.len() < BYTES {
            let start = bytes.len();
            let read = self.file.read_until(b'\n', bytes);
            let read = read.map_err(|source| Error::Io { path: self.path.clone(), source })?;
            if read == 0 {
                break;
            }
            self.number += 1;
            if self.number == 1 && bytes.starts_with("\u{feff}".as_bytes()) {
                bytes.drain(..3);
            }
            if bytes[start..].trim_ascii().is_empty() {
                bytes.truncate(start);
            } else {
                ends.push((self.number, bytes.len()));
            }
        }
        Ok(ends.len())
    }

    /// The lines that were read last.
    pub(crate) fn batch(&self) -> &Batch {
        &self.batch
    }

    /// Says where an error is.
    pub(crate) fn at(&self, line: usize, error: Error) -> Error {
        let line = self.batch.ends.get(line).map_or(self.number, |end| end.0);
        Error::Line { path: self.path.clone(), line, source: Box::new(error) }
    }
}
