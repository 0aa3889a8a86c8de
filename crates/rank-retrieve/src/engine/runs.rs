//! Sorted parts of a window in a temporary file, which are merged into its rows.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::index::Kind;
use super::window::Posting;
use crate::file::{Temporary, Writer};
use crate::{Error, Result};

/// The runs of the window in the making: each is lists by term, ascending; documents ascend from run to run.
#[derive(Debug)]
pub(super) struct Runs {
    path: PathBuf,
    /// The file, when there is one.
    file: Option<(Temporary, BufWriter<File>)>,
    /// Where each run begins, and the last ends.
    ends: Vec<u64>,
    /// Values of a posting.
    step: usize,
}

/// The list at which a run is.
struct Cursor {
    file: BufReader<std::io::Take<File>>,
    term: u32,
    locals: Vec<u16>,
    values: Vec<u32>,
    step: usize,
}

impl Runs {
    pub(super) fn new(path: &Path, step: usize) -> Self {
        Self { path: crate::file::beside(path, ".runs"), file: None, ends: vec![0], step }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.len() == 1
    }

    fn failed(&self) -> impl Fn(std::io::Error) -> Error + use<> {
        let path = self.path.clone();
        move |source| Error::Io { path: path.clone(), source }
    }

    /// Writes a run: of each list the term, how many documents, the documents, and what each carries.
    pub(super) fn push<'a>(&mut self, lists: impl Iterator<Item = (u32, &'a [Posting])>) -> Result<()> {
        let failed = self.failed();
        if self.file.is_none() {
            let file = File::create(&self.path).map_err(&failed)?;
            self.file = Some((Temporary::new(self.path.clone()), BufWriter::new(file)));
        }
        let Some((_, out)) = &mut self.file else { return Ok(()) };
        let (mut locals, mut values) = (Vec::new(), Vec::new());
        for (term, list) in lists {
            locals.clear();
            values.clear();
            for postings in list.chunk_by(|a, b| a.local == b.local) {
                locals.push(postings[0].local);
                let start = values.len();
                values.resize(start + self.step, 0);
                for posting in postings {
                    values[start + usize::from(posting.field)] = posting.value;
                }
            }
            out.write_all(bytemuck::cast_slice(&[term, locals.len() as u32])).map_err(&failed)?;
            out.write_all(bytemuck::cast_slice(&locals)).map_err(&failed)?;
            out.write_all(bytemuck::cast_slice(&values)).map_err(&failed)?;
        }
        self.ends.push(out.stream_position().map_err(&failed)?);
        Ok(())
    }

    /// Forgets all runs; the place on the disk is used again.
    pub(super) fn clear(&mut self) -> Result<()> {
        let failed = self.failed();
        if let Some((_, out)) = &mut self.file {
            out.rewind().map_err(&failed)?;
            out.get_ref().set_len(0).map_err(&failed)?;
        }
        self.ends.truncate(1);
        Ok(())
    }

    /// Hands over the list of each term, ascending: pieces of it from all runs that have some.
    fn merged(&mut self, mut visit: impl FnMut(u32, &[&Cursor]) -> Result<()>) -> Result<()> {
        let failed = self.failed();
        if let Some((_, out)) = &mut self.file {
            out.flush().map_err(&failed)?;
        }
        let mut cursors = Vec::new();
        for ends in self.ends.windows(2) {
            let mut file = File::open(&self.path).map_err(&failed)?;
            file.seek(SeekFrom::Start(ends[0])).map_err(&failed)?;
            let file = BufReader::with_capacity(1 << 16, file.take(ends[1] - ends[0]));
            let mut cursor = Cursor { file, term: 0, locals: Vec::new(), values: Vec::new(), step: self.step };
            if cursor.next().map_err(&failed)? {
                cursors.push(cursor);
            }
        }
        while let Some(term) = cursors.iter().map(|cursor| cursor.term).min() {
            let here: Vec<&Cursor> = cursors.iter().filter(|cursor| cursor.term == term).collect();
            visit(term, &here)?;
            let mut at = 0;
            while at < cursors.len() {
                if cursors[at].term != term || cursors[at].next().map_err(&failed)? {
                    at += 1;
                } else {
                    cursors.remove(at);
                }
            }
        }
        Ok(())
    }

    /// Writes the rows of the window that all runs make, as a sealed window writes its own.
    pub(super) fn save(&mut self, writer: &mut Writer, number: usize, kind: Kind, lengths: &[u32]) -> Result<()> {
        let mut presence: Vec<[u64; 2]> = Vec::new();
        let mut starts = vec![0_u32];
        let mut total = 0_u32;
        let mut large: Vec<Vec<[u32; 2]>> = vec![Vec::new(); if kind.is_counts() { self.step } else { 0 }];
        self.merged(|term, pieces| {
            let block = term as usize / 64;
            while presence.len() <= block {
                presence.push([0, starts.len() as u64 - 1]);
            }
            presence[block][0] |= 1 << (term % 64);
            for piece in pieces {
                for (field, large) in large.iter_mut().enumerate() {
                    let counts = piece.values.iter().skip(field).step_by(piece.step).zip(total..);
                    large.extend(counts.filter(|(count, _)| **count >= 255).map(|(&count, at)| [at, count]));
                }
                total += piece.locals.len() as u32;
            }
            starts.push(total);
            Ok(())
        })?;
        writer.row(&format!("{number} presence"), &presence)?;
        writer.row(&format!("{number} starts"), &starts)?;
        drop((presence, starts));
        writer.stream(&format!("{number} locals"), |write| {
            self.merged(|_, pieces| pieces.iter().try_for_each(|piece| write(bytemuck::cast_slice(&piece.locals))))
        })?;
        writer.row(&format!("{number} lengths"), lengths)?;
        if !kind.is_counts() {
            let in_bytes = kind.in_bytes();
            return writer.stream(&format!("{number} weights"), |write| {
                self.merged(|_, pieces| {
                    pieces.iter().try_for_each(|piece| {
                        if in_bytes {
                            return write(&piece.values.iter().map(|&steps| steps as u8).collect::<Vec<u8>>());
                        }
                        write(bytemuck::cast_slice(&piece.values))
                    })
                })
            });
        }
        for (field, large) in large.iter().enumerate() {
            writer.stream(&format!("{number} counts {field}"), |write| {
                self.merged(|_, pieces| {
                    pieces.iter().try_for_each(|piece| {
                        let counts = piece.values.iter().skip(field).step_by(piece.step);
                        write(&counts.map(|&count| count.min(255) as u8).collect::<Vec<u8>>())
                    })
                })
            })?;
            writer.row(&format!("{number} large counts {field}"), large)?;
        }
        Ok(())
    }
}

impl Cursor {
    /// Goes to the next list. Whether there is one.
    fn next(&mut self) -> std::io::Result<bool> {
        let mut head = [0_u32; 2];
        match self.file.read_exact(bytemuck::cast_slice_mut(&mut head)) {
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(false),
            read => read?,
        }
        self.term = head[0];
        self.locals.resize(head[1] as usize, 0);
        self.values.resize(head[1] as usize * self.step, 0);
        self.file.read_exact(bytemuck::cast_slice_mut(&mut self.locals))?;
        self.file.read_exact(bytemuck::cast_slice_mut(&mut self.values))?;
        Ok(true)
    }
}
