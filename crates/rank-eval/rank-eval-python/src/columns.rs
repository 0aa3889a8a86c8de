//! Runs and qrels from columns of NumPy and of Arrow, a piece at a time: the columns are not copied as a whole.

use std::ops::Range;

use numpy::{PyArrayDescrMethods, PyReadonlyArray1, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use rank_eval::{Column, Offsets, QrelsBuilder, RunBuilder, Scores};
use rank_pyo3::arrow::{IdColumn, IdRef, IntColumn, ScoreColumn};
use rank_pyo3::{ProgressBar, describe};

use crate::errors::{PACKAGE, to_python};
use crate::ids::id;
use crate::work::{bar, build};

/// Rows of a piece: Ctrl-C is answered between two.
const ROWS: usize = 1 << 20;

pub(crate) fn pieces(rows: usize) -> impl Iterator<Item = Range<usize>> {
    (0..rows).step_by(ROWS).map(move |start| start..rows.min(start + ROWS))
}

/// A piece of a column of ids.
pub(crate) enum Piece<'a> {
    Text { text: &'a str, offsets: Offsets<'a> },
    List(Vec<&'a str>),
    Int(&'a [i64]),
    Ints(Vec<i64>),
    Owned { text: String, offsets: Vec<i64> },
}

impl Piece<'_> {
    pub(crate) fn column(&self) -> Column<'_> {
        match self {
            Self::Text { text, offsets } => Column::Text { text, offsets: *offsets },
            Self::List(texts) => Column::List(texts),
            Self::Int(numbers) => Column::Int(numbers),
            Self::Ints(numbers) => Column::Int(numbers),
            Self::Owned { text, offsets } => Column::Text { text, offsets: Offsets::I64(offsets) },
        }
    }
}

/// A chunk of a column of Arrow.
pub(crate) struct ArrowIds<'a> {
    ids: &'a IdColumn,
    /// All text of the chunk, if its rows lie one after the other and nothing else is there.
    text: Option<&'a str>,
}

impl<'a> ArrowIds<'a> {
    pub(crate) fn new(ids: &'a IdColumn) -> Self {
        let whole = |text: &'a [u8], first: usize, last: usize| {
            (first == 0 && last == text.len()).then(|| std::str::from_utf8(text).ok()).flatten()
        };
        let text = match ids {
            IdColumn::Utf8(array) => {
                let offsets = array.value_offsets();
                whole(array.value_data(), offsets[0] as usize, offsets[offsets.len() - 1] as usize)
            }
            IdColumn::LargeUtf8(array) => {
                let offsets = array.value_offsets();
                whole(array.value_data(), offsets[0] as usize, offsets[offsets.len() - 1] as usize)
            }
            _ => None,
        };
        Self { ids, text }
    }

    pub(crate) fn piece(&self, rows: Range<usize>) -> Piece<'a> {
        match (self.ids, self.text) {
            (IdColumn::Utf8(array), Some(text)) => {
                Piece::Text { text, offsets: Offsets::I32(&array.value_offsets()[rows.start..=rows.end]) }
            }
            (IdColumn::LargeUtf8(array), Some(text)) => {
                Piece::Text { text, offsets: Offsets::I64(&array.value_offsets()[rows.start..=rows.end]) }
            }
            (ids, _) => {
                let mut texts = Vec::with_capacity(rows.len());
                let mut numbers = Vec::new();
                for row in rows {
                    match ids.get(row) {
                        IdRef::Str(text) => texts.push(text),
                        IdRef::Int(number) => numbers.push(number),
                    }
                }
                // A column has one type.
                if numbers.is_empty() { Piece::List(texts) } else { Piece::Ints(numbers) }
            }
        }
    }
}

/// A column of ids in an array of NumPy.
pub(crate) enum NumpyIds<'py> {
    I64(PyReadonlyArray1<'py, i64>),
    I32(PyReadonlyArray1<'py, i32>),
    /// `U`: texts of fixed width in code points, filled up with zeros.
    Wide(PyReadonlyArray1<'py, u32>, usize),
    /// `S`: the same in bytes of UTF-8.
    Bytes(PyReadonlyArray1<'py, u8>, usize),
    /// Objects, and `StringDType`.
    Objects(Bound<'py, PyUntypedArray>),
}

impl<'py> NumpyIds<'py> {
    pub(crate) fn new(value: &Bound<'py, PyAny>, argument: &str) -> PyResult<Self> {
        let array = vector(value, argument)?;
        let any = array.as_any();
        if let Ok(held) = any.extract() {
            return Ok(Self::I64(held));
        }
        if let Ok(held) = any.extract() {
            return Ok(Self::I32(held));
        }
        let dtype = array.dtype();
        let refused = |what: &str| {
            PACKAGE.dtype(format_args!(
                "{argument}: expected int64, int32, U, S, StringDType or objects of type str, got {what}; convert it"
            ))
        };
        let native = dtype.byteorder() != if cfg!(target_endian = "little") { b'>' } else { b'<' };
        match dtype.kind() {
            b'U' if native && dtype.itemsize() > 0 => {
                Ok(Self::Wide(any.call_method1("view", ("uint32",))?.extract()?, dtype.itemsize() / 4))
            }
            b'S' if dtype.itemsize() > 0 => {
                Ok(Self::Bytes(any.call_method1("view", ("uint8",))?.extract()?, dtype.itemsize()))
            }
            b'O' | b'T' => Ok(Self::Objects(array)),
            _ => Err(refused(&dtype.to_string())),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::I64(array) => array.len(),
            Self::I32(array) => array.len(),
            Self::Wide(array, width) => array.len() / width,
            Self::Bytes(array, width) => array.len() / width,
            Self::Objects(array) => array.len(),
        }
    }

    pub(crate) fn piece(&self, rows: Range<usize>, argument: &str) -> PyResult<Piece<'_>> {
        let mut text = String::new();
        let mut offsets = Vec::with_capacity(rows.len() + 1);
        offsets.push(0);
        match self {
            Self::I64(array) => return Ok(Piece::Int(&array.as_slice()?[rows])),
            Self::I32(array) => {
                return Ok(Piece::Ints(array.as_slice()?[rows].iter().map(|&number| i64::from(number)).collect()));
            }
            Self::Wide(array, width) => {
                let cells = &array.as_slice()?[rows.start * width..rows.end * width];
                let mut bytes = Vec::with_capacity(cells.len());
                for (position, cell) in cells.chunks_exact(*width).enumerate() {
                    let used = cell.iter().rposition(|&unit| unit != 0).map_or(0, |last| last + 1);
                    let cell = &cell[..used];
                    if cell.iter().fold(0, |all, unit| all | unit) < 0x80 {
                        bytes.extend(cell.iter().map(|&unit| unit as u8));
                    } else {
                        for &unit in cell {
                            let letter =
                                char::from_u32(unit).ok_or_else(|| not_text(argument, rows.start + position))?;
                            bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                        }
                    }
                    offsets.push(bytes.len() as i64);
                }
                text = String::from_utf8(bytes).map_err(|_| not_text(argument, rows.start))?;
            }
            Self::Bytes(array, width) => {
                let cells = &array.as_slice()?[rows.start * width..rows.end * width];
                text.reserve(cells.len());
                for (position, cell) in cells.chunks_exact(*width).enumerate() {
                    let used = cell.iter().rposition(|&unit| unit != 0).map_or(0, |last| last + 1);
                    let id = std::str::from_utf8(&cell[..used]);
                    text.push_str(id.map_err(|_| not_text(argument, rows.start + position))?);
                    offsets.push(text.len() as i64);
                }
            }
            Self::Objects(array) => {
                let slice = pyo3::types::PySlice::new(array.py(), rows.start as isize, rows.end as isize, 1);
                let list = array.as_any().get_item(slice)?.call_method0("tolist")?.cast_into::<PyList>()?;
                for (position, value) in list.iter().enumerate() {
                    if let Ok(id) = value.cast_exact::<PyString>() {
                        text.push_str(id.to_str()?);
                    } else {
                        text.push_str(&id(&value, &format!("{argument}[{}]", rows.start + position))?);
                    }
                    offsets.push(text.len() as i64);
                }
            }
        }
        Ok(Piece::Owned { text, offsets })
    }
}

fn not_text(argument: &str, row: usize) -> PyErr {
    PACKAGE.invalid(format_args!("{argument}[{row}]: expected text in Unicode, got other bytes; decode the column"))
}

fn vector<'py>(value: &Bound<'py, PyAny>, argument: &str) -> PyResult<Bound<'py, PyUntypedArray>> {
    let Ok(array) = value.cast::<PyUntypedArray>() else {
        return Err(PACKAGE.dtype(format_args!(
            "{argument}: expected a numpy array, got {}; pass numpy.asarray({argument})",
            describe(value)
        )));
    };
    if array.ndim() != 1 {
        return Err(PACKAGE.shape(format_args!(
            "{argument}: expected an array of shape (rows,), got shape {:?}; reshape it",
            array.shape()
        )));
    }
    if !array.is_c_contiguous() {
        return Err(PACKAGE.shape(format_args!(
            "{argument}: expected a C-contiguous array, got one with other strides; pass numpy.ascontiguousarray({argument})"
        )));
    }
    Ok(array.clone())
}

/// A column of scores in an array of NumPy.
pub(crate) enum NumpyScores<'py> {
    F32(PyReadonlyArray1<'py, f32>),
    F64(PyReadonlyArray1<'py, f64>),
}

impl<'py> NumpyScores<'py> {
    pub(crate) fn new(value: &Bound<'py, PyAny>, argument: &str) -> PyResult<Self> {
        let array = vector(value, argument)?;
        if let Ok(held) = array.as_any().extract() {
            return Ok(Self::F64(held));
        }
        array.as_any().extract().map(Self::F32).map_err(|_| {
            PACKAGE.dtype(format_args!(
                "{argument}: expected float32 or float64, got {}; pass {argument}.astype(numpy.float64)",
                array.dtype()
            ))
        })
    }

    pub(crate) fn scores(&self) -> PyResult<Scores<'_>> {
        Ok(match self {
            Self::F32(array) => Scores::F32(array.as_slice()?),
            Self::F64(array) => Scores::F64(array.as_slice()?),
        })
    }
}

/// The scores of some rows.
fn part(scores: Scores<'_>, rows: Range<usize>) -> Scores<'_> {
    match scores {
        Scores::F32(scores) => Scores::F32(&scores[rows]),
        Scores::F64(scores) => Scores::F64(&scores[rows]),
    }
}

/// A column of grades in an array of NumPy, in place if it is of int64.
pub(crate) fn numpy_grades<'py>(value: &Bound<'py, PyAny>, argument: &str) -> PyResult<PyReadonlyArray1<'py, i64>> {
    let array = vector(value, argument)?;
    if let Ok(held) = array.as_any().extract() {
        return Ok(held);
    }
    let dtype = array.dtype();
    if !matches!(dtype.kind(), b'i' | b'u' | b'b') || (dtype.kind() == b'u' && dtype.itemsize() == 8) {
        return Err(PACKAGE.dtype(format_args!(
            "{argument}: expected integers or booleans that int64 holds, got {dtype}; pass {argument}.astype(numpy.int64)"
        )));
    }
    array.as_any().call_method1("astype", ("int64",))?.extract()
}

fn check_len(argument: &str, expected: usize, got: usize, values: &str) -> PyResult<()> {
    if expected == got {
        return Ok(());
    }
    Err(PACKAGE.shape(format_args!(
        "{argument}: expected {expected} values, as many as {values}, got {got}; pass columns of equal length"
    )))
}

/// Where the ids of rows are: arrays of NumPy, and what to call them in errors.
pub(crate) struct NumpyRows<'a, 'py> {
    pub(crate) query_ids: &'a Bound<'py, PyAny>,
    /// In ragged arrays the rows of query `i` are those from offset `i` to `i + 1`; else there is a query for each row.
    pub(crate) offsets: Option<&'a Bound<'py, PyAny>>,
    pub(crate) doc_ids: &'a Bound<'py, PyAny>,
    pub(crate) names: [&'a str; 3],
}

impl<'a, 'py> NumpyRows<'a, 'py> {
    pub(crate) fn new(
        query_ids: &'a Bound<'py, PyAny>,
        offsets: Option<&'a Bound<'py, PyAny>>,
        doc_ids: &'a Bound<'py, PyAny>,
        values: &'a str,
    ) -> Self {
        Self { query_ids, offsets, doc_ids, names: ["query_ids", "doc_ids", values] }
    }

    /// Calls `extend` with the ids of a piece of `count` rows, and which these are.
    fn each_piece(
        &self,
        count: usize,
        bar: &ProgressBar,
        extend: impl FnMut(Column<'_>, Column<'_>, Range<usize>) -> rank_eval::Result<()> + Send,
    ) -> PyResult<()> {
        let (query_name, doc_name) = (self.names[0], self.names[1]);
        let queries = NumpyIds::new(self.query_ids, query_name)?;
        let documents = NumpyIds::new(self.doc_ids, doc_name)?;
        check_len(doc_name, count, documents.len(), self.names[2])?;
        match self.offsets {
            Some(offsets) => self.each_ragged(&queries, offsets, &documents, count, bar, extend),
            None => self.each_range(&queries, &documents, count, bar, extend),
        }
    }

    fn each_range(
        &self,
        queries: &NumpyIds<'_>,
        documents: &NumpyIds<'_>,
        count: usize,
        bar: &ProgressBar,
        mut extend: impl FnMut(Column<'_>, Column<'_>, Range<usize>) -> rank_eval::Result<()> + Send,
    ) -> PyResult<()> {
        let [query_name, doc_name, values] = self.names;
        let py = self.doc_ids.py();
        check_len(query_name, count, queries.len(), values)?;
        for rows in pieces(count) {
            py.check_signals()?;
            let (queries, documents) =
                (queries.piece(rows.clone(), query_name)?, documents.piece(rows.clone(), doc_name)?);
            let (queries, documents, length) = (queries.column(), documents.column(), rows.len());
            py.detach(|| extend(queries, documents, rows)).map_err(to_python)?;
            bar.update(py, length)?;
        }
        Ok(())
    }

    fn each_ragged(
        &self,
        queries: &NumpyIds<'_>,
        offsets: &Bound<'py, PyAny>,
        documents: &NumpyIds<'_>,
        rows: usize,
        bar: &ProgressBar,
        mut extend: impl FnMut(Column<'_>, Column<'_>, Range<usize>) -> rank_eval::Result<()> + Send,
    ) -> PyResult<()> {
        let [query_name, doc_name, _] = self.names;
        let py = self.doc_ids.py();
        let offsets = rank_pyo3::vector::<i64>(PACKAGE, offsets, "offsets", "(queries + 1,)")?;
        let offsets = offsets.as_slice()?;
        let ends = (offsets.first().copied(), offsets.last().copied());
        let count = queries.len();
        let ordered = offsets.windows(2).all(|pair| pair[0] <= pair[1]);
        if offsets.len() != count + 1 || ends != (Some(0), i64::try_from(rows).ok()) || !ordered {
            return Err(PACKAGE.invalid(format_args!(
                "offsets: expected {} ascending row numbers from 0 to {rows}, got {} of them from {:?} to {:?}; offsets[i] \
                 is the row at which query i begins, and the last is the number of rows",
                count + 1,
                offsets.len(),
                ends.0,
                ends.1
            )));
        }
        let mut first = 0;
        while first < count {
            py.check_signals()?;
            // At least one query, and as many as make a piece.
            let start = offsets[first] as usize;
            let last =
                offsets.partition_point(|&end| end as usize <= start + ROWS).saturating_sub(1).clamp(first + 1, count);
            let rows = start..offsets[last] as usize;
            let moved: Vec<i64> = offsets[first..=last].iter().map(|&offset| offset - start as i64).collect();
            let (queries, documents) =
                (queries.piece(first..last, query_name)?, documents.piece(rows.clone(), doc_name)?);
            let (queries, documents, length) = (queries.column(), documents.column(), rows.len());
            let queries = Column::Repeated { ids: &queries, offsets: &moved };
            py.detach(|| extend(queries, documents, rows)).map_err(to_python)?;
            bar.update(py, length)?;
            first = last;
        }
        Ok(())
    }

    /// A run of these rows and their scores.
    pub(crate) fn read_run(&self, scores: &Bound<'_, PyAny>, progress: bool) -> PyResult<rank_eval::Run> {
        let py = scores.py();
        let held = NumpyScores::new(scores, self.names[2])?;
        let scores = held.scores()?;
        let count = match scores {
            Scores::F32(scores) => scores.len(),
            Scores::F64(scores) => scores.len(),
        };
        let mut builder = RunBuilder::default();
        let bar = bar(py, "run", "rows", count, progress)?;
        self.each_piece(count, &bar, |queries, documents, rows| {
            builder.extend_columns(queries, documents, part(scores, rows))
        })?;
        build(py, builder)
    }

    /// The judgments of these rows and their grades.
    pub(crate) fn read_qrels(&self, grades: &Bound<'_, PyAny>, progress: bool) -> PyResult<rank_eval::Qrels> {
        let py = grades.py();
        let held = numpy_grades(grades, self.names[2])?;
        let grades = held.as_slice()?;
        let mut builder = QrelsBuilder::default();
        let bar = bar(py, "qrels", "rows", grades.len(), progress)?;
        self.each_piece(grades.len(), &bar, |queries, documents, rows| {
            builder.extend_columns(queries, documents, &grades[rows])
        })?;
        build(py, builder)
    }
}

/// The scores of a piece of a column of Arrow; `buffer` is for those that are neither `f64` nor `f32`.
pub(crate) fn arrow_scores<'a>(scores: &'a ScoreColumn, rows: Range<usize>, buffer: &'a mut Vec<f64>) -> Scores<'a> {
    match scores {
        ScoreColumn::F64(array) => Scores::F64(&array.values()[rows]),
        ScoreColumn::F32(array) => Scores::F32(&array.values()[rows]),
        _ => {
            buffer.clear();
            buffer.extend(rows.map(|row| scores.get(row)));
            Scores::F64(buffer)
        }
    }
}

/// The grades of a piece of a column of Arrow; `buffer` is for those that are not `i64`.
pub(crate) fn arrow_grades<'a>(grades: &'a IntColumn, rows: Range<usize>, buffer: &'a mut Vec<i64>) -> &'a [i64] {
    if let IntColumn::I64(array) = grades {
        return &array.values()[rows];
    }
    buffer.clear();
    buffer.extend(rows.map(|row| grades.get(row)));
    buffer
}
