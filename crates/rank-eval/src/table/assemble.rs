//! A table out of parts: pieces of one query are brought together, looked through for duplicates and put in order.

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Block, Cell, Group, Part, Table};
use crate::parallel;
use crate::watch::{Watch, tell};

/// A row of the input: the number of its part, and the row within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    pub(crate) part: usize,
    pub(crate) row: usize,
}

/// Why there is no table.
#[derive(Debug)]
pub(crate) enum Fault {
    /// A document is there twice for one query.
    Duplicate { table: &'static str, query: String, document: String, first: Row, again: Row },
    /// The ids of a query's documents are longer than 32 bits can count.
    TooLong { query: String },
    /// Who watches wants no table.
    Interrupted,
}

fn look(watch: &Watch<'_>) -> Result<(), Fault> {
    tell(watch, 0).map_err(|_| Fault::Interrupted)
}

/// Rows of one part that belong to one query.
struct Piece {
    query: u32,
    part: usize,
    rows: Range<usize>,
}

/// A query's rows in a block, with the pieces that they came from.
struct Gathered {
    query: usize,
    rows: Range<usize>,
    pieces: Range<usize>,
}

/// What was found out of one query.
struct Checked {
    query: usize,
    arrival: Option<Arc<[u32]>>,
    duplicate: Option<Duplicate>,
}

/// A document that is there again, by the numbers of its rows within the query.
struct Duplicate {
    document: String,
    first: usize,
    again: usize,
}

/// Parts as a table. It does not depend on the number of threads, 0 being as many as the machine has. No steps are
/// reported to `watch`.
pub(crate) fn assemble<V: Cell>(parts: Vec<Part<V>>, threads: usize, watch: &Watch<'_>) -> Result<Table<V>, Fault> {
    let (queries, pieces) = sort_pieces(&parts);
    let mut blocks: Vec<Block<V>> = Vec::with_capacity(parts.len() + 1);
    // The queries of each block.
    let mut contents: Vec<Vec<Gathered>> = Vec::with_capacity(parts.len() + 1);
    for part in parts {
        blocks.push(part.block);
        contents.push(Vec::new());
    }
    gather(&queries, &pieces, &mut blocks, &mut contents, watch)?;

    let mut groups = vec![Group { block: 0, start: 0, len: 0, arrival: None }; queries.len()];
    for (block, contents) in contents.iter().enumerate() {
        for Gathered { query, rows, .. } in contents {
            groups[*query] = Group { block, start: rows.start, len: rows.len(), arrival: None };
        }
    }
    for (block, contents) in blocks.iter_mut().zip(&contents) {
        if contents.is_empty() {
            *block = Block::default();
        }
    }

    let row_count: usize = groups.iter().map(|group| group.len).sum();
    // A thread costs more than the work on so few rows.
    let threads = if row_count < 1 << 15 { 1 } else { threads };
    let work: Vec<(Block<V>, Vec<Gathered>)> = blocks.into_iter().zip(contents).collect();
    let done = parallel::try_map(work, threads, |(mut block, contents)| {
        look(watch)?;
        let mut slots = Vec::new();
        let checked: Vec<Checked> = contents.iter().map(|gathered| check(&mut block, gathered, &mut slots)).collect();
        Ok((Arc::new(block), contents, checked))
    })?;

    let mut blocks = Vec::with_capacity(done.len());
    let mut earliest: Option<Fault> = None;
    for (block, contents, checked) in done {
        for (Checked { query, arrival, duplicate }, gathered) in checked.into_iter().zip(&contents) {
            groups[query].arrival = arrival;
            if let Some(Duplicate { document, first, again }) = duplicate {
                let origin = |row| origin(&pieces[gathered.pieces.clone()], row);
                let (first, again) = (origin(first), origin(again));
                // The earliest, whatever the order of the queries.
                if !matches!(&earliest, Some(Fault::Duplicate { again: known, .. }) if *known < again) {
                    let query = queries[query].to_string();
                    earliest = Some(Fault::Duplicate { table: V::TABLE, query, document, first, again });
                }
            }
        }
        blocks.push(block);
    }
    if let Some(fault) = earliest {
        return Err(fault);
    }
    Ok(Table { queries, groups, blocks })
}

/// The queries in order, and all pieces in order of query, then of input.
fn sort_pieces<V: Cell>(parts: &[Part<V>]) -> (Vec<Box<str>>, Vec<Piece>) {
    let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
    let mut names: Vec<&str> = Vec::new();
    let mut pieces: Vec<Piece> = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let known = part.queries.iter().map(|query| {
            *numbers.entry(query).or_insert_with(|| {
                names.push(query);
                names.len() as u32 - 1
            })
        });
        let known: Vec<u32> = known.collect();
        for (query, rows) in part.pieces() {
            let query = known[query as usize];
            match pieces.last_mut() {
                Some(last) if last.query == query && last.part == number && last.rows.end == rows.start => {
                    last.rows.end = rows.end;
                }
                _ => pieces.push(Piece { query, part: number, rows }),
            }
        }
    }
    let mut order: Vec<u32> = (0..names.len() as u32).collect();
    order.sort_unstable_by_key(|&number| names[number as usize]);
    let mut places = vec![0; order.len()];
    for (place, &number) in order.iter().enumerate() {
        places[number as usize] = place as u32;
    }
    for piece in &mut pieces {
        piece.query = places[piece.query as usize];
    }
    // Stable: pieces of one query stay in the order of the input.
    pieces.sort_by_key(|piece| piece.query);
    (order.iter().map(|&number| names[number as usize].into()).collect(), pieces)
}

/// Finds each query's rows, and copies those of more than one piece together.
fn gather<V: Cell>(
    queries: &[Box<str>],
    pieces: &[Piece],
    blocks: &mut Vec<Block<V>>,
    contents: &mut Vec<Vec<Gathered>>,
    watch: &Watch<'_>,
) -> Result<(), Fault> {
    const ROWS: usize = 1 << 17;
    let mut open = (Block::default(), Vec::new());
    let mut end = 0;
    for same in pieces.chunk_by(|a, b| a.query == b.query) {
        let start = end;
        end += same.len();
        let query = same[0].query as usize;
        if let [piece] = same {
            contents[piece.part].push(Gathered { query, rows: piece.rows.clone(), pieces: start..end });
            continue;
        }
        look(watch)?;
        let text: usize = same.iter().map(|piece| blocks[piece.part].span(&piece.rows).len()).sum();
        if text > u32::MAX as usize {
            return Err(Fault::TooLong { query: queries[query].to_string() });
        }
        if open.0.len() >= ROWS || open.0.text.len() + text > u32::MAX as usize {
            let (block, content) = std::mem::take(&mut open);
            blocks.push(block);
            contents.push(content);
        }
        let first = open.0.len();
        for piece in same {
            open.0.extend(&blocks[piece.part], piece.rows.clone());
        }
        open.1.push(Gathered { query, rows: first..open.0.len(), pieces: start..end });
    }
    blocks.push(open.0);
    contents.push(open.1);
    Ok(())
}

/// Where a row of a query came from.
fn origin(pieces: &[Piece], mut row: usize) -> Row {
    for Piece { part, rows, .. } in pieces {
        if row < rows.len() {
            return Row { part: *part, row: rows.start + row };
        }
        row -= rows.len();
    }
    Row { part: usize::MAX, row }
}

fn check<V: Cell>(block: &mut Block<V>, gathered: &Gathered, slots: &mut Vec<u32>) -> Checked {
    let duplicate = find_duplicate(block, &gathered.rows, slots);
    let arrival = if duplicate.is_none() { sort(block, &gathered.rows) } else { None };
    Checked { query: gathered.query, arrival, duplicate }
}

/// The first document that is there again.
fn find_duplicate<V: Cell>(block: &Block<V>, rows: &Range<usize>, slots: &mut Vec<u32>) -> Option<Duplicate> {
    const EMPTY: u32 = u32::MAX;
    // At most half of the slots are taken.
    let bits = (rows.len().max(2) * 2).next_power_of_two().trailing_zeros().min(32);
    let mask = (1_usize << bits) - 1;
    slots.clear();
    slots.resize(1 << bits, EMPTY);
    for (number, &key) in block.keys[rows.clone()].iter().enumerate() {
        let mut slot = (key >> (32 - bits)) as usize;
        loop {
            let known = slots[slot];
            if known == EMPTY {
                slots[slot] = number as u32;
                break;
            }
            let row = rows.start + known as usize;
            if block.keys[row] == key && block.bytes(row) == block.bytes(rows.start + number) {
                let document = block.name(row).to_owned();
                return Some(Duplicate { document, first: known as usize, again: number });
            }
            slot = (slot + 1) & mask;
        }
    }
    None
}

/// Puts rows into the order of the table. The order of arrival is returned if rows of equal rank came in another one.
fn sort<V: Cell>(block: &mut Block<V>, rows: &Range<usize>) -> Option<Arc<[u32]>> {
    let values = &block.values[rows.clone()];
    let id = |number: u32| block.bytes(rows.start + number as usize);
    let mut in_order = true;
    let mut previous = 0;
    for (number, value) in (0_u32..).zip(values) {
        let rank = value.rank();
        if rank < previous || (rank == previous && number > 0 && V::compare_ids(id(number - 1), id(number)).is_gt()) {
            in_order = false;
            break;
        }
        previous = rank;
    }
    if in_order {
        return None;
    }
    let mut order: Vec<(u64, u32)> = values.iter().map(|value| value.rank()).zip(0..).collect();
    order.sort_unstable();
    for ties in order.chunk_by_mut(|a, b| a.0 == b.0) {
        ties.sort_unstable_by(|a, b| V::compare_ids(id(a.1), id(b.1)));
    }
    let order: Vec<u32> = order.into_iter().map(|(_, number)| number).collect();
    let value = |number: u32| values[number as usize];
    let ties_moved = order.windows(2).any(|pair| pair[0] > pair[1] && value(pair[0]).is_tie(value(pair[1])));
    block.permute(rows.start, &order);
    ties_moved.then(|| order.into())
}
