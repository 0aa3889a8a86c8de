//! The documents of each centroid.

/// Of each centroid the documents that have a token there, ascending, each once.
#[derive(Debug, Clone)]
pub(super) struct Lists {
    starts: Vec<usize>,
    documents: Vec<u32>,
}

impl Lists {
    /// Of documents whose tokens begin at `offsets`.
    pub(super) fn new(count: usize, centroids: &[u32], offsets: &[usize]) -> Self {
        // The last document that was counted in a list, so that it is counted once.
        let mut last = vec![u32::MAX; count];
        let mut each = |mut visit: Box<dyn FnMut(usize, u32) + '_>| {
            last.fill(u32::MAX);
            for (document, range) in offsets.windows(2).enumerate() {
                for &centroid in &centroids[range[0]..range[1]] {
                    if last[centroid as usize] != document as u32 {
                        last[centroid as usize] = document as u32;
                        visit(centroid as usize, document as u32);
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

    pub(super) fn of(&self, centroid: u32) -> &[u32] {
        &self.documents[self.starts[centroid as usize]..self.starts[centroid as usize + 1]]
    }
}
