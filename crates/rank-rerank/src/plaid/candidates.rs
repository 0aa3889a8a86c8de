//! Documents that are worth a closer look, by the centroids of their tokens alone.

use super::lists::Lists;
use crate::residual::CompressedQuery;

/// The `count` largest of one query token's products with centroids, best first; of equals the first centroid.
struct Probe {
    count: usize,
    kept: Vec<(f32, u32)>,
    least: f32,
}

impl Probe {
    fn new(count: usize) -> Self {
        Self { count, kept: Vec::with_capacity(2 * count), least: f32::NEG_INFINITY }
    }

    /// Centroids come in ascending order, so that a later one must be larger to matter.
    fn offer(&mut self, product: f32, centroid: u32) {
        self.kept.push((product, centroid));
        if self.kept.len() == 2 * self.count {
            self.cut();
            self.least = self.kept.iter().fold(f32::INFINITY, |least, kept| least.min(kept.0));
        }
    }

    fn cut(&mut self) {
        if self.kept.len() > self.count {
            self.kept.select_nth_unstable_by(self.count - 1, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            self.kept.truncate(self.count);
        }
    }

    fn finish(mut self) -> Vec<(f32, u32)> {
        self.cut();
        self.kept.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        self.kept
    }
}

/// The `nprobe` nearest centroids of each query token.
fn probe(query: &CompressedQuery, nprobe: usize) -> Vec<Vec<(f32, u32)>> {
    let mut probes: Vec<Probe> = (0..query.tokens).map(|_| Probe::new(nprobe)).collect();
    for (centroid, products) in query.products.chunks_exact(query.width).enumerate() {
        for (probe, &product) in probes.iter_mut().zip(products) {
            if product > probe.least {
                probe.offer(product, centroid as u32);
            }
        }
    }
    probes.into_iter().map(Probe::finish).collect()
}

/// What a document has come to.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    score: f32,
    /// One more than the query token that brought something last; 0 if none did.
    last: u32,
}

/// The `count` best documents, ascending by number, by the sum over query tokens of the best product with a centroid of
/// the document. Centroids beyond the `nprobe` nearest are taken for the least of these.
pub(super) fn candidates(
    query: &CompressedQuery,
    lists: &Lists,
    deleted: &[bool],
    nprobe: usize,
    count: usize,
) -> Vec<u32> {
    let mut sums = vec![Sum::default(); deleted.len()];
    let mut met = Vec::new();
    for (token, probed) in probe(query, nprobe).into_iter().enumerate() {
        let least = probed.last().map_or(0.0, |last| last.0);
        let stamp = token as u32 + 1;
        for (product, centroid) in probed {
            let gain = product - least;
            for &document in lists.of(centroid).flatten() {
                let sum = &mut sums[document as usize];
                if sum.last != stamp {
                    if sum.last == 0 {
                        met.push(document);
                    }
                    sum.last = stamp;
                    sum.score += gain;
                }
            }
        }
    }
    met.retain(|&document| !deleted[document as usize]);
    if met.len() > count {
        if count == 0 {
            return Vec::new();
        }
        met.select_nth_unstable_by(count - 1, |&a, &b| {
            sums[b as usize].score.total_cmp(&sums[a as usize].score).then(a.cmp(&b))
        });
        met.truncate(count);
    }
    met.sort_unstable();
    met
}
