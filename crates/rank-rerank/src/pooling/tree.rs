//! Clusters cut out of a tree of merges.

use super::ward::Merge;

/// A node that is to be looked at, and the cluster that it is in if it is in one.
enum Step {
    Down(usize, Option<usize>),
    Leaf(usize, Option<usize>),
}

/// The greatest height of a merge that is to be done if no more than `clusters` are to be left; none if none is.
pub(super) fn height_for(merges: &[Merge], clusters: usize) -> Option<f64> {
    let wanted = (merges.len() + 1).saturating_sub(clusters);
    wanted.checked_sub(1).map(|last| merges[last].height)
}

/// The cluster of each of `n` leaves if all merges up to `height` are done, numbered as `SciPy`'s `fcluster` numbers them:
/// down the tree, the merge with the lesser number first, leaves on the way back.
pub(super) fn cut(merges: &[Merge], n: usize, height: Option<f64>) -> Vec<usize> {
    let Some(height) = height else { return (0..n).collect() };
    let nodes = nodes(merges, n);
    let mut labels = vec![0; n];
    let mut count = 0;
    let mut steps = vec![Step::Down(merges.len() - 1, None)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Down(node, mut cluster) => {
                if cluster.is_none() && merges[node].height <= height {
                    cluster = Some(count);
                    count += 1;
                }
                let (left, right) = nodes[node];
                // What is pushed last is done first.
                for child in [right, left] {
                    if child < n {
                        steps.push(Step::Leaf(child, cluster));
                    }
                }
                for child in [right, left] {
                    if child >= n {
                        steps.push(Step::Down(child - n, cluster));
                    }
                }
            }
            Step::Leaf(leaf, cluster) => {
                labels[leaf] = cluster.unwrap_or_else(|| {
                    count += 1;
                    count - 1
                });
            }
        }
    }
    labels
}

/// Of each merge the two nodes that it joins: leaves by their number, merges by theirs plus `n`; the lesser first.
fn nodes(merges: &[Merge], n: usize) -> Vec<(usize, usize)> {
    let mut above: Vec<usize> = (0..n + merges.len()).collect();
    let mut nodes = Vec::with_capacity(merges.len());
    for (number, merge) in merges.iter().enumerate() {
        let (a, b) = (root(&mut above, merge.a), root(&mut above, merge.b));
        above[a] = n + number;
        above[b] = n + number;
        nodes.push((a.min(b), a.max(b)));
    }
    nodes
}

fn root(above: &mut [usize], mut node: usize) -> usize {
    while above[node] != node {
        above[node] = above[above[node]];
        node = above[node];
    }
    node
}
