//! A collection that goes to a file as it comes: what is in memory is the part of one window.
//!
//! Documents of a window are sorted by term as often as memory asks for it, each time into a *run*; the runs of a full
//! window become its rows, list after list. Impacts depend on all documents: they are made at the end, a window at a
//! time, from the rows that are in the file by then. The file has the bytes of a collection that was in memory.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use serde_json::{Value, json};

use super::impacts::{Row, step, steps};
use super::index::{Engine, Entry, Kind};
use super::kept::RANKS;
use super::runs::Runs;
use super::window::{Counts, Posting, Slot, Values, Window};
use super::{Column, WINDOW};
use crate::file::{Row as Place, Writer};
use crate::scoring::{Collection, Field, Model, Scoring};
use crate::{Error, Impacts, Result};

/// What a posting takes while it is sorted: itself, its term, its sorted copy, its place in the rows.
const SORTED: usize = 4 + 8 + 8 + 4;
/// So many postings are sorted at least, however little memory there may be.
const LEAST: usize = 1 << 12;
/// Postings whose impacts are made together.
const TOGETHER: usize = 1 << 16;
/// The longest list of best impacts.
const MOST: usize = RANKS[RANKS.len() - 1];

/// Where the rows of a window lie in the file.
#[derive(Debug)]
struct Written {
    documents: usize,
    presence: Place,
    starts: Place,
    locals: Place,
    lengths: Place,
    values: Vec<Place>,
    large: Vec<Place>,
    impacts: Option<Place>,
}

/// How many documents hold a term, and how often they do together.
#[derive(Debug, Clone, Copy, Default)]
struct Holding {
    documents: u32,
    occurrences: u64,
}

/// Writes a collection to a file.
#[derive(Debug)]
pub(crate) struct Builder {
    kind: Kind,
    fields: Vec<Field>,
    terms: Vec<u32>,
    postings: Vec<Posting>,
    /// Of the documents of this window.
    lengths: Vec<u32>,
    /// In this window.
    documents: usize,
    runs: Runs,
    windows: Vec<Written>,
    holding: Vec<Holding>,
    totals: Vec<u64>,
    limit: usize,
}

impl Builder {
    /// A collection whose runs lie beside `path`, and whose postings may take `limit` bytes.
    pub(crate) fn new(kind: Kind, fields: Vec<Field>, path: &Path, limit: usize) -> Self {
        Self {
            totals: vec![0; fields.len()],
            runs: Runs::new(path, kind.values(fields.len())),
            kind,
            fields,
            terms: Vec::new(),
            postings: Vec::new(),
            lengths: Vec::new(),
            documents: 0,
            windows: Vec::new(),
            holding: Vec::new(),
            limit,
        }
    }

    /// The documents so far.
    pub(crate) fn len(&self) -> usize {
        self.windows.len() * WINDOW + self.documents
    }

    /// Adds a document: entries by term and field ascending, each once, and the length of each field. Terms take
    /// `elsewhere` bytes.
    pub(crate) fn add(
        &mut self,
        entries: &[Entry],
        lengths: &[u32],
        elsewhere: usize,
        writer: &mut Writer,
    ) -> Result<()> {
        if self.documents == WINDOW {
            self.window(writer)?;
        }
        let local = self.documents as u16;
        let needed = self.postings.len() + entries.len();
        if needed > self.postings.capacity() {
            let beside = elsewhere + self.holding.len() * (size_of::<Holding>() + 4);
            let room = (self.limit.saturating_sub(beside) / SORTED).max(LEAST);
            if needed > room && !self.postings.is_empty() {
                self.run()?;
            }
            let more = self.postings.len().clamp(LEAST, room.saturating_sub(self.postings.len()).max(LEAST));
            self.terms.reserve_exact(more.max(entries.len()));
            self.postings.reserve_exact(more.max(entries.len()));
        }
        for held in entries.chunk_by(|a, b| a.term == b.term) {
            let term = held[0].term as usize;
            if term >= self.holding.len() {
                self.holding.resize(term + 1, Holding::default());
            }
            self.holding[term].documents += 1;
            if self.kind.is_counts() {
                self.holding[term].occurrences += held.iter().map(|entry| u64::from(entry.value)).sum::<u64>();
            }
        }
        self.terms.extend(entries.iter().map(|entry| entry.term));
        self.postings.extend(entries.iter().map(|&Entry { field, value, .. }| Posting { local, field, value }));
        self.lengths.extend(lengths);
        for (total, &length) in self.totals.iter_mut().zip(lengths) {
            *total += u64::from(length);
        }
        self.documents += 1;
        Ok(())
    }

    /// The postings so far by term, and where those of each term begin.
    fn sorted(&mut self) -> (Vec<u32>, Vec<Posting>) {
        let mut starts = vec![0_u32; self.holding.len() + 1];
        for &term in &self.terms {
            starts[term as usize] += 1;
        }
        let mut start = 0;
        for place in &mut starts {
            start += std::mem::replace(place, start);
        }
        let mut sorted = vec![Posting { local: 0, field: 0, value: 0 }; self.postings.len()];
        for (&term, &posting) in self.terms.iter().zip(&self.postings) {
            let place = &mut starts[term as usize];
            sorted[*place as usize] = posting;
            *place += 1;
        }
        // Each place has moved to where the next term begins.
        starts.rotate_right(1);
        starts[0] = 0;
        self.terms.clear();
        self.postings.clear();
        (starts, sorted)
    }

    fn run(&mut self) -> Result<()> {
        let (starts, sorted) = self.sorted();
        self.runs.push(lists(&starts, &sorted))
    }

    /// Writes the window.
    fn window(&mut self, writer: &mut Writer) -> Result<()> {
        let documents = std::mem::take(&mut self.documents);
        let number = self.windows.len();
        let first = writer.rows();
        if self.runs.is_empty() {
            let (starts, sorted) = self.sorted();
            let lengths = std::mem::take(&mut self.lengths);
            let window = Window::seal(self.kind, self.fields.len(), lengths, documents, lists(&starts, &sorted));
            Slot { window: std::sync::Arc::new(window), deleted: None }.save(writer, number)?;
        } else {
            self.run()?;
            let lengths = std::mem::take(&mut self.lengths);
            self.runs.save(writer, number, self.kind, &lengths)?;
            self.runs.clear()?;
        }
        let rows = writer.rows_from(first);
        let mut rows = rows.into_iter();
        let mut next = || rows.next().unwrap_or_default();
        let (presence, starts, locals, lengths) = (next(), next(), next(), next());
        let (mut values, mut large) = (Vec::new(), Vec::new());
        if !self.kind.is_counts() {
            values.push(next());
        }
        for _ in &self.fields {
            values.push(next());
            large.push(next());
        }
        self.windows.push(Written { documents, presence, starts, locals, lengths, values, large, impacts: None });
        Ok(())
    }

    /// Writes what is left, and impacts for `scoring`. `go_on` hears of each window, and says whether to.
    pub(crate) fn finish(
        mut self,
        writer: &mut Writer,
        scoring: Option<Scoring>,
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Value> {
        let documents = self.len();
        if self.documents > 0 {
            self.window(writer)?;
        }
        (self.terms, self.postings) = (Vec::new(), Vec::new());
        let windows: Vec<Value> = self.windows.iter().map(|window| json!([window.documents, false])).collect();
        if documents > 0 {
            self.impacts(writer, scoring, documents, go_on)?;
        }
        Ok(Engine::says(
            self.kind,
            &self.fields,
            &windows,
            documents,
            &self.totals,
            self.holding.len(),
            scoring,
            documents > 0,
        ))
    }

    fn impacts(
        &mut self,
        writer: &mut Writer,
        scoring: Option<Scoring>,
        documents: usize,
        go_on: &mut dyn FnMut(usize) -> bool,
    ) -> Result<()> {
        let mut file = Rows::new(writer)?;
        let collection = Collection { documents: documents as u64, lengths: &self.totals, fields: &self.fields };
        let model = |term: u32, scoring| {
            let Holding { documents, occurrences } = self.holding[term as usize];
            Model::new(scoring, &collection, u64::from(documents), occurrences)
        };
        let kind = self.kind;
        let impacts = |opened: &Opened, term: u32, locals: &[u16], values: &[u32]| {
            let mut impacts = Vec::with_capacity(locals.len());
            match (kind, scoring) {
                (_, Some(scoring)) => model(term, scoring).impacts(locals, values, &opened.lengths, &mut impacts),
                (Kind::Steps(_), None) => impacts.extend(values.iter().map(|&steps| steps as f32)),
                (_, None) => impacts.extend(values.iter().map(|&bits| f32::from_bits(bits))),
            }
            impacts
        };
        let greatest = |impacts: &[f32]| impacts.iter().copied().fold(0.0, f32::max);
        let mut best = vec![0.0_f32; self.holding.len()];
        let mut widths = Vec::new();
        if kind == Kind::Counts(Impacts::U8) {
            // What a step is, is known when all windows are.
            for window in &self.windows {
                if !go_on(0) {
                    return Err(Error::Stopped);
                }
                let opened = Opened::new(&mut file, window, self.fields.len())?;
                opened.each(&mut file, kind, window, |term, locals, values| {
                    let best = &mut best[term as usize];
                    *best = best.max(greatest(&impacts(&opened, term, locals, values)));
                    Ok(())
                })?;
            }
            widths = best.iter().map(|&best| step(best)).collect();
            best.fill(0.0);
        }
        for (number, window) in self.windows.iter_mut().enumerate() {
            if !go_on(window.documents) {
                return Err(Error::Stopped);
            }
            let mut maxima = Row::with_capacity(kind.in_bytes(), 0);
            let first = writer.rows();
            let opened = Opened::new(&mut file, window, self.fields.len())?;
            let mut each = |write: &mut dyn FnMut(&[u8]) -> Result<()>| {
                opened.each(&mut file, kind, window, |term, locals, values| {
                    let mut impacts = impacts(&opened, term, locals, values);
                    if let Some(&width) = widths.get(term as usize) {
                        for impact in &mut impacts {
                            *impact = steps(*impact, width).into();
                        }
                    }
                    let max = greatest(&impacts);
                    best[term as usize] = max.max(best[term as usize]);
                    maxima.extend(&[max]);
                    let mut row = Row::with_capacity(kind.in_bytes(), impacts.len());
                    row.extend(&impacts);
                    write(row.all().bytes())
                })
            };
            if kind.is_counts() {
                writer.stream(&format!("{number} impacts"), each)?;
                window.impacts = writer.rows_from(first).pop();
            } else {
                // Weights are impacts as they are.
                each(&mut |_| Ok(()))?;
                window.impacts = window.values.first().copied();
            }
            writer.row(&format!("{number} maxima"), maxima.all().bytes())?;
        }
        if kind == Kind::Counts(Impacts::U8) {
            writer.row("steps", &widths)?;
        }
        writer.row("best", &best)?;
        let mut absent: Vec<f64> = Vec::new();
        if let Some(scoring) = scoring {
            for term in (0..self.holding.len()).filter(|&term| self.holding[term].documents > 0) {
                let value = model(term as u32, scoring).absent();
                if value != 0.0 {
                    absent.resize(self.holding.len(), 0.0);
                    absent[term] = value;
                }
            }
        }
        writer.row("absent", &absent)?;
        drop(absent);
        let mut file = Rows::new(writer)?;
        for (rank, kth) in RANKS.iter().zip(self.kth(&mut file, go_on)?) {
            writer.row(&format!("best {rank}"), &kth)?;
        }
        Ok(())
    }

    /// Of each term, its k-th greatest impacts: of as many terms at a time as memory has room for, window by window.
    fn kth(&self, file: &mut Rows, go_on: &mut dyn FnMut(usize) -> bool) -> Result<[Vec<f32>; RANKS.len()]> {
        let terms = self.holding.len();
        let mut kth: [Vec<f32>; RANKS.len()] = std::array::from_fn(|_| vec![0.0; terms]);
        let room = (self.limit / 8).max(1 << 20);
        let mut start = 0;
        while start < terms {
            let (mut end, mut taken) = (start, 0);
            while end < terms && (end == start || taken < room) {
                taken += (self.holding[end].documents as usize).min(2 * MOST) + 8;
                end += 1;
            }
            if !go_on(0) {
                return Err(Error::Stopped);
            }
            let mut greatest: Vec<Vec<f32>> = vec![Vec::new(); end - start];
            for window in &self.windows {
                window.greatest(file, self.kind, start as u32..end as u32, &mut greatest)?;
            }
            for (term, mut left) in (start..end).zip(greatest) {
                let mut left = &mut left[..];
                for (rank, kth) in RANKS.iter().zip(&mut kth).rev() {
                    if left.len() >= *rank {
                        let (_, &mut value, _) = left.select_nth_unstable_by(rank - 1, |a, b| b.total_cmp(a));
                        kth[term] = value;
                        left = &mut left[..*rank];
                    }
                }
            }
            start = end;
        }
        Ok(kth)
    }
}

/// The lists of terms that have postings, ascending.
fn lists<'a>(starts: &'a [u32], sorted: &'a [Posting]) -> impl Iterator<Item = (u32, &'a [Posting])> + Clone {
    let lists = starts.windows(2).zip(0_u32..);
    lists.filter(|(ends, _)| ends[0] < ends[1]).map(|(ends, term)| (term, &sorted[ends[0] as usize..ends[1] as usize]))
}

/// Rows of the file that is being written.
struct Rows {
    file: BufReader<File>,
    path: std::path::PathBuf,
}

impl Rows {
    fn new(writer: &mut Writer) -> Result<Self> {
        let (file, path) = writer.reader()?;
        Ok(Self { file: BufReader::new(file), path })
    }

    /// The numbers `range` of a row.
    fn read<T: bytemuck::Pod>(&mut self, row: Place, range: Range<usize>) -> Result<Vec<T>> {
        let mut values = vec![T::zeroed(); range.len()];
        let place = row.place + (range.start * size_of::<T>()) as u64;
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut values);
        let read = self.file.seek(SeekFrom::Start(place)).and_then(|_| self.file.read_exact(bytes));
        read.map_err(|source| Error::Io { path: self.path.clone(), source })?;
        Ok(values)
    }

    fn all<T: bytemuck::Pod>(&mut self, row: Place) -> Result<Vec<T>> {
        self.read(row, 0..row.length / size_of::<T>())
    }
}

/// What is read whole of a written window.
struct Opened {
    terms: Vec<u32>,
    starts: Vec<u32>,
    lengths: Vec<u32>,
    /// Rows of counts without the bytes.
    large: Vec<Vec<[u32; 2]>>,
}

impl Opened {
    fn new(file: &mut Rows, window: &Written, fields: usize) -> Result<Self> {
        let presence: Vec<[u64; 2]> = file.all(window.presence)?;
        let shell = Window {
            documents: window.documents,
            fields,
            presence: presence.into(),
            starts: Column::default(),
            locals: Column::default(),
            values: Values::Counts(Vec::new()),
            lengths: Column::default(),
        };
        let large = window.large.iter().map(|&row| file.all::<[u32; 2]>(row)).collect::<Result<_>>()?;
        let terms = shell.terms().collect();
        Ok(Self { terms, starts: file.all(window.starts)?, lengths: file.all(window.lengths)?, large })
    }

    /// Hands over the postings of each term.
    fn each(
        &self,
        file: &mut Rows,
        kind: Kind,
        window: &Written,
        mut visit: impl FnMut(u32, &[u16], &[u32]) -> Result<()>,
    ) -> Result<()> {
        let mut rank = 0;
        while rank < self.terms.len() {
            let first = self.starts[rank] as usize;
            let mut end = rank + 1;
            while end < self.terms.len() && self.starts[end + 1] as usize - first <= TOGETHER {
                end += 1;
            }
            let range = first..self.starts[end] as usize;
            let locals: Vec<u16> = file.read(window.locals, range.clone())?;
            let mut values: Vec<u32> = Vec::new();
            if self.large.is_empty() && kind.in_bytes() {
                values = file.read::<u8>(window.values[0], range)?.into_iter().map(u32::from).collect();
            } else if self.large.is_empty() {
                values = file.read(window.values[0], range)?;
            } else {
                let mut counts = Vec::new();
                for (&row, large) in window.values.iter().zip(&self.large) {
                    let part = large.partition_point(|entry| (entry[0] as usize) < range.start);
                    let large = large[part..].iter().take_while(|entry| (entry[0] as usize) < range.end);
                    let large: Vec<[u32; 2]> = large.map(|&[at, count]| [at - range.start as u32, count]).collect();
                    let bytes: Vec<u8> = file.read(row, range.clone())?;
                    counts.push(Counts { bytes: bytes.into(), large: large.into() });
                }
                Counts::side_by_side(&counts, 0..range.len(), &mut values);
            }
            let step = values.len() / locals.len().max(1);
            for rank in rank..end {
                let list = self.starts[rank] as usize - first..self.starts[rank + 1] as usize - first;
                let counts = list.start * step..list.end * step;
                visit(self.terms[rank], &locals[list], &values[counts])?;
            }
            rank = end;
        }
        Ok(())
    }
}

impl Written {
    /// Adds the impacts of `terms` here to those of other windows; of more than enough, the greatest.
    fn greatest(&self, file: &mut Rows, kind: Kind, terms: Range<u32>, greatest: &mut [Vec<f32>]) -> Result<()> {
        let Some(impacts) = self.impacts else { return Ok(()) };
        let blocks = terms.start as usize / 64..(terms.end as usize).div_ceil(64);
        let here = self.presence.length / size_of::<[u64; 2]>();
        let presence: Vec<[u64; 2]> = file.read(self.presence, blocks.start.min(here)..blocks.end.min(here))?;
        let mut ranked = Vec::new();
        for (&[bits, before], block) in presence.iter().zip(blocks.start as u32..) {
            let here = (0..64).filter(|bit| bits >> bit & 1 == 1).map(|bit| 64 * block + bit);
            ranked.extend(here.zip(before as usize..).filter(|(term, _)| terms.contains(term)));
        }
        let (Some(&(_, first)), Some(&(_, last))) = (ranked.first(), ranked.last()) else { return Ok(()) };
        let starts: Vec<u32> = file.read(self.starts, first..last + 2)?;
        let begin = starts[0] as usize;
        let range = begin..starts[starts.len() - 1] as usize;
        let values: Vec<f32> = if kind.in_bytes() {
            file.read::<u8>(impacts, range)?.into_iter().map(f32::from).collect()
        } else {
            file.read(impacts, range)?
        };
        for (term, rank) in ranked {
            let list = starts[rank - first] as usize - begin..starts[rank - first + 1] as usize - begin;
            let all = &mut greatest[(term - terms.start) as usize];
            all.extend_from_slice(&values[list]);
            if all.len() >= 2 * MOST {
                all.select_nth_unstable_by(MOST - 1, |a, b| b.total_cmp(a));
                all.truncate(MOST);
                all.shrink_to_fit();
            }
        }
        Ok(())
    }
}
