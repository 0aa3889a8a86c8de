//! Queries, documents and a value for each pair, as columns: what runs and qrels have in common.

use std::cmp::Ordering;

use crate::ids::Ids;

/// Queries in ascending order of id; the rows of query `q` are those from `offsets[q]` to `offsets[q + 1]`.
#[derive(Debug, Clone)]
pub(crate) struct Table<V> {
    pub(crate) queries: Ids,
    pub(crate) documents: Ids,
    offsets: Vec<usize>,
    rows: Vec<(u32, V)>,
}

impl<V: Copy> Table<V> {
    pub(crate) fn rows(&self, query: u32) -> &[(u32, V)] {
        let query = query as usize;
        &self.rows[self.offsets[query]..self.offsets[query + 1]]
    }

    pub(crate) fn named_rows(&self, query: u32) -> impl ExactSizeIterator<Item = (&str, V)> {
        self.rows(query).iter().map(|&(document, value)| (self.documents.name(document), value))
    }

    pub(crate) fn row_count(&self) -> usize {
        self.rows.len()
    }
}

/// Rows in any order.
#[derive(Debug, Clone)]
pub(crate) struct Builder<V> {
    queries: Ids,
    documents: Ids,
    rows: Vec<(u32, u32, V)>,
    current: u32,
}

impl<V> Default for Builder<V> {
    fn default() -> Self {
        Self { queries: Ids::default(), documents: Ids::default(), rows: Vec::new(), current: 0 }
    }
}

/// A document that is there twice for one query: the two row numbers.
pub(crate) struct Duplicate {
    pub(crate) first: usize,
    pub(crate) again: usize,
}

impl<V: Copy> Builder<V> {
    pub(crate) fn query(&mut self, id: &str) {
        // Files come grouped by query.
        if self.queries.len() == 0 || self.queries.name(self.current) != id {
            self.current = self.queries.intern(id);
        }
    }

    /// Adds a row to the last query that was named.
    pub(crate) fn push(&mut self, document: &str, value: V) {
        if self.queries.len() == 0 {
            self.query("");
        }
        let document = self.documents.intern(document);
        self.rows.push((self.current, document, value));
    }

    /// The ids of a row.
    pub(crate) fn names(&self, row: usize) -> (String, String) {
        let (query, document, _) = self.rows[row];
        (self.queries.name(query).to_owned(), self.documents.name(document).to_owned())
    }

    /// The first row whose value is as asked.
    pub(crate) fn position(&self, asked: impl Fn(V) -> bool) -> Option<usize> {
        self.rows.iter().position(|&(_, _, value)| asked(value))
    }

    pub(crate) fn duplicate(&self) -> Option<Duplicate> {
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        // Stable, so that within a query the rows keep their order.
        order.sort_by_key(|&row| self.rows[row].0);
        let mut last: Vec<Option<usize>> = vec![None; self.documents.len()];
        let mut found: Option<Duplicate> = None;
        for again in order {
            let (query, document, _) = self.rows[again];
            let last = &mut last[document as usize];
            if let Some(first) = last.filter(|&first| self.rows[first].0 == query) {
                // The earliest, whatever the order of the queries.
                if found.as_ref().is_none_or(|found| again < found.again) {
                    found = Some(Duplicate { first, again });
                }
            } else {
                *last = Some(again);
            }
        }
        found
    }

    /// Groups the rows by query and orders each group by `compare`, which sees document ids and values.
    pub(crate) fn build(self, compare: impl Fn((&str, V), (&str, V)) -> Ordering) -> Table<V> {
        let mut sorted: Vec<u32> = (0..self.queries.len() as u32).collect();
        sorted.sort_unstable_by_key(|&query| self.queries.name(query));
        let mut queries = Ids::default();
        let mut renumbered = vec![0; sorted.len()];
        for old in sorted {
            renumbered[old as usize] = queries.intern(self.queries.name(old));
        }

        let mut offsets = vec![0; queries.len() + 1];
        for &(query, _, _) in &self.rows {
            offsets[renumbered[query as usize] as usize + 1] += 1;
        }
        for query in 0..queries.len() {
            offsets[query + 1] += offsets[query];
        }

        let mut rows: Vec<(u32, u32, V)> = self.rows;
        for row in &mut rows {
            row.0 = renumbered[row.0 as usize];
        }
        let documents = self.documents;
        rows.sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then_with(|| compare((documents.name(a.1), a.2), (documents.name(b.1), b.2)))
        });
        let rows = rows.into_iter().map(|(_, document, value)| (document, value)).collect();
        Table { queries, documents, offsets, rows }
    }
}
