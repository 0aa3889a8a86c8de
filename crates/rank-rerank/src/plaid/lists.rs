//! The documents of each centroid.

/// Of each centroid the documents that have a token there, each once.
///
/// Documents that are added are a part of their own. A part that is not more than twice as large as what comes behind it
/// becomes one with it, so that there are few parts, and no document is copied often.
#[derive(Debug, Clone)]
pub(super) struct Lists {
    count: usize,
    parts: Vec<Part>,
}

impl Lists {
    /// Of `count` centroids, without documents.
    pub(super) fn new(count: usize) -> Self {
        Self { count, parts: Vec::new() }
    }

    /// Adds the documents from number `first` on. Their tokens begin at `offsets`.
    pub(super) fn add(&mut self, first: usize, centroids: &[u32], offsets: &[usize]) {
        if first + 1 == offsets.len() {
            return;
        }
        let mut part = Part::new(self.count, first as u32, centroids, &offsets[first..]);
        while let Some(last) = self.parts.pop_if(|last| last.size() <= 2 * part.size()) {
            part = last.joined(&part);
        }
        self.parts.push(part);
    }

    /// In parts, in each of which they ascend, as they do from part to part.
    pub(super) fn of(&self, centroid: u32) -> impl Iterator<Item = &[u32]> {
        self.parts.iter().map(move |part| part.of(centroid as usize))
    }
}

/// The lists of some documents, one after the other.
#[derive(Debug, Clone)]
struct Part {
    starts: Vec<usize>,
    documents: Vec<u32>,
}

impl Part {
    fn new(count: usize, first: u32, centroids: &[u32], offsets: &[usize]) -> Self {
        // The last document that was counted in a list, so that it is counted once.
        let mut last = vec![u32::MAX; count];
        let mut each = |mut visit: Box<dyn FnMut(usize, u32) + '_>| {
            last.fill(u32::MAX);
            for (document, range) in (first..).zip(offsets.windows(2)) {
                for &centroid in &centroids[range[0]..range[1]] {
                    if last[centroid as usize] != document {
                        last[centroid as usize] = document;
                        visit(centroid as usize, document);
                    }
                }
            }
        };
        let mut starts = vec![0; count + 1];
        each(Box::new(|centroid, _| starts[centroid + 1] += 1));
        for centroid in 0..count {
            starts[centroid + 1] += starts[centroid];
        }
        let mut next = starts.clone();
        let mut documents = vec![0; starts[count]];
        each(Box::new(|centroid, document| {
            documents[next[centroid]] = document;
            next[centroid] += 1;
        }));
        Self { starts, documents }
    }

    fn of(&self, centroid: usize) -> &[u32] {
        &self.documents[self.starts[centroid]..self.starts[centroid + 1]]
    }

    /// What it costs to copy it.
    fn size(&self) -> usize {
        self.starts.len() + self.documents.len()
    }

    /// With the lists of documents that came later.
    fn joined(&self, later: &Self) -> Self {
        let mut documents = Vec::with_capacity(self.documents.len() + later.documents.len());
        let mut starts = Vec::with_capacity(self.starts.len());
        starts.push(0);
        for centroid in 0..self.starts.len() - 1 {
            documents.extend_from_slice(self.of(centroid));
            documents.extend_from_slice(later.of(centroid));
            starts.push(documents.len());
        }
        Self { starts, documents }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_one_by_one_are_in_few_parts_and_in_the_same_lists() {
        let (count, tokens) = (7, 5);
        let centroids: Vec<u32> = (0..300 * tokens as u32).map(|at| at.wrapping_mul(2_654_435_761) % 7).collect();
        let offsets: Vec<usize> = (0..=300).map(|document| document * tokens).collect();
        let mut whole = Lists::new(count);
        whole.add(0, &centroids, &offsets);
        let mut grown = Lists::new(count);
        for document in 0..300 {
            grown.add(document, &centroids[..(document + 1) * tokens], &offsets[..document + 2]);
            assert!(grown.parts.len() <= 9, "{} parts", grown.parts.len());
        }
        assert_eq!(whole.parts.len(), 1);
        for centroid in 0..count as u32 {
            let listed = |lists: &Lists| lists.of(centroid).flatten().copied().collect::<Vec<u32>>();
            let there = |document: &u32| {
                centroids[offsets[*document as usize]..offsets[*document as usize + 1]].contains(&centroid)
            };
            assert_eq!(listed(&whole), (0..300).filter(there).collect::<Vec<_>>());
            assert_eq!(listed(&grown), listed(&whole));
        }
    }
}
