//! Which pairs go through the model together.

/// Tokens of one forward pass, padding included. More of them leave the processor's caches and gain nothing.
const TOKENS: usize = 1024;

/// Cuts pairs of these lengths into batches, each padded to its longest pair: longest pairs first, so that neighbors
/// are of like length, and as many as fit into 1,024 tokens, but at least one.
///
/// Every position is in exactly one batch; pairs of equal length keep their order.
pub(super) fn batches(lengths: &[usize]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|&position| std::cmp::Reverse(lengths[position]));
    let mut rest = &order[..];
    let mut cut = Vec::new();
    while let Some(&longest) = rest.first() {
        let size = (TOKENS / lengths[longest].max(1)).clamp(1, rest.len());
        let (batch, after) = rest.split_at(size);
        cut.push(batch.to_vec());
        rest = after;
    }
    cut
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{TOKENS, batches};

    #[test]
    fn like_lengths_share_a_batch() {
        assert_eq!(batches(&[10, 600, 400, 500, 20]), [vec![1], vec![3, 2], vec![4, 0]]);
        assert!(batches(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn every_pair_once_within_the_budget(lengths in prop::collection::vec(0usize..3000, 0..200)) {
            let batches = batches(&lengths);
            let mut all = batches.concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..lengths.len()).collect::<Vec<_>>());
            for batch in &batches {
                let longest = batch.iter().map(|&position| lengths[position]).max().unwrap_or(0);
                prop_assert!(batch.len() == 1 || batch.len() * longest <= TOKENS);
            }
        }
    }
}
