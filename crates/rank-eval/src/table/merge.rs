//! Several tables as one.

use rustc_hash::FxHashMap;

use super::{Cell, Parts, Table, assemble};
use crate::Result;
use crate::run::{Duplicates, fault};
use crate::watch::{Steps, Watch};

/// A step is a row.
pub(crate) fn merge<'a, V: Cell + 'a>(
    tables: impl Iterator<Item = &'a Table<V>>,
    duplicates: Duplicates,
    watch: &Watch<'_>,
) -> Result<Table<V>> {
    let tables: Vec<&Table<V>> = tables.collect();
    let mut parts = Parts::default();
    if duplicates == Duplicates::Refuse {
        for table in &tables {
            table.pour(&mut parts, |_, _, _| true, watch)?;
        }
        return assemble(parts.finish(), 0, watch).map_err(fault);
    }
    let mut queries: Vec<&str> = tables.iter().flat_map(|table| table.queries().iter().map(AsRef::as_ref)).collect();
    queries.sort_unstable();
    queries.dedup();
    // The table that each document is taken from.
    let mut chosen: FxHashMap<&str, usize> = FxHashMap::default();
    let mut steps = Steps::new(watch);
    for query in queries {
        chosen.clear();
        for (number, table) in tables.iter().enumerate() {
            for (document, _) in table.find(query).into_iter().flat_map(|query| table.rows(query).iter()) {
                match duplicates {
                    Duplicates::KeepLast => chosen.insert(document, number).map_or((), drop),
                    _ => drop(chosen.entry(document).or_insert(number)),
                }
            }
        }
        parts.query(query);
        for (number, table) in tables.iter().enumerate() {
            let Some(query) = table.find(query) else { continue };
            let rows = table.rows(query);
            for row in rows.by_arrival() {
                steps.one()?;
                if chosen.get(rows.name(row)) == Some(&number) {
                    parts.push(rows.name(row), rows.values()[row]);
                }
            }
        }
    }
    steps.report()?;
    assemble(parts.finish(), 0, watch).map_err(fault)
}
