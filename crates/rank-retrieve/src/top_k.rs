//! The best k of scored documents, in the order that every ranked list has.

use std::cmp::Ordering;

/// The `k` best of `hits`, pairs of document number and score, as ids: by score descending, then by id ascending.
///
/// Exact: a tie at the last place goes to the smaller id as well. O(n + k log k) comparisons for n hits.
pub(crate) fn top_k<I: Clone + Ord>(ids: &[I], mut hits: Vec<(u32, f32)>, k: usize) -> Vec<(I, f32)> {
    if k == 0 {
        return Vec::new();
    }
    let best_first = |a: &(u32, f32), b: &(u32, f32)| {
        // Adding zero makes -0 and 0 the tie that they are to a reader.
        match (b.1 + 0.0).total_cmp(&(a.1 + 0.0)) {
            Ordering::Equal => ids[a.0 as usize].cmp(&ids[b.0 as usize]),
            unequal => unequal,
        }
    };
    if k < hits.len() {
        hits.select_nth_unstable_by(k - 1, best_first);
        hits.truncate(k);
    }
    hits.sort_unstable_by(best_first);
    hits.into_iter().map(|(document, score)| (ids[document as usize].clone(), score)).collect()
}
